"""What a function is to the framework: path operation, dependency, lifespan, fixture...

Roles are given by what files register (`project.registrations`) and by where a file stands
(tests, migrations). `request_trail` tells how a request gets to a function.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

from asyncsa_lint.config import Config
from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.knowledge.frameworks import REQUEST_ROLES
from asyncsa_lint.project.callgraph import CallGraph, CallSite
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.registrations import (
    NEEDLES,
    DependencyLambda,
    Given,
    Place,
    Registering,
    Registrations,
    Role,
)
from asyncsa_lint.project.resolution import Scope
from asyncsa_lint.project.symbols import FunctionInfo, ModuleInfo


class Roles:
    """Roles of all functions; what all files give is put together when the first one is asked for."""

    def __init__(self, project: Project, graph: CallGraph, config: Config) -> None:
        self._project = project
        self._graph = graph
        self._config = config
        self._found: dict[Place, dict[Role, None]] | None = None

    # -- questions

    def of(self, function: FunctionInfo) -> tuple[Role, ...]:
        """Roles of a function, in order of discovery."""
        own = self._of(function)
        if self.is_migration(function.module):
            return (*own, Role.MIGRATION)
        return (*own, Role.TEST) if self.is_test(function.module) else own

    def request_role(self, function: FunctionInfo) -> Role | None:
        """The role in which the function runs for every request."""
        return next((role for role in self._of(function) if role in REQUEST_ROLES), None)

    def has(self, function: FunctionInfo, role: Role) -> bool:
        """Whether the function has the role."""
        return role in self._of(function)

    def lambdas(self, module: ModuleInfo) -> Iterator[tuple[Scope, ast.Lambda]]:
        """Each `Depends(lambda: ...)` of a file, with the scope it stands in."""
        self._project.recorder.note(("roles", module.path))
        for place in self._registrations(module.path).lambdas:
            source, scope = self._project.source(module.path), self._scope(module, place)
            if source is None or scope is None:
                continue
            for node in walk(source.tree):
                at = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
                if isinstance(node, ast.Lambda) and at == (place.line, place.column):
                    yield scope, node

    def _scope(self, module: ModuleInfo, place: DependencyLambda) -> Scope | None:
        if place.function:
            return self._project.function(module, place.function)
        return self._project.class_(module, place.cls) if place.cls else module

    def request_trail(
        self, function: FunctionInfo, through: Callable[[CallSite], bool] = lambda site: True
    ) -> tuple[FunctionInfo, ...] | None:
        """A shortest chain of functions from one that runs per request to this one."""
        sites = self._graph.trail(function, lambda each: self.request_role(each) is not None, through)
        return None if sites is None else (*(site.caller for site in sites), function)

    def is_test(self, module: ModuleInfo) -> bool:
        """Whether the file belongs to the tests."""
        return self.matches(module.path, self._config.test_paths)

    def is_migration(self, module: ModuleInfo) -> bool:
        """Whether the file belongs to migrations."""
        return self.matches(module.path, self._config.migration_paths)

    def matches(self, path: str, patterns: tuple[str, ...]) -> bool:
        """Whether a file is meant by patterns: `tests/` is a folder, `test_*.py` a file."""
        root = self._project.root.rstrip("/") + "/"
        *folders, name = path.removeprefix(root).split("/")
        for pattern in patterns:
            if not pattern.endswith("/"):
                if fnmatchcase(name, pattern):
                    return True
            elif any(fnmatchcase(folder, pattern[:-1]) for folder in folders):
                return True
        return False

    # -- the index

    def _of(self, function: FunctionInfo) -> tuple[Role, ...]:
        """Who asks for one function depends on its roles only, not on the files they come from."""
        path = function.module.path
        self._project.recorder.note(("roles", path))
        return tuple(self._index().get((self._project.below(path), function.facts.qualname), ()))

    def in_file(self, path: str) -> list[str]:
        """Functions of a file with their roles, and its dependencies written as lambdas, as texts."""
        own = self._project.below(path)
        found = [
            f"{name} {'|'.join(roles)}" for (where, name), roles in self._index().items() if where == own
        ]
        return sorted([*found, *map(repr, self._registrations(path).lambdas)])

    def prepare(self, path: str) -> None:
        """Look at a file now."""
        self._registrations(path)

    def _index(self) -> dict[Place, dict[Role, None]]:
        if self._found is None:
            self._found = self._project.recorder.apart("roles", self._put_together)
        return self._found

    def _put_together(self) -> dict[Place, dict[Role, None]]:
        found: dict[Place, dict[Role, None]] = defaultdict(dict)
        members: dict[Place, list[Given]] = defaultdict(list)
        for path in self._project.mentioning(NEEDLES):
            for given in self._registrations(path).given:
                if given.group == ("", ""):
                    found[(given.path, given.qualname)][Role(given.role)] = None
                else:
                    members[given.group].append(given)
        groups = [place for place, roles in found.items() if Role.SCRIPT in roles]
        while groups:
            for given in members.pop(groups.pop(), ()):
                found[(given.path, given.qualname)][Role(given.role)] = None
                groups.append((given.path, given.qualname))
        return dict(found)

    def _registrations(self, path: str) -> Registrations:
        return self._project.store.unit("registrations", path, Registrations, lambda: self._look(path))

    def _look(self, path: str) -> Registrations:
        """Afresh, so that a file's result does not depend on what was asked before."""
        if not self._project.mentions(path, NEEDLES):
            return Registrations()
        project = self._project.fresh()
        module = project.module_at(path)
        found = Registrations() if module is None else Registering(project).of(module)
        project.forget()
        return found

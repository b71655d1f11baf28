"""What the lifecycle checks share: the project, its types, call graph and roles, and places.

`Scene` is made once per project; everything in it is lazy and memoised. A `Tree` knows the
parent and the scope of each node of a module, which the questions "where does this value
go" and "what guards this call" are asked with.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from asyncsa_lint.config import Config
from asyncsa_lint.facts.nodes import children
from asyncsa_lint.findings import Related, Span
from asyncsa_lint.knowledge.asyncio import LOOP_RUNNERS
from asyncsa_lint.knowledge.sqlalchemy import CALLS, NULL_POOLS
from asyncsa_lint.project.callgraph import CallGraph
from asyncsa_lint.project.constructions import Constructions
from asyncsa_lint.project.inference import Inference
from asyncsa_lint.project.mapping.models import Models
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.resolution import Scope
from asyncsa_lint.project.roles import Roles
from asyncsa_lint.project.symbols import ClassInfo, External, FunctionInfo, ModuleInfo
from asyncsa_lint.project.versions import Versions
from asyncsa_lint.source import SourceFile

CONSTRUCTOR_NEEDLES = (b"create_async_engine", b"create_engine", b"engine_from_config", b"create_pool")
_CONSTRUCTOR_NAMES = frozenset(
    {"create_async_engine", "async_engine_from_config", "create_engine", "engine_from_config", "create_pool"}
)
_CONSTRUCTORS = {"engine": True, "asyncpg_pool": True, "sync_engine": False}
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_KEPT_TREES = 60


@dataclass(frozen=True, slots=True, eq=False)
class Constructor:
    """A call that makes an engine or a pool."""

    scope: Scope
    module: ModuleInfo
    node: ast.Call
    name: str
    """As a message says it: `create_async_engine`, `asyncpg.create_pool`."""
    is_async: bool
    unpooled: bool
    """NullPool or StaticPool: nothing stays connected, or one connection does."""

    @property
    def function(self) -> FunctionInfo | None:
        """The function it is called in."""
        return self.scope if isinstance(self.scope, FunctionInfo) else None


class Tree:
    """Parents and scopes of the nodes of one module."""

    def __init__(self, project: Project, module: ModuleInfo, source: SourceFile) -> None:
        self.module = module
        self.source = source
        self._project = project
        self._parents: dict[ast.AST, ast.AST] = {}
        self._scopes: dict[tuple[int, int], FunctionInfo | ClassInfo] | None = None
        self._places: dict[tuple[object, ...], ast.AST] | None = None
        self._named: dict[str, list[ast.Name | ast.Attribute]] | None = None
        stack: list[ast.AST] = [source.tree]
        while stack:
            node = stack.pop()
            below = children(node)
            self._parents.update(dict.fromkeys(below, node))
            stack.extend(reversed(below))

    def nodes(self) -> Iterator[ast.AST]:
        """All nodes of the module."""
        return iter(self._parents)

    def named(self, name: str) -> list[ast.Name | ast.Attribute]:
        """Names and attributes that are read under a name."""
        if self._named is None:
            self._named = {}
            for node in self._parents:
                if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                    word = node.id if isinstance(node, ast.Name) else node.attr
                    self._named.setdefault(word, []).append(node)
        return self._named.get(name, [])

    def own(self, node: ast.AST) -> ast.AST:
        """The node of this tree for one that may come from an earlier parse of the file."""
        if node in self._parents or node is self.source.tree:
            return node
        if self._places is None:
            self._places = {
                _place(each): each for each in self._parents if isinstance(each, ast.expr | ast.stmt)
            }
        return self._places.get(_place(node), node)

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node that a node stands in."""
        return self._parents.get(self.own(node))

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, innermost first."""
        above = self._parents.get(self.own(node))
        while above is not None:
            yield above
            above = self._parents.get(above)

    def definition(self, node: ast.AST) -> ast.AST | None:
        """The function or class whose body (not decorator, default or base) a node is in."""
        inner = self.own(node)
        for above in self.ancestors(inner):
            if isinstance(above, _DEFINITIONS) and any(inner is each for each in above.body):
                return above
            inner = above
        return None

    def scope(self, node: ast.AST) -> Scope:
        """The scope in which a node is evaluated."""
        above = self.definition(node)
        while isinstance(above, _DEFINITIONS):
            found = self.scope_at(above)
            if found is not None:
                return found
            above = self.definition(above)
        return self.module

    def scope_at(self, node: ast.AST) -> FunctionInfo | ClassInfo | None:
        """The function or class that a definition is."""
        if self._scopes is None:
            self._scopes = {}
            for function in self._project.functions(self.module):
                self._scopes[(function.facts.line, function.facts.column)] = function
            for cls in self._project.classes(self.module):
                self._scopes[(cls.facts.line, cls.facts.column)] = cls
        return self._scopes.get((getattr(node, "lineno", 0), getattr(node, "col_offset", 0)))


class Scene:
    """One project as the lifecycle checks see it."""

    def __init__(self, project: Project, models: Models, versions: Versions, config: Config) -> None:
        self.project = project
        self.models = models
        self.versions = versions
        self.config = config
        self.inference = Inference(project)
        self.graph = CallGraph(self.inference)
        self.roles = Roles(project, self.graph, config)
        self.constructions = Constructions(project, lambda path: self.roles.matches(path, config.test_paths))
        self._trees: dict[str, Tree] = {}
        self._constructors: dict[str, tuple[Constructor, ...]] = {}
        self._programs: dict[str, str] | None = None

    # -- places

    def tree(self, module: ModuleInfo) -> Tree | None:
        """The module with parents; a few are kept."""
        known = self._trees.get(module.path)
        source = self.project.source(module.path)
        if source is None:
            return None
        if known is None or known.source is not source:
            if len(self._trees) >= _KEPT_TREES:
                self._trees.pop(next(iter(self._trees)))
            known = self._trees[module.path] = Tree(self.project, module, source)
        return known

    def span(self, module: ModuleInfo, node: ast.AST) -> Span:
        """Where a node stands."""
        source = self.project.places(module.path)
        assert source is not None  # the node was found in it
        return source.span(node)

    def in_main_guard(self, module: ModuleInfo, node: ast.AST) -> bool:
        """Whether a node stands in the `if __name__ == "__main__"` of its module."""
        guard = self.project.facts(module).main_guard
        return guard is not None and guard[0] <= getattr(node, "lineno", 0) <= guard[1]

    def name_span(self, function: FunctionInfo) -> Span:
        """Where the name of a function stands in its `def`."""
        facts = function.facts
        source = self.project.lines_of(function)
        assert source is not None
        line = source.lines[facts.line - 1]
        start = line.find(facts.name, source.character(facts.line, facts.column) + len("def "))
        column = max(start, 0)
        return Span(source.path, facts.line, column, facts.line, column + len(facts.name))

    def begins_a_loop(self, scope: FunctionInfo | ModuleInfo, call: ast.AST) -> bool:
        """Whether the coroutine of a call gets an event loop of its own: `asyncio.run(work())`."""
        tree = self.tree(scope if isinstance(scope, ModuleInfo) else scope.module)
        around = tree.parent(call) if tree is not None else None
        if not isinstance(around, ast.Call):
            return False
        runner = self.inference.symbol(scope, around.func)
        if isinstance(runner, External):
            return runner.name in LOOP_RUNNERS
        if not isinstance(around.func, ast.Attribute) or around.func.attr != "run_until_complete":
            return False
        loop = around.func.value
        if not isinstance(loop, ast.Name) or not isinstance(scope, FunctionInfo):
            return False
        made = [
            self.inference.symbol(scope, value.func)
            for value in self.inference.locals(scope).values(loop.id)
            if isinstance(value, ast.Call)
        ]
        return any(isinstance(each, External) and each.name == "asyncio.new_event_loop" for each in made)

    def step(self, module: ModuleInfo, node: ast.AST, message: str) -> Related:
        """One step of a trail."""
        return Related(self.span(module, node), message)

    def modules(self, needles: tuple[bytes, ...]) -> Iterator[ModuleInfo]:
        """Modules in which one of the needles occurs."""
        for path in self.project.mentioning(needles):
            module = self.project.module_at(path)
            if module is not None:
                yield module

    def program(self, module: ModuleInfo) -> ModuleInfo:
        """One module that stands for all that are connected by imports: files of one program."""
        if self._programs is None:
            self._programs = {}
            for path in self.project.files:
                for target in self.project.imported_by(path):
                    self._join(path, target)
        return self.project.module_at(self._representative(module.path)) or module

    def _representative(self, path: str) -> str:
        assert self._programs is not None
        while self._programs.setdefault(path, path) != path:
            self._programs[path] = path = self._programs[self._programs[path]]
        return path

    def _join(self, one: str, other: str) -> None:
        assert self._programs is not None
        first, second = sorted((self._representative(one), self._representative(other)))
        self._programs[second] = first

    # -- constructors

    def constructors(self, module: ModuleInfo) -> tuple[Constructor, ...]:
        """Calls in a module that make engines or pools."""
        known = self._constructors.get(module.path)
        if known is None:
            known = ()
            if self.project.mentions(module.path, CONSTRUCTOR_NEEDLES):
                known = tuple(self._find_constructors(module))
            self._constructors[module.path] = known
        return known

    def _find_constructors(self, module: ModuleInfo) -> Iterator[Constructor]:
        tree = self.tree(module)
        names = {name for each in _CONSTRUCTOR_NAMES for name in self.project.known_as(module, each)}
        for name in sorted(names) if tree is not None else ():
            assert tree is not None
            for node in tree.named(name):
                call = tree.parent(node)
                if isinstance(call, ast.Call) and call.func is node:
                    found = self.constructor(tree.scope(call), module, call)
                    if found is not None:
                        yield found

    def constructor(self, scope: Scope, module: ModuleInfo, node: ast.Call) -> Constructor | None:
        """The constructor that a call is, if it is one."""
        symbol = self.inference.symbol(scope, node.func)
        if not isinstance(symbol, External):
            return None
        is_async = _CONSTRUCTORS.get(CALLS.get(symbol.name, ""))
        if is_async is None:
            return None
        name = symbol.name.rpartition(".")[2]
        label = f"asyncpg.{name}" if name == "create_pool" else name
        return Constructor(scope, module, node, label, is_async, self._is_unpooled(scope, module, node))

    def _is_unpooled(self, scope: Scope, module: ModuleInfo, node: ast.Call) -> bool:
        """Options that can not be seen may hold NullPool if the module knows it."""
        for keyword in node.keywords:
            if keyword.arg == "poolclass":
                symbol = self.inference.symbol(scope, keyword.value)
                known = isinstance(symbol, External)
                return not known or (isinstance(symbol, External) and symbol.name in NULL_POOLS)
            if keyword.arg is None and self.project.mentions(module.path, (b"NullPool", b"StaticPool")):
                return True
        first = node.args[0] if node.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return first.value in {"sqlite+aiosqlite://", "sqlite://"} or ":memory:" in first.value
        return False


def _place(node: ast.AST) -> tuple[object, ...]:
    names = ("lineno", "col_offset", "end_lineno", "end_col_offset")
    return (type(node), *(getattr(node, name, 0) for name in names))

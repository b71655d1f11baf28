"""Which files can have to do with a database at all: those that reach one of its libraries.

A file reaches a library that it names, and what the files that it imports reach. Of others
nothing is interpreted: no session, engine or instance can come into their functions.

    cli/main.py -> api/client.py -> httpx                     does not
    routers/orders.py -> services/orders.py -> sqlalchemy     all three do
    services/storage.py  (abstract Storage)                   does: models/storage.py, which
    models/storage.py -> sqlalchemy                           imports it, inherits from Storage
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from asyncsa_lint.facts.records import BindingKind
from asyncsa_lint.flow.entries import CONSTRUCTORS
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.symbols import ClassInfo

LIBRARIES = (
    *(b"alchemy", b"sqlmodel", b"SQLModel", b"asyncpg", b"psycopg", b"sqlite"),
    *(b"pymysql", b"MySQLdb", b"pyodbc"),
)
"""Parts of the names of all libraries whose objects are followed."""


class Reach:
    """Answers for one project.

    `is_test` tells the files of the test suite; `known` are names of callables that the
    configuration explains.
    """

    def __init__(self, project: Project, is_test: Callable[[str], bool], known: frozenset[str]) -> None:
        self._project = project
        self._is_test = is_test
        self._sources = (*LIBRARIES, *sorted(name.encode() for name in known))

    def reaches(self, path: str) -> bool:
        """Whether sessions, engines or instances can come into the file."""
        self._project.recorder.note(("reaches", path))
        return path in self._files

    @cached_property
    def _files(self) -> frozenset[str]:
        project = self._project
        with project.recorder.recording():
            found: set[str] = set()
            pending = list(project.mentioning(self._sources))
            while pending:
                path = pending.pop()
                if path not in found:
                    found.add(path)
                    pending += project.importers_of(path)
                    if not self._is_test(path):  # what tests declare is not meant by the program
                        pending += self._overridden(path)
        return frozenset(found)

    def _overridden(self, path: str) -> list[str]:
        """Files with methods that the file's classes override: calls of those may arrive at these."""
        store = self._project.store
        if not store.scan(path).bases:
            return []
        found = store.unit("overridden", path, tuple[str, ...], lambda: self._find_overridden(path))
        return [self._project.above(each) for each in found]

    def _find_overridden(self, path: str) -> tuple[str, ...]:
        project = self._project
        found = {
            project.below(base.module.path)
            for cls in project.classes_at(path)
            if (methods := _methods(cls))
            for base in project.mro(cls)[1:]
            if isinstance(base, ClassInfo) and not methods.isdisjoint(_methods(base))
        }
        return tuple(sorted(found))


def _methods(cls: ClassInfo) -> frozenset[str]:
    """Names of what the class itself defines; constructors are not called through a base."""
    names = (each.name for each in cls.facts.bindings if each.kind is BindingKind.FUNCTION)
    return frozenset(names) - CONSTRUCTORS

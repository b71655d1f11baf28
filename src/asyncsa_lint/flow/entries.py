"""Which functions are entered on their own, and which through their callers.

A function that the project calls is best judged with what its callers hand over: its own
parameters say less. So a module's entry points are interpreted first, what they call is
interpreted on the way, and only the functions that no call has reached are entered after
that with what their parameters declare.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from asyncsa_lint.knowledge.frameworks import CALLED_BY_NAME
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.symbols import External, FunctionInfo

CONSTRUCTORS = frozenset({"__init__", "__post_init__", "__new__"})
"""Methods that are called by the name of their class."""


class Entries:
    """Answers for one project; `is_test` tells files whose calls are not followed."""

    def __init__(self, project: Project, is_test: Callable[[str], bool]) -> None:
        self._project = project
        self._is_test = is_test

    def is_entry(self, function: FunctionInfo) -> bool:
        """Nothing in sight calls it by its name, or a decorator hands it to a framework."""
        name = _called_as(function)
        self._project.recorder.note(("called", name))
        return not self.is_called(name) or self._is_handed_over(function)

    def is_called(self, name: str) -> bool:
        """Whether something is called by that name, for those who note the question themselves."""
        return name in self._called

    def _is_handed_over(self, function: FunctionInfo) -> bool:
        for decorator in function.facts.decorators:
            found = self._project.resolve(function.module, decorator.text)
            if not isinstance(found, External) or found.name not in CALLED_BY_NAME:
                return True
        return False

    @cached_property
    def _called(self) -> frozenset[str]:
        """Last names of what is called anywhere outside the tests."""
        project = self._project
        return frozenset().union(
            *(project.store.scan(path).called.split() for path in project.files if not self._is_test(path))
        )


def _called_as(function: FunctionInfo) -> str:
    name = function.facts.name
    return function.facts.owner.rsplit(".", 1)[-1] if name in CONSTRUCTORS else name

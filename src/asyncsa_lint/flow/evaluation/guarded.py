"""`if names:` around what is done for each of the names.

    if names:
        for name in names:
            statement = statement.options(selectinload(getattr(Model, name)))

Of a collection that nothing is known of it is not known either that it is ever empty, so the
branch means what the loop alone would mean, of which the path with elements counts.
"""

from __future__ import annotations

import ast

from asyncsa_lint.facts.nodes import children, walk
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import UNKNOWN


def guards_elements(statement: ast.If, state: State) -> bool:
    """Whether the statement only sees to it that there are elements before it goes through them."""
    test = statement.test
    if statement.orelse or not isinstance(test, ast.Name) or state.env.get(test.id) is not UNKNOWN:
        return False
    return any(_goes_through(node, test.id) for each in statement.body for node in walk(each)) and not (
        _leaves(statement.body)
    )


def _goes_through(node: ast.AST, name: str) -> bool:
    iterable = node.iter if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension) else None
    return isinstance(iterable, ast.Name) and iterable.id == name


def _leaves(body: list[ast.stmt]) -> bool:
    """Whether the body may end somewhere else than where the statement ends."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return | ast.Break | ast.Continue):
            return True
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            if any(isinstance(each, ast.Return) for each in walk(node)):
                return True
        elif isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            waiting += children(node)
    return False

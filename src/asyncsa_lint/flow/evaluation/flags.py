"""What a branch has decided about a variable, where its value was put into a dict before.

    options = {"shared": shared, "size": size}
    if shared:
        return Store(**options)              # shared is true in there, too
    return Store(url=url, **options)

Nothing is known of the value but the branch; it holds as long as the name is not bound again.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.states.objects import DictObject
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import KEY, SOME, UNKNOWN, Value

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

_OPEN = (UNKNOWN, SOME)
"""Values of which it is not known whether they are true."""


def origin(self: Interpreter, item: ast.expr, value: Value) -> str:
    """The variable whose unknown value an item of a dict display is; empty where that teaches nothing."""
    if value not in _OPEN or not isinstance(item, ast.Name) or self.function is None:
        return ""
    return item.id if item.id in self.context.steady_of(self.function) else ""


def told(record: DictObject, key: object, state: State) -> Value:
    """The value under a key that is there, with what a branch has said of it since."""
    value = record.items[key]
    if value not in _OPEN or not state.assumed:
        return value
    name = next((name for each, name in record.origins if each == key), None)
    return KEY if state.assumed.get((name,)) is True else value

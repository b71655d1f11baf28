"""Forgetting variables that are not read any more, so that they keep no paths apart."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from asyncsa_lint.flow.states.carried import parts
from asyncsa_lint.flow.states.objects import DictObject, Instance, ListObject
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import UNKNOWN, Const, ResultValue, StatementValue, TupleValue, Value


def forget_dead(states: list[State], after: ast.stmt, last_reads: Mapping[str, float]) -> None:
    """Take from the states what is not read after the statement; `last_reads` gives lines (1-based)."""
    line = after.end_lineno or after.lineno
    for state in states:
        dead = {
            name
            for name, value in state.env.items()
            if value is not UNKNOWN and last_reads.get(name, 0) <= line and _is_expendable(value, state)
        }
        if dead:
            state.replace_env({name: value for name, value in state.env.items() if name not in dead})


def _is_expendable(value: Value, state: State) -> bool:
    """No session, engine or task hangs on it: those are missed when a function ends."""
    if isinstance(value, Const | StatementValue | ResultValue):
        return True
    record = state.object_of(value)
    if isinstance(value, TupleValue) or isinstance(record, ListObject | DictObject):
        return all(item is UNKNOWN or _is_expendable(item, state) for item in parts(value, state))
    return isinstance(record, Instance)

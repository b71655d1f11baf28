"""Values of expressions, in Python's evaluation order."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.flow.evaluation import conditions, containers
from asyncsa_lint.flow.evaluation.assumptions import assume, assumption_key, decided
from asyncsa_lint.flow.evaluation.comprehensions import comprehension, dict_comprehension
from asyncsa_lint.flow.evaluation.flags import origin, told
from asyncsa_lint.flow.evaluation.special_methods import REPR, STR, compared, formatted, interpolated
from asyncsa_lint.flow.orm import keys
from asyncsa_lint.flow.states.objects import DictObject
from asyncsa_lint.flow.states.state import VARIABLES, State
from asyncsa_lint.flow.states.values import (
    FALSE,
    NONE,
    SQL,
    TRUE,
    UNKNOWN,
    Arguments,
    Const,
    LambdaValue,
    MappedAttributeValue,
    OptionsValue,
    Pending,
    Ref,
    SqlValue,
    TupleValue,
    Value,
)
from asyncsa_lint.flow.tasks.coroutines import asked, lost
from asyncsa_lint.flow.tasks.escapes import yielded

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter


def evaluate(self: Interpreter, node: ast.expr, state: State) -> Value:
    """Value of the expression; changes `state` by its effects."""
    handler = _EXPRESSIONS.get(type(node))
    return UNKNOWN if handler is None else handler(self, node, state)


def _constant(_: Interpreter, node: ast.Constant, __: State) -> Value:
    value = node.value
    if value is None:
        return NONE
    if isinstance(value, str) and len(value) > 200:
        return UNKNOWN
    return Const(value) if isinstance(value, str | int | bool) else UNKNOWN


def _name(self: Interpreter, node: ast.Name, state: State) -> Value:
    found = state.env.get(node.id)
    if found is not None:
        state.touch(VARIABLES, node.id)
        return _flag(self, node.id, state) if found is UNKNOWN and state.assumed else found
    if self.function is not None and node.id in self.context.locals_of(self.function):
        return UNKNOWN
    return self.context.value_of_name(self.module, node.id, self.function, self.cls)


def _flag(self: Interpreter, name: str, state: State) -> Value:
    """A parameter that is declared to be a `bool` and that an earlier branch has decided."""
    truth = state.assumed.get((name,))
    if truth is None or self.function is None or name not in self.context.flags_of(self.function):
        return UNKNOWN
    return TRUE if truth else FALSE


def _attribute(self: Interpreter, node: ast.Attribute, state: State) -> Value:
    from asyncsa_lint.flow.evaluation.attributes import read

    value = evaluate(self, node.value, state)
    return read(self, value, node.attr, node, state)


def _await(self: Interpreter, node: ast.Await, state: State) -> Value:
    from asyncsa_lint.flow.calling.calls import awaited

    outer = self.awaited_call
    self.awaited_call = node.value
    try:
        value = evaluate(self, node.value, state)
    finally:
        self.awaited_call = outer
    return awaited(self, value, node, state)


def _call(self: Interpreter, node: ast.Call, state: State) -> Value:
    from asyncsa_lint.flow.calling.calls import call

    target = evaluate(self, node.func, state)
    return call(self, target, arguments_of(self, node, state), node, state)


def arguments_of(self: Interpreter, node: ast.Call, state: State) -> Arguments:
    """Evaluate arguments left to right, spreading what has a known shape."""
    positional: list[Value] = []
    opaque = False
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            items = spread(self, evaluate(self, argument.value, state), state)
            if items is None:
                opaque = True
            else:
                positional.extend(items)
        else:
            positional.append(evaluate(self, argument, state))
    counted = not opaque
    keywords: list[tuple[str, Value]] = []
    for keyword in node.keywords:
        value = evaluate(self, keyword.value, state)
        if keyword.arg is not None:
            keywords.append((keyword.arg, value))
            continue
        record = state.object_of(value)
        if isinstance(record, DictObject) and not record.opaque and record.element is None:
            keywords.extend((key, told(record, key, state)) for key in record.items if isinstance(key, str))
        else:
            opaque = True
    return Arguments(tuple(positional), tuple(keywords), opaque, counted)


def spread(self: Interpreter, value: Value, state: State) -> tuple[Value, ...] | None:
    """Items of a starred argument; None when their number is not known."""
    from asyncsa_lint.flow.states.objects import ListObject, Task

    if isinstance(value, TupleValue):
        return value.items
    if isinstance(value, Const) and isinstance(value.value, tuple):
        return tuple(Const(item) for item in value.value)
    if isinstance(value, OptionsValue):
        return (value,)
    record = state.object_of(value)
    if isinstance(record, ListObject):
        if record.items is not None:
            return record.items
        if isinstance(record.element, Pending):
            # Many coroutines of one kind: two of them behave like any number.
            return (_replicated(record.element), _replicated(record.element))
        if isinstance(state.object_of(record.element or UNKNOWN), Task):
            return (record.element or UNKNOWN,)
    return None


def _replicated(value: Pending) -> Pending:
    return Pending(value.target, value.arguments, value.kind, value.node, value.module, replicated=True)


def _bool_op(self: Interpreter, node: ast.BoolOp, state: State) -> Value:
    value: Value = UNKNOWN
    wanted = isinstance(node.op, ast.Or)
    for position, operand in enumerate(node.values):
        value = evaluate(self, operand, state)
        if position == len(node.values) - 1:
            break
        asked(self, operand, value, "used in a truth test", state)
        truth = conditions.truth_of(value, state)
        if truth is None:
            truth = bool(self.choices.choose(2))
            conditions.learn(self, operand, truth, state, value)
            if not truth and isinstance(value, Ref):
                value = NONE
            elif conditions.session_of_changes(value) is not None:
                value = Const(truth)
        if truth is wanted:
            return value
    return value


def _unary(self: Interpreter, node: ast.UnaryOp, state: State) -> Value:
    value = evaluate(self, node.operand, state)
    if isinstance(node.op, ast.Not):
        asked(self, node.operand, value, "used in a truth test", state)
        truth = conditions.truth_of(value, state)
        return UNKNOWN if truth is None else Const(not truth)
    if isinstance(node.op, ast.USub) and isinstance(value, Const) and type(value.value) is int:
        return Const(-value.value)
    return SQL if isinstance(value, SqlValue | MappedAttributeValue) else UNKNOWN


def _binary(self: Interpreter, node: ast.BinOp, state: State) -> Value:
    left = evaluate(self, node.left, state)
    right = evaluate(self, node.right, state)
    lost(self, node.left, left, "used as a value", state)
    lost(self, node.right, right, "used as a value", state)
    for value in (left, right):
        if isinstance(value, SqlValue | MappedAttributeValue):
            return SQL
    if isinstance(node.op, ast.Mod) and isinstance(left, Const) and isinstance(left.value, str):
        interpolated(self, left.value, right, node, state)
    if isinstance(node.op, ast.Add):
        if isinstance(left, TupleValue) and isinstance(right, TupleValue):
            return TupleValue(left.items + right.items)
        from asyncsa_lint.flow.states.objects import ListObject

        record = state.object_of(left)
        if isinstance(record, ListObject):
            copy = state.new(record)
            return containers.extended(self, copy, right, state)
    return UNKNOWN


def _compare(self: Interpreter, node: ast.Compare, state: State) -> Value:
    first = left = evaluate(self, node.left, state)
    result: Value = UNKNOWN
    sql = isinstance(left, SqlValue | MappedAttributeValue)
    for op, comparator in zip(node.ops, node.comparators, strict=True):
        right = evaluate(self, comparator, state)
        sql = sql or isinstance(right, SqlValue | MappedAttributeValue)
        result = conditions.decide_comparison(op, left, right, state)
        if result is UNKNOWN:
            result = conditions.loaded_test(op, left, right)
        compared(self, op, left, right, node, state)
        asked(self, node.left, left, "compared", state)
        asked(self, comparator, right, "compared", state)
        left = right
    if result is not UNKNOWN and isinstance(node.ops[0], ast.Is | ast.IsNot) and len(node.ops) == 1:
        return result
    if sql:
        is_null = isinstance(node.ops[0], ast.Eq | ast.Is) and left == NONE and len(node.ops) == 1
        if is_null and isinstance(first, MappedAttributeValue):
            return SqlValue(null=first)
        return (keys.condition(self, node, first, state) if isinstance(node.ops[0], ast.Eq) else None) or SQL
    if result is UNKNOWN and state.assumed:
        # Asked before on this path: `if user_id is not None: ...` and later `flag=user_id is not None`.
        assumed = decided(self, node, assumption_key(node), state)
        return UNKNOWN if assumed is None else Const(assumed)
    return result if len(node.ops) == 1 else UNKNOWN


def _if_expression(self: Interpreter, node: ast.IfExp, state: State) -> Value:
    test = evaluate(self, node.test, state)
    asked(self, node.test, test, "used in a truth test", state)
    truth = conditions.truth_of(test, state)
    key = assumption_key(node.test)
    if truth is None:
        truth = decided(self, node.test, key, state)
    if truth is None:
        truth = self.choices.choose(2) == 0
        if conditions.learn(self, node.test, truth, state, test) and key is not None:
            assume(key, truth, state)
    return evaluate(self, node.body if truth else node.orelse, state)


def _named(self: Interpreter, node: ast.NamedExpr, state: State) -> Value:
    value = evaluate(self, node.value, state)
    state.set(node.target.id, value)
    return value


def _tuple(self: Interpreter, node: ast.Tuple, state: State) -> Value:
    items = _display(self, node.elts, state)
    return UNKNOWN if items is None else TupleValue(tuple(items))


def _list(self: Interpreter, node: ast.List | ast.Set, state: State) -> Value:
    items = _display(self, node.elts, state)
    kind = "set" if isinstance(node, ast.Set) else "list"
    if items is None:
        return containers.new_list(None, state, kind=kind, element=UNKNOWN)
    return containers.new_list(items, state, kind=kind)


def _display(self: Interpreter, nodes: list[ast.expr], state: State) -> list[Value] | None:
    items: list[Value] = []
    known = True
    for element in nodes:
        if isinstance(element, ast.Starred):
            inner = spread(self, evaluate(self, element.value, state), state)
            if inner is None:
                known = False
            else:
                items.extend(inner)
        else:
            items.append(evaluate(self, element, state))
    return items if known else None


def _dict(self: Interpreter, node: ast.Dict, state: State) -> Value:
    items: dict[object, Value] = {}
    origins: dict[object, str] = {}
    opaque = False
    for key, item in zip(node.keys, node.values, strict=True):
        value = evaluate(self, item, state)
        if key is None:
            record = state.object_of(value)
            if isinstance(record, DictObject) and not record.opaque:
                items.update(record.items)
            else:
                opaque = True
            continue
        name = evaluate(self, key, state)
        if isinstance(name, Const):
            items[name.value] = value
            origins[name.value] = origin(self, item, value)
        else:
            opaque = True
    named = tuple((key, variable) for key, variable in origins.items() if variable)
    return state.new(DictObject(items=items, opaque=opaque, origins=named))


def _subscript(self: Interpreter, node: ast.Subscript, state: State) -> Value:
    from asyncsa_lint.flow.evaluation.attributes import subscripted

    value = evaluate(self, node.value, state)
    if isinstance(node.slice, ast.Slice):
        for part in (node.slice.lower, node.slice.upper, node.slice.step):
            if part is not None:
                evaluate(self, part, state)
        return value
    index = evaluate(self, node.slice, state)
    lost(self, node.value, value, "subscripted", state)
    return subscripted(self, value, index, node, state)


def _joined(self: Interpreter, node: ast.JoinedStr, state: State) -> Value:
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            value = evaluate(self, part.value, state)
            if isinstance(part.value, ast.Call):
                lost(self, part, value, "formatted", state)
            formatted(self, value, part, state, REPR if part.conversion == ord("r") else STR)
    return UNKNOWN


def _lambda(self: Interpreter, node: ast.Lambda, state: State) -> Value:
    names = {n.id for n in walk(node.body) if isinstance(n, ast.Name)}
    own = {a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    return LambdaValue(node, self.module, state.captured(names - own))


def _starred(self: Interpreter, node: ast.Starred, state: State) -> Value:
    evaluate(self, node.value, state)
    return UNKNOWN


def _yield(self: Interpreter, node: ast.Yield, state: State) -> Value:
    value = NONE if node.value is None else evaluate(self, node.value, state)
    yielded(self, node, value, state)
    self.yields.append((value, state.fork().outside(0)))
    return UNKNOWN


def _yield_from(self: Interpreter, node: ast.YieldFrom, state: State) -> Value:
    evaluate(self, node.value, state)
    self.yields.append((UNKNOWN, state.fork().outside(0)))
    return UNKNOWN


_EXPRESSIONS: dict[type[ast.expr], Callable[..., Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Await: _await,
    ast.Call: _call,
    ast.BoolOp: _bool_op,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.IfExp: _if_expression,
    ast.NamedExpr: _named,
    ast.Tuple: _tuple,
    ast.List: _list,
    ast.Set: _list,
    ast.Dict: _dict,
    ast.Subscript: _subscript,
    ast.JoinedStr: _joined,
    ast.Lambda: _lambda,
    ast.ListComp: comprehension,
    ast.SetComp: comprehension,
    ast.GeneratorExp: comprehension,
    ast.DictComp: dict_comprehension,
    ast.Starred: _starred,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
}

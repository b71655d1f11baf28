"""Branching: the truth of conditions, what a branch teaches, `match`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.flow.evaluation import containers
from asyncsa_lint.flow.evaluation.assumptions import assume, assumption_key, decided
from asyncsa_lint.flow.orm.refilling import narrowed
from asyncsa_lint.flow.orm.transactions import note_changes
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import DictObject, Instance, ListObject
from asyncsa_lint.flow.states.paths import bounded
from asyncsa_lint.flow.states.state import VARIABLES, State
from asyncsa_lint.flow.states.values import (
    FALSE,
    KEY,
    NONE,
    PLACEHOLDER,
    TRUE,
    UNKNOWN,
    BoundMethod,
    ClassValue,
    Const,
    ExternalValue,
    FactoryValue,
    FunctionValue,
    Key,
    LambdaValue,
    LibraryMethod,
    LoadedTest,
    MappedAttributeValue,
    ObjectId,
    OptionsValue,
    Partial,
    Pending,
    Ref,
    ResultValue,
    Some,
    SqlValue,
    StatementValue,
    TupleValue,
    Value,
)
from asyncsa_lint.flow.tasks.coroutines import asked
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter


def branch(self: Interpreter, test: ast.expr, state: State) -> tuple[list[State], list[State]]:
    """States in which the test is true, and those in which it is false."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        false, true = branch(self, test.operand, state)
        return true, false
    if isinstance(test, ast.BoolOp):
        return _bool_op(self, test, state)
    yes: list[State] = []
    no: list[State] = []
    key = assumption_key(test)
    for value, after in self.evaluate(test, state):
        asked(self, test, value, "used in a truth test", after)
        truth = truth_of(value, after)
        if truth is None:
            truth = decided(self, test, key, after)
        if truth is not False:
            taken = after.fork()
            if learn(self, test, True, taken, value) and truth is None and key is not None:
                assume(key, True, taken)
            yes.append(taken)
        if truth is not True:
            taken = after.fork()
            if learn(self, test, False, taken, value) and truth is None and key is not None:
                assume(key, False, taken)
            no.append(taken)
    return yes, no


def _bool_op(self: Interpreter, test: ast.BoolOp, state: State) -> tuple[list[State], list[State]]:
    conjunction = isinstance(test.op, ast.And)
    live = [state]
    left: list[State] = []
    for operand in test.values:
        going: list[State] = []
        for current in live:
            yes, no = branch(self, operand, current)
            going.extend(yes if conjunction else no)
            left.extend(no if conjunction else yes)
        live = going[:4]
    return (live, left[:6]) if conjunction else (left[:6], live)


def loaded_test(op: ast.cmpop, left: Value, right: Value) -> Value:
    """`"items" in order.__dict__`, `"items" not in inspect(order).unloaded`."""
    if (
        isinstance(op, ast.In | ast.NotIn)
        and isinstance(left, Const)
        and isinstance(left.value, str)
        and isinstance(right, LibraryMethod)
        and right.kind == "inspection"
        and right.name in {"dict", "unloaded"}
        and isinstance(right.receiver, Ref)
    ):
        return LoadedTest(right.receiver, left.value, isinstance(op, ast.In) == (right.name == "dict"))
    return UNKNOWN


def is_placeholder(ident: ObjectId) -> bool:
    """A global that is None until some function fills it: both are possible."""
    return isinstance(ident, tuple) and PLACEHOLDER in ident


def truth_of(value: Value, state: State) -> bool | None:
    """True, False, or None when both are possible."""
    if isinstance(value, Const):
        return bool(value.value)
    if value is KEY:
        return True
    if isinstance(value, TupleValue):
        return None if value.nullable else bool(value.items)
    if isinstance(value, Ref):
        record = state.get(value.id)
        if is_placeholder(value.id):
            return None
        if isinstance(record, Instance):
            return None if record.nullable else True
        if isinstance(record, ListObject):
            return None if record.items is None else bool(record.items)
        if isinstance(record, DictObject):
            return True if record.items else (None if record.opaque or record.element else False)
        return True if record is not None else None
    if isinstance(value, ClassValue | FunctionValue | FactoryValue | OptionsValue | StatementValue | Pending):
        return True
    if isinstance(value, ExternalValue):
        return None
    return None


def learn(self: Interpreter, test: ast.expr, truth: bool, state: State, value: Value) -> bool:
    """Refine variables by what the branch says; False when an assumption adds nothing."""
    if isinstance(value, LoadedTest):
        if truth is value.loaded:
            _note_loaded(value, state)
        return False
    session = session_of_changes(value)
    if session is not None:
        if truth:
            note_changes(session.id, state)
        return True
    if truth:
        narrow(self, test, state)
    listed = state.object_of(value)
    if not truth and isinstance(listed, ListObject) and Ref in (type(listed.element), type(listed.per)):
        containers.note_empty(value, state)
    if isinstance(test, ast.Name):
        return not _learn_presence(self, test, truth, state)
    if isinstance(test, ast.NamedExpr):
        return not _learn_presence(self, test.target, truth, state)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        operand = test.comparators[0]
        is_none = isinstance(operand, ast.Constant) and operand.value is None
        subject = test.left.target if isinstance(test.left, ast.NamedExpr) else test.left
        if is_none and isinstance(test.ops[0], ast.Is | ast.Eq):
            return not _learn_presence(self, subject, not truth, state)
        if is_none and isinstance(test.ops[0], ast.IsNot | ast.NotEq):
            return not _learn_presence(self, subject, truth, state)
    return True


def session_of_changes(value: Value) -> Ref | None:
    """Whose `session.new`, `.dirty` or `.deleted` it is: true where something is to be written."""
    if isinstance(value, LibraryMethod) and value.kind == "changes" and isinstance(value.receiver, Ref):
        return value.receiver
    return None


def _note_loaded(value: LoadedTest, state: State) -> None:
    record = state.object_of(value.instance)
    if isinstance(record, Instance) and value.name not in record.attributes:
        attributes = {**record.attributes, value.name: UNKNOWN}
        state.put(value.instance.id, replace(record, attributes=attributes))


def narrow(self: Interpreter, test: ast.expr, state: State) -> None:
    """`isinstance(animal, Dog)`, `type(animal) is Dog`: the row is one of the subclass."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Is | ast.Eq):
        call, wanted, name, count = test.left, test.comparators[0], "type", 1
    elif isinstance(test, ast.Call) and len(test.args) == 2:
        call, wanted, name, count = test, test.args[1], "isinstance", 2
    else:
        return
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == name):
        return
    if len(call.args) == count:
        narrow_to(self, peek(self, call.args[0], state), self.eval(wanted, state), state)


def narrow_to(self: Interpreter, value: Value, wanted: Value, state: State) -> None:
    """The columns that only `Dog` has were not selected with `Animal`."""
    record = state.object_of(value)
    if not (isinstance(value, Ref) and isinstance(record, Instance) and isinstance(wanted, ClassValue)):
        return
    model = self.context.models.get(wanted.cls)
    if model is None or record.model.cls not in self.context.project.mro(wanted.cls)[1:]:
        return
    if not model.certain or self.context.models.loads_subclass_columns(wanted.cls):
        state.put(value.id, replace(record, model=model, plan=None, options=None))
        return
    state.put(
        value.id,
        replace(
            record,
            model=model,
            plan=narrowed(record.plan, record.model, model),
            options=narrowed(record.options, record.model, model),
        ),
    )


def _learn_presence(self: Interpreter, subject: ast.expr, present: bool, state: State) -> bool:
    """The subject is (not) None: true when an object was refined by it."""
    if not isinstance(subject, ast.Name | ast.Attribute):
        return False
    value = peek(self, subject, state)
    if not present and isinstance(subject, ast.Attribute):
        _note_none(self, subject, state)
    if isinstance(value, TupleValue) and value.nullable and isinstance(subject, ast.Name):
        state.set(subject.id, replace(value, nullable=False) if present else NONE)
        return True
    if not isinstance(value, Ref):
        return False
    record = state.get(value.id)
    if not isinstance(record, Instance) or not record.nullable:
        return False
    if present:
        state.put(value.id, replace(record, nullable=False))
    elif isinstance(subject, ast.Name):
        state.set(subject.id, NONE)
    return True


def _note_none(self: Interpreter, subject: ast.Attribute, state: State) -> None:
    """`book.author_id is None`: the column keeps that value, and its relationship needs no query."""
    owner = peek(self, subject.value, state)
    record = state.object_of(owner)
    attribute = record.model.attributes.get(subject.attr) if isinstance(record, Instance) else None
    if (
        isinstance(owner, Ref)
        and isinstance(record, Instance)
        and attribute is not None
        and attribute.kind is AttributeKind.COLUMN
    ):
        state.put(owner.id, replace(record, attributes={**record.attributes, subject.attr: NONE}))


def peek(self: Interpreter, node: ast.expr, state: State) -> Value:
    """Value of a name or of an attribute that is already there; reads nothing."""
    if isinstance(node, ast.Name):
        state.touch(VARIABLES, node.id)
        return state.env.get(node.id, UNKNOWN)
    if isinstance(node, ast.Attribute):
        owner = peek(self, node.value, state)
        record = state.object_of(owner)
        if isinstance(owner, Ref):
            state.touch(owner.id, node.attr)
        attributes = getattr(record, "attributes", None)
        if isinstance(attributes, dict):
            found = attributes.get(node.attr, UNKNOWN)
            return found if isinstance(found, Value) else UNKNOWN
    return UNKNOWN


def decide_comparison(op: ast.cmpop, left: Value, right: Value, state: State) -> Value:
    """Value of a comparison of two operands when it is known."""
    if isinstance(op, ast.Is | ast.IsNot | ast.Eq | ast.NotEq):
        same = _same(left, right, state)
        if same is None:
            return UNKNOWN
        return TRUE if same == isinstance(op, ast.Is | ast.Eq) else FALSE
    return UNKNOWN


_NEVER_NONE = (
    BoundMethod,
    ClassValue,
    FactoryValue,
    FunctionValue,
    Key,
    LambdaValue,
    LibraryMethod,
    MappedAttributeValue,
    OptionsValue,
    Partial,
    Pending,
    ResultValue,
    Some,
    SqlValue,
    StatementValue,
    TupleValue,
)


def _same(left: Value, right: Value, state: State) -> bool | None:
    if isinstance(left, Const) and isinstance(right, Const):
        return left == right
    for one, other in ((left, right), (right, left)):
        if one == NONE and isinstance(other, Ref):
            record = state.get(other.id)
            if (
                record is None
                or is_placeholder(other.id)
                or (isinstance(record, Instance) and record.nullable)
            ):
                return None
            return False
        if one == NONE and isinstance(other, _NEVER_NONE):
            return None if isinstance(other, TupleValue) and other.nullable else False
    if isinstance(left, ClassValue) and isinstance(right, ClassValue):
        return left.cls is right.cls
    return None


def exec_match(self: Interpreter, statement: ast.Match, states: list[State]) -> list[State]:
    """Each case from the states after the subject; class patterns read what they name."""
    subjects = [found for state in states for found in self.evaluate(statement.subject, state)]
    after: list[State] = []
    exhaustive = False
    for case in statement.cases:
        entered = [one for subject, state in subjects for one in _matched(self, case, subject, state)]
        if case.guard is not None:
            entered = [s for one in entered for s in branch(self, case.guard, one)[0]]
        elif isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
            exhaustive = True
        after += self.block(case.body, bounded(entered))
    return after if exhaustive else [*after, *(state for _, state in subjects)]


def _matched(self: Interpreter, case: ast.match_case, subject: Value, state: State) -> list[State]:
    """The states in which the pattern has taken the subject, its names bound."""
    from asyncsa_lint.flow.orm.instances import read_attribute

    def bind(s: State) -> None:
        pattern = case.pattern
        if isinstance(pattern, ast.MatchClass):
            narrow_to(self, subject, self.eval(pattern.cls, s), s)
            for name, inner in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
                read_attribute(self, subject, name, pattern, s)
                for node in walk(inner):
                    if isinstance(node, ast.MatchAs) and node.name:
                        s.set(node.name, UNKNOWN)
            return
        for node in walk(pattern):
            if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
                s.set(node.name, subject if node is pattern else UNKNOWN)

    return self.run(state.fork(), bind)

"""A Jinja2 template followed over abstract values; imported only where jinja2 is installed.

    {% for item in order.items %}{{ item.product.name }}{% endfor %}

reads `items` of the order and `product` of each item. Conditions on names of the context are decided
as Python would decide them; of other conditions both sides may happen. Inherited and included
templates and macros are followed; filters hand on what they are known to hand on.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from jinja2 import Environment, TemplateError, nodes

from asyncsa_lint.findings import Related, Span
from asyncsa_lint.flow.calling.calls import call
from asyncsa_lint.flow.evaluation import conditions
from asyncsa_lint.flow.evaluation.attributes import read
from asyncsa_lint.flow.evaluation.containers import element_of
from asyncsa_lint.flow.evaluation.interpreter import Interpreter
from asyncsa_lint.flow.evaluation.special_methods import formatted
from asyncsa_lint.flow.events import AttributeRead
from asyncsa_lint.flow.states.objects import DictObject, ListObject
from asyncsa_lint.flow.states.paths import PathEnds
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import UNKNOWN, Arguments, BoundMethod, Const, TupleValue, Value
from asyncsa_lint.source import split_lines

Names = dict[str, Value]

_SAME = frozenset({"list", "sort", "reverse", "unique", "select", "reject", "default", "d", "safe", "batch"})
"""Filters that hand on their input, or a collection of the same elements."""
_ONE = frozenset({"first", "last", "random", "min", "max"})
_BY_ATTRIBUTE = frozenset(
    {"map", "sort", "join", "sum", "groupby", "unique", "min", "max", "selectattr", "rejectattr"}
)
_FIRST_IS_ATTRIBUTE = frozenset({"selectattr", "rejectattr", "groupby"})
_MAX_DEPTH = 8
_MAX_STEPS = 2_000
"""Statements of one response, those of included templates counted each time."""
_EXTENSIONS = ("jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.i18n")


@dataclass(slots=True)
class Rendering:
    """One response: the call that renders, and how templates are found."""

    interpreter: Interpreter
    node: ast.Call
    find: Callable[[str], tuple[str, str] | None]
    expressions: dict[str, ast.expr]
    """The Python expression behind a name of the context."""
    _path: str = ""
    _lines: list[str] = field(default_factory=list)
    _macros: dict[str, tuple[nodes.Macro, str, list[str]]] = field(default_factory=dict)
    _blocks: dict[str, tuple[nodes.Block, str, list[str]]] = field(default_factory=dict)
    _depth: int = 0
    _steps: int = 0

    def template(self, name: str, names: Names, state: State) -> None:
        """Follow a template by its name; one that is not found or not valid is passed over."""
        tree = self._parsed(name)
        if tree is not None:
            self._enter(tree[0], tree[1], tree[2], lambda body: self._statements(body, dict(names), state))

    def _parsed(self, name: str) -> tuple[list[nodes.Node], str, list[str]] | None:
        found = self.find(name)
        if found is None or self._depth > _MAX_DEPTH:
            return None
        try:
            body = Environment(extensions=_EXTENSIONS).parse(found[1]).body
        except (TemplateError, RecursionError):
            return None
        return list(body), found[0], split_lines(found[1])

    def _enter(
        self,
        body: list[nodes.Node],
        path: str,
        lines: list[str],
        follow: Callable[[list[nodes.Node]], None],
    ) -> None:
        """Follow what stands in another file, or in another place of this one."""
        outer = self._path, self._lines
        self._path, self._lines, self._depth = path, lines, self._depth + 1
        try:
            follow(body)
        finally:
            self._path, self._lines = outer
            self._depth -= 1

    # -- statements

    def _statements(self, body: Iterable[nodes.Node], names: Names, state: State) -> None:
        body = list(body)
        parent = next((each for each in body if isinstance(each, nodes.Extends)), None)
        if parent is not None:
            self._extends(parent, body, names, state)
            return
        for each in body:
            self._statement(each, names, state)

    def _extends(self, parent: nodes.Extends, body: list[nodes.Node], names: Names, state: State) -> None:
        """The parent renders, with the blocks of the child in place of its own."""
        for each in body:
            if isinstance(each, nodes.Block):
                self._blocks.setdefault(each.name, (each, self._path, self._lines))
            elif isinstance(each, nodes.Assign | nodes.Macro | nodes.FromImport):
                self._statement(each, names, state)
        if isinstance(parent.template, nodes.Const):
            self.template(str(parent.template.value), names, state)

    def _statement(self, node: nodes.Node, names: Names, state: State) -> None:
        self._steps += 1
        if self._steps > _MAX_STEPS:
            if self._steps == _MAX_STEPS + 1:
                self.interpreter.context.gave_up("template")
            return
        if isinstance(node, nodes.Output):
            for each in node.nodes:
                formatted(self.interpreter, self._value(each, names, state), self.node, state)
        elif isinstance(node, nodes.For):
            self._for(node, names, state)
        elif isinstance(node, nodes.If):
            self._if(node, names, state)
        elif isinstance(node, nodes.Assign):
            self._bind(node.target, self._value(node.node, names, state), names)
        elif isinstance(node, nodes.With):
            values = [self._value(each, names, state) for each in node.values]
            inner = dict(names)
            for target, value in zip(node.targets, values, strict=True):
                self._bind(target, value, inner)
            self._statements(node.body, inner, state)
        elif isinstance(node, nodes.Macro):
            self._macros[node.name] = (node, self._path, self._lines)
        elif isinstance(node, nodes.Include | nodes.FromImport | nodes.Block):
            self._elsewhere(node, names, state)
        elif isinstance(node, nodes.ExprStmt):
            self._value(node.node, names, state)
        else:
            self._statements(getattr(node, "body", ()), names, state)

    def _elsewhere(
        self, node: nodes.Include | nodes.FromImport | nodes.Block, names: Names, state: State
    ) -> None:
        """What stands in another template, or is replaced by a block of a child."""
        if isinstance(node, nodes.Block):
            block, path, lines = self._blocks.get(node.name, (node, self._path, self._lines))
            self._enter(block.body, path, lines, lambda body: self._statements(body, dict(names), state))
        elif not isinstance(node.template, nodes.Const):
            return
        elif isinstance(node, nodes.Include):
            self.template(str(node.template.value), names, state)
        else:
            self._import(node, str(node.template.value))

    def _import(self, node: nodes.FromImport, name: str) -> None:
        tree = self._parsed(name)
        wanted = dict(each if isinstance(each, tuple) else (each, each) for each in node.names)
        for each in tree[0] if tree is not None else ():
            if tree is not None and isinstance(each, nodes.Macro) and each.name in wanted:
                self._macros[wanted[each.name]] = (each, tree[1], tree[2])

    def _for(self, node: nodes.For, names: Names, state: State) -> None:
        value = self._value(node.iter, names, state)
        record = state.object_of(value)
        if isinstance(record, ListObject) and record.items == ():
            self._statements(node.else_, names, state)
            return
        inner = dict(names)
        self._bind(node.target, self._element(value, state), inner)
        inner["loop"] = UNKNOWN
        if node.test is not None:
            self._value(node.test, inner, state)
        self._statements(node.body, inner, state)

    def _if(self, node: nodes.If, names: Names, state: State) -> None:
        true, false = self._branch(node.test, names, state)
        if true is not None:
            self._statements(node.body, dict(names), true)
        if false is None:
            return
        if node.elif_:
            rest = nodes.If(node.elif_[0].test, node.elif_[0].body, node.elif_[1:], node.else_)
            self._if(rest, names, false)
        else:
            self._statements(node.else_, dict(names), false)

    def _branch(self, test: nodes.Node, names: Names, state: State) -> tuple[State | None, State | None]:
        """The state in which the test holds, and that in which it does not; None where it can not be."""
        if isinstance(test, nodes.Not):
            true, false = self._branch(test.node, names, state)
            return false, true
        expression = self.expressions.get(test.name) if isinstance(test, nodes.Name) else None
        if expression is not None and isinstance(expression, ast.Name | ast.Attribute):
            trues, falses = conditions.branch(self.interpreter, expression, state.fork())
            return (trues[0] if trues else None), (falses[0] if falses else None)
        truth = conditions.truth_of(self._value(test, names, state), state)
        return (None if truth is False else state.fork()), (None if truth is True else state.fork())

    def _bind(self, target: nodes.Node, value: Value, names: Names) -> None:
        if isinstance(target, nodes.Name):
            names[target.name] = value
        elif isinstance(target, nodes.Tuple):
            items = value.items if isinstance(value, TupleValue) else ()
            for position, each in enumerate(target.items):
                self._bind(each, items[position] if position < len(items) else UNKNOWN, names)

    # -- expressions

    def _value(self, node: nodes.Node, names: Names, state: State) -> Value:
        if isinstance(node, nodes.Name):
            return names.get(node.name, UNKNOWN)
        if isinstance(node, nodes.Const):
            return Const(node.value) if isinstance(node.value, str | int | bool | None) else UNKNOWN
        if isinstance(node, nodes.Getattr):
            return self._attribute(node, self._value(node.node, names, state), node.attr, names, state)
        if isinstance(node, nodes.Getitem):
            owner, key = self._value(node.node, names, state), self._value(node.arg, names, state)
            if isinstance(key, Const) and isinstance(key.value, str):
                return self._attribute(node, owner, key.value, names, state)
            return self._element(owner, state)
        if isinstance(node, nodes.Filter):
            return self._filter(node, names, state)
        if isinstance(node, nodes.Call):
            return self._call(node, names, state)
        if isinstance(node, nodes.CondExpr):
            return self._conditional(node, names, state)
        if isinstance(node, nodes.And | nodes.Or):
            return self._shortened(node, names, state)
        if isinstance(node, nodes.Tuple | nodes.List):
            return TupleValue(tuple(self._value(each, names, state) for each in node.items))
        for each in node.iter_child_nodes():
            self._value(each, names, state)
        return UNKNOWN

    def _conditional(self, node: nodes.CondExpr, names: Names, state: State) -> Value:
        """`a if test else b`."""
        true, false = self._branch(node.test, names, state)
        first = self._value(node.expr1, names, true) if true is not None else UNKNOWN
        second: Value = UNKNOWN
        if false is not None and node.expr2 is not None:
            second = self._value(node.expr2, names, false)
        return first if false is None else second if true is None else UNKNOWN

    def _shortened(self, node: nodes.And | nodes.Or, names: Names, state: State) -> Value:
        """`a and b`, `a or b`: the right side only where the left one leaves it open."""
        true, false = self._branch(node.left, names, state)
        open_ = true if isinstance(node, nodes.And) else false
        if open_ is not None:
            self._value(node.right, names, open_)
        return UNKNOWN

    def _attribute(
        self, node: nodes.Getattr | nodes.Getitem, owner: Value, name: str, names: Names, state: State
    ) -> Value:
        """`owner.name`: an attribute, or an entry of a dictionary."""
        record = state.object_of(owner)
        if isinstance(record, DictObject):
            return record.items.get(name, record.element or UNKNOWN)
        spelling = _spelled(node)
        return self._read(lambda: read(self.interpreter, owner, name, self.node, state), node, name, spelling)

    def _read(self, action: Callable[[], Value], node: nodes.Node, name: str, spelling: str) -> Value:
        """Do something that may read; what fails is told where the template is rendered."""
        context = self.interpreter.context
        with context.trying() as events:
            try:
                value = action()
            except PathEnds:
                value = UNKNOWN
        step = Related(self._span(node.lineno, name), f"`{spelling}` is read here", after=True)
        for event in events:
            event = replace(event, trail=(*event.trail, step))
            if isinstance(event, AttributeRead) and event.attribute == name:
                event = replace(event, path=spelling)
            context.publish(event)
        return value

    def _span(self, line: int, name: str) -> Span:
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        dotted = text.find(f".{name}")
        column = dotted + 1 if dotted >= 0 else max(text.find(name), 0)
        return Span(self._path, line, column, line, column + len(name))

    def _call(self, node: nodes.Call, names: Names, state: State) -> Value:
        arguments = [self._value(each, names, state) for each in node.args]
        keywords = {each.key: self._value(each.value, names, state) for each in node.kwargs}
        if isinstance(node.node, nodes.Name) and node.node.name in self._macros:
            self._macro(node.node.name, arguments, keywords, names, state)
            return UNKNOWN
        callee = self._value(node.node, names, state)
        if not isinstance(callee, BoundMethod):
            return UNKNOWN
        given = Arguments(tuple(arguments), tuple(keywords.items()))
        spelling = f"{_spelled(node.node)}()"
        name = node.node.attr if isinstance(node.node, nodes.Getattr) else ""
        return self._read(
            lambda: call(self.interpreter, callee, given, self.node, state), node, name, spelling
        )

    def _macro(self, name: str, arguments: list[Value], keywords: Names, names: Names, state: State) -> None:
        macro, path, lines = self._macros[name]
        inner: Names = dict.fromkeys((each.name for each in macro.args), UNKNOWN)
        inner.update(zip(list(inner), arguments, strict=False))
        inner.update({key: value for key, value in keywords.items() if key in inner})
        if self._depth <= _MAX_DEPTH:
            body = list(macro.body)
            self._enter(body, path, lines, lambda each: self._statements(each, {**names, **inner}, state))

    def _filter(self, node: nodes.Filter, names: Names, state: State) -> Value:
        value = UNKNOWN if node.node is None else self._value(node.node, names, state)
        arguments = [self._value(each, names, state) for each in node.args]
        attribute = next((each.value for each in node.kwargs if each.key == "attribute"), None)
        if node.name in _FIRST_IS_ATTRIBUTE and node.args:
            attribute = node.args[0]
        found: Value = UNKNOWN
        if (
            node.name in _BY_ATTRIBUTE
            and isinstance(attribute, nodes.Const)
            and isinstance(attribute.value, str)
        ):
            found = self._element(value, state)
            for name in attribute.value.split("."):
                found = self._of_element(node, found, name, state)
        if node.name == "map":
            return state.new(ListObject(items=None, element=found))
        if node.name in _ONE:
            return self._element(value, state)
        if node.name in _SAME or node.name in _FIRST_IS_ATTRIBUTE - {"groupby"}:
            return value
        for each in arguments:
            formatted(self.interpreter, each, self.node, state)
        return UNKNOWN

    def _of_element(self, node: nodes.Filter, owner: Value, name: str, state: State) -> Value:
        spelling = f"{node.name}(attribute={name!r})"
        return self._read(lambda: read(self.interpreter, owner, name, self.node, state), node, name, spelling)

    def _element(self, value: Value, state: State) -> Value:
        """Any element of a collection."""
        if isinstance(value, TupleValue):
            return value.items[0] if value.items else UNKNOWN
        record = state.object_of(value)
        if isinstance(record, ListObject) and record.items:
            return record.items[0]
        return element_of(value, state)


def _spelled(node: nodes.Node) -> str:
    """An expression as the template writes it, as far as that is names and attributes."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_spelled(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        key = node.arg.value if isinstance(node.arg, nodes.Const) else "..."
        return f"{_spelled(node.node)}[{key!r}]"
    if isinstance(node, nodes.Call):
        return f"{_spelled(node.node)}()"
    return "..."

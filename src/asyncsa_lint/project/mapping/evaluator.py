"""What the right-hand side of a class attribute says, wherever its pieces are written.

Models and schemas are declared by calls (`relationship(...)`, `Field(...)`) whose
arguments stand in module constants (`**LAZY`), helper functions (`def created(): return
mapped_column(...)`) or partials (`raising = partial(relationship, lazy="raise")`). The
`Evaluator` follows these to one `Declaration`: which call, with which arguments, each
with the scope in which its names mean something. It runs nothing: what is not a literal,
a name bound once or a function of one `return` stays unknown.
"""

from __future__ import annotations

import ast

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.facts.records import BindingKind, ParameterKind
from asyncsa_lint.project.mapping.declarations import (
    UNKNOWN,
    Declaration,
    Located,
    Unknown,
    dotted,
    operands,
    single_return,
)
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.resolution import Scope
from asyncsa_lint.project.symbols import ClassInfo, External, FunctionInfo, Symbol, ValueInfo

_MAX_STEPS = 12
"""Names followed one after the other; a longer chain is a cycle or stays unknown."""


class Evaluator:
    """Follows names, constants and one-line helpers of the project."""

    def __init__(self, project: Project) -> None:
        self._project = project

    # -- names

    def symbol(self, place: Located) -> Symbol | None:
        """What a chain of names stands for at its place."""
        name = dotted(place.node)
        if not name or name.partition(".")[0] in place.arguments:
            return None
        return self.lookup(place.scope, name)

    def lookup(self, scope: Scope, name: str) -> Symbol | None:
        """Resolve a dotted name; a class attribute never hides what its own value names.

        In `text: Mapped[str] = mapped_column(server_default=text("x"))` the inner `text`
        is the module's, because the class attribute is not bound yet.
        """
        found = self._project.resolve_in(scope, name)
        if isinstance(scope, ClassInfo):
            first = self._project.resolve_in(scope, name.partition(".")[0])
            if _belongs_to(first, scope):
                outer = self._project.resolve_in(self._project.enclosing(scope), name)
                return found if outer is None else outer
        return found

    def external(self, place: Located) -> str:
        """Dotted external name that an expression stands for, else empty."""
        found = self.symbol(place)
        return found.name if isinstance(found, External) else ""

    def value_of(self, value: ValueInfo, steps: int) -> Located | None:
        """The expression a name was bound to last, if it was bound to one."""
        if steps >= _MAX_STEPS:
            return None
        for binding in reversed(value.bindings):
            if binding.kind is BindingKind.ASSIGN and binding.value is not None and binding.index is None:
                return Located(parse(binding.value), value.owner or value.module, steps=steps + 1)
        return None

    def resolved(self, place: Located) -> Located:
        """Follow names to the expression they were bound to, as far as possible."""
        while place.steps < _MAX_STEPS:
            following = self._next(place)
            if following is None:
                return place
            place = following
        return place

    def _next(self, place: Located) -> Located | None:
        name = dotted(place.node)
        if not name:
            return None
        if name in place.arguments:
            bound = place.arguments[name]
            if bound is None:
                return None
            return Located(bound.node, bound.scope, bound.arguments, place.steps + 1)
        found = self.symbol(place)
        return self.value_of(found, place.steps) if isinstance(found, ValueInfo) else None

    # -- values

    def literal(self, place: Located) -> object:
        """The constant an expression means, or UNKNOWN."""
        node = self.resolved(place).node
        return node.value if isinstance(node, ast.Constant) else UNKNOWN

    def flag(self, place: Located | None, default: bool) -> bool:
        """A truth value: `default` when absent or unknown."""
        if place is None:
            return default
        value = self.literal(place)
        return default if isinstance(value, Unknown) else bool(value)

    def items(self, place: Located) -> list[Located]:
        """Elements of a literal list, tuple or set; any other expression is its own element."""
        place = self.resolved(place)
        if isinstance(place.node, ast.List | ast.Tuple | ast.Set):
            return [place.at(element) for element in place.node.elts if not isinstance(element, ast.Starred)]
        return [place]

    def mapping(self, place: Located) -> tuple[dict[str, Located], bool]:
        """String keys and values of a dictionary expression, and whether that is all of it."""
        place = self.resolved(place)
        node = place.node
        if place.steps >= _MAX_STEPS:
            return {}, False
        if isinstance(node, ast.Dict):
            return self._dict_display(place, node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._united(place, operands(node, ast.BitOr))
        if isinstance(node, ast.Call):
            return self._dict_call(place, node)
        return {}, False

    def _united(self, place: Located, parts: list[ast.expr]) -> tuple[dict[str, Located], bool]:
        entries: dict[str, Located] = {}
        complete = True
        for part in parts:
            inner, whole = self.mapping(Located(part, place.scope, place.arguments, place.steps + 1))
            entries.update(inner)
            complete = complete and whole
        return entries, complete

    def _dict_display(self, place: Located, node: ast.Dict) -> tuple[dict[str, Located], bool]:
        entries: dict[str, Located] = {}
        complete = True
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                inner, whole = self.mapping(place.at(value))
                entries.update(inner)
                complete = complete and whole
            elif isinstance(name := self.literal(place.at(key)), str):
                entries[name] = place.at(value)
            else:
                complete = False
        return entries, complete

    def _dict_call(self, place: Located, node: ast.Call) -> tuple[dict[str, Located], bool]:
        called = self.symbol(place.at(node.func))
        if isinstance(called, FunctionInfo):
            inner = self._inside(called, node, place)
            return ({}, False) if inner is None else self.mapping(inner)
        if called != External("builtins.dict"):
            return {}, False
        entries, complete = self.mapping(place.at(node.args[0])) if node.args else ({}, True)
        keywords, whole = self._keywords(place, node)
        return entries | keywords, complete and whole

    # -- calls

    def declaration(self, place: Located) -> Declaration | None:
        """The call of an external function that an expression comes down to."""
        outermost = place
        place = self.resolved(place)
        node = place.node
        if not isinstance(node, ast.Call) or place.steps >= _MAX_STEPS:
            return None
        called = self._called(place, node)
        if isinstance(called, FunctionInfo):
            inner = self._inside(called, node, place)
            found = None if inner is None else self.declaration(inner)
        elif isinstance(called, External):
            found = self._external_call(called.name, place, node)
        elif isinstance(called, ValueInfo):
            found = self._partial(called, place, node)
        else:
            found = None
        return found and Declaration(found.name, found.positional, found.keywords, found.complete, outermost)

    def callee(self, place: Located) -> Located:
        """The function of a call; what is no call is its own callee."""
        return place.at(place.node.func) if isinstance(place.node, ast.Call) else place

    def _called(self, place: Located, node: ast.Call) -> Symbol | None:
        """What is called; `Column[int](...)` calls `Column`."""
        function = node.func.value if isinstance(node.func, ast.Subscript) else node.func
        return self.symbol(place.at(function))

    def _external_call(self, name: str, place: Located, node: ast.Call) -> Declaration:
        keywords, whole = self._keywords(place, node)
        starred = any(isinstance(argument, ast.Starred) for argument in node.args)
        positional = tuple(place.at(a) for a in node.args if not isinstance(a, ast.Starred))
        return Declaration(name, positional, keywords, whole and not starred, place)

    def _keywords(self, place: Located, node: ast.Call) -> tuple[dict[str, Located], bool]:
        entries: dict[str, Located] = {}
        complete = True
        for keyword in node.keywords:
            if keyword.arg is not None:
                entries[keyword.arg] = place.at(keyword.value)
                continue
            inner, whole = self.mapping(place.at(keyword.value))
            entries.update(inner)
            complete = complete and whole
        return entries, complete

    def _partial(self, called: ValueInfo, place: Located, node: ast.Call) -> Declaration | None:
        """`raising = partial(relationship, lazy="raise")`; `raising("Child")`."""
        value = self.value_of(called, place.steps)
        if value is None or not isinstance(value.node, ast.Call) or not value.node.args:
            return None
        if self.external(value.at(value.node.func)) != "functools.partial":
            return None
        first, *rest = value.node.args
        target = self.symbol(value.at(first))
        if not isinstance(target, External):
            return None
        own = self._external_call(target.name, place, node)
        preset, whole = self._keywords(value, value.node)
        positional = (*(value.at(argument) for argument in rest), *own.positional)
        return Declaration(target.name, positional, {**preset, **own.keywords}, own.complete and whole, place)

    def _inside(self, called: FunctionInfo, node: ast.Call, place: Located) -> Located | None:
        """The value of a helper's single `return`, its parameters bound to the arguments."""
        inner = self.returned(called, place.steps)
        if inner is None:
            return None
        return Located(inner.node, called, self._bound(called, node, place), inner.steps)

    def returned(self, function: FunctionInfo, steps: int) -> Located | None:
        """The value of a function's single `return`."""
        value = single_return(self._project.node(function)) if steps < _MAX_STEPS else None
        return None if value is None else Located(value, function, steps=steps + 1)

    def inherits(self, cls: ClassInfo, names: frozenset[str]) -> bool:
        """Whether a class of the project has one of these external bases."""
        return self._project.is_subclass(cls, names)

    def _bound(self, called: FunctionInfo, node: ast.Call, place: Located) -> dict[str, Located | None]:
        names = [parameter.name for parameter in called.facts.parameters]
        bound: dict[str, Located | None] = {}
        for parameter in called.facts.parameters:
            default = parameter.default
            bound[parameter.name] = Located(parse(default), called.module) if default else None
        for name, argument in zip(names, node.args, strict=False):
            bound[name] = None if isinstance(argument, ast.Starred) else place.at(argument)
        keywords, _ = self._keywords(place, node)
        bound.update((name, value) for name, value in keywords.items() if name in bound)
        for parameter in called.facts.parameters:
            if parameter.kind is ParameterKind.VAR_KEYWORD:
                bound[parameter.name] = place.at(_rest(node, set(bound)))
        return bound

    # -- strings

    def text(self, place: Located, subject: ClassInfo | None = None) -> str:
        """The string an expression makes; empty when unknown.

        Knows f-strings, `+`, `.lower()`/`.upper()`, `Model.__tablename__` and, for
        `subject`, `cls.__name__` in a `declared_attr`.
        """
        place = self.resolved(place)
        node = place.node
        if place.steps >= _MAX_STEPS:
            return ""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else ""
        if isinstance(node, ast.JoinedStr):
            parts = [self._formatted(place, value, subject) for value in node.values]
            return "".join(parts) if all(parts) else ""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = [self.text(place.at(part), subject) for part in operands(node, ast.Add)]
            return "".join(parts) if all(parts) else ""
        if isinstance(node, ast.Call):
            return self._method_text(place, node, subject)
        if isinstance(node, ast.Attribute) and node.attr == "__name__":
            return self._class_name(place.at(node.value), subject)
        return ""

    def _formatted(self, place: Located, value: ast.expr, subject: ClassInfo | None) -> str:
        if isinstance(value, ast.FormattedValue):
            plain = value.format_spec is None and value.conversion == -1
            return self.text(place.at(value.value), subject) if plain else ""
        return self.text(place.at(value), subject)

    def _method_text(self, place: Located, node: ast.Call, subject: ClassInfo | None) -> str:
        if isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
            inner = self.text(place.at(node.func.value), subject)
            if node.func.attr == "lower":
                return inner.lower()
            if node.func.attr == "upper":
                return inner.upper()
        return ""

    def _class_name(self, place: Located, subject: ClassInfo | None) -> str:
        if subject is not None and isinstance(place.scope, FunctionInfo):
            first = place.scope.facts.parameters[:1]
            if first and dotted(place.node) == first[0].name:
                return subject.facts.name
        found = self.symbol(place)
        return found.facts.name if isinstance(found, ClassInfo) else ""


def _rest(node: ast.Call, taken: set[str]) -> ast.Dict:
    """What `**options` holds: the keywords that no other parameter took."""
    rest = [keyword for keyword in node.keywords if keyword.arg not in taken]
    names: list[ast.expr | None] = [None if kw.arg is None else ast.Constant(kw.arg) for kw in rest]
    return ast.Dict(names, [keyword.value for keyword in rest])


def _belongs_to(found: Symbol | None, scope: ClassInfo) -> bool:
    if isinstance(found, ValueInfo):
        return found.owner is scope
    return isinstance(found, FunctionInfo) and found.facts.owner == scope.facts.qualname

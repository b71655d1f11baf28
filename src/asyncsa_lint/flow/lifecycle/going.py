"""One step of a value: from an expression to what the code around it does with it.

`outcomes` climbs from the expression: an assignment puts the value in a place, `return`
in the function's result, a call in a parameter of the function called; containers,
conditional expressions, `await` and session factories pass it on upwards. `uses` finds
the expressions that read a place, which is where the next step begins.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from asyncsa_lint.flow.lifecycle.places import DISPOSED, ESCAPED, PLACED, Form, Kind, Outcome, Place
from asyncsa_lint.flow.lifecycle.readers import Readers
from asyncsa_lint.flow.lifecycle.scene import Scene, Tree
from asyncsa_lint.knowledge.sqlalchemy import CALLS
from asyncsa_lint.project.local_names import is_property, is_static_method
from asyncsa_lint.project.registrations import Role
from asyncsa_lint.project.resolution import Scope
from asyncsa_lint.project.symbols import ClassInfo, External, FunctionInfo, ModuleInfo, Symbol

_PASSING = (
    ast.Await,
    ast.Starred,
    ast.IfExp,
    ast.BoolOp,
    ast.Tuple,
    ast.List,
    ast.Set,
    ast.Dict,
    ast.Subscript,
    ast.ListComp,
    ast.SetComp,
    ast.GeneratorExp,
    ast.DictComp,
    ast.keyword,
)
_RELEASES = frozenset({"dispose", "close", "aclose", "terminate", "cleanup", "__aexit__"})
_ELEMENTS = frozenset({"values", "items", "get", "pop", "popitem", "copy", "setdefault", "execution_options"})
_WRAPPERS = frozenset({"async_factory", "factory"})
_ADDING = frozenset({"append", "add", "insert", "setdefault", "update", "extend"})
_COLLECTING = frozenset(
    {"list", "tuple", "dict", "set", "sorted", "reversed", "enumerate", "zip", "iter", "next"}
)
_HOOKS = frozenset({"atexit.register", "weakref.finalize", "signal.signal"})
_HARMLESS = (
    *(
        "sqlalchemy.",
        "sqlmodel.",
        "builtins.",
        "logging.",
        "structlog.",
        "fastapi.",
        "starlette.",
        "alembic.",
    ),
    *("sqladmin.", "opentelemetry.", "typing.", "copy.", "atexit.", "weakref.", "functools.", "asyncpg."),
)
"""Code that takes engines and does not dispose them."""


class Going:
    """Steps of values in one project."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._inference = scene.inference
        self._readers = Readers(scene)

    def place(self, scope: Scope, node: ast.expr) -> Place | None:
        """The place that an expression names."""
        return self._readers.place(scope, node)

    def reads(self, place: Place) -> Iterator[tuple[Tree, ast.expr]]:
        """Expressions that read a place."""
        return self._readers.reads(place)

    # -- from an expression

    def outcomes(self, tree: Tree, node: ast.expr, form: Form = Form.ENGINE) -> list[Outcome]:
        """What happens to the value of an expression."""
        found: list[Outcome] = []
        current = tree.own(node)
        while True:
            parent = tree.parent(current)
            if parent is None:
                return found
            if isinstance(parent, ast.NamedExpr) and current is parent.value:
                found += self._put(tree, parent.target, form)
                current = parent
            elif isinstance(parent, ast.Attribute):
                step = self._attribute(tree, parent, form, found)
                if step is None:
                    return found
                current, form = step
            elif isinstance(parent, ast.Subscript) and current is parent.slice:
                return found
            elif targets := _counterparts(tree.parent(parent), parent, current):
                return found + [outcome for each in targets for outcome in self._put(tree, each, form)]
            elif isinstance(parent, _PASSING):
                if isinstance(parent, ast.IfExp) and current is parent.test:
                    return found
                current = parent
            elif isinstance(parent, ast.Call):
                passed = self._call(tree, parent, current, form, found)
                if passed is None:
                    return found
                current, form = parent, passed
            else:
                return found + list(self._statement(tree, parent, current, form))

    def _attribute(
        self, tree: Tree, node: ast.Attribute, form: Form, found: list[Outcome]
    ) -> tuple[ast.AST, Form] | None:
        """`engine.dispose`, `engines.values()`, `factory.kw["bind"]`; other attributes end it."""
        call = tree.parent(node)
        if form is Form.ENGINE and node.attr in _RELEASES:
            if not self._is_hook(tree, node):
                found.append(Outcome(DISPOSED, tree.scope(node)))
            return None
        if form is Form.ENGINE and node.attr == "sync_engine":
            return node, form
        if form is Form.FACTORY and node.attr == "kw":
            return node, Form.ENGINE
        if isinstance(call, ast.Call) and call.func is node and node.attr in _ELEMENTS:
            return call, form
        return None

    def _is_hook(self, tree: Tree, node: ast.AST) -> bool:
        """Whether `asyncio.run(engine.dispose())` stands in `__del__`, `atexit` or a finalizer.

        A coroutine that such a hook just drops is another defect (ASA104), reported there.
        """
        call = tree.parent(node)
        if not isinstance(call, ast.Call) or not isinstance(tree.parent(call), ast.Call | ast.Await):
            return False
        scope = tree.scope(node)
        if isinstance(scope, FunctionInfo) and (
            scope.facts.name == "__del__" or self._is_registered(tree, scope)
        ):
            return True
        for above in tree.ancestors(node):
            if isinstance(above, ast.stmt):
                return False
            if isinstance(above, ast.Call):
                symbol = self._inference.symbol(tree.scope(above), above.func)
                if isinstance(symbol, External) and symbol.name in _HOOKS:
                    return True
        return False

    def _is_registered(self, tree: Tree, function: FunctionInfo) -> bool:
        """Whether the function is only there to be called by `atexit` or a finalizer of its file."""
        decorators = self._inference.decorators(function)
        if any(name in _HOOKS for name in decorators):
            return True
        uses = [each for each in tree.named(function.facts.name) if self._is_use(tree, each, function)]
        return bool(uses) and all(self._is_handed_to_hook(tree, each) for each in uses)

    def _is_use(self, tree: Tree, node: ast.expr, function: FunctionInfo) -> bool:
        return self._inference.symbol(tree.scope(node), node) is function

    def _is_handed_to_hook(self, tree: Tree, node: ast.AST) -> bool:
        call = tree.parent(node)
        if not isinstance(call, ast.Call) or node is call.func:
            return False
        symbol = self._inference.symbol(tree.scope(call), call.func)
        return isinstance(symbol, External) and symbol.name in _HOOKS

    def _statement(self, tree: Tree, parent: ast.AST, current: ast.AST, form: Form) -> Iterator[Outcome]:
        scope = tree.scope(parent)
        if isinstance(parent, ast.Assign) and current is parent.value:
            for target in parent.targets:
                yield from self._put(tree, target, form)
        elif isinstance(parent, ast.AnnAssign) and current is parent.value:
            yield from self._put(tree, parent.target, form)
        elif isinstance(parent, ast.Return) and isinstance(scope, FunctionInfo):
            yield Outcome(PLACED, scope, Place(Kind.RETURN, scope, "", form))
        elif isinstance(parent, ast.Yield | ast.YieldFrom) and isinstance(scope, FunctionInfo):
            yield from self._yielded(scope, form)
        elif isinstance(parent, ast.withitem) and form is Form.ENGINE:
            yield Outcome(DISPOSED, scope)
        elif isinstance(parent, ast.For | ast.AsyncFor | ast.comprehension) and current is parent.iter:
            yield from self._put(tree, parent.target, form)
        elif isinstance(parent, ast.Lambda):
            yield Outcome(ESCAPED, scope)

    def _yielded(self, function: FunctionInfo, form: Form) -> Iterator[Outcome]:
        """A fixture or lifespan keeps its engine although it yields it; others hand it over."""
        roles = self._scene.roles
        if roles.has(function, Role.FIXTURE):
            for reader, name in self._readers.fixture_users(function):
                yield Outcome(PLACED, function, Place(Kind.LOCAL, reader, name, form))
        elif not roles.has(function, Role.LIFESPAN) or roles.is_test(function.module):
            yield Outcome(ESCAPED, function)

    def _put(self, tree: Tree, target: ast.expr, form: Form, *, into: bool = False) -> Iterator[Outcome]:
        """Bound to a target; `into` what it names if that is a container, which a caller may have given."""
        scope = tree.scope(target)
        if isinstance(target, ast.Tuple | ast.List):
            for each in target.elts:
                yield from self._put(tree, each, form)
            return
        while isinstance(target, ast.Subscript | ast.Starred):
            into = into or isinstance(target, ast.Subscript)
            target = target.value
        place = self._readers.place(scope, target, form)
        if into and isinstance(target, ast.Name) and place is not None and _is_parameter(place):
            place = None
        yield Outcome(PLACED, scope, place) if place is not None else Outcome(ESCAPED, scope)

    # -- through calls

    def _call(
        self, tree: Tree, call: ast.Call, current: ast.AST, form: Form, found: list[Outcome]
    ) -> Form | None:
        """Note what a call does with an argument; in which form its result holds the value, if any."""
        scope = tree.scope(call)
        if current is call.func:
            return None
        symbol = self._inference.symbol(scope, call.func)
        if isinstance(symbol, FunctionInfo | ClassInfo):
            return self._project_call(scope, call, current, symbol, form, found)
        if isinstance(call.func, ast.Attribute) and call.func.attr in _ADDING:
            kind = self._inference.instance(scope, call.func.value)
            if kind is None or (isinstance(kind, External) and kind.name.startswith("builtins.")):
                found.extend(self._put(tree, call.func.value, form, into=True))
                return None
        if isinstance(symbol, External):
            return self._external_call(scope, call, current, symbol, form, found)
        found.append(Outcome(ESCAPED, scope))
        return None

    def _external_call(
        self,
        scope: Scope,
        call: ast.Call,
        current: ast.AST,
        symbol: External,
        form: Form,
        found: list[Outcome],
    ) -> Form | None:
        key = CALLS.get(symbol.name, "")
        if key in _WRAPPERS:
            return Form.FACTORY
        if symbol.name == "builtins.setattr" and len(call.args) == 3 and current is call.args[2]:
            place = self._readers.place_of_setattr(scope, call, form)
            found.append(Outcome(PLACED, scope, place) if place else Outcome(ESCAPED, scope))
            return None
        module, _, name = symbol.name.rpartition(".")
        if module == "builtins" and name in _COLLECTING:
            return form
        if not symbol.name.startswith(_HARMLESS):
            found.append(Outcome(ESCAPED, scope))
        return None

    def _project_call(
        self, scope: Scope, call: ast.Call, current: ast.AST, symbol: Symbol, form: Form, found: list[Outcome]
    ) -> Form | None:
        """Follow an argument into its parameter; `Database(engine)` without `__init__` has it as a field."""
        function = symbol if isinstance(symbol, FunctionInfo) else None
        skip = 0
        if isinstance(symbol, ClassInfo):
            function = self._scene.project.method(symbol, "__init__")
            skip = 1
        elif function is not None and function.facts.owner and isinstance(call.func, ast.Attribute):
            skip = 0 if is_static_method(function) else 1
        if function is None:
            name = _field(call, current)
            known = isinstance(symbol, ClassInfo) and name
            found.append(
                Outcome(PLACED, scope, Place(Kind.ATTRIBUTE, symbol, name, form))
                if known and isinstance(symbol, ClassInfo)
                else Outcome(ESCAPED, scope)
            )
            return None
        parameter = _parameter(function, call, current, skip)
        if parameter is None:
            found.append(Outcome(ESCAPED, scope))
            return None
        place = Place(Kind.LOCAL, function, parameter, form)
        found.append(Outcome(PLACED, scope, place))
        return self._passed_through(place)

    def _passed_through(self, place: Place) -> Form | None:
        """The form in which a function returns what it got in a parameter."""
        for outcome in self._readers.memo(place, lambda: list(self.uses(place))):
            if outcome.place is not None and outcome.place.kind is Kind.RETURN:
                return outcome.place.form
        return None

    # -- from a place

    def uses(self, place: Place) -> Iterator[Outcome]:
        """What happens to values read from a place."""
        if place.kind is Kind.RETURN:
            for module, call in self.calls_of(place):
                tree = self._scene.tree(module)
                if tree is not None:
                    yield from self.outcomes(tree, call, place.form)
            if isinstance(place.owner, FunctionInfo) and is_property(place.owner):
                for tree, node in self._readers.property_reads(place.owner):
                    yield from self.outcomes(tree, node, place.form)
            return
        for tree, node in self._readers.reads(place):
            yield from self.outcomes(tree, node, place.form)

    def calls_of(self, place: Place) -> Iterator[tuple[ModuleInfo, ast.Call]]:
        """Calls of the function whose result the place is."""
        if not isinstance(place.owner, FunctionInfo):
            return
        for site in self._scene.graph.callers(place.owner):
            if isinstance(site.node, ast.Call):
                yield site.caller.module, site.node
        yield from self._scene.graph.module_calls(place.owner)


def _counterparts(statement: ast.AST | None, value: ast.AST, element: ast.AST) -> list[ast.expr]:
    """The targets of `a, b = engine, replica` that get an element; empty where it is not so."""
    if not isinstance(statement, ast.Assign) or statement.value is not value:
        return []
    found = []
    for target in statement.targets:
        if not isinstance(value, ast.Tuple | ast.List) or not isinstance(target, ast.Tuple | ast.List):
            return []
        if len(target.elts) != len(value.elts) or _has_star(target) or _has_star(value):
            return []
        found += [each for each, given in zip(target.elts, value.elts, strict=True) if given is element]
    return found


def _is_parameter(place: Place) -> bool:
    owner = place.owner
    return isinstance(owner, FunctionInfo) and any(p.name == place.name for p in owner.facts.parameters)


def _has_star(node: ast.Tuple | ast.List) -> bool:
    return any(isinstance(each, ast.Starred) for each in node.elts)


def _parameter(function: FunctionInfo, call: ast.Call, current: ast.AST, skip: int) -> str | None:
    """The parameter that takes an argument."""
    names = [each.name for each in function.facts.parameters]
    if isinstance(current, ast.keyword):
        return current.arg if current.arg in names else None
    for index, argument in enumerate(call.args):
        if isinstance(argument, ast.Starred):
            return None
        if argument is current:
            return names[index + skip] if index + skip < len(names) else None
    return next((each.arg for each in call.keywords if each.value is current and each.arg in names), None)


def _field(call: ast.Call, current: ast.AST) -> str:
    if isinstance(current, ast.keyword):
        return current.arg or ""
    return next((each.arg or "" for each in call.keywords if each.value is current), "")

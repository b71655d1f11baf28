"""What one analysis of one project shares: names as values, summaries, events, bounds.

Nothing here depends on the order in which modules are analysed: everything is computed
when it is asked for, from the project alone, and kept.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

import pathspec

from asyncsa_lint.config import Config
from asyncsa_lint.facts.expressions import dotted_name, parse
from asyncsa_lint.facts.liveness import last_reads, steady
from asyncsa_lint.facts.records import BindingKind, Expr
from asyncsa_lint.findings import Span
from asyncsa_lint.flow.activity import RELEVANT, Activity
from asyncsa_lint.flow.bounds import Bounds
from asyncsa_lint.flow.calling.inertness import Inertness
from asyncsa_lint.flow.calling.store import Summaries
from asyncsa_lint.flow.entries import Entries
from asyncsa_lint.flow.events import Event, read_of
from asyncsa_lint.flow.lifecycle import Lifecycle
from asyncsa_lint.flow.own_calls import last_names, meanings
from asyncsa_lint.flow.reach import Reach
from asyncsa_lint.flow.states.objects import HeapObject
from asyncsa_lint.flow.states.paths import GiveUp
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    UNKNOWN,
    ClassValue,
    ExternalValue,
    FunctionValue,
    ModuleValue,
    ObjectId,
    Value,
)
from asyncsa_lint.project.attribute_assignments import AttributeAssignments
from asyncsa_lint.project.constructions import Constructions
from asyncsa_lint.project.implementers import Implementers
from asyncsa_lint.project.mapping.models import Models
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.pydantic.schemas import Schemas
from asyncsa_lint.project.symbols import (
    ClassInfo,
    External,
    FunctionInfo,
    ModuleInfo,
    ModuleSymbol,
    Symbol,
    ValueInfo,
)
from asyncsa_lint.project.versions import Versions, in_use

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

_BOOL = External("builtins.bool")
_MANAGERS = {"contextmanager": "manager", "asynccontextmanager": "async-manager"}


class AnalysisContext:
    """One project and configuration; `fresh` for each module, so that none depends on another."""

    def __init__(self, project: Project, config: Config, versions: Versions | None = None) -> None:
        self.project = project
        self.config = config
        self.models = project.recorder.apart("models", lambda: Models(project))
        self.schemas = project.recorder.apart("schemas", lambda: Schemas(project))
        self.versions = versions or in_use(project.root, config)
        self.shared: dict[ObjectId, HeapObject] = {}
        self.events: dict[Event, None] = {}
        self.give_ups: Counter[str] = Counter()
        self.serialising = ""
        self.in_greenlet = False
        """Inside a function given to `run_sync`, where reading an attribute may load it."""
        self.bounds = Bounds()
        self.synchronous = False
        """No coroutine is under way and nothing asynchronous is at hand: sessions and instances of
        synchronous code can neither fail nor be shared in the ways that are told."""
        self.symbolic: set[ClassInfo] = set()
        self.in_test = False
        """The root belongs to the test suite: calls out of it are not followed."""
        self._values: dict[tuple[object, ...], Value] = {}
        self.summaries = Summaries(self)
        self.inertness = Inertness(self)
        self._plain_annotations: set[tuple[FunctionInfo, Expr]] = set()
        self._decorators: dict[FunctionInfo, frozenset[str]] = {}
        self._kinds: dict[FunctionInfo, str] = {}
        self._reads: dict[object, Event] = {}
        self._attempt: list[Event] | None = None
        self._locals: dict[FunctionInfo, frozenset[str]] = {}
        self._last_reads: dict[FunctionInfo, dict[str, float]] = {}
        self._steady: dict[FunctionInfo, frozenset[str]] = {}
        self._lineages: dict[ClassInfo, frozenset[ClassInfo]] = {}
        self.own_calls, known = meanings(config), last_names(config)
        self._tests = project.recorder.apart(
            "tests", lambda: pathspec.PathSpec.from_lines("gitignore", config.test_paths)
        )
        self.activity = project.recorder.apart(
            "activity", lambda: Activity(project.fresh(), self.is_test, known)
        )
        self.reach = project.recorder.apart("reach", lambda: Reach(project.fresh(), self.is_test, known))
        self.wrapped: dict[FunctionInfo, FunctionValue | None] = {}
        self.filled: dict[tuple[ClassInfo, str], Value | None] = {}
        self.made_in_passing: dict[tuple[ClassInfo, str], ClassInfo | None] = {}
        self.implementers = Implementers(project, self.is_test)
        self.assignments = AttributeAssignments(project)
        self.constructions = Constructions(project, self.is_test)
        self.entries = project.recorder.apart("entries", lambda: Entries(project.fresh(), self.is_test))

    def fresh(self) -> AnalysisContext:
        """The same project and configuration, as if nothing had been analysed yet."""
        return AnalysisContext(self.project, self.config, self.versions)

    @contextmanager
    def for_module(self, path: str) -> Iterator[tuple[AnalysisContext, ModuleInfo | None]]:
        """A fresh context and the module; None for a file that is broken or can not matter.

        What is found out in the block is the module's own, whichever came before: summaries
        depend on bounds and on the situations met. All of it is let go in the end, also
        while the collector of cycles is paused.
        """
        own = self.fresh()
        own.in_test = self.is_test(path)
        try:
            matters = self.project.mentions(path, RELEVANT) and own.reach.reaches(path)
            yield own, self.project.module_at(path) if matters else None
        finally:
            own.__dict__.clear()

    # -- events and bounds ------------------------------------------------------

    def publish(self, event: Event) -> None:
        """Record what happened; the same event from two paths is one, and so is the same read."""
        if self._attempt is not None:
            self._attempt.append(event)
            return
        read = read_of(event)
        if read is None or self._reads.setdefault(read, event) == event:
            self.events[event] = None

    @contextmanager
    def trying(self) -> Iterator[list[Event]]:
        """Events inside are handed out instead of recorded: something else may make good for them."""
        outer, self._attempt = self._attempt, []
        try:
            yield self._attempt
        finally:
            self._attempt = outer

    def gave_up(self, reason: str) -> None:
        self.give_ups[reason] += 1

    def span_of(self, module: ModuleInfo, node: ast.AST) -> Span:
        source = self.project.places(module.path)
        if source is None:
            raise GiveUp("source")
        return source.span(node)

    def note_return(self, activation: Interpreter, statement: ast.Return, value: Value, state: State) -> None:
        """A root function returns: its response model reads the value."""
        if activation.depth == 0:
            from asyncsa_lint.flow.web.serialisation import note_return

            note_return(activation, statement, value, state)

    @cached_property
    def lifecycle(self) -> Lifecycle:
        """Engines, lifespans, dependencies: judged from names and structure."""
        return Lifecycle(self.project, self.models, self.versions, self.config)

    def is_test(self, path: str) -> bool:
        """The file belongs to the test suite, by the configured patterns."""
        return self._tests.match_file(path.removeprefix(self.project.root).lstrip("/"))

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What is found in the block is the same for all roots: it counts by itself, and is seen in full."""
        outer, self.synchronous = self.synchronous, False
        try:
            with self.bounds.apart():
                yield
        finally:
            self.synchronous = outer

    # -- names --------------------------------------------------------------------

    def value_of_name(
        self,
        module: ModuleInfo,
        name: str,
        function: FunctionInfo | None = None,
        cls: ClassInfo | None = None,
    ) -> Value:
        """Value of a global name as the module's functions see it."""
        key = (module, name)
        known = self._values.get(key)
        if known is None:
            self._values[key] = UNKNOWN
            symbol = self.project.resolve(module, name)
            known = UNKNOWN if symbol is None else self.value_of_symbol(symbol)
            self._values[key] = known
        if known is UNKNOWN and cls is not None:
            return self.typevar_value(ClassValue(cls), name)
        return known

    def value_of_symbol(self, symbol: Symbol) -> Value:
        """The abstract value of something resolved."""
        if isinstance(symbol, External):
            return ExternalValue(symbol.name)
        if isinstance(symbol, ClassInfo):
            return ClassValue(symbol)
        if isinstance(symbol, FunctionInfo):
            return FunctionValue(symbol)
        if isinstance(symbol, ModuleSymbol):
            return ModuleValue(symbol.module)
        return self._value_of_bindings(symbol)

    def _value_of_bindings(self, info: ValueInfo) -> Value:
        from asyncsa_lint.flow.evaluation.globals import module_value

        name = info.bindings[-1].name
        owner = info.owner.facts.qualname if info.owner is not None else ""
        key = (info.module, owner, name, "value")
        known = self._values.get(key)
        if known is None:
            self._values[key] = UNKNOWN
            with self.apart():
                known = self._values[key] = module_value(self, info, owner, name)
        return known

    def class_attribute(self, value: ClassValue, owner: ClassInfo, name: str) -> Value:
        """Value of an attribute written in a class body."""
        found = self.project.resolve(owner.module, f"{owner.facts.qualname}.{name}")
        if isinstance(found, ValueInfo):
            if all(binding.kind is BindingKind.ANNOTATION for binding in found.bindings):
                return self.typed_attribute(value, found)
            return self._value_of_bindings(found)
        return UNKNOWN if found is None else self.value_of_symbol(found)

    def typed_attribute(self, value: ClassValue, info: ValueInfo) -> Value:
        """`model: type[T]` on a generic base: the class that the subclass puts for T."""
        from asyncsa_lint.flow.evaluation.generics import class_of_annotation

        annotation = info.bindings[-1].annotation
        return (
            UNKNOWN
            if annotation is None
            else class_of_annotation(self, value, parse(annotation), info.module)
        )

    def typevar_value(self, value: ClassValue, name: str) -> Value:
        from asyncsa_lint.flow.evaluation.generics import argument_for

        return argument_for(self, value, name)

    # -- functions and classes ------------------------------------------------------

    def decorators_of(self, function: FunctionInfo) -> frozenset[str]:
        """Last names of the decorators, as their libraries call them; the project's own ones have none."""
        known = self._decorators.get(function)
        if known is None:
            names = set()
            for decorator in function.facts.decorators:
                node = parse(decorator)
                node = node.func if isinstance(node, ast.Call) else node
                dotted = dotted_name(node)
                found = self.project.resolve(function.module, dotted) if dotted else None
                if isinstance(found, External):
                    dotted = found.name
                if dotted and (found is None or isinstance(found, External)):
                    names.add(dotted.rsplit(".", 1)[-1])
            known = self._decorators[function] = frozenset(names)
        return known

    def kind_of(self, function: FunctionInfo) -> str:
        """`function`, `coroutine`, `generator`, `async-generator`, `manager`, `async-manager`."""
        known = self._kinds.get(function)
        if known is None:
            known = self._kinds[function] = self._find_kind(function)
        return known

    def _find_kind(self, function: FunctionInfo) -> str:
        facts = function.facts
        decorators = self.decorators_of(function)
        for name, kind in _MANAGERS.items():
            if name in decorators and facts.is_generator:
                return kind
        if facts.is_generator:
            return "async-generator" if facts.is_async else "generator"
        return "coroutine" if facts.is_async else "function"

    def owner_class(self, function: FunctionInfo) -> ClassInfo | None:
        return self.project.owner(function)

    def own_method(self, cls: ClassInfo, name: str) -> FunctionInfo | None:
        return self.project.function(cls.module, f"{cls.facts.qualname}.{name}")

    def lineage(self, cls: ClassInfo) -> frozenset[ClassInfo]:
        """The class, its ancestors and its descendants in the project."""
        known = self._lineages.get(cls)
        if known is None:
            every = [c for c in self.project.mro(cls) if isinstance(c, ClassInfo) and self.models.get(c)]
            known = self._lineages[cls] = frozenset([cls, *every, *self.project.subclasses(cls)])
        return known

    def is_alone(self, cls: ClassInfo) -> bool:
        """No other mapped class shares or extends the rows of this one; mixins and bases have none."""
        relatives = map(self.models.get, self.lineage(cls) - {cls})
        return not any(model is not None and model.is_table for model in relatives)

    def flags_of(self, function: FunctionInfo) -> frozenset[str]:
        """Parameters declared as `bool`: nothing but True and False."""
        return frozenset(
            parameter.name
            for parameter in function.facts.parameters
            if parameter.annotation is not None
            and self.project.resolve_expr(function, parse(parameter.annotation)) == _BOOL
        )

    def steady_of(self, function: FunctionInfo) -> frozenset[str]:
        """Variables that have one value for as long as the function runs."""
        known = self._steady.get(function)
        if known is None:
            node = self.project.node(function)
            known = self._steady[function] = frozenset() if node is None else steady(node)
        return known

    def last_reads(self, function: FunctionInfo) -> dict[str, float]:
        """Until which line each variable may still be read."""
        if function not in self._last_reads:
            node = self.project.node(function)
            self._last_reads[function] = {} if node is None else last_reads(node)
        return self._last_reads[function]

    def locals_of(self, function: FunctionInfo) -> frozenset[str]:
        """Names that the function binds itself."""
        known = self._locals.get(function)
        if known is None:
            parameters = [parameter.name for parameter in function.facts.parameters]
            known = self._locals[function] = self.project.bound(function).union(parameters)
        return known

    def value_of_return(self, activation: Interpreter, function: FunctionInfo, state: State) -> Value:
        """What the return annotation alone says."""
        from asyncsa_lint.flow.evaluation.annotations import value_of_returned

        return value_of_returned(activation, function, state)

    def is_schema(self, cls: ClassInfo) -> bool:
        return self.schemas.get(cls) is not None

    def reads_by_name(self, function: FunctionInfo) -> bool:
        """The body uses texts as attribute names, so the texts it is given matter."""
        return not NAME_READERS.isdisjoint(self.project.calls(function))

    def may_be_resource(self, function: FunctionInfo, annotation: Expr) -> bool:
        """False when the annotation has been found to name neither session, engine nor factory."""
        return (function, annotation) not in self._plain_annotations

    def note_resource(self, function: FunctionInfo, annotation: Expr, value: Value) -> None:
        if value is UNKNOWN and not self.synchronous:
            self._plain_annotations.add((function, annotation))

    # -- summaries --------------------------------------------------------------------

    def default_expiry(self) -> bool | None:
        """`expire_on_commit` of sessions whose factory is not seen, for the code that is analysed now."""
        return self.expiry_in(tests=self.in_test)

    def expiry_in(self, *, tests: bool) -> bool | None:
        """What all factories of the project agree on; those of the tests count where tests are analysed."""
        from asyncsa_lint.flow.orm.factories import project_expiry

        question = ("expiry", "tests") if tests else ("expiry",)
        self.project.recorder.note(question)
        return self.project.recorder.apart(question, lambda: project_expiry(self.fresh(), tests=tests))


NAME_READERS = frozenset(
    {"getattr", "setattr", "hasattr", "refresh", "expire", "attrgetter", "TemplateResponse"}
)

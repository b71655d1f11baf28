"""What the statements of a program have at hand, and how they come by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from tests.differential.queries import Queries, compatible
from tests.differential.reads import Reads
from tests.differential.schemas import Model, Schema


@dataclass(slots=True)
class Variable:
    """A name that holds an instance, or a list of them."""

    name: str
    cls: str
    many: bool = False
    loop: bool = False
    """Bound by a loop over what another variable holds."""


@dataclass(slots=True)
class Helper:
    """A function or method of the repository file."""

    call: str
    """What to call, with `{s}` for the session and `{a}` for the argument."""
    cls: str
    kind: str
    """`one`, `many`, `reads`, `changes`, `options`."""


@dataclass(slots=True)
class Scope:
    """The lines of one function while it is being written."""

    session: str
    lines: list[str] = field(default_factory=list)
    indent: int = 1
    variables: list[Variable] = field(default_factory=list)
    flags: tuple[str, ...] = ()
    is_open: bool = True
    ends_itself: bool = False
    """The block commits by itself; a commit within it is an error in what follows."""
    budget: int = 0
    names: int = 0

    def emit(self, line: str) -> None:
        self.lines.append("    " * self.indent + line)

    def fresh(self, cls: str, *, many: bool = False) -> Variable:
        """A new variable, not yet among those that can be used."""
        self.names += 1
        word = cls.lower() + ("s" if many else "")
        return Variable(f"{word}_{self.names}", cls, many)


class Fetches:
    """Writes queries into scopes and binds what they give."""

    def __init__(self, random: Random, schema: Schema) -> None:
        self._random = random
        self._schema = schema
        self._queries = Queries(random, schema)
        self._reads = Reads(random, schema)
        self._helpers: list[Helper] = []

    def _helper(self, kind: str, cls: str = "") -> Helper | None:
        found = [h for h in self._helpers if h.kind == kind and (not cls or h.cls == cls)]
        return self._random.choice(found) if found else None

    # -- what is at hand

    def _model(self, scope: Scope | None = None) -> Model:
        """Some class; most often one that the program has not met yet, as programs have it."""
        every = list(self._schema.models.values())
        known = {variable.cls for variable in scope.variables} if scope else set()
        fresh = [model for model in every if model.name not in known]
        return self._random.choice(fresh if fresh and self._random.random() < 0.88 else every)

    def _pick(self, scope: Scope, *, many: bool = False, cls: str = "") -> Variable | None:
        """A variable bound lately."""
        found = [v for v in scope.variables if v.many is many and (not cls or v.cls == cls)]
        return self._random.choice(found[-4:]) if found else None

    def _bind(self, scope: Scope, variable: Variable, expression: str, *, maybe: bool = False) -> None:
        scope.emit(f"{variable.name} = {expression}")
        if maybe and self._random.random() < 0.6:
            scope.emit(f"if {variable.name} is None:")
            scope.emit("    return" + ("" if scope.session == "session" else " None"))
        scope.variables.append(variable)

    def _key(self, scope: Scope) -> str:
        known = self._pick(scope)
        if known is not None and self._random.random() < 0.08:
            return f"{known.name}.id"
        return self._random.choice(("key", "key", "key", "3", "5"))

    # -- queries

    def _fetch_one(self, scope: Scope) -> bool:
        if not scope.is_open:
            return False
        cls = self._model(scope).name
        if self._random.random() < 0.35:
            text, maybe = self._queries.get(cls, scope.session, self._key(scope))
        else:
            options = self._queries.options(cls)
            statement = self._queries.statement(cls, options, one=True, key=self._key(scope))
            text, maybe = self._queries.run_one(statement, scope.session)
        self._bind(scope, scope.fresh(cls), text, maybe=maybe)
        return True

    def _fetch_many(self, scope: Scope) -> bool:
        if not scope.is_open:
            return False
        cls = self._model(scope).name
        statement = self._queries.statement(cls, self._queries.options(cls), one=False)
        self._bind(scope, scope.fresh(cls, many=True), self._queries.run_many(statement, scope.session))
        return True

    def _fetch_built(self, scope: Scope) -> bool:
        """A statement in a variable, with options in variables, added on some paths."""
        if not scope.is_open:
            return False
        random = self._random
        cls = self._model(scope).name
        first, *options = compatible([self._queries.option(cls) for _ in range(random.randint(2, 4))])
        if random.random() < 0.5 or not options:
            first, options = "", [first, *options]
        statement = self._queries.statement(cls, [first] if first else [], one=True)
        scope.emit(f"stmt = {statement}")
        if random.random() < 0.5:
            bracket = random.choice(("[]", "()"))
            scope.emit(f"loads = {bracket[0]}{', '.join(options)},{bracket[1]}")
            options = ["*loads"]
        helper = self._helper("options", cls)
        if helper is not None and random.random() < 0.6:
            options = [helper.call]
        added = f"stmt = stmt.options({', '.join(options)})"
        if scope.flags and random.random() < 0.6:
            flag = random.choice(scope.flags)
            scope.emit(f"if {flag}:" if random.random() < 0.7 else f"if not {flag}:")
            scope.emit(f"    {added}")
        else:
            scope.emit(added)
        text, maybe = self._queries.run_one("stmt", scope.session)
        self._bind(scope, scope.fresh(cls), text, maybe=maybe)
        return True

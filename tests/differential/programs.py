"""Random programs over a schema: sessions, queries, changes, reads, helpers in another file."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from tests.differential.queries import Queries, compatible, ordinary
from tests.differential.reads import Reads
from tests.differential.schemas import Model, Schema

HEAD = """\
from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import defaultload, defer, immediateload, joinedload, lazyload, load_only, noload
from sqlalchemy.orm import contains_eager, raiseload, selectinload, subqueryload, undefer

"""


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


def make_program(random: Random, schema: Schema) -> dict[str, str]:
    """The files of a program beside models.py; the same for the same state of the generator."""
    return _Writer(random, schema).program()


class _Writer:
    def __init__(self, random: Random, schema: Schema) -> None:
        self._random = random
        self._schema = schema
        self._queries = Queries(random, schema)
        self._reads = Reads(random, schema)
        self._helpers: list[Helper] = []
        self._actions = {
            self._fetch_one: 6,
            self._fetch_many: 3,
            self._fetch_built: 3,
            self._fetch_by_helper: 4,
            self._create: 4,
            self._read: 40,
            self._read_by_helper: 6,
            self._assign: 6,
            self._change_by_helper: 2,
            self._follow: 6,
            self._loop: 5,
            self._branch: 5,
            self._attempt: 2,
            self._savepoint: 2,
            self._simple: 6,
            self._of_instance: 9,
            self._pairs: 2,
        }

    def program(self) -> dict[str, str]:
        """The texts by file."""
        random = self._random
        imports = f"from models import {', '.join(self._schema.models)}\n"
        repository = self._repository() if random.random() < 0.7 else ""
        flags = tuple(name for name, share in (("flag", 0.5), ("other", 0.3)) if random.random() < share)
        parameters = ", ".join([f"{name}: bool" for name in flags] + ["key: int"])
        names = sorted({helper.call.split("(")[0].removeprefix("*") for helper in self._helpers})
        text = HEAD + imports
        if names:
            text += f"from repo import {', '.join(names)}\n"
        expiring = random.choice((", expire_on_commit=False",) * 3 + ("", ", expire_on_commit=True"))
        if random.random() < 0.1:
            expiring += ", autoflush=False"
        text += '\nengine = create_async_engine("sqlite+aiosqlite://")\n'
        text += f"factory = async_sessionmaker(engine{expiring})\n\n\n"
        scope = Scope("session", flags=flags, budget=random.randint(5, 14))
        self._body(scope)
        text += f"async def main({parameters}) -> None:\n" + "\n".join(scope.lines) + "\n"
        return {"program.py": text} if not repository else {"repo.py": repository, "program.py": text}

    def _body(self, scope: Scope) -> None:
        random = self._random
        manager = random.choice(("factory()",) * 4 + ("factory.begin()",))
        scope.ends_itself = manager == "factory.begin()"
        self._block(scope, f"async with {manager} as session:", random.randint(4, 10))
        scope.is_open, scope.ends_itself = False, False
        if random.random() < 0.45:
            self._statements(scope, random.randint(1, 3))
        if random.random() < 0.2:
            scope.is_open = True
            self._block(scope, "async with factory() as session:", random.randint(2, 4))

    def _block(self, scope: Scope, head: str, size: int) -> None:
        """A compound statement; what is bound in it can be used after it."""
        scope.emit(head)
        scope.indent += 1
        before = len(scope.lines)
        self._statements(scope, size)
        if len(scope.lines) == before:
            scope.emit("pass")
        scope.indent -= 1

    def _branch_block(self, scope: Scope, head: str, size: int) -> None:
        """A compound statement that may not run: what is bound in it is gone afterwards."""
        known = list(scope.variables)
        self._block(scope, head, size)
        scope.variables = known

    def _statements(self, scope: Scope, size: int) -> None:
        for _ in range(size):
            actions = list(self._actions)
            weights = list(self._actions.values())
            for _ in range(6):
                action = self._random.choices(actions, weights)[0]
                if action(scope):
                    break

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

    def _pairs(self, scope: Scope) -> bool:
        """Rows of two entities, joined along a relationship."""
        model = self._model(scope)
        relations = [r for r in ordinary(model) if r.target != model.name]
        if not scope.is_open or not relations:
            return False
        relation = self._random.choice(relations)
        owner = model.parent or model.name
        first, second = scope.fresh(model.name), scope.fresh(relation.target)
        rows = f"(await {scope.session}.execute(select({model.name}, {relation.target}).join({owner}.{relation.name})))"
        if self._random.random() < 0.4:
            rows = f"(await {scope.session}.execute(select({model.name}).join({owner}.{relation.name})"
            rows += f".options(contains_eager({owner}.{relation.name})))).unique().scalars()"
            scope.variables.append(first)
            head = f"for {first.name} in {rows}:"
        else:
            scope.variables.extend((first, second))
            head = f"for {first.name}, {second.name} in {rows}.unique():"
        self._branch_block(scope, head, self._random.randint(1, 2))
        scope.variables = [v for v in scope.variables if v not in (first, second)]
        return True

    # -- reads

    def _read(self, scope: Scope) -> bool:
        variable = self._pick(scope, many=self._random.random() < 0.25)
        if variable is None:
            return False
        text = self._read_of(variable)
        if text.startswith(("[", "{", "(", "not ", "len", "bool")) or self._random.random() < 0.5:
            scope.emit(f"_ = {text}")
        elif self._random.random() < 0.2:
            scope.emit(f"if {text}:")
            scope.emit("    pass")
        else:
            scope.emit(text)
        return True

    def _read_of(self, variable: Variable) -> str:
        if variable.many:
            inner = self._reads.expression("it", variable.cls, 1)
            return f"[{inner} for it in {variable.name}]"
        return self._reads.expression(variable.name, variable.cls)

    def _follow(self, scope: Scope) -> bool:
        """A variable for what a relationship holds."""
        variable = self._pick(scope)
        relations = ordinary(self._schema.models[variable.cls]) if variable else []
        if variable is None or not relations:
            return False
        relation = self._random.choice(relations)
        made = scope.fresh(relation.target, many=relation.many)
        self._bind(scope, made, f"{variable.name}.{relation.name}", maybe=not relation.many)
        return True

    def _loop(self, scope: Scope) -> bool:
        variable = self._pick(scope, many=True)
        source = variable.name if variable else ""
        cls = variable.cls if variable else ""
        if variable is None or self._random.random() < 0.5:
            owner = self._pick(scope)
            many = [r for r in ordinary(self._schema.models[owner.cls]) if r.many] if owner else []
            if owner is not None and many:
                relation = self._random.choice(many)
                source, cls = f"{owner.name}.{relation.name}", relation.target
        if not source or scope.indent > 4:
            return False
        item = scope.fresh(cls)
        item.loop = True
        scope.variables.append(item)
        self._branch_block(scope, f"for {item.name} in {source}:", self._random.randint(1, 3))
        scope.variables = [v for v in scope.variables if v is not item]
        return True

    # -- control

    def _branch(self, scope: Scope) -> bool:
        if not scope.flags or scope.indent > 4:
            return False
        flag = self._random.choice(scope.flags)
        if self._random.random() < 0.12:
            scope.emit(f"if {flag}:")
            scope.emit("    return" + ("" if scope.session == "session" else " None"))
            return True
        self._branch_block(scope, f"if {flag}:", self._random.randint(1, 3))
        if self._random.random() < 0.35:
            self._branch_block(scope, "else:", self._random.randint(1, 2))
        return True

    def _attempt(self, scope: Scope) -> bool:
        if scope.indent > 4 or not scope.is_open:
            return False
        self._branch_block(scope, "try:", self._random.randint(1, 3))
        scope.emit(f"except {self._random.choice(('SQLAlchemyError', 'Exception'))}:")
        scope.emit(self._random.choice((f"    await {scope.session}.rollback()", "    raise", "    pass")))
        return True

    def _savepoint(self, scope: Scope) -> bool:
        if scope.indent > 4 or not scope.is_open:
            return False
        if self._random.random() < 0.6:
            self._block(scope, f"async with {scope.session}.begin_nested():", self._random.randint(1, 3))
            return True
        scope.emit(f"savepoint = await {scope.session}.begin_nested()")
        self._statements(scope, self._random.randint(1, 2))
        scope.emit(f"await savepoint.{self._random.choice(('rollback', 'commit'))}()")
        return True

    # -- changes

    def _value(self, column: str) -> str:
        if column.endswith("_id"):
            return self._random.choice(("2", "5", "5", "6"))
        return "7" if column in {"score", "rank"} else '"w"'

    def _new(self, scope: Scope, cls: str) -> str:
        random = self._random
        model = self._schema.models[cls]
        given = ['title="n"']
        for relation in ordinary(model):
            if relation.key and random.random() < 0.95:
                other = self._pick(scope, cls=relation.target)
                whole = other is not None and random.random() < 0.6
                given.append(f"{relation.name}={other.name}" if other and whole else f"{relation.key}=2")
            elif relation.many and random.random() < 0.25:
                inside = self._pick(scope, cls=relation.target)
                given.append(f"{relation.name}=[{inside.name if inside else ''}]")
        keys = {relation.key for relation in model.relations}
        given += [f"{c.name}=2" for c in model.columns if c.name.endswith("_id") and c.name not in keys]
        return f"{cls}({', '.join(given)})"

    def _create(self, scope: Scope) -> bool:
        random = self._random
        made = scope.fresh(self._model(scope).name)
        self._bind(scope, made, self._new(scope, made.cls))
        if scope.is_open and random.random() < 0.85:
            scope.emit(f"{scope.session}.add({made.name})")
            if random.random() < 0.75:
                words = ("flush",) if scope.ends_itself else ("flush", "flush", "commit")
                scope.emit(f"await {scope.session}.{random.choice(words)}()")
        return True

    def _assign(self, scope: Scope) -> bool:
        random = self._random
        variable = self._pick(scope)
        if variable is None:
            return False
        model = self._schema.models[variable.cls]
        relations = ordinary(model)
        if not relations or random.random() < 0.5:
            column = random.choice([c for c in model.columns if c.writable])
            value = self._value(column.name)
            if column.name == "score" and random.random() < 0.4:
                value = f"{model.name}.score + 1"
            scope.emit(f"{variable.name}.{column.name} = {value}")
            return True
        relation = random.choice(relations)
        other = self._pick(scope, cls=relation.target)
        other = None if other is variable else other
        item = (
            other.name if other is not None and random.random() < 0.7 else self._new(scope, relation.target)
        )
        if not relation.many:
            scope.emit(f"{variable.name}.{relation.name} = {random.choice((item, item, 'None'))}")
        elif random.random() < 0.5:
            scope.emit(f"{variable.name}.{relation.name}.append({item})")
        else:
            scope.emit(f"{variable.name}.{relation.name} = {random.choice(('[]', f'[{item}]'))}")
        return True

    def _simple(self, scope: Scope) -> bool:
        """Something that happens to the whole session."""
        if not scope.is_open:
            return False
        random, session = self._random, scope.session
        cls = self._model().name
        ends = scope.ends_itself and random.random() < 0.9
        scope.emit(
            random.choice(
                (
                    f"await {session}.{'flush' if ends else 'commit'}()",
                    f"await {session}.{'flush' if ends else 'commit'}()",
                    f"await {session}.flush()",
                    f"await {session}.{'flush' if ends else 'rollback'}()",
                    f"{session}.expire_all()",
                    f"{session}.expunge_all()",
                    f'await {session}.execute(update({cls}).values(title="u"))',
                    f"await {session}.execute(select({cls}.id))",
                )
            )
        )
        return True

    def _of_instance(self, scope: Scope) -> bool:
        """Something that the session does with one instance."""
        variable = self._pick(scope)
        if variable is None or not scope.is_open:
            return False
        random, session, name = self._random, scope.session, variable.name
        model = self._schema.models[variable.cls]
        names = [r.name for r in ordinary(model)] + [c.name for c in model.columns if c.name != "id"]
        some = ", ".join(f'"{each}"' for each in random.sample(names, min(len(names), random.randint(1, 2))))
        related = random.choice([r.name for r in ordinary(model)] or ["title"])
        forms = (
            f"await {session}.refresh({name})",
            f"await {session}.refresh({name}, [{some}])",
            f"await {session}.refresh({name}, attribute_names=[{some}])",
            f"{session}.expire({name})",
            f"{session}.expire({name}, [{some}])",
            f"{session}.expunge({name})",
            f"await {name}.awaitable_attrs.{related}",
            f"await {name}.awaitable_attrs.{related}",
            f"await {session}.run_sync(lambda _: {name}.{related})",
            f"{session}.add({name})",
            f"{name} = await {session}.merge({name})",
            f"await {session}.delete({name})",
        )
        weights = (3, 4, 2, 1, 1, 1, 2, 2, 1, 1, 0 if variable.loop else 1, 0.4)
        scope.emit(random.choices(forms, weights)[0])
        return True

    # -- helpers

    def _helper(self, kind: str, cls: str = "") -> Helper | None:
        found = [h for h in self._helpers if h.kind == kind and (not cls or h.cls == cls)]
        return self._random.choice(found) if found else None

    def _fetch_by_helper(self, scope: Scope) -> bool:
        helper = self._helper(self._random.choice(("one", "one", "many")))
        if helper is None or not scope.is_open or scope.session != "session":
            return False
        made = scope.fresh(helper.cls, many=helper.kind == "many")
        argument = self._random.choice(("key", "key", "3"))
        self._bind(scope, made, "await " + helper.call.format(s=scope.session, a=argument))
        return True

    def _read_by_helper(self, scope: Scope) -> bool:
        helper = self._helper("reads")
        variable = self._pick(scope, cls=helper.cls) if helper else None
        if helper is None or variable is None or scope.session != "session":
            return False
        scope.emit(helper.call.format(s=scope.session, a=variable.name))
        return True

    def _change_by_helper(self, scope: Scope) -> bool:
        helper = self._helper("changes")
        variable = self._pick(scope, cls=helper.cls) if helper else None
        if helper is None or variable is None or not scope.is_open or scope.session != "session":
            return False
        scope.emit("await " + helper.call.format(s=scope.session, a=variable.name))
        return True

    def _repository(self) -> str:
        random = self._random
        text = HEAD + f"from models import {', '.join(self._schema.models)}\n"
        for number in range(random.randint(1, 4)):
            model = self._model()
            text += "\n\n" + self._write_helper(model, number)
        if random.random() < 0.5:
            text += "\n\n" + self._write_class()
        return text

    def _write_helper(self, model: Model, number: int) -> str:
        kind = self._random.choice(("one", "one", "many", "reads", "reads", "changes", "options"))
        cls, name = model.name, f"{kind}_{model.name.lower()}_{number}"
        argument = Variable("it", cls)
        if kind == "options":
            options = compatible([self._queries.option(cls) for _ in range(self._random.randint(1, 3))])
            self._helpers.append(Helper(f"*{name}()", cls, kind))
            return f"def {name}():\n    return ({', '.join(options)},)\n"
        if kind == "reads":
            scope = Scope("db", variables=[argument], is_open=False)
            self._statements_of_reader(scope)
            self._helpers.append(Helper(f"{name}({{a}})", cls, kind))
            return f"def {name}(it: {cls}):\n" + "\n".join(scope.lines) + "\n"
        if kind == "changes":
            scope = Scope("db", variables=[argument])
            for _ in range(self._random.randint(1, 3)):
                self._random.choice((self._assign, self._simple, self._of_instance, self._read))(scope)
            if not scope.lines:
                scope.emit("pass")
            self._helpers.append(Helper(f"{name}({{s}}, {{a}})", cls, kind))
            return f"async def {name}(db: AsyncSession, it: {cls}):\n" + "\n".join(scope.lines) + "\n"
        self._helpers.append(Helper(f"{name}({{s}}, {{a}})", cls, kind))
        head = f"async def {name}(db: AsyncSession, key: int):\n"
        return head + f"    return {self._query(cls, 'db', many=kind == 'many')}\n"

    def _query(self, cls: str, session: str, *, many: bool) -> str:
        statement = self._queries.statement(cls, self._queries.options(cls), one=not many)
        if many:
            return self._queries.run_many(statement, session)
        return self._queries.run_one(statement, session)[0]

    def _statements_of_reader(self, scope: Scope) -> None:
        scope.emit(f"_ = {self._read_of(scope.variables[0])}")
        for _ in range(self._random.randint(0, 2)):
            self._random.choice((self._read, self._read, self._loop, self._follow))(scope)
        if self._random.random() < 0.5:
            scope.emit(f"return {self._read_of(scope.variables[0])}")

    def _write_class(self) -> str:
        """A repository that keeps its session."""
        lines = [
            "class Repo:",
            "    def __init__(self, db: AsyncSession) -> None:",
            "        self.db = db",
            "",
        ]
        for number in range(self._random.randint(1, 2)):
            cls = self._model().name
            many = self._random.random() < 0.4
            name = f"find_{number}"
            lines.append(f"    async def {name}(self, key: int):")
            lines.append(f"        return {self._query(cls, 'self.db', many=many)}")
            lines.append("")
            self._helpers.append(Helper(f"Repo({{s}}).{name}({{a}})", cls, "many" if many else "one"))
        return "\n".join(lines).rstrip() + "\n"

"""Random programs over a schema: `main`, and helpers in another file."""

from __future__ import annotations

from random import Random

from tests.differential.fetching import Helper, Scope, Variable
from tests.differential.queries import compatible
from tests.differential.schemas import Model, Schema
from tests.differential.statements import Statements

HEAD = """\
from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import defaultload, defer, immediateload, joinedload, lazyload, load_only, noload
from sqlalchemy.orm import contains_eager, raiseload, selectinload, subqueryload, undefer

"""


def make_program(random: Random, schema: Schema) -> dict[str, str]:
    """The files of a program beside models.py; the same for the same state of the generator."""
    return _Writer(random, schema).program()


class _Writer(Statements):
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

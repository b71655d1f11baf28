"""Positives fail while the schema reads, negatives run through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

if TYPE_CHECKING:
    from tests.proofs.harness import Env

FAILURE = r"MissingGreenlet|DetachedInstanceError"


def _stage(env: Env):  # noqa: ANN202 - the driver is imported when pytest has put it on the path
    from tests.proofs.driver import Stage

    models = env.load("models")

    async def seed(session: AsyncSession) -> None:
        books = [models.Book(title="One", reviews=[models.Review(text="good")]), models.Book(title="Two")]
        session.add_all([models.Author(name="Ada", books=books, profile=models.Profile(website="ada.example"))])
        await session.flush()
        session.add(models.Book(title="Orphan"))

    return Stage(env, models.Base.metadata, seed, FAILURE)


def _files(env: Env, pattern: str) -> list[str]:
    return sorted(path.stem for path in env.folder.glob(pattern) if "sqlmodel" not in path.stem)


def _sqlmodel_stage(env: Env):  # noqa: ANN202 - as above
    from tests.proofs.driver import Stage

    models = env.load("sql_models")

    async def seed(session: AsyncSession) -> None:
        session.add(models.Team(name="A", heroes=[models.Hero(name="h")], fans=[models.Fan(name="f")]))

    return Stage(env, models.SQLModel.metadata, seed, FAILURE)


async def prove_sqlmodel(env: Env) -> None:
    stage = _sqlmodel_stage(env)
    await stage.negatives(env.load("negative_sqlmodel"))
    await stage.positives(env.load("positive_sqlmodel"), env.load("positive_sqlmodel_exec"))


async def prove_positives(env: Env) -> None:
    stage = _stage(env)
    await stage.positives(*map(env.load, _files(env, "positive_*.py")))


async def prove_negatives(env: Env) -> None:
    stage = _stage(env)
    await stage.negatives(*map(env.load, _files(env, "negative_*.py")))


async def prove_service(env: Env) -> None:
    from tests.proofs.driver import Stage

    models = env.load("app.models", "project_service")

    async def seed(session: AsyncSession) -> None:
        session.add(models.Project(name="p", tasks=[models.Task(title="t")]))

    await Stage(env, models.Base.metadata, seed, FAILURE).project(env.load("app.main", "project_service"))

"""Positives fail with "The unique() method must be invoked", negatives run through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

if TYPE_CHECKING:
    from tests.proofs.harness import Env

FAILURE = r"The unique\(\) method must be invoked"


def _stage(env: Env):  # noqa: ANN202 - the driver is imported when pytest has put it on the path
    from tests.proofs.driver import Stage

    models = env.load("models")

    async def seed(session: AsyncSession) -> None:
        books = [models.Book(title="One", tags=[models.Tag(name="new")]), models.Book(title="Two")]
        publisher = models.Publisher(name="P", series=[models.Series(name="a"), models.Series(name="b")])
        imprint = models.Imprint(labels=[models.Label(), models.Label()])
        session.add_all([models.Author(name="Ada", books=books), publisher, imprint])

    return Stage(env, models.Base.metadata, seed, FAILURE)


async def prove_positives(env: Env) -> None:
    stage = _stage(env)
    await stage.positives(env.load("positive_consumed"))


async def prove_negatives(env: Env) -> None:
    stage = _stage(env)
    await stage.negatives(env.load("negative_consumed"))


async def prove_repository(env: Env) -> None:
    from tests.proofs.driver import Stage

    models = env.load("models", "project_repository")

    async def seed(session: AsyncSession) -> None:
        session.add(models.Order(lines=[models.Line(), models.Line()]))

    await Stage(env, models.Base.metadata, seed, FAILURE).project(env.load("service", "project_repository"))

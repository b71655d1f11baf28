"""Positives fail with DetachedInstanceError, negatives run through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

if TYPE_CHECKING:
    from tests.proofs.harness import Env

FAILURE = r"DetachedInstanceError"


def _stage(env: Env):  # noqa: ANN202 - the driver is imported when pytest has put it on the path
    from tests.proofs.driver import Stage

    models = env.load("models")

    async def seed(session: AsyncSession) -> None:
        books = [models.Book(title="One", reviews=[models.Review(text="good")]), models.Book(title="Two")]
        session.add_all([models.Author(name="Ada", biography="long", books=books), models.Author(name="Bob")])
        await session.flush()
        session.add(models.Book(title="Orphan"))

    return Stage(env, models.Base.metadata, seed, FAILURE)


async def prove_positives(env: Env) -> None:
    stage = _stage(env)
    await stage.positives(env.load("positive_after_block"))


async def prove_negatives(env: Env) -> None:
    stage = _stage(env)
    await stage.negatives(env.load("negative_after_block"))


async def prove_session_scopes(env: Env) -> None:
    from tests.proofs.driver import Stage

    root = "project_session_scopes"
    models = env.load("app.models", root)

    async def seed(session: AsyncSession) -> None:
        session.add(models.Agent(name="a", kernels=[models.Kernel()]))

    await Stage(env, models.Base.metadata, seed, FAILURE).project(env.load("app.tasks", root))


async def prove_refreshes(env: Env) -> None:
    from dataclasses import replace

    stage = replace(_stage(env), failure="is not persistent within this Session")
    await stage.positives(env.load("positive_refresh"))
    await stage.negatives(env.load("negative_refresh"))

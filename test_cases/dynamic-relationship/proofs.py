"""Using a dynamic collection fails with MissingGreenlet, write-only collections work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from tests.proofs.harness import Env

FAILURE = r"MissingGreenlet"


async def prove_positives(env: Env) -> None:
    from tests.proofs.driver import Stage

    fixture = env.load("positive_dynamic")

    async def seed(session: AsyncSession) -> None:
        session.add_all([fixture.User(name="Ada"), fixture.Post()])

    await Stage(env, fixture.Base.metadata, seed, FAILURE, on_lines=False).positives(fixture)


async def prove_sqlmodel(env: Env) -> None:
    from tests.proofs.driver import Stage

    fixture = env.load("positive_sqlmodel")

    async def seed(session: AsyncSession) -> None:
        session.add(fixture.Band())

    await Stage(env, fixture.SQLModel.metadata, seed, FAILURE, on_lines=False).positives(fixture)


async def prove_negatives(env: Env) -> None:
    from tests.proofs.driver import Stage

    fixture = env.load("negative_collections")

    async def seed(session: AsyncSession) -> None:
        session.add(fixture.User())

    await Stage(env, fixture.Base.metadata, seed, FAILURE).negatives(fixture)


def prove_sync_package_works(env: Env) -> None:
    models = env.load("models", root="project_sync_only")
    report = env.load("report", root="project_sync_only")
    engine = create_engine("sqlite://")
    models.Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(models.User(posts=[models.Post()]))
        session.flush()
        assert report.posts_of(session, 1) == 1
    engine.dispose()

"""Connections that sessions take and do not give back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import ModuleType

from sqlalchemy.exc import ResourceClosedError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from tests.proofs.harness import Env
from tests.proofs.lifecycle import bind_factories, call, connections_left, functions_of


def _work(function: Callable[..., object], engine: AsyncEngine) -> Callable[[], Awaitable[None]]:
    """Call the function; fixtures raise ValueError to leave a block early."""
    factory = async_sessionmaker(engine, expire_on_commit=False)

    async def work() -> None:
        async with factory() as session:
            try:
                await call(function, factory=factory, engine=engine, session=session)
            except ValueError as error:
                assert str(error) == "not two"

    return work


async def _left(env: Env, fixture: ModuleType) -> dict[str, int]:
    """Connections lost by each function of the fixture."""
    lost: dict[str, int] = {}
    for function in functions_of(fixture):
        engine = env.engine()
        bind_factories(engine, fixture)
        lost[function.__name__] = await connections_left(engine, _work(function, engine))
    return lost


async def prove_positives_lose_a_connection(env: Env) -> None:
    """Every function loses exactly one."""
    for name in ("positive_never_closed", "positive_used_after_block", "positive_unit_of_work"):
        lost = await _left(env, env.load(name))
        assert set(lost.values()) == {1}, {name: lost}


async def prove_objects_carry_sessions_out(env: Env) -> None:
    """Repositories of another file, used after the block of their session."""
    jobs = env.load("app.jobs", "project_session_in_object")
    engine = env.engine()
    factory = async_sessionmaker(engine)

    async def count_late() -> None:
        repository = await jobs.repository(factory)
        assert await repository.count() == 2

    assert await connections_left(engine, count_late) == 1
    for name, left in (("late", 1), ("in_time", 0)):
        other = env.engine()
        assert await connections_left(other, _work(getattr(jobs, name), other)) == left, name


async def prove_negatives_give_everything_back(env: Env) -> None:
    """No function loses any."""
    for name in ("negative_managed", "negative_after_block", "negative_unit_of_work"):
        lost = await _left(env, env.load(name))
        assert set(lost.values()) == {0}, {name: lost}


async def prove_the_owner_of_many_paths_closes(env: Env) -> None:
    """The index closes the session it was given; without a row the function does."""
    fixture = env.load("negative_owner_of_many_paths")
    engine = env.engine()
    factory = async_sessionmaker(engine, expire_on_commit=False)
    async with engine.begin() as connection:
        await connection.run_sync(fixture.Base.metadata.create_all)

    async def opened() -> None:
        async with factory.begin() as session:
            session.add(fixture.Repository(path="a"))
        await (await fixture.open_index(factory, "a")).close()

    async def refused() -> None:
        try:
            await fixture.open_index(factory, "b")
        except LookupError:
            return
        raise AssertionError("no row was found")

    assert await connections_left(engine, refused) == 0
    assert await connections_left(engine, opened) == 0


async def prove_connections_do_not_open_again(env: Env) -> None:
    """A connection that is used after its block raises."""
    for function in functions_of(env.load("positive_connection_after_block")):
        try:
            await call(function, engine=env.engine())
        except ResourceClosedError:
            continue
        raise AssertionError(f"{function.__name__} did not fail")

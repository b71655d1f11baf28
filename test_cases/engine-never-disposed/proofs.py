"""What the fixtures leave behind when the owner of the engine is done."""

from __future__ import annotations

import atexit
import gc
import sys
import threading
from collections.abc import Callable
from types import SimpleNamespace
from unittest.mock import patch

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.proofs.harness import Env
from tests.proofs.lifecycle import Watch, call, dispose_all, functions_of, request, running, watched_engines


def _left(watch: Watch) -> tuple[int, bool]:
    """Engines nobody disposed, and whether the database still has connections of them."""
    return watch.undisposed(), watch.still_open() > 0


async def prove_locals_leave_connections(env: Env) -> None:
    """Each positive function leaves exactly one engine with an open connection."""
    for name in ("positive_local", "positive_wrapper", "positive_exit_stack"):
        fixture = env.load(name)
        for function in functions_of(fixture):
            if function.__name__ in ("import_prices", "careful", "list_orders"):
                continue  # needs a PostgreSQL server; is the good caller; belongs to an application
            with watched_engines(env, fixture=fixture) as watch:
                await call(function, url="ignored", replica_url="ignored")
            assert _left(watch) == (1, True), function.__name__
            await dispose_all(watch)


async def prove_driver_pool_stays_connected(env: Env) -> None:
    """asyncpg's pool as well: all of its connections stay on the server."""
    url = env.postgres()
    fixture = env.load("positive_local")
    pools: list[asyncpg.Pool] = []
    create = asyncpg.create_pool

    async def kept(dsn: str) -> asyncpg.Pool:
        pools.append(await create(dsn, min_size=3, max_size=3))
        return pools[-1]

    with patch.object(asyncpg, "create_pool", kept):
        await fixture.import_prices(url.replace("+asyncpg", ""))
    assert pools[0].get_size() == 3
    await pools[0].close()


async def prove_threads_stay(env: Env) -> None:
    """aiosqlite has one thread per connection: forgotten engines are forgotten threads."""
    fixture = env.load("positive_local")
    before = threading.active_count()
    with watched_engines(env, fixture=fixture) as watch:
        for _ in range(3):
            await fixture.nightly_totals("ignored")
    assert threading.active_count() - before >= 3
    await dispose_all(watch)


async def prove_lifespans_leave_engines(env: Env) -> None:
    """Shutdown is over and the pool is still connected."""
    with watched_engines(env) as watch:
        fixture = env.load("positive_local")
        async with running(fixture.app), fixture.app.state.session_factory() as session:
            await session.connection()
        assert _left(watch) == (1, True)
        await dispose_all(watch)
    for name, root, path, made in (
        ("positive_app_state", "", "/orders", 2),
        ("positive_exit_stack", "", "/orders", 2),
        ("positive_module", "", "/orders", 2),
        ("app.main", "project_module_engine_forgotten", "/orders", 1),
    ):
        with watched_engines(env) as watch:
            app = env.load(name, root).app
            async with running(app):
                assert (await request(app, path)).status_code == 200
            assert (len(watch.made), *_left(watch)) == (made, 1, True), name
            await dispose_all(watch)


async def prove_owners_without_close_leave_engines(env: Env) -> None:
    """No method disposes, or the only one closes something else."""
    with watched_engines(env) as watch:
        fixture = env.load("positive_attribute")
        await fixture.Database("ignored").ping()
        reporting = fixture.Reporting("ignored")
        await reporting.total()
        await reporting.close()
        assert _left(watch) == (2, True)
        await dispose_all(watch)


async def prove_hooks_do_not_dispose(env: Env) -> None:
    """Destructor, exit hook and finalizer can not run the coroutine while the loop is running."""
    errors: list[object] = []
    hooks: list[Callable[[], None]] = []
    with watched_engines(env) as watch, patch.object(atexit, "register", hooks.append):
        fixture = env.load("positive_attribute")
        with (
            patch.object(sys, "unraisablehook", errors.append),
            patch.object(sys, "excepthook", lambda _kind, error, _trace: errors.append(error)),
        ):
            for kind in (fixture.Destructor, fixture.AtExit, fixture.Finalized):
                owner = kind("ignored")
                async with owner.engine.connect():
                    pass
                del owner
            try:
                hooks[0]()
            except RuntimeError as error:
                errors.append(error)
            gc.collect()
        assert _left(watch) == (3, True)
        # Other tests' tracebacks may keep the finalized object alive; the other two hooks have run.
        assert len(errors) >= 2, errors
        await dispose_all(watch)


async def prove_test_fixtures_leave_engines(env: Env) -> None:
    """The fixtures of `conftest.py` and a test, driven as pytest drives them."""
    plugin = SimpleNamespace(fixture=lambda function: function)
    with patch.dict(sys.modules, {"pytest_asyncio": plugin}), watched_engines(env) as watch:
        fixtures = env.load("conftest", "project_tests_and_migrations/tests")
        orders = env.load("test_orders", "project_tests_and_migrations/tests")
        for name, left in (("engine", 1), ("session", 2), ("disposed_engine", 2)):
            generator = getattr(fixtures, name)(env.tmp)
            supplied = await anext(generator)
            await (supplied.connection() if name == "session" else _ping(supplied))
            assert await anext(generator, "end") == "end"
            assert watch.undisposed() == left, name
        await orders.test_leaks(env.tmp)
        await orders.test_clean(env.tmp)
        assert watch.undisposed() == 3
        await dispose_all(watch)


async def _ping(engine: AsyncEngine) -> None:
    async with engine.connect():
        pass


async def prove_negatives_leave_nothing(env: Env) -> None:
    """Every function gives back what it opened."""
    fixture = env.load("negative_local")
    for function in functions_of(fixture):
        if function.__name__ in ("driver_pool", "release"):
            continue  # needs a PostgreSQL server; takes somebody else's engine
        with watched_engines(env, fixture=fixture) as watch:
            await call(function, url="ignored", replica_url="ignored")
        assert watch.still_open() == 0, function.__name__
    with watched_engines(env, fixture=fixture) as watch:
        async with fixture.temporary_engine("ignored") as engine, engine.connect():
            assert watch.still_open() == 1
        assert watch.still_open() == 0


async def prove_owned_engines_end_with_the_app(env: Env) -> None:
    """Apps whose lifespan disposes, directly, by state, by manager, by helper."""
    for name, root, apps, path in (
        ("negative_owner", "", ("app",), ""),
        ("negative_app_state", "", ("app", "stateful_app", "split_app"), ""),
        ("negative_module", "", ("app",), "/orders"),
        ("app.main", "project_module_engine_disposed", ("app",), "/orders"),
        ("app.main", "project_manager_closed_by_lifespan", ("app",), "/orders"),
    ):
        with watched_engines(env) as watch:
            fixture = env.load(name, root)
            for app in apps:
                async with running(getattr(fixture, app)):
                    if path:
                        assert (await request(getattr(fixture, app), path)).status_code == 200
            assert watch.made, name
            assert watch.still_open() == 0, name
            with_pool = [made for made in watch.made if type(made.engine.pool).__name__ != "NullPool"]
            assert all(made.disposed for made in with_pool), name

"""Requests that build engines multiply the connections of the database server."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy.ext.asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.proofs.harness import Env
from tests.proofs.lifecycle import dispose_all, prepare, request, running, watched_engines

_POSITIVE = {
    "positive_handlers": (
        "GET /orders/count",
        "POST /orders/archive",
        "GET /orders/report",
        "GET /orders/from-config",
        "GET /orders/sync-from-config",
        "GET /health",
    ),
    "positive_dependencies": (
        "GET /orders",
        "GET /orders/disposed",
        "GET /orders/engine",
        "GET /orders/class",
        "GET /orders/tenant?tenant=main",
    ),
    "positive_callbacks": ("POST /orders/1/receipt",),
    "positive_addresses": ("GET /settings", "GET /state", "GET /ping", "GET /report", "GET /lambda"),
    "positive_helpers": ("GET /orders", "GET /orders/report", "GET /orders/total"),
    "positive_broken_caches": ("GET /never-stored", "GET /local", "GET /overwritten/main?tenant=main"),
}
_PROJECTS = {
    "project_helper_in_other_module": ("app.main", "GET /orders"),
    "project_service_layer": ("shop.main", "GET /total"),
    "project_background_task": ("worker.main", "POST /orders/1/receipt"),
}


async def _server_connections(engine: AsyncEngine) -> int:
    query = (
        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    )
    async with engine.connect() as connection:
        return int((await connection.execute(text(query))).scalar_one())


async def prove_every_request_builds_an_engine(env: Env) -> None:
    """Two requests to the same route build (at least) two engines."""
    with watched_engines(env, await prepare(env, env.sqlite())) as watch:
        for name, routes in _POSITIVE.items():
            app = env.load(name).app
            for route in routes:
                method, path = route.split()
                before = len(watch.made)
                for _ in range(2):
                    response = await request(app, path, method)
                    # SQLite has no table for the synchronous fixtures: they fail after connecting
                    assert response.status_code == 200 or path == "/orders/report", (route, response.text)
                assert len(watch.made) - before >= 2, route
        await dispose_all(watch)


async def prove_every_request_builds_an_engine_through_other_modules(env: Env) -> None:
    """The same through helpers, services and background tasks of other files."""
    for root, (module, route) in _PROJECTS.items():
        with watched_engines(env, await prepare(env, env.sqlite())) as watch:
            app = env.load(module, root).app
            method, path = route.split()
            for _ in range(3):
                assert (await request(app, path, method)).status_code == 200, route
            assert len(watch.made) == 3, root
            await dispose_all(watch)


async def prove_data_access_methods_build_one_per_call(env: Env) -> None:
    """Each call of a method is another engine."""
    with watched_engines(env, await prepare(env, env.sqlite())) as watch:
        fixture = env.load("positive_data_access")
        repository, customers = fixture.OrderRepository(), fixture.CustomerDAO("ignored")
        for _ in range(2):
            await repository.count()
            await repository.delete_all()
            await customers.count()
        assert len(watch.made) == 6
        await dispose_all(watch)


async def prove_exception_handlers_build_one_per_failure(env: Env) -> None:
    """A handler of `app.exception_handler` runs for each failing request."""
    with watched_engines(env, await prepare(env, env.sqlite())) as watch:
        fixture = env.load("positive_callbacks")

        @fixture.app.get("/fails/{kind}")
        async def fails(kind: str) -> None:
            raise fixture.QuotaExceeded if kind == "quota" else ValueError

        middleware = 3  # each request passes three middlewares that build one engine each
        assert (await request(fixture.app, "/fails/quota")).status_code == 429
        assert (await request(fixture.app, "/fails/value")).status_code == 400
        assert len(watch.made) == 2 * (middleware + 1)
        await dispose_all(watch)


async def prove_connections_pile_up_on_the_server(env: Env) -> None:
    """Ten requests, ten connections while the engines are referenced; with one engine it is one."""
    url = await prepare(env, env.postgres())
    probe = env.engine(url, pool_size=1)
    with watched_engines(env, url) as watch:
        positive = env.load("positive_handlers")
        for _ in range(10):
            assert (await request(positive.app, "/orders/count")).status_code == 200
        assert await _server_connections(probe) == 10
        await dispose_all(watch)
        negative = env.load("negative_cached_global")
        async with running(negative.app):
            for _ in range(10):
                assert (await request(negative.app, "/orders")).status_code == 200
            assert await _server_connections(probe) == 1
        assert await _server_connections(probe) == 0


async def prove_dispose_per_request_defeats_the_pool(env: Env) -> None:
    """Each request connects again although they all have the same engine."""
    with watched_engines(env) as watch:
        fixture = env.load("positive_dispose_per_request")
        fixture.app.state.engine = sqlalchemy.ext.asyncio.create_async_engine("ignored")
        for _ in range(3):
            assert (await request(fixture.app, "/orders")).status_code == 200
        assert (watch.made[0].opened, watch.made[0].disposed) == (3, 3)


async def prove_negatives_build_one_engine_for_many_requests(env: Env) -> None:
    """Start-up and cached engines: as many as there are getters, however many requests."""
    for name, paths, engines in (
        ("negative_cached_global", ("/orders", "/ping"), 1),
        ("negative_cached_mapping", ("/orders/main",), 5),
    ):
        with watched_engines(env) as watch:
            app = env.load(name).app
            async with running(app):
                for path in paths * 3:
                    assert (await request(app, path)).status_code == 200
                assert len(watch.made) == engines
            assert watch.still_open() == 0


async def prove_project_builds_one_engine_per_process(env: Env) -> None:
    """Lifespan and registry: one engine each, none left."""
    with watched_engines(env) as watch:
        app = env.load("app.main", "project_once_per_process").app
        async with running(app):
            for _ in range(3):
                assert (await request(app, "/orders")).status_code == 200
                assert (await request(app, "/tenants/main/orders")).status_code == 200
            assert len(watch.made) == 2
        assert (watch.undisposed(), watch.still_open()) == (0, 0)


async def prove_app_factory_builds_one_engine_per_app(env: Env) -> None:
    """`create_app` builds, the closure's lifespan disposes; options share the pool."""
    with watched_engines(env) as watch:
        app = env.load("negative_startup").create_app("ignored")
        async with running(app):
            for _ in range(3):
                assert (await request(app, "/ping")).status_code == 200
        assert (len(watch.made), watch.undisposed(), watch.still_open()) == (1, 0, 0)


async def prove_scripts_and_owners_leave_nothing(env: Env) -> None:
    """The script and the data-access objects that own an engine give everything back."""
    with watched_engines(env, await prepare(env, env.sqlite())) as watch:
        await env.load("negative_script").seed("ignored")
        fixture = env.load("negative_data_access")
        repository = fixture.OrderRepository("ignored")
        assert await repository.count() == await repository.count() == 1
        await repository.close()
        async with fixture.CustomerStore("ignored") as store:
            assert await store.count() == await store.count() == 1
        assert (len(watch.made), watch.still_open()) == (3, 0)


async def prove_other_loops_need_an_engine_of_their_own(env: Env) -> None:
    """The engine of each import is given back; one whose pool has connections of another loop does not work.

    The other loop has ended by then: two at once on one socket may take the process down.
    """
    with watched_engines(env, await prepare(env, env.sqlite())) as watch:
        fixture = env.load("negative_own_loop")
        for route in ("/imports/first", "/imports/second/threads"):
            assert (await request(fixture.app, route, "POST")).status_code == 200
        assert fixture.imported == ["first 1", "second 1"]
        assert (len(watch.made), watch.undisposed(), watch.still_open()) == (2, 0, 0)
    shared = env.engine(await prepare(env, env.postgres()), pool_size=1)
    assert await asyncio.to_thread(lambda: asyncio.run(_server_connections(shared))) == 0
    with pytest.raises(Exception, match="different loop|another operation|Event loop"):
        await _server_connections(shared)

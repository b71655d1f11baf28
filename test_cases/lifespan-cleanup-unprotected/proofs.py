"""Releases that an exception skips, at start-up or while the app runs."""

from __future__ import annotations

import sys
from contextlib import AbstractAsyncContextManager, suppress
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch

import asyncpg
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.proofs.harness import Env
from tests.proofs.lifecycle import LifespanFailed, dispose_all, running, watched_engines


class _AppFailed(Exception):
    """Arrives at the yield of the lifespan."""


async def _fail_inside(manager: AbstractAsyncContextManager[Any], app: FastAPI | None = None) -> None:
    """Use the engine in the block, then fail."""
    with suppress(_AppFailed):
        async with manager as engine:
            used = (
                engine
                if isinstance(engine, AsyncEngine)
                else getattr(app.state, "engine", None)
                if app
                else None
            )
            if used is not None:
                async with used.connect():
                    pass
            raise _AppFailed


async def prove_releases_are_skipped(env: Env) -> None:
    """The exception leaves at the yield: the engine is never disposed."""
    fixture = env.load("positive_release")
    app = FastAPI()
    for manager in (
        lambda: fixture.lifespan(app),
        lambda: fixture.state_lifespan(app),
        lambda: fixture.temporary_engine("-"),
        lambda: fixture.only_on_success("-"),
    ):
        with watched_engines(env, fixture=fixture) as watch:
            await _fail_inside(manager(), app)
            assert (len(watch.made), watch.undisposed()) == (1, 1)
            await dispose_all(watch)
    project = env.load("app.main", "project_manager_unprotected")
    database = env.load("app.database", "project_manager_unprotected")
    for lifespan, left in ((project.lifespan, 1), (project.protected_lifespan, 0)):
        with watched_engines(env, fixture=database) as watch:
            await _fail_inside(lifespan(app), app)
            assert (len(watch.made), watch.undisposed()) == (1, left)
            await dispose_all(watch)


async def prove_driver_pool_is_skipped(env: Env) -> None:
    """asyncpg's pool as well; protected by its own block it is closed."""
    dsn = env.postgres().replace("+asyncpg", "")
    for name, closed in (("positive_release", False), ("negative_protected", True)):
        fixture = env.load(name)
        fixture.POOL_DSN = dsn
        pool = await _pool_after_failure(fixture)
        assert pool.is_closing() is closed
        if not closed:
            await pool.close()


async def _pool_after_failure(fixture: ModuleType) -> asyncpg.Pool:
    pools: list[asyncpg.Pool] = []
    with suppress(_AppFailed):
        async with fixture.pool_lifespan(FastAPI()) as state:
            pools.append(state["pool"])
            raise _AppFailed
    return pools[0]


async def prove_failing_startup_leaves_the_engine(env: Env) -> None:
    """There is no table `migrations`: start-up fails and leaves an open pool behind."""
    fixture = env.load("positive_gap")
    fixture.POOL_DSN = "postgresql://nobody@127.0.0.1:1/nowhere"
    for app in (fixture.app, fixture.stack_app, fixture.two_app, fixture.helper_app):
        with watched_engines(env, fixture=fixture) as watch:
            await _fails_to_start(app)
            assert (len(watch.made), watch.undisposed()) == (1, 1)
            await dispose_all(watch)


async def _fails_to_start(app: FastAPI) -> None:
    try:
        async with running(app):
            raise AssertionError("started")
    except LifespanFailed:
        return


async def prove_protected_lifespans_release(env: Env) -> None:
    """Failing start-up or failing app: every engine is disposed."""
    fixture = env.load("negative_protected")
    for app, engines in ((fixture.app, 1), (fixture.stack_app, 2), (fixture.nested_app, 1)):
        with watched_engines(env, fixture=fixture) as watch:
            await _fails_to_start(app)
            assert (len(watch.made), watch.undisposed(), watch.still_open()) == (engines, 0, 0)
    with watched_engines(env, fixture=fixture) as watch:
        await _fail_inside(fixture.engine_block("-"))
        assert (len(watch.made), watch.undisposed(), watch.still_open()) == (1, 0, 0)


async def prove_pytest_runs_the_teardown(env: Env) -> None:
    """pytest resumes the generator after a failed test, too; it throws nothing into it."""
    plugin = SimpleNamespace(fixture=lambda function: function)
    with patch.dict(sys.modules, {"pytest_asyncio": plugin}), patch.object(pytest, "fixture", plugin.fixture):
        fixture = env.load("negative_pytest_fixtures")
    for function in (fixture.engine, fixture.prepared_engine):
        with watched_engines(env, fixture=fixture) as watch:
            generator = function(env.tmp)
            async with (await anext(generator)).connect():
                pass
            assert await anext(generator, "end") == "end"
            assert (len(watch.made), watch.undisposed(), watch.still_open()) == (1, 0, 0)

"""A lifespan that no app receives never runs, and an app without one disposes nothing."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from unittest.mock import patch

from tests.proofs.harness import Env
from tests.proofs.lifecycle import dispose_all, request, running, watched_engines


async def prove_unused_lifespans_never_run(env: Env) -> None:
    """No engine is built; the handler that relies on it fails."""
    with watched_engines(env) as watch:
        fixture = env.load("positive_never_passed")
        async with running(fixture.app):
            assert (await request(fixture.app, "/orders")).status_code == 500
        app = env.load("app.main", "project_only_application").app
        async with running(app):
            assert (await request(app, "/orders")).status_code == 500
        other = env.load("positive_other_passed")
        async with running(other.app):
            assert other.started == ["log"]
        assert watch.made == []


async def prove_apps_without_lifespan_leave_their_engine(env: Env) -> None:
    """Shutdown is over, the pool is connected."""
    for name, root, path in (
        ("positive_no_lifespan", "", "/orders"),
        ("app.main", "project_no_lifespan", "/orders"),
        ("app.main", "project_cleanup_is_dead_code", "/api/orders"),
    ):
        with watched_engines(env) as watch:
            app = env.load(name, root).app
            async with running(app):
                assert (await request(app, path)).status_code == 200
            assert (watch.undisposed(), watch.still_open()) == (1, 1), name
            await dispose_all(watch)


async def prove_wired_lifespans_run(env: Env) -> None:
    """Each app builds its engines and disposes them, whatever way the lifespan came."""
    with watched_engines(env) as watch:
        fixture = env.load("negative_wired")
        for name, engines in (
            ("app", 2),  # its own and that of its router
            ("combined_app", 3),
            ("assigned_app", 1),
            ("partial_app", 1),
            ("starlette_app", 1),
            ("options_app", 1),
        ):
            before = len(watch.made)
            async with running(getattr(fixture, name)):
                assert len(watch.made) - before == engines, name
            assert watch.undisposed() == 0, name


async def prove_projects_dispose(env: Env) -> None:
    """Combined lifespans of several files end both engines; the mounted app needs none."""
    with watched_engines(env) as watch:
        app = env.load("app.main", "project_wired_elsewhere").app
        async with running(app):
            assert (await request(app, "/admin/orders")).status_code == 200
        assert (len(watch.made), watch.undisposed(), watch.still_open()) == (2, 0, 0)


async def prove_other_owners_dispose(env: Env) -> None:
    """Events, a program around its server, and a context manager for scripts."""
    server = SimpleNamespace(Config=lambda app: app, Server=_Server)
    with watched_engines(env) as watch, patch.dict(sys.modules, {"uvicorn": server}):
        events = env.load("negative_on_event")
        async with running(events.app):
            pass
        program = env.load("negative_own_server")
        await program.main()
        helper = env.load("negative_no_lifespan_needed")
        async with helper.temporary_engine("-") as engine:
            helper.app.state.engine = engine
            assert (await request(helper.app, "/orders")).status_code == 200
        assert (len(watch.made), watch.undisposed(), watch.still_open()) == (3, 0, 0)


class _Server:
    """Serves one request instead of a port."""

    def __init__(self, app: object) -> None:
        self.app = app

    async def serve(self) -> None:
        """What `uvicorn.Server.serve` is to the program: it returns when the server has stopped."""
        assert (await request(self.app, "/orders")).status_code == 200  # type: ignore[arg-type]  # the config is the app

"""Events still run without a lifespan, but not once, not everywhere, and not without a warning."""

from __future__ import annotations

import warnings
from collections import Counter
from types import ModuleType

from tests.proofs.harness import Env
from tests.proofs.lifecycle import running, watched_engines


def _load(env: Env, name: str, root: str = "") -> tuple[ModuleType, int]:
    """The fixture, and how many deprecation warnings its import gave."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        module = env.load(name, root)
    return module, sum("on_event" in str(warning.message) for warning in caught)


async def prove_decorators_are_deprecated(env: Env) -> None:
    """They run, those of an included router twice, and each of them warns."""
    fixture, deprecations = _load(env, "positive_decorators")
    async with running(fixture.app):
        pass
    calls = Counter(fixture.calls)
    assert calls["app startup"] == calls["app shutdown"] == calls["app.router startup"] == 1
    assert calls["router startup"] == 2  # merged into the app and into its lifespan: current FastAPI
    assert deprecations >= 4


async def prove_registrations_run(env: Env) -> None:
    """Keywords and calls are the same thing in another spelling."""
    fixture, _ = _load(env, "positive_registration")
    for app in (fixture.app, fixture.calling_app):
        fixture.calls.clear()
        async with running(app):
            pass
        assert fixture.calls == ["startup", "shutdown"]


async def prove_add_event_handler_is_gone(env: Env) -> None:
    """Current Starlette has no `add_event_handler` on apps any more: the import of the module fails."""
    import starlette

    if int(starlette.__version__.split(".")[0]) < 1:
        return
    try:
        _load(env, "positive_starlette")
    except AttributeError as error:
        assert "add_event_handler" in str(error)
    else:
        raise AssertionError("add_event_handler is back")


async def prove_app_factory_runs_its_events(env: Env) -> None:
    """Complete as it is: the engine is built at start-up and disposed at shutdown."""
    with watched_engines(env) as watch:
        fixture, deprecations = _load(env, "positive_app_factory")
        async with running(fixture.create_app()):
            assert len(watch.made) == 1
        assert watch.undisposed() == 0
        assert deprecations >= 1
        async with running(fixture.service):
            assert fixture.service.state.ready


async def prove_imported_app_runs_its_events(env: Env) -> None:
    """Registered in another file."""
    fixture, deprecations = _load(env, "app.main", "project_events_module")
    async with running(fixture.app):
        assert fixture.app.state.ready
    assert deprecations >= 1


async def prove_lifespan_runs_without_warning(env: Env) -> None:
    """Start-up and shutdown of app and router, once each."""
    fixture, deprecations = _load(env, "negative_lifespan")
    async with running(fixture.app):
        pass
    assert deprecations == 0
    assert Counter(fixture.calls) == Counter(["startup", "shutdown", "router startup", "router shutdown"])
    other, deprecations = _load(env, "negative_other_events")
    assert deprecations == 0 and len(other.app.handlers) == 2

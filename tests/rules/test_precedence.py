"""One bug, one finding: exactly one rule speaks of each event, the more specific one."""

from __future__ import annotations

import pytest

from asyncsa_lint.flow.events import CoroutineLost, ReadFailure, Resource, StartupHandler
from asyncsa_lint.rules.implicit_io._shared import EXCEPTIONS
from tests.rules.making import at, findings, only, read


@pytest.mark.parametrize(
    ("failure", "serialised_by", "expected"),
    [
        (ReadFailure.NOT_LOADED, "", "lazy-attribute-access"),
        (ReadFailure.RAISELOAD, "", "lazy-attribute-access"),
        (ReadFailure.DETACHED, "", "detached-instance-access"),
        (ReadFailure.EXPIRED, "", "expired-attribute-access"),
        *((failure, "OrderOut", "response-schema-lazy-field") for failure in EXCEPTIONS),
    ],
)
def test_attribute_read(failure: ReadFailure, serialised_by: str, expected: str) -> None:
    assert only(read(failure, serialised_by=serialised_by)).rule == expected


@pytest.mark.parametrize("resource", Resource)
@pytest.mark.parametrize("method", ["dispose", "close", "aclose", "commit", "execute"])
def test_coroutine_lost(resource: Resource, method: str) -> None:
    is_release = method in {"dispose", "close", "aclose"} and resource is not Resource.TRANSACTION
    lost = CoroutineLost(span=at(5), symbol="", resource=resource, method=method, how="dropped")
    assert only(lost).rule == ("dispose-not-awaited" if is_release else "unawaited-database-call")


@pytest.mark.parametrize(("ignored", "expected"), [(True, "on-event-ignored"), (False, "on-event-handler")])
def test_startup_handler(ignored: bool, expected: str) -> None:
    handler = StartupHandler(
        span=at(5), symbol="", registration='@app.on_event("startup")', target="FastAPI", ignored=ignored
    )
    assert [finding.rule for finding in findings(handler)] == [expected]

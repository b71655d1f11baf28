"""Hand-made events, so that rules are tested without any Python source."""

from __future__ import annotations

from asyncsa_lint.findings import Finding, Span
from asyncsa_lint.flow.events import AttributeRead, Event, ReadFailure
from asyncsa_lint.rules.registry import all_rules, check

FILE = "/project/app/orders.py"


def at(line: int, path: str = FILE) -> Span:
    """A place on the line."""
    return Span(path, line, 4, line, 9)


def read(failure: ReadFailure = ReadFailure.NOT_LOADED, **fields: object) -> AttributeRead:
    """`order.items` read on line 20; keyword arguments replace what is known of it."""
    known: dict[str, object] = {
        "span": at(20),
        "symbol": "total",
        "model": "Order",
        "attribute": "items",
        "path": "order.items",
        "failure": failure,
        "is_relationship": True,
        "is_collection": True,
        **fields,
    }
    return AttributeRead(**known)  # type: ignore[arg-type]  # the callers give fields of the right type


def findings(*events: Event) -> list[Finding]:
    """What all rules say; none of them may crash."""
    verdicts = list(check(events, all_rules()))
    assert all(isinstance(verdict, Finding) for verdict in verdicts), verdicts
    return [verdict for verdict in verdicts if isinstance(verdict, Finding)]


def only(event: Event) -> Finding:
    """The one finding on the event."""
    (finding,) = findings(event)
    return finding

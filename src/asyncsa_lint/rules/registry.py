"""What a rule is, how the rules are found, and how they turn events into findings.

A rule subscribes to one type of event. Its function yields a `Report` when the event is
the defect that the rule is named after; `check` dispatches by event type, so a run costs
one dictionary look-up per event and never asks a rule about an event it can not judge.
Nothing is registered by hand: the module name, the function name and the rule name are the
same words, and `all_rules` finds the modules by walking this package.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from asyncsa_lint import rules as package
from asyncsa_lint.config import PROFILES
from asyncsa_lint.findings import Finding, Fix, Severity
from asyncsa_lint.flow.events import Event

_PROFILE_OF = {Severity.ERROR: "bugs", Severity.WARNING: "strict", Severity.ADVICE: "all"}

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Report:
    """The event is the defect; `fields` fill the placeholders of the rule's message."""

    event: Event
    fields: Mapping[str, str]
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the catalogue, with its documentation page and its judgement."""

    code: str
    name: str
    severity: Severity
    profile: str
    """Smallest profile that holds the rule; each one holds those before it."""
    since: str
    preview: bool
    message: str
    page: str
    event: type[Event]
    check: Callable[[Event], Iterator[Report]]

    @property
    def summary(self) -> str:
        """First line of the page."""
        return self.page.partition("\n")[0]

    def in_profile(self, profile: str) -> bool:
        """Whether `profile` runs the rule; preview rules have to be selected by name."""
        return not self.preview and PROFILES.index(self.profile) <= PROFILES.index(profile)

    def finding(self, report: Report) -> Finding:
        """The finding for a report of this rule: all that is not wording is the event's."""
        event = report.event
        return Finding(
            code=self.code,
            rule=self.name,
            severity=self.severity,
            confidence=event.confidence,
            message=self.message.format_map(report.fields),
            span=event.span,
            symbol=event.symbol,
            related=event.trail,
            fix=report.fix,
        )


@dataclass(frozen=True, slots=True, order=True)
class RuleCrash:
    """A rule raised while it judged an event in `path`; the other rules went on."""

    rule: str
    path: str
    error: str


def report(event: Event, fix: Fix | None = None, **fields: str) -> Report:
    """Short for building a `Report` with its message fields as keywords."""
    return Report(event, fields, fix)


def rule(
    event: type[E],
    *,
    code: str,
    severity: Severity,
    since: str,
    message: str,
    preview: bool = False,
    profile: str | None = None,
) -> Callable[[Callable[[E], Iterator[Report]]], Rule]:
    """Make a `Rule` of a generator function; its name and docstring give name and page.

    `profile` is only for a rule that runs earlier than its severity alone would have it.
    """

    def declare(function: Callable[[E], Iterator[Report]]) -> Rule:
        return Rule(
            code=code,
            name=function.__name__.replace("_", "-"),
            severity=severity,
            profile=profile or _PROFILE_OF[severity],
            since=since,
            preview=preview,
            message=message,
            page=inspect.getdoc(function) or "",
            event=event,
            # `check` hands the function events of exactly this type.
            check=cast("Callable[[Event], Iterator[Report]]", function),
        )

    return declare


@functools.cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule in order of code; the rule modules are imported on the first call."""
    found = []
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        name = module.name.rpartition(".")[2]
        candidate = getattr(importlib.import_module(module.name), name, None)
        if isinstance(candidate, Rule):
            found.append(candidate)
    return tuple(sorted(found, key=lambda each: each.code))


def check(events: Iterable[Event], rules: Sequence[Rule]) -> Iterator[Finding | RuleCrash]:
    """Findings of `rules` on `events`, in the order of the events, not yet sorted.

    A rule that raises is reported once per file and goes on with the next event: one odd
    event must not hide what the same rule says elsewhere.
    """
    subscribers: dict[type[Event], list[Rule]] = {}
    for each in rules:
        subscribers.setdefault(each.event, []).append(each)
    crashed: set[tuple[str, str]] = set()
    for event in events:
        for each in subscribers.get(type(event), ()):
            try:
                yield from [each.finding(found) for found in each.check(event)]
            except Exception as error:  # noqa: BLE001 - whatever a rule raises is its defect alone
                key = (each.name, event.span.path)
                if key not in crashed:
                    crashed.add(key)
                    yield RuleCrash(*key, error=f"{type(error).__name__}: {error}")

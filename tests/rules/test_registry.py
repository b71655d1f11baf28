"""Declaring, finding and running rules."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from asyncsa_lint.findings import Confidence, Finding, Fix, Related, Severity
from asyncsa_lint.flow.events import DynamicRelationship, ScopedSessionBuilt
from asyncsa_lint.rules.registry import Report, Rule, RuleCrash, all_rules, check, report, rule
from tests.rules.making import at

BUILT = ScopedSessionBuilt(
    span=at(3),
    symbol="make",
    trail=(Related(at(1), "created here"),),
    confidence=Confidence.MEDIUM,
    registry="scoped_session",
    explicit_scope=False,
)


def broken() -> str:
    raise LookupError("no such thing")


@rule(
    ScopedSessionBuilt, code="ASA991", severity=Severity.ADVICE, since="0.1.0", message="`{registry}` found"
)
def first_made_up(built: ScopedSessionBuilt) -> Iterator[Report]:
    """One line.

    ## What it does
    Nothing.
    """
    yield report(built, Fix("write it differently", safe=False), registry=built.registry)


@rule(
    ScopedSessionBuilt, code="ASA992", severity=Severity.WARNING, since="0.1.0", message="never", preview=True
)
def second_made_up(built: ScopedSessionBuilt) -> Iterator[Report]:
    """Crashes."""
    yield report(built, registry=broken())


@rule(ScopedSessionBuilt, code="ASA993", severity=Severity.ERROR, since="0.1.0", message="`{forgotten}`")
def third_made_up(built: ScopedSessionBuilt) -> Iterator[Report]:
    """Forgets a field of its message."""
    yield report(built)


def test_declaration_takes_name_and_page_from_the_function() -> None:
    assert (first_made_up.name, first_made_up.summary) == ("first-made-up", "One line.")
    assert first_made_up.page.endswith("## What it does\nNothing.")


def test_finding_takes_place_trail_and_certainty_from_the_event() -> None:
    assert list(check([BUILT], [first_made_up])) == [
        Finding(
            code="ASA991",
            rule="first-made-up",
            severity=Severity.ADVICE,
            confidence=Confidence.MEDIUM,
            message="`scoped_session` found",
            span=at(3),
            symbol="make",
            related=(Related(at(1), "created here"),),
            fix=Fix("write it differently", safe=False),
        )
    ]


def test_values_are_not_formatted_again() -> None:
    odd = ScopedSessionBuilt(span=at(3), symbol="", registry="{0} {registry!r}", explicit_scope=False)
    (finding,) = check([odd], [first_made_up])
    assert isinstance(finding, Finding)
    assert finding.message == "`{0} {registry!r}` found"


def test_events_without_subscriber_are_skipped() -> None:
    other = DynamicRelationship(span=at(1), symbol="", model="A", attribute="b", spelling="DynamicMapped")
    assert list(check([other], [first_made_up, second_made_up])) == []


def test_crash_is_reported_once_per_file_and_the_other_rules_go_on() -> None:
    elsewhere = ScopedSessionBuilt(span=at(1, "/project/b.py"), symbol="", registry="x", explicit_scope=True)
    verdicts = list(check([BUILT, BUILT, elsewhere], [second_made_up, first_made_up]))
    assert [verdict for verdict in verdicts if isinstance(verdict, RuleCrash)] == [
        RuleCrash("second-made-up", at(3).path, "LookupError: no such thing"),
        RuleCrash("second-made-up", "/project/b.py", "LookupError: no such thing"),
    ]
    assert sum(isinstance(verdict, Finding) for verdict in verdicts) == 3


def test_message_without_its_field_is_a_crash() -> None:
    assert list(check([BUILT], [third_made_up])) == [
        RuleCrash("third-made-up", at(3).path, "KeyError: 'forgotten'")
    ]


@pytest.mark.parametrize(
    ("declared", "profiles"),
    [
        (first_made_up, ["all"]),
        (second_made_up, []),
        (third_made_up, ["bugs", "strict", "all"]),
    ],
    ids=["advice", "preview", "error"],
)
def test_profiles_follow_severity(declared: Rule, profiles: list[str]) -> None:
    assert [profile for profile in ("bugs", "strict", "all") if declared.in_profile(profile)] == profiles


def test_bugs_profile_is_the_errors_and_on_event_handler() -> None:
    for each in all_rules():
        expected = each.severity is Severity.ERROR or each.code == "ASA401"
        assert each.in_profile("bugs") == (expected and not each.preview), each.name


def test_rules_are_in_order_and_found_once() -> None:
    codes = [each.code for each in all_rules()]
    assert codes == sorted(set(codes))
    assert all_rules() is all_rules()


def test_importing_the_registry_loads_no_rule() -> None:
    program = (
        "import sys, asyncsa_lint.rules.registry;"
        "print([m for m in sys.modules if m.startswith('asyncsa_lint.rules.') and m.count('.') > 2])"
    )
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert output.stdout.strip() == "[]"

"""JUnit: XML that parses whatever is in it, counts that are right."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from asyncsa_lint.findings import Severity, Span
from asyncsa_lint.reporters.display import printable
from asyncsa_lint.reporters.junit import report
from tests.reporters.samples import HOSTILE, PATH, finding, hostile, outcome, silenced


def parsed(text: str) -> ElementTree.Element:
    """The root; its totals are those of its cases."""
    assert text.isascii()
    root = ElementTree.fromstring(text)
    for name, tag in (("tests", "testcase"), ("failures", "testcase/failure"), ("errors", "testcase/error")):
        assert [int(suite.attrib[name]) for suite in root] == [len(suite.findall(tag)) for suite in root]
        assert int(root.attrib[name]) == len(root.findall(f"testsuite/{tag}"))
    return root


def test_nothing_found_is_a_test_that_passes() -> None:
    (suite,) = parsed(report(outcome()))
    (case,) = suite
    assert (case.attrib["name"], len(case)) == ("no findings", 0)


def test_finding_with_trail_and_help() -> None:
    (suite,) = parsed(report(outcome(finding())))
    (case,) = suite
    (failure,) = case
    assert suite.attrib["name"] == case.attrib["classname"] == case.attrib["file"] == "app/orders.py"
    assert case.attrib["name"] == "ASA501 lazy-attribute-access 3:8"
    assert failure.attrib == {"type": "error", "message": "`order.items` is not loaded"}
    assert (failure.text or "").splitlines() == [
        "app/orders.py:3:8 `order.items` is not loaded",
        "  app/orders.py:1 loaded here",
        "  help: load it with `selectinload(Order.items)`",
    ]


def test_what_fails_is_a_failure() -> None:
    found = (
        finding(Span(PATH, 1, 0, 1, 1), severity=Severity.WARNING),
        finding(Span(PATH, 2, 0, 2, 1), severity=Severity.ADVICE),
        finding(Span("/project/app/b.py", 1, 0, 1, 0), code="ASA001"),
    )
    hidden = silenced(finding(Span(PATH, 3, 0, 3, 1)), "by hand")
    root = parsed(report(outcome(*found, suppressed=(hidden,))))
    assert [[child.tag for case in suite for child in case] for suite in root] == [
        ["error"],
        ["failure", "system-out", "skipped"],
    ]
    (skipped,) = root.iter("skipped")
    assert skipped.attrib == {"message": "by hand"}


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text(text: str) -> None:
    (suite,) = parsed(report(outcome(hostile(text))))
    (case,) = suite
    if text.isprintable():
        assert suite.attrib["name"] == f"{text.replace('/', '-')}.py"
        assert case[0].attrib["message"] == f"`{text}` and {text}"
    assert printable(text)[:9] in (case[0].text or "").replace("\n", "\\x0a")

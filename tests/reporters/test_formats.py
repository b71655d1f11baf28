"""What holds for every format: it takes any text, says the same twice, and is what its medium reads."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asyncsa_lint.findings import Finding, Severity, Span
from asyncsa_lint.reporters.formats import FORMATS, READABLE, render
from tests.reporters.samples import FOLDER, HOSTILE, PATH, finding, hostile, outcome, silenced

ANY_TEXT = st.text(st.characters(blacklist_categories=()), max_size=20)
"""Lone surrogates included."""

every_format = pytest.mark.parametrize("name", FORMATS)


@every_format
def test_nothing_found(name: str) -> None:
    text = render(name, outcome())
    assert text == "" or text.endswith("\n")
    assert (text == "No findings in 5 files.\n") is (name in READABLE)


@every_format
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts=st.lists(ANY_TEXT, max_size=3))
def test_any_text_can_be_written_and_sent(name: str, texts: list[str]) -> None:
    found = tuple(hostile(text.replace("\0", "-")) for text in texts)
    run = outcome(*found, suppressed=tuple(map(silenced, found)), lines=tuple(texts) * 3)
    text = render(name, run)
    text.encode("utf-8")
    assert text == render(name, run)


@every_format
@pytest.mark.parametrize("text", HOSTILE)
def test_no_control_characters(name: str, text: str) -> None:
    report = render(name, outcome(hostile(text), lines=(text, text, text)))
    assert not [char for char in report if (char < " " and char != "\n") or "\x7f" <= char < "\xa0"]


@every_format
def test_paths_are_relative_with_forward_slashes(name: str) -> None:
    outside = finding(Span("/elsewhere/b.py", 3, 7, 3, 16), related=())
    report = render(name, outcome(finding(), outside))
    assert "app/orders.py" in report
    assert "../elsewhere/b.py" in report
    assert FOLDER not in report


@pytest.mark.parametrize("name", sorted(READABLE))
def test_a_line_is_no_command_of_a_ci_server(name: str) -> None:
    found = finding(Span(f"{FOLDER}/::stop-commands::x.py", 3, 7, 3, 16))
    report = render(name, outcome(found))
    assert "./::stop-commands::x.py:3:8" in report
    assert not [line for line in report.splitlines() if line.lstrip().startswith("::")]


def test_concise() -> None:
    advice: Finding = finding(Span(PATH, 1, 0, 1, 3), severity=Severity.ADVICE, message="m")
    assert render("concise", outcome(finding(), advice)).splitlines() == [
        "app/orders.py:3:8: ASA501 `order.items` is not loaded [lazy-attribute-access]",
        "app/orders.py:1:1: ASA501 m [lazy-attribute-access]",
        "Found 1 error and 1 piece of advice in 5 files.",
    ]

"""The page for a CI job, read by a Markdown parser: what was text is text there."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from asyncsa_lint.findings import Span
from asyncsa_lint.reporters.display import printable
from asyncsa_lint.reporters.markdown import MAX_BYTES, report
from tests.reporters.samples import HOSTILE, PATH, finding, hostile, outcome

ALLOWED = {"h2", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "strong", "br"}


def rendered(text: str) -> ElementTree.Element:
    """The page as elements; none but those that we mean to have."""
    html = MarkdownIt("commonmark").enable("table").render(text)
    page = ElementTree.fromstring(f"<page>{html.replace('<br>', '<br/>')}</page>")
    assert {element.tag for element in page.iter()} <= ALLOWED | {"page"}, html
    return page


def rows(text: str) -> list[list[str]]:
    """The text of each cell below the head of the table; line breaks as `/`."""
    page = rendered(text)
    for line_break in page.iter("br"):
        line_break.text = " / "
    return [["".join(cell.itertext()) for cell in row] for row in page.findall("table/tbody/tr")]


def test_nothing_found() -> None:
    assert report(outcome()) == "## asyncsa-lint\n\nNo findings in 5 files.\n"


def test_finding_with_trail_and_help() -> None:
    assert rows(report(outcome(finding()))) == [
        [
            "❌ error",
            "app/orders.py:3:8",
            "ASA501 order.items is not loaded (lazy-attribute-access)"
            " / app/orders.py:1:7 loaded here"
            " / help: load it with selectinload(Order.items)",
        ]
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(text: str) -> None:
    shown = printable(text)
    ((_, place, found),) = rows(report(outcome(hostile(text))))
    assert place.strip() == f"{'./' * text.startswith(':')}{shown.replace('/', '-')}.py:3:8".strip()
    if "`" not in text:
        assert f"{shown} and {shown}" in found


def test_it_stays_below_the_limit_of_the_server() -> None:
    found = [finding(Span(PATH, line, 0, line, 1)) for line in range(1, 10_001)]
    page = report(outcome(*found))
    assert MAX_BYTES - 1_000 < len(page.encode()) < MAX_BYTES + 1_000
    shown = page.count("**ASA501**")
    assert page.endswith(f"| | | and {10_000 - shown} more |\n")

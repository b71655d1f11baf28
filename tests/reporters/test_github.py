"""Workflow commands, read as GitHub's runner reads them."""

from __future__ import annotations

import re

import pytest

from asyncsa_lint.findings import Severity, Span
from asyncsa_lint.reporters.github import report
from tests.reporters.samples import HOSTILE, PATH, finding, hostile, outcome

COMMAND = re.compile(r"::(?P<command>[a-z]+) (?P<properties>[^:]*)::(?P<message>.*)")


def unescaped(text: str) -> str:
    """Data as the runner takes it; `%25` last, as there."""
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Command, properties and message of each line."""
    parsed = []
    for line in text.splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        pairs = (pair.partition("=") for pair in match["properties"].split(","))
        properties = {key: unescaped(value) for key, _, value in pairs}
        parsed.append((match["command"], properties, unescaped(match["message"])))
    return parsed


def test_finding_with_trail_and_help() -> None:
    assert commands(report(outcome(finding()))) == [
        (
            "error",
            {
                "title": "ASA501 lazy-attribute-access",
                "file": "app/orders.py",
                "line": "3",
                "endLine": "3",
                "col": "8",
                "endColumn": "16",
            },
            "app/orders.py:3:8: ASA501 `order.items` is not loaded\n"
            "app/orders.py:1:7: loaded here\n"
            "help: load it with `selectinload(Order.items)`",
        )
    ]


def test_severities() -> None:
    found = [finding(severity=severity) for severity in Severity]
    assert [command for command, _, _ in commands(report(outcome(*found)))] == ["error", "warning", "notice"]


def test_several_lines_have_no_columns() -> None:
    ((_, properties, _),) = commands(report(outcome(finding(Span(PATH, 1, 4, 3, 2)))))
    assert {"line": "1", "endLine": "3"}.items() <= properties.items()
    assert not {"col", "endColumn"} & set(properties)


@pytest.mark.parametrize("text", HOSTILE)
def test_one_command_whatever_the_text(text: str) -> None:
    ((command, properties, message),) = commands(report(outcome(hostile(text))))
    assert command == "error"
    assert set(properties) == {"title", "file", "line", "endLine", "col", "endColumn"}
    assert message.startswith(("./", text[0], "\\"))
    if text.isprintable():
        assert properties["file"] == f"{text.replace('/', '-')}.py"
        assert f"`{text}` and {text}" in message

"""SARIF: valid by the schema of the standard, and true in what the schema does not check."""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import jsonschema
import pytest

from asyncsa_lint.findings import (
    Edit,
    Finding,
    Fix,
    Origin,
    Related,
    Severity,
    Span,
    Suppressed,
)
from asyncsa_lint.reporters.sarif import FINGERPRINT, SCHEMA, report
from tests.reporters.samples import HOSTILE, PATH, RULES, SOURCE, finding, hostile, outcome, silenced
from tests.schemas import published


@cache
def standard() -> jsonschema.Draft7Validator:
    """A validator for the schema that OASIS publishes with the standard."""
    schema = published("sarif-2.1.0")
    assert schema["$id"] == SCHEMA
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())


def run_of(text: str) -> dict[str, Any]:
    """The one run of a log that is valid."""
    log = json.loads(text)
    standard().validate(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def results(*findings: Finding, **options: Any) -> list[dict[str, Any]]:
    """The results of a run with these findings."""
    found: list[dict[str, Any]] = run_of(report(outcome(*findings, **options)))["results"]
    return found


def place(location: dict[str, Any]) -> tuple[str, int]:
    """File and line of a location."""
    physical = location["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"]


def test_nothing_found() -> None:
    run = run_of(report(outcome()))
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_finding() -> None:
    (result,) = results(finding())
    assert result["ruleId"] == "ASA501"
    assert result["level"] == "error"
    assert result["message"]["text"] == (
        "`order.items` is not loaded\nhelp: load it with `selectinload(Order.items)`"
    )
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "app/orders.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 8, "endLine": 3, "endColumn": 17},
    }
    assert location["logicalLocations"] == [{"fullyQualifiedName": "count_items", "kind": "function"}]
    assert result["properties"] == {"confidence": "high"}


def test_every_rule_of_a_result_is_explained() -> None:
    run = run_of(report(outcome(finding(), finding(code="ASA001"))))
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]
    (rule,) = [rule for rule in rules if rule["id"] == "ASA501"]
    assert rule["name"] == "lazy-attribute-access"
    assert rule["shortDescription"]["text"] == "Relationship is not loaded."
    assert rule["fullDescription"]["text"] == "Follows an instance."
    assert rule["help"]["markdown"] == RULES["ASA501"].page
    assert rule["defaultConfiguration"] == {"level": "error"}


def test_levels() -> None:
    found = [finding(severity=severity) for severity in Severity]
    assert [result["level"] for result in results(*found)] == ["error", "warning", "note"]


def test_trail_is_in_order_of_execution() -> None:
    loaded = Related(Span("/project/app/repository.py", 12, 0, 12, 9), "loaded here")
    read = Related(Span("/project/app/models.py", 30, 0, 30, 9), "read here", after=True)
    (result,) = results(finding(related=(loaded, read)))
    assert [(each["id"], each["message"]["text"]) for each in result["relatedLocations"]] == [
        (1, "loaded here"),
        (2, "read here"),
    ]
    ((flow,),) = [each["threadFlows"] for each in result["codeFlows"]]
    steps = [(*place(step["location"]), step["importance"]) for step in flow["locations"]]
    assert steps == [
        ("app/repository.py", 12, "important"),
        ("app/orders.py", 3, "essential"),
        ("app/models.py", 30, "important"),
    ]
    assert all(step["location"]["message"]["text"] for step in flow["locations"])


def test_no_trail_no_flow() -> None:
    (result,) = results(finding(related=()))
    assert not {"codeFlows", "relatedLocations"} & set(result)


def test_suppressed_findings_are_results_that_say_so() -> None:
    by_comment = finding(Span(PATH, 1, 0, 1, 3))
    by_baseline = finding(Span(PATH, 2, 0, 2, 3))
    suppressed = (silenced(by_comment, "by hand"), Suppressed(by_baseline, Origin.BASELINE))
    found = results(finding(), suppressed=suppressed)
    assert [result["suppressions"] for result in found] == [
        [{"kind": "inSource", "justification": "by hand"}],
        [{"kind": "external"}],
        [],
    ]


def test_incomplete_run() -> None:
    run = run_of(report(outcome(finding(code="ASA001"))))
    assert run["invocations"] == [{"executionSuccessful": False}]


def test_fixes_can_be_applied() -> None:
    edits = (
        Edit(Span(PATH, 3, 7, 3, 16), "await load(row)"),
        Edit(Span(PATH, 1, 0, 1, 0), "import x\n"),
    )
    (result,) = results(finding(fix=Fix("load it", safe=True, edits=edits)))
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    assert fix["description"] == {"text": "load it"}
    assert change["artifactLocation"]["uri"] == "app/orders.py"
    text = list(SOURCE)
    for replacement in reversed(change["replacements"]):
        region = replacement["deletedRegion"]
        assert region["startLine"] == region["endLine"]
        line, first, last = region["startLine"] - 1, region["startColumn"] - 1, region["endColumn"] - 1
        text[line] = text[line][:first] + replacement["insertedContent"]["text"] + text[line][last:]
    assert "\n".join(text) == "import x\nrow = load()\n\nreturn await load(row)"


def test_advice_without_edits_is_no_fix() -> None:
    (result,) = results(finding())
    assert "fixes" not in result


def test_fingerprints_outlive_edits_elsewhere() -> None:
    def names(*lines: int, source: tuple[str, ...]) -> list[str]:
        found = [finding(Span(PATH, line, 7, line, 16)) for line in lines]
        return [each["partialFingerprints"][FINGERPRINT] for each in results(*found, lines=source)]

    (before,) = names(3, source=SOURCE)
    first, second = names(4, 5, source=("# new", *SOURCE, SOURCE[2]))
    assert before == first != second


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text(text: str) -> None:
    (result,) = results(hostile(text))
    uri = urlsplit(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
    assert (uri.scheme, uri.netloc, uri.query, uri.fragment) == ("", "", "", "")
    assert unquote_to_bytes(uri.path) == os.fsencode(f"{text.replace('/', '-')}.py")


def test_messages_hold_neither_links_nor_placeholders() -> None:
    (result,) = results(finding(message="`handlers[name](order)`, `f[0]` and `{0}`", fix=None))
    assert result["message"]["text"] == r"`handlers\[name](order)`, `f[0]` and `{{0}}`"

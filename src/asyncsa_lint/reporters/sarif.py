"""Findings as SARIF 2.1.0, for code scanning servers and viewers.

The trail is there twice: as `relatedLocations`, and as a `codeFlow` in the order of execution,
with the place of the finding among its steps. Suppressed findings are results with a
`suppressions` entry; all others have an empty one, which says that they are not suppressed.
Columns are characters (`unicodeCodePoints`), file names percent-encoded bytes.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from asyncsa_lint import __version__
from asyncsa_lint.findings import Edit, Finding, Fix, Origin, Related, Severity, Span, Suppressed
from asyncsa_lint.reporters.display import encodable, printable
from asyncsa_lint.reporters.fingerprints import fingerprints
from asyncsa_lint.reporters.json import dump
from asyncsa_lint.reporters.outcome import Outcome, RuleHelp

SCHEMA = "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json"
FINGERPRINT = "asyncsaFinding/v1"
"""Key of our fingerprint; GitHub adds its own, `primaryLocationLineHash`, when a file is uploaded."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}
_PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "recommendation"}
_KINDS = {Origin.COMMENT: "inSource", Origin.BASELINE: "external"}
_LINK = re.compile(r"\[(?=[^\]]*\]\()")
_BRACES = str.maketrans({"{": "{{", "}": "}}"})


def report(outcome: Outcome) -> str:
    """A SARIF log with one run."""
    every = outcome.every()
    codes = sorted({finding.code for finding, _ in every})
    index = {code: number for number, code in enumerate(codes)}
    names = fingerprints(outcome)
    run = {
        "tool": {
            "driver": {
                "name": "asyncsa-lint",
                "version": __version__,
                "rules": [_rule(outcome.rules[code]) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not outcome.incomplete}],
        "results": [
            _result(finding, suppressed, index, names[finding], outcome) for finding, suppressed in every
        ],
    }
    return dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: RuleHelp) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.description},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": ["asyncio", "correctness", "fastapi", "sqlalchemy"],
            "problem.severity": _PROBLEMS[rule.severity],
        },
    }


def _result(
    finding: Finding,
    suppressed: Suppressed | None,
    index: Mapping[str, int],
    name: str,
    outcome: Outcome,
) -> dict[str, Any]:
    place = _location(finding.span, outcome)
    if finding.symbol:
        place["logicalLocations"] = [{"fullyQualifiedName": finding.symbol, "kind": "function"}]
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index[finding.code],
        "level": _LEVELS[finding.severity],
        "message": _message(finding.message, finding.fix.message if finding.fix is not None else ""),
        "locations": [place],
        "partialFingerprints": {FINGERPRINT: name},
        "suppressions": [] if suppressed is None else [_suppression(suppressed)],
        "properties": {"confidence": finding.confidence.value},
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_step(related, outcome)} for number, related in enumerate(finding.related, 1)
        ]
        result["codeFlows"] = [{"threadFlows": [{"locations": _flow(finding, outcome)}]}]
    if finding.fix is not None and finding.fix.edits and suppressed is None:
        result["fixes"] = [_fix(finding.fix, outcome)]
    return result


def _message(text: str, help_text: str = "") -> dict[str, str]:
    """A plain text message: no part of it is to be taken for a link or a placeholder."""
    whole = printable(text) + (f"\nhelp: {printable(help_text)}" if help_text else "")
    return {"text": _LINK.sub(r"\\[", whole).translate(_BRACES)}


def _suppression(suppressed: Suppressed) -> dict[str, str]:
    described = {"kind": _KINDS[suppressed.origin]}
    if suppressed.reason:
        described["justification"] = suppressed.reason
    return described


def _flow(finding: Finding, outcome: Outcome) -> list[dict[str, Any]]:
    """The steps in order of execution; the one of the finding itself is the essential one."""
    before = [_step(related, outcome) for related in finding.related if not related.after]
    after = [_step(related, outcome) for related in finding.related if related.after]
    own = {**_location(finding.span, outcome), "message": _message(finding.message)}
    steps = [(step, "important") for step in before]
    steps += [(own, "essential"), *((step, "important") for step in after)]
    return [{"location": step, "importance": importance} for step, importance in steps]


def _step(related: Related, outcome: Outcome) -> dict[str, Any]:
    return {**_location(related.span, outcome), "message": _message(related.message)}


def _location(span: Span, outcome: Outcome) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(span.path, outcome), "region": _region(span)}}


def _artifact(path: str, outcome: Outcome) -> dict[str, str]:
    """The file by its name as a URI; what is outside the folder has `..` in it."""
    name = outcome.path(path)
    try:
        data = os.fsencode(name)
    except UnicodeEncodeError:  # no file on disk: an editor or a test names it so
        data = encodable(name).encode()
    return {"uri": quote(data, safe="/"), "uriBaseId": "%SRCROOT%"}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column + 1,
        "endLine": span.end_line,
        "endColumn": span.end_column + 1,
    }


def _fix(fix: Fix, outcome: Outcome) -> dict[str, Any]:
    by_path: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        by_path.setdefault(edit.span.path, []).append(edit)
    return {
        "description": _message(fix.message),
        "artifactChanges": [
            {
                "artifactLocation": _artifact(path, outcome),
                "replacements": [
                    {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
                    for edit in sorted(edits)
                ],
            }
            for path, edits in sorted(by_path.items())
        ],
        "properties": {"safe": fix.safe},
    }

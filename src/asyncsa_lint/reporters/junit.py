"""Findings as test results: what CI servers without a notion of findings can show.

Each finding is a test case of the suite of its file. Errors and warnings are failures, advice
passes, what is suppressed is skipped, and a file that could not be analysed is an error. A run
without findings is one test that passes, so that servers do not complain of an empty report.
There is no time stamp: the report is the same for the same run.
"""

from __future__ import annotations

import re
from itertools import groupby
from xml.etree import ElementTree

from asyncsa_lint.findings import Finding, Severity, Suppressed
from asyncsa_lint.reporters.display import printable, shown_path
from asyncsa_lint.reporters.outcome import Outcome

_NAME = "asyncsa-lint"
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
_NOT_XML = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What the production `Char` of XML 1.0 leaves out or discourages, and the carriage return, which parsers
change."""

_Case = tuple[Finding, Suppressed | None]


def report(outcome: Outcome) -> str:
    """An XML document in ASCII: `testsuites` with one suite for each file that has findings."""
    root = ElementTree.Element("testsuites", name=_NAME)
    for path, cases in groupby(outcome.every(), key=lambda case: case[0].span.path):
        _suite(root, outcome.path(path), list(cases), outcome)
    if not len(root):
        suite = ElementTree.SubElement(root, "testsuite", name=_NAME, tests="1", failures="0", errors="0")
        ElementTree.SubElement(suite, "testcase", name="no findings", classname=_NAME)
    for total in ("tests", "failures", "errors"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    ElementTree.indent(root)
    body: bytes = ElementTree.tostring(root, encoding="us-ascii", xml_declaration=False)
    return f"{_DECLARATION}{body.decode()}\n"


def _suite(root: ElementTree.Element, path: str, cases: list[_Case], outcome: Outcome) -> None:
    suite = ElementTree.SubElement(root, "testsuite", name=_xml(path))
    for finding, suppressed in cases:
        _case(suite, path, finding, suppressed, outcome)
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))


def _case(
    suite: ElementTree.Element, path: str, finding: Finding, suppressed: Suppressed | None, outcome: Outcome
) -> None:
    span = finding.span
    name = f"{finding.code} {finding.rule} {span.line}:{span.column + 1}"
    case = ElementTree.SubElement(suite, "testcase", name=name, classname=_xml(path))
    case.set("file", _xml(path))
    case.set("line", str(span.line))
    if suppressed is not None:
        ElementTree.SubElement(case, "skipped", message=_xml(suppressed.reason or suppressed.origin.value))
    elif finding.severity is Severity.ADVICE:
        ElementTree.SubElement(case, "system-out").text = _xml(_text(finding, outcome))
    else:
        kind = "error" if finding.code in outcome.unanalysed else "failure"
        problem = ElementTree.SubElement(
            case, kind, type=finding.severity.value, message=_xml(finding.message)
        )
        problem.text = _xml(_text(finding, outcome))


def _text(finding: Finding, outcome: Outcome) -> str:
    span = finding.span
    lines = [f"{shown_path(span.path, outcome.folder)}:{span.line}:{span.column + 1} {finding.message}"]
    for related in finding.related:
        place = f"{shown_path(related.span.path, outcome.folder)}:{related.span.line}"
        lines.append(f"  {place} {related.message}")
    if finding.fix is not None:
        lines.append(f"  help: {finding.fix.message}")
    return "\n".join(lines)


def _xml(text: str) -> str:
    """The text without characters that XML can not carry even as a reference: escapes instead."""
    return _NOT_XML.sub(lambda match: printable(match[0]), text)

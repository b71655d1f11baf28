"""Findings for the tests of the reporters, ordinary ones and such as nobody would wish for."""

from __future__ import annotations

from asyncsa_lint.findings import (
    Confidence,
    Edit,
    Finding,
    Fix,
    Origin,
    Related,
    Severity,
    Span,
    Suppressed,
)
from asyncsa_lint.reporters.outcome import Outcome, RuleHelp

FOLDER = "/project"
PATH = "/project/app/orders.py"
SOURCE = ("row = load()", "", "return row.items")
READ = Span(PATH, 3, 7, 3, 16)
LOADED = Related(Span(PATH, 1, 6, 1, 12), "loaded here")
REPAIR = Fix("load it with `selectinload(Order.items)`", safe=False)

RULES = {
    "ASA001": RuleHelp("ASA001", "unreadable-file", Severity.ERROR, "File can not be analysed.\n"),
    "ASA501": RuleHelp(
        "ASA501",
        "lazy-attribute-access",
        Severity.ERROR,
        "Relationship is not loaded.\n\n## What it does\nFollows\nan instance.\n\n## Limits\nNone.\n",
    ),
}

HOSTILE = (
    "a::error file=b::c",
    "100%0A%25::",
    "two\nlines\r\nand\rmore",
    "\x1b[2J\x00\x07\x7f\x9b",
    "<script>alert('1')</script>&amp;\"]]>",
    "| pipe ` tick `` \\| [link](javascript:1) ![x](y) *b* _i_ ~~s~~ # @me <!-- c -->",
    "lone \udcff and \udc80",
    "\ufffe\uffff\u2028\u202e{0}{{x}}",
    "::set-output name=x::y, a=b:c",
    " spaces ",
    "a | b|c",
)
"""Texts that some medium would take for more than text."""


def finding(
    span: Span = READ,
    *,
    code: str = "ASA501",
    severity: Severity = Severity.ERROR,
    message: str = "`order.items` is not loaded",
    related: tuple[Related, ...] = (LOADED,),
    fix: Fix | None = REPAIR,
    symbol: str = "count_items",
) -> Finding:
    """A finding with a trail and a repair."""
    rule = RULES[code].name
    return Finding(code, rule, severity, Confidence.HIGH, message, span, symbol, related, fix)


def outcome(
    *findings: Finding, suppressed: tuple[Suppressed, ...] = (), lines: tuple[str, ...] = SOURCE
) -> Outcome:
    """A run over five files whose source is the given lines."""
    return Outcome(
        findings=findings,
        folder=FOLDER,
        lines=lambda path: lines,
        suppressed=suppressed,
        files=5,
        unanalysed=frozenset({"ASA001"}),
        rules=RULES,
    )


def silenced(found: Finding, reason: str = "loaded by the listener") -> Suppressed:
    """The finding as a comment with a reason hides it."""
    return Suppressed(found, Origin.COMMENT, reason)


def hostile(text: str) -> Finding:
    """A finding that has the text wherever an analysed file can put some."""
    path = f"{FOLDER}/{text.replace('/', '-')}.py"
    span = Span(path, 3, 7, 3, 16)
    return finding(
        span,
        message=f"`{text}` and {text}",
        related=(Related(span, text),),
        fix=Fix(text, safe=True, edits=(Edit(span, text),)),
        symbol=text,
    )

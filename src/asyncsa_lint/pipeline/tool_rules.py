"""The codes that belong to the tool itself: what can go wrong with a file, a comment, a rule."""

from __future__ import annotations

from dataclasses import dataclass

from asyncsa_lint.findings import Confidence, Finding, Severity, Span


@dataclass(frozen=True, slots=True)
class ToolRule:
    """Like a rule, but nothing in the analysed program decides it."""

    code: str
    name: str
    severity: Severity
    page: str
    default: bool = True
    """On without being named."""

    def finding(self, span: Span, message: str) -> Finding:
        """A finding of this code."""
        return Finding(
            code=self.code,
            rule=self.name,
            severity=self.severity,
            confidence=Confidence.HIGH,
            message=message,
            span=span,
        )


UNREADABLE_FILE = ToolRule(
    "ASA001",
    "unreadable-file",
    Severity.ERROR,
    """File can not be analysed.

    ## Why is this bad?
    The file is not valid Python (syntax, encoding, nesting beyond what Python reads) or can
    not be opened, so nothing is known about it. The other files are analysed without it; the
    exit status is 2.
    """,
)
UNUSED_SUPPRESSION = ToolRule(
    "ASA002",
    "unused-suppression",
    Severity.WARNING,
    """Comment suppresses a finding that does not exist.

    ## Why is this bad?
    It hides the next real finding on its line. A comment for a rule that is outside the
    profile in use counts as used when that rule would have reported.

    ## Example
        total = 0  # asyncsa: ignore[lazy-attribute-access]

    ## Use instead
        total = 0
    """,
)
SUPPRESSION_WITHOUT_REASON = ToolRule(
    "ASA003",
    "suppression-without-reason",
    Severity.WARNING,
    """Comment suppresses a finding and does not say why. Off unless selected by name or code.

    ## Example
        return order.items  # asyncsa: ignore[lazy-attribute-access]

    ## Use instead
        return order.items  # asyncsa: ignore[lazy-attribute-access] loaded by the event listener
    """,
    default=False,
)
UNKNOWN_SUPPRESSION = ToolRule(
    "ASA004",
    "unknown-rule-in-suppression",
    Severity.WARNING,
    """Comment names a rule that does not exist.

    ## Why is this bad?
    It suppresses nothing. Names and codes are listed by `asyncsa-lint rule`. A comment whose
    verb is none of `ignore`, `ignore-file`, `disable` and `enable` is reported too.
    """,
)
STALE_BASELINE = ToolRule(
    "ASA005",
    "stale-baseline-entry",
    Severity.WARNING,
    """Baseline lists a finding that is no longer there.

    ## Why is this bad?
    Whoever brings the bug back would not hear of it. `asyncsa-lint baseline update` removes
    the lines of what has been repaired; it never adds any. Reported by the command line, for
    the files that a run was asked for.
    """,
)
INTERNAL_ERROR = ToolRule(
    "ASA009",
    "internal-error",
    Severity.ERROR,
    """The analyser itself failed on this file; please report it.

    ## Why is this bad?
    Findings may be missing for the file. The findings of the other rules and files are
    complete; the exit status is 2.
    """,
)

TOOL_RULES = (
    UNREADABLE_FILE,
    UNUSED_SUPPRESSION,
    SUPPRESSION_WITHOUT_REASON,
    UNKNOWN_SUPPRESSION,
    STALE_BASELINE,
    INTERNAL_ERROR,
)
ALWAYS_REPORTED = frozenset({UNREADABLE_FILE.code, INTERNAL_ERROR.code})
"""No configuration hides that the answer is incomplete."""

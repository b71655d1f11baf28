"""Findings for people: the claim, the guilty source, the trail that leads to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from asyncsa_lint.findings import Confidence, Finding, Severity, Span
from asyncsa_lint.reporters.display import paint, printable, shown_path, underlined
from asyncsa_lint.reporters.outcome import Lines, Outcome

_NOUNS = {
    Severity.ERROR: ("error", "errors"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.ADVICE: ("piece of advice", "pieces of advice"),
}
_MEDIUM = (
    "one step of this is taken to be as usual (a setting, a base class or attribute of the model, a row that"
    " is there), without code in view that says so"
)


@dataclass(frozen=True, slots=True)
class TextReporter:
    """Formats findings; `lines` supplies the source, `folder` is what paths are relative to."""

    lines: Lines
    folder: str
    colour: bool = False

    def report(self, findings: Iterable[Finding]) -> Iterator[str]:
        """Lines of output for all findings, an empty line after each."""
        for finding in findings:
            yield from self._finding(finding)
            yield ""

    def _finding(self, finding: Finding) -> Iterator[str]:
        code = self._paint(finding.code, finding.severity)
        rule = self._paint(f"[{finding.rule}]", "quiet")
        yield f"{self._place(finding.span)} {code} {printable(finding.message)} {rule}"
        yield from self._excerpt(finding.span, finding.severity, "  ")
        for related in sorted(finding.related, key=lambda related: related.after):
            then = "then " if related.after else ""
            yield f"    {self._place(related.span)} {then}{printable(related.message)}"
            yield from self._excerpt(related.span, "quiet", "      ")
        if finding.fix is not None:
            yield f"  {self._paint('help:', 'help')} {printable(finding.fix.message)}"
        if finding.confidence is Confidence.MEDIUM:
            yield f"  {self._paint('note:', 'help')} medium confidence: {_MEDIUM}"

    def _place(self, span: Span) -> str:
        path = shown_path(span.path, self.folder)
        return f"{self._paint(path, 'path')}:{span.line}:{span.column + 1}"

    def _excerpt(self, span: Span, style: str, indent: str) -> Iterator[str]:
        lines = self.lines(span.path)
        if not 0 < span.line <= len(lines):
            return
        line = lines[span.line - 1]
        end = span.end_column if span.end_line == span.line else len(line.rstrip())
        text, marks = underlined(line, span.column, end)
        number = str(span.line)
        bar = self._paint("|", "quiet")
        yield f"{indent}{self._paint(number, 'quiet')} {bar} {text}".rstrip()
        yield f"{indent}{' ' * len(number)} {bar} {self._paint(marks, style)}"

    def _paint(self, text: str, style: str) -> str:
        return paint(text, style, self.colour)


def report(outcome: Outcome, *, colour: bool = False) -> str:
    """All findings, each with its source and its trail, then the summary."""
    lines = [*TextReporter(outcome.lines, outcome.folder, colour).report(outcome.findings)]
    lines.append(summary_of(outcome))
    return "".join(f"{line}\n" for line in lines)


def summary_of(outcome: Outcome) -> str:
    """One line that says how the run went."""
    return summary(outcome.findings, outcome.files, len(outcome.suppressed), outcome.older)


def summary(findings: Sequence[Finding], files: int, silenced: int, older: int = 0) -> str:
    """One line that says how it went; `older` is how many findings are not shown for their age."""
    counts = Counter(finding.severity for finding in findings)
    parts = [_count(counts[severity], _NOUNS[severity]) for severity in Severity if counts[severity]]
    found = f"Found {' and '.join(parts)}" if len(parts) < 3 else f"Found {', '.join(parts)}"
    hidden = [f"{number} {why}" for number, why in ((silenced, "suppressed"), (older, "older")) if number]
    besides = f" ({', '.join(hidden)})" if hidden else ""
    return f"{found if parts else 'No findings'} in {_count(files, ('file', 'files'))}{besides}."


def _count(number: int, noun: tuple[str, str]) -> str:
    return f"{number} {noun[number != 1]}"


def statistics(
    counts: Mapping[str, int], names: Mapping[str, str], give_ups: Mapping[str, int]
) -> Iterator[str]:
    """How often each rule reported, and how often the interpreter stopped following."""
    for code, number in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"{number:6} {code} {names.get(code, '')}".rstrip()
    if give_ups:
        yield "Not followed (what is unknown stays silent):"
        for reason, number in sorted(give_ups.items(), key=lambda item: (-item[1], item[0])):
            yield f"{number:6} {printable(reason)}"

"""What the linter says about the reads of programs that share their models.

Every read has one of three verdicts: a finding (it fails), fine (it is claimed to work),
unknown (nothing is claimed). Findings come from the rules, with all of them switched on; what
the interpreter claims of silent reads comes from its recorder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from asyncsa_lint.config import Config
from asyncsa_lint.findings import Finding, Span
from asyncsa_lint.flow.verdicts import Recorder, Verdict, recording
from asyncsa_lint.pipeline.analysis import analyse_project
from asyncsa_lint.project.names import Project
from tests.differential.execution import ENTRY, Call, Reached

ROOT = "/differential"
_READS = frozenset({"ASA501", "ASA504", "ASA505"})
_EMPTY = "reading it gives"
"""What a noload relationship gives is wrong, but no exception."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A finding, as a failing read and the calls that are said to lead to it."""

    calls: tuple[Call, ...]
    """From where the finding stands to the function that reads."""
    line: Call
    column: int
    end: int
    attribute: str
    message: str


@dataclass(slots=True)
class Verdicts:
    """What is said about one program."""

    claims: list[Claim] = field(default_factory=list)
    reads: dict[tuple[str, int, int, int, str], set[tuple[int, Verdict]]] = field(default_factory=dict)
    """Verdicts of the recorder by file, line, byte columns and attribute."""
    findings: list[Finding] = field(default_factory=list)

    def of(self, reached: Reached) -> tuple[Verdict, Claim | None]:
        """The verdict on a read that an execution has come to, and the finding if it is one."""
        claim = next((claim for claim in self.claims if _means(claim, reached)), None)
        if claim is not None:
            return Verdict.FAILS, claim
        site = reached.site
        marks = self.reads.get((site.file, site.line, site.column, site.end, site.attribute), set())
        below = {verdict for depth, verdict in marks if depth > 0}
        own = {verdict for depth, verdict in marks if depth == 0}
        known = below if reached.calls and below else own
        if site.writes:
            return (Verdict.FINE if known <= {Verdict.FINE} else Verdict.UNKNOWN), None
        if Verdict.FINE in known and Verdict.UNKNOWN not in known:
            return Verdict.FINE, None
        return Verdict.UNKNOWN, None


def _means(claim: Claim, reached: Reached) -> bool:
    """The claim is about this read: the same place, reached by calls that end like the claimed ones.

    Of several reads of an attribute behind one call the linter reports one; it means them all.
    """
    site = reached.site
    if claim.attribute != site.attribute:
        return False
    if (*claim.line, claim.column, claim.end) != (site.file, site.line, site.column, site.end):
        return bool(claim.calls) and claim.calls[0] in reached.calls
    if not claim.calls:
        return True
    return reached.calls[-len(claim.calls) :] == claim.calls


def analyse(models: str, programs: Mapping[str, Mapping[str, str]]) -> dict[str, Verdicts]:
    """Verdicts on each of the programs, which are analysed as files of one project."""
    texts = {f"{ROOT}/models.py": models}
    for name, files in programs.items():
        for file, text in files.items():
            texts[_path(name, file, programs)] = _renamed(text, name, files, programs)
    project = Project(sorted(texts), ROOT, ())
    for path, text in texts.items():
        project.trees.provide(path, text.encode())
    with recording() as recorder:
        found = analyse_project(project, Config(profile="all"), frozenset())
    names = {_path(name, file, programs): (name, file) for name in programs for file in programs[name]}
    names[f"{ROOT}/models.py"] = ("", "models.py")
    every = [finding for findings in found.by_path.values() for finding in findings]
    return _sorted_out(recorder, every, names, list(programs))


def _path(name: str, file: str, programs: Mapping[str, Mapping[str, str]]) -> str:
    """Programs that share their models are told apart by the names of their files."""
    return f"{ROOT}/{file}" if len(programs) == 1 else f"{ROOT}/{file.removesuffix('.py')}_{name}.py"


def _renamed(text: str, name: str, files: Mapping[str, str], programs: Mapping[str, object]) -> str:
    """The text with imports of the program's other files; only import lines change."""
    if len(programs) > 1:
        for file in files:
            module = file.removesuffix(".py")
            text = text.replace(f"from {module} import", f"from {module}_{name} import")
    return text


def _sorted_out(
    recorder: Recorder,
    findings: Iterable[Finding],
    names: Mapping[str, tuple[str, str]],
    programs: list[str],
) -> dict[str, Verdicts]:
    found = {name: Verdicts() for name in programs}
    for (span, attribute), marks in recorder.reads.items():
        name, file = names[span.path]
        for each in [name] if name else programs:
            found[each].reads[file, span.line, span.column, span.end_column, attribute] = marks
    for finding in findings:
        name = names[finding.span.path][0]
        for each in [name] if name else programs:
            found[each].findings.append(finding)
            if finding.code in _READS and _EMPTY not in finding.message:
                found[each].claims.append(_claim(finding, names))
    return found


def _claim(finding: Finding, names: Mapping[str, tuple[str, str]]) -> Claim:
    """The trail of the finding as calls: handed over here, there, and read at its end."""
    spans = [finding.span, *(related.span for related in finding.related if related.after)]
    calls = tuple(_line(span, names) for span in spans[:-1])
    last = spans[-1]
    attribute = finding.message.split("`")[1].rpartition(".")[2]
    message = f"{finding.code} {finding.message}"
    return Claim(calls, _line(last, names), last.column, last.end_column, attribute, message)


def _line(span: Span, names: Mapping[str, tuple[str, str]]) -> Call:
    return names[span.path][1], span.line


__all__ = ["ENTRY", "Claim", "Verdicts", "analyse"]

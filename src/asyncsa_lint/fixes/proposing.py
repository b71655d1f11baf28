"""Repairs as plain edits of the files as they are, for reports that other programs apply.

What is proposed has been made and linted, for each finding alone, as `--fix` does it: the
finding is gone, what shows behind it is repaired too, and nothing else is new. Where that
does not succeed the finding has the words of its repair and no edits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from asyncsa_lint.findings import Edit, Finding, Fix
from asyncsa_lint.fixes.differing import differences
from asyncsa_lint.fixes.repairing import Lint, Linted, key, repair


def proposed(
    findings: Iterable[Finding],
    first: Callable[[], Linted],
    lint: Lint,
    text: Callable[[str], str],
    wanted: Callable[[Fix], bool],
) -> Iterator[Finding]:
    """The findings, those whose repair is `wanted` with its proved edits, all others without any.

    `first` is the run that has found them, asked for when there is something to try; `text`
    gives the present text of a file.
    """
    for finding in findings:
        fix = finding.fix
        if fix is None or not fix.is_applicable:
            yield finding
            continue
        made = _repaired(finding, first(), lint, text, wanted) if wanted(fix) else {}
        yield replace(finding, fix=Fix(fix.message, fix.safe, tuple(_edits(made, text))))


def _repaired(
    finding: Finding,
    first: Linted,
    lint: Lint,
    text: Callable[[str], str],
    wanted: Callable[[Fix], bool],
) -> Mapping[str, str]:
    """The texts after the repair of one finding; none when it does not succeed."""
    at_first = {key(each) for each in first.every}

    def concerned(each: Finding) -> bool:
        follows = key(each) not in at_first
        return each.fix is not None and wanted(each.fix) and (each == finding or follows)

    return repair(first, lint, text, concerned).texts


def _edits(made: Mapping[str, str], text: Callable[[str], str]) -> Iterator[Edit]:
    for path in sorted(made):
        yield from differences(path, text(path), made[path])

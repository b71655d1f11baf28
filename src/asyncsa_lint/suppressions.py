"""Comments that silence findings, as plain data.

Three spellings are understood:

* `# noqa` and `# noqa: ASA501, ASA6`: on the reported line, codes by prefix, as flake8
  has it; a comment after a multi-line string counts for all lines of the string;
* `# asyncsa: ignore` and `# asyncsa: ignore[rule-or-code, ...] reason`: on the first or
  the last line of the flagged expression;
* `# asyncsa: ignore-file` and `# asyncsa: ignore-file[...]`: anywhere in the file.
  `# flake8: noqa` does the same.

flake8 applies `# noqa` itself; everywhere else, and for the other two spellings, we do.
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from asyncsa_lint.findings import Finding, Origin, Suppressed

_NOQA = re.compile(r"#\s*noqa(?::\s?(?P<codes>(?:[A-Z]+[0-9]+(?:[,\s]+)?)+))?", re.IGNORECASE)
_FLAKE8_FILE = re.compile(
    r"#\s*flake8[:=]\s*noqa(?P<list>:\s?(?P<codes>(?:[A-Z]+[0-9]+(?:[,\s]+)?)+))?\s*$", re.IGNORECASE
)
_OWN = re.compile(
    r"#\s*asyncsa:\s*(?P<verb>ignore-file|ignore)(?![\w-])(?:\[(?P<names>[^\]]*)\])?(?P<reason>[^#]*)"
)
MARKS = (b"asyncsa:", *("".join(word).encode() for word in product("nN", "oO", "qQ", "aA")))
"""One of these is in the bytes of every file with a suppression: spares the others' tokens."""

_SEPARATORS = re.compile(r"[,\s]+")
_FIRST_TOOL_CODE = "ASA0"


class Kind(StrEnum):
    """Whose comment it is."""

    NOQA = "noqa"
    OWN = "asyncsa"


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment; without names it silences everything in its reach."""

    kind: Kind
    line: int
    column: int
    """0-based characters, of the `#`."""
    text: str
    names: tuple[str, ...]
    whole_file: bool
    reason: str = ""

    def covers(self, finding: Finding, lines: frozenset[int]) -> tuple[bool, str]:
        """Whether it silences a finding that may be silenced on `lines`, and by which name."""
        if not self.whole_file and self.line not in lines:
            return False, ""
        if not self.names:
            return True, ""
        for name in self.names:
            if name == finding.rule or finding.code.startswith(name.upper()):
                return True, name
        return False, ""


def parse(comments: Iterable[tuple[int, int, str]]) -> tuple[Suppression, ...]:
    """All suppressions among the (line, column, text) comments of a file."""
    return tuple(found for line, column, text in comments for found in _parse_one(line, column, text))


def noqa_lines(lines: Iterable[str]) -> dict[int, int]:
    """Where flake8 looks for the `# noqa` of a line that does not end its logical part.

    Strings over several lines and lines joined by a backslash have room for a comment only
    after their end: each of their lines is mapped to the last one.
    """
    ends: dict[int, int] = {}
    first = last = 0
    stream = iter([f"{line}\n" for line in lines])
    try:
        for token in tokenize.generate_tokens(lambda: next(stream, "")):
            if token.type in (tokenize.DEDENT, tokenize.ENDMARKER):
                continue
            first, last = first or token.start[0], max(last, token.end[0])
            if token.type in (tokenize.NL, tokenize.NEWLINE):
                if first < last:
                    ends.update(dict.fromkeys(range(first, last + 1), last))
                first = last = 0
    except (tokenize.TokenError, SyntaxError):
        return ends
    return ends


def _parse_one(line: int, column: int, text: str) -> Iterator[Suppression]:
    for own in _OWN.finditer(text):
        yield Suppression(
            kind=Kind.OWN,
            line=line,
            column=column + own.start(),
            text=own.group().rstrip(),
            names=_split(own["names"]),
            whole_file=own["verb"] == "ignore-file",
            reason=own["reason"].strip(),
        )
    whole_file = _FLAKE8_FILE.search(text)
    found = whole_file or _NOQA.search(text)
    if found is not None:
        yield Suppression(
            kind=Kind.NOQA,
            line=line,
            column=column + found.start(),
            text=found.group().rstrip(" ,\t"),
            names=_split(found["codes"]),
            whole_file=whole_file is not None,
        )


def _split(names: str | None) -> tuple[str, ...]:
    return tuple(name for name in _SEPARATORS.split(names or "") if name)


@dataclass(frozen=True, slots=True)
class Stale:
    """Names of a suppression that silenced nothing; no names: the whole comment."""

    suppression: Suppression
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What remains of the findings of one file, and which suppressions did nothing."""

    remaining: tuple[Finding, ...]
    silenced: tuple[Suppressed, ...]
    stale: tuple[Stale, ...]


def apply(
    suppressions: tuple[Suppression, ...],
    findings: Iterable[Finding],
    noqa_at: dict[int, int],
    silencing: frozenset[Kind],
) -> Outcome:
    """Match the findings of one file with its suppressions.

    `noqa_at` is what `noqa_lines` says. Suppressions of a kind not in `silencing` are matched,
    so that they are not called stale, but silence nothing: the host does that itself.
    """
    used: dict[Suppression, set[str]] = {}
    remaining: list[Finding] = []
    silenced: list[Suppressed] = []
    for finding in findings:
        hits = [hit for hit in suppressions if _matches(hit, finding, noqa_at, used)]
        effective = [hit for hit in hits if hit.kind in silencing]
        if effective:
            reason = next((hit.reason for hit in effective if hit.reason), "")
            silenced.append(Suppressed(finding, Origin.COMMENT, reason))
        else:
            remaining.append(finding)
    return Outcome(tuple(remaining), tuple(silenced), tuple(_stale(suppressions, used)))


def _matches(
    suppression: Suppression,
    finding: Finding,
    noqa_at: dict[int, int],
    used: dict[Suppression, set[str]],
) -> bool:
    first, last = finding.span.line, finding.span.end_line
    if suppression.kind is Kind.NOQA:
        lines = frozenset({first, noqa_at.get(first, first)})
    else:
        lines = frozenset({first, last})
    covered, name = suppression.covers(finding, lines)
    if covered:
        used.setdefault(suppression, set()).add(name)
    return covered


def _stale(suppressions: tuple[Suppression, ...], used: dict[Suppression, set[str]]) -> Iterator[Stale]:
    """Own suppressions that did nothing; of noqa only what names codes of ours."""
    for suppression in suppressions:
        used_names = used.get(suppression, set())
        candidates = suppression.names
        if suppression.kind is Kind.NOQA:
            candidates = tuple(name for name in candidates if name.upper().startswith("ASA"))
            if not candidates:
                continue
        elif not candidates and not used_names:
            yield Stale(suppression, ())
        unused = tuple(
            name
            for name in candidates
            if name not in used_names and not name.upper().startswith(_FIRST_TOOL_CODE)
        )
        if unused:
            yield Stale(suppression, unused)

"""Writing suppression comments into files, and nothing else.

A comment goes to the end of the line on which the flagged expression begins, or of the line
that has room for it when a string or a backslash goes on there. One that stands there already
gets further names. Every other byte stays: line ends, encoding, byte order mark, white space.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from asyncsa_lint.config import ConfigError
from asyncsa_lint.findings import Finding
from asyncsa_lint.source import SourceError, SourceFile, encoding_of, read
from asyncsa_lint.suppressions.comments import Kind, Suppression, Verb, parse
from asyncsa_lint.suppressions.layout import layout_of

DEFAULT_REASON = "added by --add-ignore"
_LINE_END = re.compile(r"\r\n|\r|\n")
_NAMES = re.compile(r"\[([^\]]*)\]")
_BLANKS = " \t\f"


@dataclass(frozen=True, slots=True)
class Annotated:
    """What has become of one file."""

    data: bytes
    silenced: tuple[Finding, ...]
    """Findings that a comment of the new text silences."""


def check_reason(reason: str) -> str:
    """A reason as it can stand in a comment; ConfigError when it can not."""
    cleaned = " ".join(reason.split())
    if not cleaned or "#" in cleaned or cleaned.startswith("[") or not cleaned.isprintable():
        raise ConfigError(f"--reason {reason!r}: must be some words without `#`, not in brackets")
    return cleaned


def annotate(path: str, data: bytes, findings: Iterable[Finding], reason: str) -> Annotated:
    """The bytes of a file with comments that silence the findings; raises ConfigError.

    Findings of which the file has no line any more stay as they are.
    """
    try:
        source = read(path, data)
        encoding = encoding_of(path, data)
    except SourceError as error:
        raise ConfigError(f"{path}: can not be changed: {error.message}") from error
    wanted: dict[int, list[Finding]] = {}
    layout = layout_of(source.lines)
    for finding in findings:
        line = layout.room(finding.span.line)
        if 0 < line <= len(source.lines):
            wanted.setdefault(line, []).append(finding)
    text = _with_comments(source, wanted, reason)
    try:
        changed = text.encode(encoding)
        faithful = source.text.encode(encoding) == data
    except UnicodeEncodeError as error:
        raise ConfigError(f"{path}: can not hold the reason: its encoding is {encoding}") from error
    if not faithful or not _says_the_same(path, changed, source):
        raise ConfigError(f"{path}: can not be changed without touching other bytes than those of comments")
    return Annotated(changed, tuple(finding for group in wanted.values() for finding in group))


def _says_the_same(path: str, changed: bytes, source: SourceFile) -> bool:
    try:
        return ast.dump(read(path, changed).tree) == ast.dump(source.tree)
    except (SourceError, RecursionError):
        return False


def _with_comments(source: SourceFile, wanted: Mapping[int, list[Finding]], reason: str) -> str:
    text = source.text
    ends = [match.start() for match in _LINE_END.finditer(text)] + [len(text)]
    starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
    there = {each.line: each for each in parse(source.comments()) if _can_be_extended(each)}
    for line, findings in sorted(wanted.items(), reverse=True):
        start, end = starts[line - 1], ends[line - 1]
        rules = {finding.rule for finding in findings}
        present = there.get(line)
        if present is None:
            content = text[start:end].rstrip(_BLANKS)
            comment = f"  # asyncsa: ignore[{', '.join(sorted(rules))}] {reason}"
            text = f"{text[:start]}{content}{comment}{text[start + len(content) :]}"
        else:
            at = start + present.column
            old = text[at : at + len(present.text)]
            text = f"{text[:at]}{_extended(old, present, rules, reason)}{text[at + len(old) :]}"
    return text


def _can_be_extended(comment: Suppression) -> bool:
    return comment.kind is Kind.OWN and comment.verb is Verb.IGNORE and bool(comment.names)


def _extended(text: str, present: Suppression, rules: set[str], reason: str) -> str:
    """A comment with further names; it keeps its own reason when it has one."""
    names = (*present.names, *sorted(rules - set(present.names)))
    text = _NAMES.sub(lambda _: f"[{', '.join(names)}]", text, count=1)
    return text if present.reason else f"{text} {reason}"

"""Several changes in the same files: which go together, and the text they make.

Two edits conflict when they touch the same characters or insert at the same place; equal
edits count once. Of conflicting changes the first is made, the others wait for the next
round, in which they are planned anew on the changed text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from asyncsa_lint.findings import Edit
from asyncsa_lint.fixes.changes import Change
from asyncsa_lint.fixes.imports import with_imports, without_import

_LINE_END = re.compile(r"\r\n|\r|\n")


def compatible(changes: Iterable[Change]) -> list[Change]:
    """Those of the changes that can be made together, the earlier ones first."""
    taken: set[Edit] = set()
    chosen: list[Change] = []
    for change in changes:
        if all(edit in taken or not any(_conflict(edit, other) for other in taken) for edit in change.edits):
            taken.update(change.edits)
            chosen.append(change)
    return chosen


def _conflict(one: Edit, other: Edit) -> bool:
    if one.span.path != other.span.path:
        return False
    first, second = sorted((one.span, other.span))
    end = (first.end_line, first.end_column)
    start = (second.line, second.column)
    return end > start or (first.line, first.column) == start


def applied(texts: Mapping[str, str], changes: Sequence[Change]) -> dict[str, str]:
    """The new texts of all files that the compatible changes touch."""
    edits: dict[str, set[Edit]] = {}
    imports: dict[str, set[tuple[str, str]]] = {}
    for change in changes:
        for edit in change.edits:
            edits.setdefault(edit.span.path, set()).add(edit)
        for each in change.imports:
            imports.setdefault(each.path, set()).add((each.module, each.name))
    result = {path: edited(texts[path], found) for path, found in edits.items()}
    for path, wanted in imports.items():
        result[path] = with_imports(result.get(path, texts[path]), sorted(wanted))
    for each in (each for change in changes for each in change.replaced):
        result[each.path] = without_import(result.get(each.path, texts[each.path]), each.module, each.name)
    return result


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits made; new lines end as the text's own do."""
    starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
    newline = newline_of(text)
    for edit in sorted(edits, reverse=True):
        span = edit.span
        begin = starts[span.line - 1] + span.column
        end = starts[span.end_line - 1] + span.end_column
        text = text[:begin] + edit.text.replace("\r\n", "\n").replace("\n", newline) + text[end:]
    return text


def newline_of(text: str) -> str:
    """How the lines of a text end."""
    found = _LINE_END.search(text)
    return found.group() if found else "\n"

"""Repairs as plain edits of the files as they are, for reports that other programs apply.

A recipe is worked out as `--fix` does it, for each finding alone, and what comes of it is
compared with the text: a proposal is exact, but it is not linted again.
"""

from __future__ import annotations

from dataclasses import replace

from asyncsa_lint.findings import Finding, Fix
from asyncsa_lint.fixes.composing import applied
from asyncsa_lint.fixes.differing import differences
from asyncsa_lint.fixes.planning import plan
from asyncsa_lint.fixes.texts import Disk, encoded
from asyncsa_lint.source import SourceError, SourceFile, read


class Proposals:
    """Works out the edits of findings; each file is read once."""

    def __init__(self) -> None:
        self._disk = Disk()
        self._sources: dict[str, SourceFile | None] = {}

    def with_edits(self, finding: Finding) -> Finding:
        """The finding with the edits of its recipe; as it is, where there is none or it can not be made."""
        if finding.fix is None or finding.fix.recipe is None:
            return finding
        changes = plan([finding], self._source).changes
        if not changes:
            return finding
        texts = {path: self._disk.text(path) for path in changes[0].paths}
        made = applied(texts, changes[:1])
        edits = tuple(edit for path in sorted(made) for edit in differences(path, texts[path], made[path]))
        return replace(finding, fix=Fix(finding.fix.message, finding.fix.safe, edits))

    def _source(self, path: str) -> SourceFile | None:
        if path not in self._sources:
            try:
                self._sources[path] = read(path, encoded(self._disk.text(path)))
            except (SourceError, OSError, UnicodeError, SyntaxError):
                self._sources[path] = None
        return self._sources[path]

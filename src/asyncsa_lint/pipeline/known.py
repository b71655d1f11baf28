"""Findings that are not news: those in the baseline, and with `--since` those from before.

All findings of the project are compared, whatever was asked for and whatever rules are
selected: so a finding that has moved is found again, and no choice of arguments makes a known
finding new or an entry of the baseline stale.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import TYPE_CHECKING

from asyncsa_lint.config import ConfigError
from asyncsa_lint.findings import Finding, Span
from asyncsa_lint.pipeline.analysis import ProjectFindings, analyse_project, order
from asyncsa_lint.pipeline.baseline import Entry, read_baseline
from asyncsa_lint.pipeline.cache.kept import Cache
from asyncsa_lint.pipeline.configurations import Configurations
from asyncsa_lint.pipeline.discovery import python_files
from asyncsa_lint.pipeline.identity import identity_of, still_stands
from asyncsa_lint.pipeline.matching import Matched, Placed, match
from asyncsa_lint.pipeline.silence import silence
from asyncsa_lint.pipeline.tool_rules import ALWAYS_REPORTED, INTERNAL_ERROR, STALE_BASELINE
from asyncsa_lint.project.names import Project
from asyncsa_lint.suppressions import Kind

if TYPE_CHECKING:
    from asyncsa_lint.pipeline.since import Past

Found = tuple[tuple[Placed, Finding], ...]
NO_LINES: frozenset[int] = frozenset()
_LONGEST = 80
"""Characters of source in a message."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The baseline of a project, compared with what is found."""

    path: str
    """Empty where the project has none."""
    entries: tuple[Entry, ...]
    """Lines of the file that are about this project."""
    matched: Matched
    hidden: frozenset[Finding]
    """Findings that it lists."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a project has that is not news."""

    baseline: Baseline
    older: frozenset[Finding]
    """Findings that were there at the revision of `--since`."""


def found_in(result: ProjectFindings, commented: Collection[str]) -> Found:
    """Every finding of the project that no comment silences, in order of output.

    Comments that silence nothing are findings too, in files with others and in those of `commented`.
    What tells that the answer is incomplete can not be tolerated and is left out.
    """
    everything: list[tuple[Placed, Finding]] = []
    for path in result.project.files:
        if path not in result.by_path and path not in commented:
            continue
        outcome = silence(result.project, path, result.by_path.get(path, ()), frozenset(Kind))
        for finding in sorted(outcome.findings, key=order):
            if finding.code not in ALWAYS_REPORTED:
                source = result.project.source(path)
                everything.append((Placed(path, identity_of(finding, source)), finding))
    return tuple(everything)


def what_is_known(
    result: ProjectFindings,
    root: str,
    configurations: Configurations,
    *,
    since: str,
    belongs: Callable[[str], bool],
    cache: Cache | None = None,
) -> Known:
    """Compare the findings of the project in `root` with its baseline and with a revision.

    `belongs` tells whether a path is one of this project. Raises ConfigError when baseline or
    revision can not be read.
    """
    path, named = configurations.baseline(root)
    entries = read_baseline(path) if path else ()
    if entries is None and named:
        raise ConfigError(f"{path}: does not exist; `asyncsa-lint baseline create` writes a baseline")
    own = tuple(entry for entry in entries or () if belongs(entry.placed.path))
    found = found_in(result, {*result.met, *(entry.placed.path for entry in own)})
    matched = match((entry.placed for entry in own), found, standing(result.project))
    hidden = frozenset(finding for _, _, finding in matched.pairs)
    older = found_before(root, since, result, found, configurations, cache) if since else frozenset()
    return Known(Baseline(path, own, matched, hidden), older)


def stale_entries(baseline: Baseline, result: ProjectFindings, asked: Iterable[str]) -> tuple[Entry, ...]:
    """Lines of the baseline that nothing found matches, of files in reach of `asked`.

    Nothing is stale where the analysis is incomplete.
    """
    if any(finding.code == INTERNAL_ERROR.code for found in result.by_path.values() for finding in found):
        return ()
    places = tuple(asked)
    unused = Counter(baseline.matched.gone)
    stale: list[Entry] = []
    for entry in reversed(baseline.entries):
        path = entry.placed.path
        if unused[entry.placed] and path not in result.project.broken and in_reach(path, places):
            unused[entry.placed] -= 1
            stale.append(entry)
    return tuple(reversed(stale))


def stale_finding(baseline: Baseline, entry: Entry, command: str) -> Finding:
    """What is said about a stale line; `command` removes it."""
    identity = entry.placed.identity
    where = f"`{identity.symbol}` of " if identity.symbol else ""
    source = shorten(identity.source, _LONGEST, placeholder=" ...")
    message = (
        f"`{source}` in {where}{os.path.basename(entry.placed.path)} is no longer reported as"
        f" {identity.code}: `{command}` removes this line"
    )
    return STALE_BASELINE.finding(Span(baseline.path, entry.line, 0, entry.line, 0), message)


def in_reach(path: str, asked: Iterable[str]) -> bool:
    """Whether a file, existing or not, is one of the paths or below one of them."""
    return any(path == place or path.startswith(f"{place.rstrip('/')}/") for place in asked)


def found_before(
    root: str,
    revision: str,
    result: ProjectFindings,
    found: Found,
    configurations: Configurations,
    cache: Cache | None,
) -> frozenset[Finding]:
    """Findings of now that were there at a revision and stand on no line changed since."""
    from asyncsa_lint.pipeline.since import past_of  # speaks to git, which most runs do not need

    with past_of(root, revision) as past:
        if not past.folder:
            return frozenset(finding for _, finding in found)
        if cache is not None:
            cache.share(past.folder, root)
        places = {place.path for place, _ in found}
        remembered = _found_then(past, places, configurations, cache)
        touched = past.touched()
    untouched = [each for each in found if not _is_touched(each[1], touched)]
    changed = [each for each in found if _is_touched(each[1], touched)]
    matched = match(remembered, (*untouched, *changed), standing(result.project))
    hideable = {finding for _, finding in untouched}
    return frozenset(finding for _, _, finding in matched.pairs if finding in hideable)


def _found_then(
    past: Past, places: Collection[str], configurations: Configurations, cache: Cache | None
) -> list[Placed]:
    """What is found in the project as it was, where that is now; comments only of these places."""
    patterns, folder = configurations.exclude(past.root)
    files = python_files(past.folder, patterns, past.was(folder))
    sources = tuple(map(past.was, configurations.source_roots(past.root)))
    config = configurations.of(past.root, past.root).config
    then = analyse_project(Project(files, past.folder, sources), config, frozenset(), None, cache)
    commented = [path for path in files if past.now(path) in places]
    return [Placed(past.now(place.path), place.identity) for place, _ in found_in(then, commented)]


def standing(project: Project) -> Callable[[Placed], bool]:
    """Whether the source of a remembered finding is still written in its place."""

    files = frozenset(project.files)

    def stands(placed: Placed) -> bool:
        source = project.source(placed.path) if placed.path in files else None
        return source is not None and still_stands(placed.identity, source)

    return stands


def _is_touched(finding: Finding, touched: Mapping[str, set[int]]) -> bool:
    lines = touched.get(finding.span.path, NO_LINES)
    return any(line in lines for line in range(finding.span.line, finding.span.end_line + 1))

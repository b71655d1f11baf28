"""Writing the baseline: all that is found now, or less than was there before.

`create` tolerates everything that a run would show. `update` only follows findings that have
moved and removes lines of those that are gone, so it never hides anything new.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from asyncsa_lint.config import ConfigError
from asyncsa_lint.pipeline.baseline import Entry, read_baseline, rendered, write_baseline
from asyncsa_lint.pipeline.known import Known, found_in, in_reach, stale_entries
from asyncsa_lint.pipeline.matching import Placed
from asyncsa_lint.pipeline.run import ALL_KINDS, Workspace, targets_of
from asyncsa_lint.pipeline.selection import rule_names
from asyncsa_lint.pipeline.stack import with_deep_stack
from asyncsa_lint.pipeline.tool_rules import ALWAYS_REPORTED
from asyncsa_lint.source import normalise


@dataclass(slots=True)
class Upkeep:
    """What was done to one baseline file, or is to be done."""

    entries: int = 0
    """Lines of findings after it."""
    removed: list[Entry] = field(default_factory=list)
    moved: int = 0
    new: int = 0
    """Findings that the run would show, because the baseline does not list them."""
    incomplete: bool = False
    """Files could not be analysed."""


def create(paths: Sequence[str], workspace: Workspace, *, force: bool) -> Mapping[str, Upkeep]:
    """Write baselines of all that is found in the paths; the result is by file.

    Raises ConfigError when a file exists, unless with `force`, or can not be written.
    """
    return with_deep_stack(lambda: _create(paths, workspace, force))


def _create(paths: Sequence[str], workspace: Workspace, force: bool) -> Mapping[str, Upkeep]:
    asked = sorted({normalise(path) for path in paths})
    placed: dict[str, list[Placed]] = {}
    done: dict[str, Upkeep] = {}
    by_root = targets_of(asked, workspace, False)
    for root in by_root:
        path = _file_of(root, workspace)
        if os.path.exists(path) and not force:
            raise ConfigError(
                f"{path}: exists; `asyncsa-lint baseline update` removes what is gone from it, and"
                " `asyncsa-lint baseline create --force` tolerates all that is found now"
            )
    for root, targets in sorted(by_root.items()):
        path = _file_of(root, workspace)
        upkeep = done.setdefault(path, Upkeep())
        result = workspace.analyse(root, targets)
        everything = {finding: place for place, finding in found_in(result, targets)}
        for target in sorted(targets):
            for finding in workspace.visible(target, root, result, ALL_KINDS)[0]:
                if finding in everything:
                    placed.setdefault(path, []).append(everything[finding])
                else:
                    upkeep.incomplete = True
    for path, upkeep in done.items():
        upkeep.entries = len(placed.get(path, ()))
        write_baseline(path, rendered(path, placed.get(path, ()), rule_names()))
    return done


def update(paths: Sequence[str], workspace: Workspace, *, write: bool) -> Mapping[str, Upkeep]:
    """Follow what has moved and remove what is gone, of files in reach of the paths.

    Nothing is written without `write`. Raises ConfigError when there is no baseline, or when it
    can not be read or written.
    """
    return with_deep_stack(lambda: _update(paths, workspace, write))


def _update(paths: Sequence[str], workspace: Workspace, write: bool) -> Mapping[str, Upkeep]:
    asked = sorted({normalise(path) for path in paths})
    lines: dict[str, dict[int, Placed]] = {}
    done: dict[str, Upkeep] = {}
    for root, targets in sorted(targets_of(asked, workspace, False).items()):
        path = _file_of(root, workspace)
        result = workspace.analyse(root, targets)
        known = workspace.known(root, result)
        if known is None:
            raise ConfigError(f"{path}: does not exist; `asyncsa-lint baseline create` writes a baseline")
        upkeep = done.setdefault(path, Upkeep())
        left = lines.setdefault(path, {entry.line: entry.placed for entry in read_baseline(path) or ()})
        stale = stale_entries(known.baseline, result, asked)
        upkeep.removed += stale
        for entry in stale:
            left.pop(entry.line, None)
        upkeep.moved += _follow(known, left, asked)
        for target in sorted(targets):
            file = workspace.file(target, root, result, ALL_KINDS)
            upkeep.new += len(file.findings)
            upkeep.incomplete |= not {finding.code for finding in file.findings}.isdisjoint(ALWAYS_REPORTED)
    for path, upkeep in done.items():
        upkeep.entries = len(lines[path])
        if write:
            write_baseline(path, rendered(path, lines[path].values(), rule_names()))
    return done


def _follow(known: Known, left: dict[int, Placed], asked: Sequence[str]) -> int:
    """Put findings that have moved in their new place; the number of those that had to be."""
    moved = 0
    for old, new, _ in known.baseline.matched.pairs:
        if old.path != new.path and (in_reach(old.path, asked) or in_reach(new.path, asked)):
            line = next(number for number, placed in left.items() if placed == old)
            left[line] = Placed(new.path, old.identity)
            moved += 1
    return moved


def _file_of(root: str, workspace: Workspace) -> str:
    path, _ = workspace.configurations.baseline(root)
    if not path:
        raise ConfigError(
            f"{root}: the configuration says that there is no baseline; name one: --baseline FILE"
        )
    return path

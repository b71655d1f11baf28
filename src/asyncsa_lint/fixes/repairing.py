"""Rounds of repairs, each of them proved by linting what it made.

    texts as they are -> findings -> changes that go together -> new texts -> findings again

A change stays when its findings are gone and no finding has come that was not there at
the start. What has come may itself be repaired: `order.items` has to be loaded before it
shows that `item.product` is not. If in the end something new is left, everything since the
last clean state is taken back. A change that did not help is dropped and said so, so each
attempt either makes progress or leaves fewer changes to try.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from asyncsa_lint.findings import Finding, Rewrite
from asyncsa_lint.fixes.changes import Change, Sources
from asyncsa_lint.fixes.composing import applied, compatible
from asyncsa_lint.fixes.planning import plan
from asyncsa_lint.fixes.texts import encoded
from asyncsa_lint.source import SourceError, SourceFile, read

Key = tuple[str, str, str, str]
"""Path, code, function and message without numbers: lines move when code is added."""

_NUMBER = re.compile(r"\d+")
_PERSISTS = "the repair does not remove the finding"
_BREAKS = "the repaired file can not be compiled"


@dataclass(frozen=True, slots=True)
class Linted:
    """One run: the findings to repair, and all findings of the projects concerned."""

    shown: tuple[Finding, ...]
    every: tuple[Finding, ...]


Lint = Callable[[Mapping[str, str]], Linted]
"""Lints with these texts in the place of the files' own."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """The texts that changed, what they repair, and what could not be repaired."""

    texts: Mapping[str, str]
    fixed: tuple[Finding, ...]
    refused: tuple[tuple[Finding, str], ...]
    left: Linted


@dataclass(slots=True)
class _State:
    texts: dict[str, str]
    linted: Linted
    fixed: tuple[Finding, ...] = ()
    changes: tuple[Change, ...] = ()
    """Made since the last state in which nothing was new."""


@dataclass(slots=True)
class _Repair:
    lint: Lint
    text: Callable[[str], str]
    wanted: Callable[[Finding], bool]
    at_first: Counter[Key]
    refused: dict[Key, tuple[Finding, str]] = field(default_factory=dict)

    def run(self, clean: _State) -> _State:
        """Repeat until no change is left to try."""
        current = clean
        while True:
            changes = compatible(self._changes(current))
            if not changes:
                if current is clean:
                    return clean
                self._take_back(current)
                current = clean
                continue
            attempt = self._attempt(current, changes)
            if attempt is None:
                continue
            current = attempt
            if not self._new(current.linted):
                current.changes = ()
                clean = current

    def _changes(self, state: _State) -> list[Change]:
        """What can be tried: safe changes before others, in the order of the findings."""
        sources = _sources(state.texts, self.text)
        wanted = [each for each in state.linted.shown if self.wanted(each) and key(each) not in self.refused]
        new = self._new(state.linted)
        wanted += [each for each in state.linted.every if each not in wanted and self._may_follow(each, new)]
        plans = plan(wanted, sources)
        for finding, reason in plans.refused:
            self._refuse([finding], reason)
        return [each for each in plans.changes if not any(key(f) in self.refused for f in each.findings)]

    def _may_follow(self, finding: Finding, new: Counter[Key]) -> bool:
        """What only shows when something before it has been loaded."""
        recipe = finding.fix.recipe if finding.fix is not None else None
        loads = recipe is not None and recipe.rewrite is Rewrite.LOADER_OPTION
        return loads and key(finding) in new and self.wanted(finding) and key(finding) not in self.refused

    def _attempt(self, state: _State, changes: Sequence[Change]) -> _State | None:
        """The state with the changes made; None when some of them had to be refused."""
        originals = {path: self._present(state, path) for each in changes for path in each.paths}
        texts = applied(originals, changes)
        broken = [path for path, text in texts.items() if not _compiles(path, text)]
        if broken:
            self._refuse_changes([each for each in changes if each.paths & set(broken)], _BREAKS)
            return None
        texts = {**state.texts, **texts}
        linted = self.lint(texts)
        failed = self._failed(state.linted, linted, changes)
        for change, reason in failed:
            self._refuse(change.findings, reason)
        if failed:
            return None
        fixed = (*state.fixed, *(finding for each in changes for finding in each.findings))
        return _State(texts, linted, fixed, (*state.changes, *changes))

    def _present(self, state: _State, path: str) -> str:
        return state.texts[path] if path in state.texts else self.text(path)

    def _failed(self, before: Linted, after: Linted, changes: Sequence[Change]) -> list[tuple[Change, str]]:
        """Changes whose finding is still there, and those that bring one that can not be repaired."""
        repaired = Counter(key(finding) for each in changes for finding in each.findings)
        had, has = _keys(before.every), _keys(after.every)
        persisting = {each for each, number in repaired.items() if has[each] > max(had[each] - number, 0)}
        failed = [(each, _PERSISTS) for each in changes if any(key(f) in persisting for f in each.findings)]
        if failed:
            return failed
        new = self._new(after)
        hopeless = [f for f in after.every if key(f) in new and not self._may_follow(f, new)]
        return [(change, _caused(hopeless)) for change in _blamed(changes, hopeless)] if hopeless else []

    def _new(self, linted: Linted) -> Counter[Key]:
        """Findings that were not there at the start."""
        return _keys(linted.every) - self.at_first

    def _take_back(self, state: _State) -> None:
        new = self._new(state.linted)
        left = [finding for finding in state.linted.every if key(finding) in new]
        self._refuse_changes(_blamed(state.changes, left) or state.changes, _caused(left))

    def _refuse_changes(self, changes: Iterable[Change], reason: str) -> None:
        for change in changes:
            self._refuse(change.findings, reason)

    def _refuse(self, findings: Iterable[Finding], reason: str) -> None:
        for finding in findings:
            self.refused.setdefault(key(finding), (finding, reason))


def repair(
    first: Linted, lint: Lint, text: Callable[[str], str], wanted: Callable[[Finding], bool]
) -> Repaired:
    """Repair what is `wanted` of the findings of a first run; writes nothing.

    `text` gives the present text of a file. The result holds the new texts, the findings
    that are gone, and those whose repair was given up, with the reason.
    """
    work = _Repair(lint, text, wanted, _keys(first.every))
    state = work.run(_State({}, first))
    texts = {path: new for path, new in state.texts.items() if new != text(path)}
    left = _keys(state.linted.shown)
    refused = tuple(each for at, each in work.refused.items() if left[at])
    at_first = {key(finding) for finding in first.every}
    fixed = tuple(finding for finding in state.fixed if key(finding) in at_first)
    return Repaired(texts, fixed, refused, state.linted)


def key(finding: Finding) -> Key:
    """How a finding is recognised in another text of its file."""
    return (finding.span.path, finding.code, finding.symbol, _NUMBER.sub("#", finding.message))


def _keys(findings: Iterable[Finding]) -> Counter[Key]:
    return Counter(key(finding) for finding in findings)


def _caused(findings: Sequence[Finding]) -> str:
    finding = findings[0]
    return f"the repair would lead to {finding.code} on line {finding.span.line}: {finding.message}"


def _blamed(changes: Sequence[Change], findings: Sequence[Finding]) -> list[Change]:
    """Changes in the files that new findings speak of; all changes when there are none."""
    paths = {f.span.path for f in findings} | {step.span.path for f in findings for step in f.related}
    return [each for each in changes if each.paths & paths] or list(changes)


def _compiles(path: str, text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about escapes in code that is not ours
        try:
            compile(text, path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _sources(texts: Mapping[str, str], text: Callable[[str], str]) -> Sources:
    known: dict[str, SourceFile | None] = {}

    def source(path: str) -> SourceFile | None:
        if path not in known:
            try:
                known[path] = read(path, encoded(texts[path] if path in texts else text(path)))
            except (SourceError, OSError, UnicodeError, SyntaxError):
                known[path] = None
        return known[path]

    return source

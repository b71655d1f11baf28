"""From the paths that were asked for to the findings that are shown.

A `Workspace` answers for many files and analyses each project once; `lint` is one run
over files and folders. Hosts that hand over file after file keep one workspace.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from asyncsa_lint.config import Config, ConfigError, Settings
from asyncsa_lint.findings import Finding, Suppressed
from asyncsa_lint.pipeline.analysis import Progress, ProjectFindings, analyse_project, order
from asyncsa_lint.pipeline.configurations import Configurations
from asyncsa_lint.pipeline.discovery import python_files
from asyncsa_lint.pipeline.roots import Roots, common_root
from asyncsa_lint.pipeline.silence import Silenced, silence
from asyncsa_lint.pipeline.stack import with_deep_stack
from asyncsa_lint.pipeline.tool_rules import ALWAYS_REPORTED
from asyncsa_lint.project.names import Project
from asyncsa_lint.source import normalise, split_lines
from asyncsa_lint.suppressions import Kind

ALL_KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class RunResult:
    """What one run has to say."""

    findings: tuple[Finding, ...] = ()
    files: int = 0
    """How many files were asked for."""
    suppressed: tuple[Suppressed, ...] = ()
    """Findings that are not shown: a comment or the baseline hides them."""
    failing: int = 0
    """How many findings make the run fail."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Shown findings by code."""
    give_ups: Mapping[str, int] = field(default_factory=dict)

    @property
    def incomplete(self) -> bool:
        """A file or rule could not be analysed."""
        return any(finding.code in ALWAYS_REPORTED for finding in self.findings)

    @property
    def exit_status(self) -> int:
        """0 clean, 1 findings at or above the failing severity, 2 incomplete."""
        return 2 if self.incomplete else int(self.failing > 0)


@dataclass(frozen=True, slots=True)
class FileResult:
    """What one file has to say, sorted."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    failing: int


class Workspace:
    """Projects with their configuration and findings, each found out once.

    `config` replaces all configuration files and `adjust` changes what they say; `overlay` gives
    the bytes of files that are not (yet) on disk like that; `asked` are all paths of the run,
    where `lint` is called for one after the other; `root` makes one project of them all.
    """

    def __init__(
        self,
        config: Config | Settings | None = None,
        adjust: Callable[[Config], Config] | None = None,
        overlay: Mapping[str, bytes] | None = None,
        progress: Progress | None = None,
        asked: Sequence[str] = (),
        root: str | None = None,
    ) -> None:
        self._overlay = {normalise(path): data for path, data in (overlay or {}).items()}
        self._progress = progress
        self._asked = tuple(normalise(path) for path in asked)
        self._fallback: str | None = None
        self._root = normalise(root) if root is not None else None
        self._roots = Roots()
        given = Settings(config) if isinstance(config, Config) else config
        self.configurations = Configurations(self._roots, given, adjust or (lambda config: config))
        self._lines: dict[str, Sequence[str]] = {}
        self._files: dict[str, frozenset[str]] = {}
        self._results: dict[tuple[str, frozenset[str]], ProjectFindings] = {}

    def root_of(self, path: str, fallback: str) -> str:
        """The project of a file; `fallback` is that of places nothing marks."""
        return self._root or self._roots.of(path) or fallback or common_root([path])

    def fallback_root(self, asked: Sequence[str]) -> str:
        """The project of those of the paths that are in no marked one; empty: each has its own."""
        if self._fallback is not None:
            return self._fallback
        unmarked = [path for path in self._asked or asked if not self._roots.of(path)]
        common = common_root(unmarked) if unmarked else ""
        fallback = "" if self._roots.is_wide(common) else common
        if self._asked:
            self._fallback = fallback
        return fallback

    def has_overlay(self, path: str) -> bool:
        """Whether the content of the file is given, so that it need not exist."""
        return path in self._overlay

    def config(self, root: str) -> Config:
        """The checked configuration of a project, adjusted."""
        return self.configurations.of(root, root).config

    def check_configuration(self, paths: Sequence[str]) -> None:
        """Raise ConfigError now, if the configuration of any of the paths is bad."""
        places = [normalise(path) for path in paths]
        for place in places:
            root = self.root_of(place, self.fallback_root(places))
            self.configurations.of(root, root)
            self.configurations.of(place if os.path.isdir(place) else os.path.dirname(place), root)

    def analyse(self, root: str, asked: Collection[str]) -> ProjectFindings:
        """Findings of a whole project; files asked for belong to it even when ignored."""
        config = self.config(root)
        if root not in self._files:
            deep = not self._roots.is_wide(root)
            self._files[root] = frozenset(
                python_files(root, *self.configurations.exclude(root), recursive=deep)
            )
        extra = frozenset(asked) - self._files[root]
        key = (root, extra)
        if key not in self._results:
            project = Project(sorted(self._files[root] | extra), root, self.configurations.source_roots(root))
            for path, data in self._overlay.items():
                project.trees.provide(path, data)
            self._results[key] = analyse_project(project, config, frozenset(asked), self._progress)
        return self._results[key]

    def file(self, path: str, root: str, result: ProjectFindings, kinds: frozenset[Kind]) -> FileResult:
        """The shown findings of one file; comments of the given kinds silence them."""
        outcome: Silenced = silence(result.project, path, result.of(path), kinds)
        codes = self.configurations.shown_codes(path, root)
        shown = tuple(sorted((f for f in outcome.findings if f.code in codes), key=order))
        suppressed = tuple(each for each in outcome.silenced if each.finding.code in codes)
        failing = sum(self.configurations.fails(finding, root) for finding in shown)
        return FileResult(shown, suppressed, failing)

    def lines(self, path: str) -> Sequence[str]:
        """Source lines of a file for display; none when it can not be read."""
        if path not in self._lines:
            data = self._overlay[path] if path in self._overlay else _bytes_of(path)
            self._lines[path] = split_lines(data.decode("utf-8-sig", errors="replace"))
        return self._lines[path]


def _bytes_of(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError):
        return b""


def lint(
    paths: Sequence[str],
    config: Config | None = None,
    *,
    workspace: Workspace | None = None,
    root: str | None = None,
    force_exclude: bool = False,
    kinds: frozenset[Kind] = ALL_KINDS,
) -> RunResult:
    """Findings of the given files and of all files in the given folders.

    Without `config` each project's own holds, without `root` the projects are found. With
    `force_exclude` the `exclude` setting also counts for files that are named themselves.
    """
    space = workspace or Workspace(config, root=root)
    return with_deep_stack(lambda: _lint(paths, space, force_exclude, kinds))


def _lint(
    paths: Sequence[str], workspace: Workspace, force_exclude: bool, kinds: frozenset[Kind]
) -> RunResult:
    asked = sorted({normalise(path) for path in paths})
    by_root = _targets(asked, workspace, force_exclude)
    findings: list[Finding] = []
    give_ups: Counter[str] = Counter()
    suppressed: list[Suppressed] = []
    failing = 0
    for root, targets in sorted(by_root.items()):
        result = workspace.analyse(root, targets)
        give_ups.update(result.give_ups)
        for path in sorted(targets):
            one = workspace.file(path, root, result, kinds)
            findings += one.findings
            suppressed += one.suppressed
            failing += one.failing
    findings.sort(key=order)
    suppressed.sort(key=lambda each: order(each.finding))
    return RunResult(
        findings=tuple(findings),
        files=sum(map(len, by_root.values())),
        suppressed=tuple(suppressed),
        failing=failing,
        counts=dict(sorted(Counter(finding.code for finding in findings).items())),
        give_ups=dict(sorted(give_ups.items())),
    )


def _targets(asked: Sequence[str], workspace: Workspace, force_exclude: bool) -> dict[str, set[str]]:
    """The files asked for, by the root of their project."""
    by_root: dict[str, set[str]] = {}
    fallback = workspace.fallback_root(asked)
    for path in asked:
        named = not os.path.isdir(path)
        if named and not os.path.isfile(path) and not workspace.has_overlay(path):
            problem = "is neither a file nor a folder" if os.path.exists(path) else "does not exist"
            raise ConfigError(f"{path}: {problem}; allowed are Python files and folders")
        for file in (path,) if named else python_files(path):
            root = workspace.root_of(file, fallback)
            if (not named or force_exclude) and workspace.configurations.is_excluded(file, root):
                continue
            workspace.configurations.of_file(file, root)  # a broken file ends the run before the analysis
            by_root.setdefault(root, set()).add(file)
    return by_root

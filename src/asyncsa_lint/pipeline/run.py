"""From the paths that were asked for to the findings that are shown.

A `Workspace` answers for many files and analyses each project once; `lint` is one run
over files and folders. Hosts that hand over file after file keep one workspace.
"""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from asyncsa_lint.config import Config, ConfigError, Settings
from asyncsa_lint.findings import Finding, Origin, Suppressed
from asyncsa_lint.pipeline.analysis import Progress, ProjectFindings, analyse_project, order
from asyncsa_lint.pipeline.cache.kept import Cache
from asyncsa_lint.pipeline.cache.replay import Inputs, Walk
from asyncsa_lint.pipeline.configurations import Configurations
from asyncsa_lint.pipeline.known import Known, in_reach, stale_entries, stale_finding, what_is_known
from asyncsa_lint.pipeline.roots import Roots, common_root
from asyncsa_lint.pipeline.selection import fails
from asyncsa_lint.pipeline.silence import Silenced, silence
from asyncsa_lint.pipeline.stack import with_deep_stack
from asyncsa_lint.pipeline.tool_rules import ALWAYS_REPORTED, STALE_BASELINE
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
    older: int = 0
    """How many findings are left out because they are older than the revision asked for."""
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
    older: int


class Workspace:
    """Projects with their configuration and findings, each found out once.

    `config` replaces all configuration files and `adjust` changes what they say; `overlay` gives
    the bytes of files that are not (yet) on disk like that; `asked` are all paths of the run,
    where `lint` is called for one after the other; `root` makes one project of them all; `since`
    is a revision of git: only what is newer is shown; a `cache` spares what earlier runs have found;
    `jobs` processes at most share the work.
    """

    def __init__(
        self,
        config: Config | Settings | None = None,
        adjust: Callable[[Config], Config] | None = None,
        overlay: Mapping[str, bytes] | None = None,
        progress: Progress | None = None,
        asked: Sequence[str] = (),
        root: str | None = None,
        since: str = "",
        cache: Cache | None = None,
        jobs: int = 1,
    ) -> None:
        self._since = since
        self._cache = cache
        self._jobs = jobs
        self.noted = Inputs()
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
        self._known: dict[Project, Known] = {}

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
            patterns, folder = self.configurations.exclude(root)
            walk = Walk(root, patterns, folder if patterns else "", deep)
            self._files[root] = frozenset(walk.files())
            self.noted.walks.add(walk)
        extra = frozenset(asked) - self._files[root]
        key = (root, extra)
        if key not in self._results:
            project = Project(sorted(self._files[root] | extra), root, self.configurations.source_roots(root))
            for path, data in self._overlay.items():
                project.trees.provide(path, data)
            self._results[key] = analyse_project(
                project, config, frozenset(asked), self._progress, self._cache, self._jobs
            )
        return self._results[key]

    def inputs(self) -> Inputs:
        """All that was read so far."""
        used = self.configurations.used()
        baselines = [self.configurations.baseline(root)[0] for root, _ in self._results]
        texts = [path for result in self._results.values() for path in result.project.trees.texts]
        files = [path for settings in used for path in settings.files]
        self.noted.named.update(normalise(path) for path in (*baselines, *texts, *files) if path)
        self.noted.roots.update(root for root, _ in self._results)
        return self.noted

    def known(self, root: str, result: ProjectFindings) -> Known | None:
        """What is not news among the findings of a project; None where nothing says so."""
        path, named = self.configurations.baseline(root)
        wanted = bool(self._since) or named or os.path.exists(path)
        if wanted and result.project not in self._known:
            self._known[result.project] = what_is_known(
                result,
                root,
                self.configurations,
                since=self._since,
                belongs=lambda path: self.root_of(path, root) == root,
                cache=self._cache,
            )
        return self._known.get(result.project)

    def visible(
        self, path: str, root: str, result: ProjectFindings, kinds: frozenset[Kind]
    ) -> tuple[list[Finding], list[Suppressed]]:
        """Findings of one file that are selected, in order, and those that its comments silence."""
        outcome: Silenced = silence(result.project, path, result.of(path), kinds)
        codes = self.configurations.shown_codes(path, root)
        visible = sorted((finding for finding in outcome.findings if finding.code in codes), key=order)
        return visible, [each for each in outcome.silenced if each.finding.code in codes]

    def file(self, path: str, root: str, result: ProjectFindings, kinds: frozenset[Kind]) -> FileResult:
        """The shown findings of one file: comments of the given kinds, the baseline and age hide others."""
        shown, suppressed = self.visible(path, root, result, kinds)
        older = 0
        known = self.known(root, result)
        if known is not None:
            hidden = known.baseline.hidden
            suppressed += [Suppressed(finding, Origin.BASELINE) for finding in shown if finding in hidden]
            news = [finding for finding in shown if finding not in hidden]
            shown = [finding for finding in news if finding not in known.older]
            older = len(news) - len(shown)
        failing = sum(self.configurations.fails(finding, root) for finding in shown)
        return FileResult(tuple(shown), tuple(suppressed), failing, older)

    def stale(
        self, root: str, result: ProjectFindings, asked: Sequence[str], command: str
    ) -> tuple[Finding, ...]:
        """Findings about stale lines of the baseline; `command`, run in the project, removes them."""
        known = self.known(root, result)
        if known is None or STALE_BASELINE.code not in self.configurations.project_codes(root):
            return ()
        here = normalise(".")
        if not in_reach(here, [root]) and not in_reach(root, [here]):
            command = f"{command} {shlex.quote(os.path.relpath(root))}"
        stale = stale_entries(known.baseline, result, asked)
        return tuple(stale_finding(known.baseline, entry, command) for entry in stale)

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
    update_command: str = "",
) -> RunResult:
    """Findings of the given files and of all files in the given folders.

    Without `config` each project's own holds, without `root` the projects are found. With
    `force_exclude` the `exclude` setting also counts for files that are named themselves. With
    the `update_command` that removes them, stale lines of the baseline are findings too.
    """
    space = workspace or Workspace(config, root=root)
    return with_deep_stack(lambda: _lint(paths, space, force_exclude, kinds, update_command))


def _lint(
    paths: Sequence[str],
    workspace: Workspace,
    force_exclude: bool,
    kinds: frozenset[Kind],
    update_command: str,
) -> RunResult:
    asked = sorted({normalise(path) for path in paths})
    by_root = targets_of(asked, workspace, force_exclude)
    findings: list[Finding] = []
    give_ups: Counter[str] = Counter()
    suppressed: list[Suppressed] = []
    failing = older = 0
    for root, targets in sorted(by_root.items()):
        result = workspace.analyse(root, targets)
        give_ups.update(result.give_ups)
        for path in sorted(targets):
            one = workspace.file(path, root, result, kinds)
            findings += one.findings
            suppressed += one.suppressed
            failing += one.failing
            older += one.older
        stale = workspace.stale(root, result, asked, update_command) if update_command else ()
        findings += stale
        failing += sum(fails(finding, workspace.config(root), critical=False) for finding in stale)
    findings.sort(key=order)
    suppressed.sort(key=lambda each: order(each.finding))
    return RunResult(
        findings=tuple(findings),
        files=sum(map(len, by_root.values())),
        suppressed=tuple(suppressed),
        failing=failing,
        older=older,
        counts=dict(sorted(Counter(finding.code for finding in findings).items())),
        give_ups=dict(sorted(give_ups.items())),
    )


def targets_of(asked: Sequence[str], workspace: Workspace, force_exclude: bool) -> dict[str, set[str]]:
    """The files asked for, by the root of their project."""
    by_root: dict[str, set[str]] = {}
    fallback = workspace.fallback_root(asked)
    for path in asked:
        named = not os.path.isdir(path)
        if named and not os.path.isfile(path) and not workspace.has_overlay(path):
            problem = "is neither a file nor a folder" if os.path.exists(path) else "does not exist"
            raise ConfigError(f"{path}: {problem}; allowed are Python files and folders")
        if named:
            workspace.noted.named.add(path)
        else:
            workspace.noted.walks.add(Walk(path))
        for file in (path,) if named else Walk(path).files():
            root = workspace.root_of(file, fallback)
            if (not named or force_exclude) and workspace.configurations.is_excluded(file, root):
                continue
            workspace.configurations.of_file(file, root)  # a broken file ends the run before the analysis
            by_root.setdefault(root, set()).add(file)
    return by_root

"""The flake8 plugin: one file at a time, the project behind it analysed once per process.

flake8 does not read pyproject.toml; the plugin reads `[tool.asyncsa-lint]` itself. Its own
options override that table. The codes it may report are those of our selection, and flake8's
`select`, `ignore`, `per-file-ignores` and `# noqa` come on top.
"""

from __future__ import annotations

import argparse
import ast
import io
import os
import tokenize
from collections.abc import Iterator, Sequence
from typing import ClassVar

from flake8.exceptions import ExecutionError
from flake8.options.manager import OptionManager

from asyncsa_lint import __version__
from asyncsa_lint.config import PROFILES, ConfigError
from asyncsa_lint.frontends.hosting import Overrides, host_overrides, host_workspace
from asyncsa_lint.pipeline.run import RunResult, Workspace, lint
from asyncsa_lint.suppressions import Kind

_STDIN = "-"
_SELECTIONS = {
    "--asyncsa-select": "rules that run instead of the profile: names or code prefixes",
    "--asyncsa-extend-select": "rules that run as well",
    "--asyncsa-ignore": "rules that do not run",
}


class Plugin:
    """What flake8 makes for every file; class attributes hold what all files share."""

    name = "asyncsa-lint"
    version = __version__

    _options: ClassVar[argparse.Namespace]
    _overrides: ClassVar[Overrides]
    _workspace: ClassVar[Workspace]

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:
        self._filename = filename
        self._lines = lines

    @classmethod
    def add_options(cls, manager: OptionManager) -> None:
        """Options of ours in flake8's command line and configuration."""
        manager.add_option(
            "--asyncsa-config",
            parse_from_config=True,
            normalize_paths=True,
            help="TOML file to use instead of all others",
        )
        manager.add_option(
            "--asyncsa-profile", parse_from_config=True, choices=PROFILES, help="bugs (default), strict, all"
        )
        manager.add_option(
            "--asyncsa-phase", parse_from_config=True, type=int, help="rules up to a stage, 0 to 5"
        )
        for name, what in _SELECTIONS.items():
            manager.add_option(name, parse_from_config=True, comma_separated_list=True, help=what)

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Prepare the project; a bad configuration ends flake8 here, in one line."""
        cls._options = options
        try:
            cls._overrides = host_overrides(
                options.asyncsa_profile,
                options.asyncsa_phase,
                options.asyncsa_select,
                options.asyncsa_extend_select,
                options.asyncsa_ignore,
            )
            cls._workspace = cls._new_workspace()
            cls._workspace.check_configuration(options.filenames or ["."])
            if cls._shares_work():
                # Found once here: processes that flake8 forks have it, those that it spawns read the cache.
                names = [name for name in options.filenames or ["."] if os.path.exists(name)]
                lint(names, workspace=cls._workspace, force_exclude=True)
        except ConfigError as error:
            raise ExecutionError(f"asyncsa-lint: {error}") from error

    @classmethod
    def _shares_work(cls) -> bool:
        """Whether flake8 is going to give files to several processes, each of which would ask for all."""
        options = cls._options
        several = len(options.filenames) > 1 or any(map(os.path.isdir, options.filenames or ["."]))
        return several and options.jobs.n_jobs != 1 and _STDIN not in options.filenames

    @classmethod
    def _new_workspace(cls, overlay: dict[str, bytes] | None = None) -> Workspace:
        options = cls._options
        return host_workspace(
            options.asyncsa_config, cls._overrides, asked=options.filenames, overlay=overlay
        )

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """Findings as flake8 wants them: line, 0-based column, text, type."""
        try:
            result = self._lint()
        except ConfigError as error:  # a configuration further down than those asked for
            raise ExecutionError(f"asyncsa-lint: {error}") from error
        for finding in result.findings:
            text = f"{finding.code} {finding.message}"
            yield finding.span.line, finding.span.column, text, type(self)

    def _lint(self) -> RunResult:
        workspace = self._workspace
        if _STDIN in self._options.filenames:
            workspace = self._new_workspace({self._filename: _encoded("".join(self._lines))})
        return lint([self._filename], workspace=workspace, force_exclude=True, kinds=frozenset({Kind.OWN}))


def _encoded(text: str) -> bytes:
    """Text from standard input as the bytes that its encoding declaration promises."""
    data = text.encode("utf-8")
    return text.encode(tokenize.detect_encoding(io.BytesIO(data).readline)[0])

"""The flake8 plugin: one file at a time, the project behind it analysed once per process.

flake8 does not read pyproject.toml; the plugin reads `[tool.asyncsa-lint]` itself. The
codes it may report are those of our profile, and flake8's own `select`, `ignore`,
`per-file-ignores` and `# noqa` come on top.
"""

from __future__ import annotations

import argparse
import ast
import io
import tokenize
from collections.abc import Iterator, Sequence
from typing import ClassVar

from flake8.exceptions import ExecutionError
from flake8.options.manager import OptionManager

from asyncsa_lint import __version__
from asyncsa_lint.config import PROFILES, ConfigError
from asyncsa_lint.frontends.hosting import host_workspace
from asyncsa_lint.pipeline.run import Workspace, lint
from asyncsa_lint.suppressions import Kind

_STDIN = "-"


class Plugin:
    """What flake8 makes for every file; class attributes hold what all files share."""

    name = "asyncsa-lint"
    version = __version__

    _options: ClassVar[argparse.Namespace]
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
            help="TOML file to use instead of pyproject.toml",
        )
        manager.add_option(
            "--asyncsa-profile", parse_from_config=True, choices=PROFILES, help="bugs (default), strict, all"
        )

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Prepare the project; a bad configuration ends flake8 here, in one line."""
        cls._options = options
        cls._workspace = cls._new_workspace()
        try:
            cls._workspace.check_configuration(options.filenames or ["."])
        except ConfigError as error:
            raise ExecutionError(f"asyncsa-lint: {error}") from error

    @classmethod
    def _new_workspace(cls, overlay: dict[str, bytes] | None = None) -> Workspace:
        options = cls._options
        try:
            return host_workspace(
                options.asyncsa_config, options.asyncsa_profile, asked=options.filenames, overlay=overlay
            )
        except ConfigError as error:
            raise ExecutionError(f"asyncsa-lint: {error}") from error

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """Findings as flake8 wants them: line, 0-based column, text, type."""
        workspace = self._workspace
        if _STDIN in self._options.filenames:
            workspace = self._new_workspace({self._filename: _encoded("".join(self._lines))})
        result = lint([self._filename], workspace=workspace, force_exclude=True, kinds=frozenset({Kind.OWN}))
        for finding in result.findings:
            text = f"{finding.code} {finding.message}"
            yield finding.span.line, finding.span.column, text, type(self)


def _encoded(text: str) -> bytes:
    """Text from standard input as the bytes that its encoding declaration promises."""
    data = text.encode("utf-8")
    return text.encode(tokenize.detect_encoding(io.BytesIO(data).readline)[0])

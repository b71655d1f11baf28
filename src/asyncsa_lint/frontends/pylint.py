"""The pylint plugin: `load-plugins = asyncsa_lint.frontends.pylint`.

A code `ASA501` is `E7501` here (letter of the severity, 7, family, number) with the rule's
name as symbol. pylint wants one checker per family of codes. Of pylint's tree only the file
name is used. `# pylint: disable` is applied by pylint; `# asyncsa: ignore` and `# noqa`, which
pylint does not know, by us.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from pylint.checkers import BaseChecker
from pylint.interfaces import HIGH, INFERENCE

from asyncsa_lint.config import PROFILES, ConfigError
from asyncsa_lint.findings import Confidence, Finding, Severity
from asyncsa_lint.frontends.hosting import host_overrides, host_workspace
from asyncsa_lint.pipeline.run import Workspace, lint
from asyncsa_lint.pipeline.tool_rules import TOOL_RULES, ToolRule
from asyncsa_lint.rules.registry import Rule, all_rules
from asyncsa_lint.source import normalise

if TYPE_CHECKING:
    from astroid import nodes
    from pylint.lint import PyLinter
    from pylint.typing import MessageDefinitionTuple, Options

_USAGE_ERROR = 32  # pylint's own exit status for it
_LETTERS = {Severity.ERROR: "E", Severity.WARNING: "W", Severity.ADVICE: "R"}
_CONFIDENCES = {Confidence.HIGH: HIGH, Confidence.MEDIUM: INFERENCE}


def _selection(meaning: str) -> dict[str, Any]:
    return {"type": "csv", "default": (), "metavar": "<rules>", "help": meaning}


_OPTIONS: Options = (
    (
        "asyncsa-config",
        {
            "type": "string",
            "default": None,
            "metavar": "<file>",
            "help": "TOML file to use instead of all others",
        },
    ),
    (
        "asyncsa-profile",
        {
            "type": "choice",
            "default": None,
            "choices": list(PROFILES),
            "metavar": "<profile>",
            "help": "Which rules of asyncsa-lint run: bugs (default), strict, all",
        },
    ),
    (
        "asyncsa-phase",
        {
            "type": "int",
            "default": None,
            "metavar": "<phase>",
            "help": "Rules of asyncsa-lint up to a stage of a modernisation, 0 to 5",
        },
    ),
    ("asyncsa-select", _selection("Rules of asyncsa-lint that run instead of the profile")),
    ("asyncsa-extend-select", _selection("Rules of asyncsa-lint that run as well")),
    ("asyncsa-ignore", _selection("Rules of asyncsa-lint that do not run")),
)


def _messages(family: str) -> dict[str, MessageDefinitionTuple]:
    rules: tuple[Rule | ToolRule, ...] = (*TOOL_RULES, *all_rules())
    return {
        f"{_LETTERS[rule.severity]}7{rule.code[3:]}": ("%s", rule.name, rule.page.partition("\n")[0])
        for rule in rules
        if rule.code[3] == family
    }


class _FamilyChecker(BaseChecker):
    """Hands over the findings of one family of codes."""

    family: ClassVar[str]

    def visit_module(self, node: nodes.Module) -> None:
        """Report what the project's analysis has found in this file."""
        for finding in _findings(self.linter, node):
            if finding.code[3] == self.family:
                span = finding.span
                self.add_message(
                    finding.rule,
                    node=node,
                    line=span.line,
                    col_offset=span.column,
                    end_lineno=span.end_line,
                    end_col_offset=span.end_column,
                    args=(finding.message,),
                    confidence=_CONFIDENCES[finding.confidence],
                )


class ToolChecker(_FamilyChecker):
    """Files, comments and rules that are in trouble themselves."""

    name = "asyncsa"
    family = "0"
    msgs = _messages(family)
    options = _OPTIONS


class EngineChecker(_FamilyChecker):
    """Engine life cycle."""

    name = "asyncsa-engine"
    family = "1"
    msgs = _messages(family)


class SessionChecker(_FamilyChecker):
    """Session scope."""

    name = "asyncsa-session"
    family = "2"
    msgs = _messages(family)


class LifespanChecker(_FamilyChecker):
    """Application life cycle."""

    name = "asyncsa-lifespan"
    family = "4"
    msgs = _messages(family)


class ImplicitIOChecker(_FamilyChecker):
    """Attribute reads that do I/O."""

    name = "asyncsa-implicit-io"
    family = "5"
    msgs = _messages(family)


class TasksChecker(_FamilyChecker):
    """Sessions in tasks, awaits."""

    name = "asyncsa-tasks"
    family = "6"
    msgs = _messages(family)


CHECKERS = (ToolChecker, EngineChecker, SessionChecker, LifespanChecker, ImplicitIOChecker, TasksChecker)
_workspaces: dict[object, Workspace] = {}
_latest: tuple[str, tuple[Finding, ...]] | None = None
"""Findings of the file at hand, which all checkers ask for in turn."""


def _findings(linter: PyLinter, node: nodes.Module) -> tuple[Finding, ...]:
    global _latest
    path = normalise(node.file)
    from_stdin = bool(linter.config.from_stdin)
    if _latest is None or _latest[0] != path or from_stdin:
        try:
            workspace = _workspace(linter, _overlay(node, path) if from_stdin else None)
            result = lint([path], workspace=workspace, force_exclude=True)
        except ConfigError as error:  # a configuration further down than the working directory
            _end(error)
        _latest = path, result.findings
    return _latest[1]


def _overlay(node: nodes.Module, path: str) -> dict[str, bytes]:
    with node.stream() as stream:
        return {path: stream.read()}


def _workspace(linter: PyLinter, overlay: dict[str, bytes] | None = None) -> Workspace:
    given = linter.config
    overrides = host_overrides(
        given.asyncsa_profile,
        given.asyncsa_phase,
        given.asyncsa_select,
        given.asyncsa_extend_select,
        given.asyncsa_ignore,
    )
    asked = [os.getcwd()]  # pylint does not say what it was given
    if overlay is not None:
        return host_workspace(given.asyncsa_config, overrides, asked=asked, overlay=overlay)
    key = given.asyncsa_config, overrides
    if key not in _workspaces:
        _workspaces[key] = host_workspace(given.asyncsa_config, overrides, asked=asked)
    return _workspaces[key]


def register(linter: PyLinter) -> None:
    """Called by pylint when the plugin is loaded."""
    for checker in CHECKERS:
        linter.register_checker(checker(linter))


def load_configuration(linter: PyLinter) -> None:
    """Called by pylint when options are known: a bad configuration ends the run in one line."""
    global _latest
    _workspaces.clear()  # an editor's process runs pylint again and again, and files have changed
    _latest = None
    try:
        _workspace(linter).check_configuration(["."])
    except ConfigError as error:
        _end(error)


def _end(error: ConfigError) -> NoReturn:
    print(f"asyncsa-lint: {error}", file=sys.stderr)
    sys.exit(_USAGE_ERROR)

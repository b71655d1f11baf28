"""The `rule` and `config` commands: what the rules are, what the settings are."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Iterator
from dataclasses import fields

from asyncsa_lint.config import SECTION, Config, ConfigError, key_of
from asyncsa_lint.findings import Severity
from asyncsa_lint.pipeline.run import Workspace
from asyncsa_lint.pipeline.selection import complaint
from asyncsa_lint.pipeline.tool_rules import TOOL_RULES, ToolRule
from asyncsa_lint.rules.registry import Rule, all_rules
from asyncsa_lint.source import normalise


def show_rules(selector: str | None) -> int:
    """Print the page of one rule, or one line for each rule."""
    rules: tuple[Rule | ToolRule, ...] = (*TOOL_RULES, *all_rules())
    if selector is None:
        width = max(len(rule.name) for rule in rules)
        for rule in rules:
            print(f"{rule.code}  {rule.name:{width}}  {_severity(rule):16}  {_summary(rule)}")
        return 0
    chosen = [rule for rule in rules if selector in (rule.name, rule.code) or selector.upper() == rule.code]
    if not chosen:
        problem = complaint(selector) or f"`{selector}` is a prefix, not one rule"
        raise ConfigError(f"{problem}; allowed are the names and codes that `asyncsa-lint rule` lists")
    for rule in chosen:
        print("\n".join(_page(rule)))
    return 0


def _severity(rule: Rule | ToolRule) -> str:
    """Severity, and where its profile is not the one that the severity gives."""
    if isinstance(rule, Rule) and rule.preview:
        return f"{rule.severity} (preview)"
    if isinstance(rule, Rule) and rule.severity is Severity.WARNING and rule.in_profile("bugs"):
        return f"{rule.severity} (bugs)"
    return str(rule.severity)


def _summary(rule: Rule | ToolRule) -> str:
    return inspect.cleandoc(rule.page).partition("\n")[0]


def _page(rule: Rule | ToolRule) -> Iterator[str]:
    details = [str(rule.severity)]
    if isinstance(rule, Rule):
        details.append("preview" if rule.preview else f"profile {rule.profile}")
        details.append(f"since {rule.since}")
    yield f"{rule.code} {rule.name} ({', '.join(details)})"
    yield ""
    yield inspect.cleandoc(rule.page)


def show_config(path: str) -> int:
    """Print the configuration that holds for a file or folder, as TOML."""
    place = normalise(path)
    if not os.path.exists(place):
        raise ConfigError(f"{path}: does not exist; allowed are files and folders")
    workspace = Workspace()
    root = workspace.root_of(place, workspace.fallback_root([place]))
    config = workspace.config(root)
    print(f"# project: {root}")
    print(f"[tool.{SECTION}]")
    for field in fields(Config):
        print(f"{key_of(field.name)} = {_toml(getattr(config, field.name))}")
    return 0


def _toml(value: str | bool | tuple[str, ...]) -> str:
    """JSON and TOML agree on booleans, strings and lists of strings."""
    return json.dumps(value, ensure_ascii=False)

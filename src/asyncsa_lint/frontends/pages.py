"""The `rule` and `config` commands: what the rules are, what the settings are."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Iterator
from importlib import resources

from asyncsa_lint.config import SECTION, SETTINGS, ConfigError, Reach, Settings
from asyncsa_lint.findings import Severity
from asyncsa_lint.frontends.hosting import configuration_file
from asyncsa_lint.pipeline.run import Workspace
from asyncsa_lint.pipeline.selection import complaint
from asyncsa_lint.pipeline.tool_rules import TOOL_RULES, ToolRule
from asyncsa_lint.project.versions import Versions, detect, version_text
from asyncsa_lint.reporters.display import printable
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


def show_config(path: str, config_file: str | None = None) -> int:
    """Print what holds for a file or folder, as TOML, each value with where it was said."""
    place = normalise(path)
    if not os.path.exists(place):
        raise ConfigError(f"{path}: does not exist; allowed are files and folders")
    workspace = Workspace(configuration_file(config_file))
    root = workspace.root_of(place, workspace.fallback_root([place]))
    known = workspace.configurations
    project = known.of(root, root)
    nearest = known.of(place, root) if os.path.isdir(place) else known.of_file(place, root)
    print(f"# project: {printable(root)}")
    print(f"# configuration: {printable(nearest.path) or 'none'}")
    if nearest.path != project.path:
        print(f"# configuration of the project: {printable(project.path) or 'none'}")
    print(f"[tool.{SECTION}]")
    versions = detect(root)
    for key, setting in SETTINGS.items():
        if setting.reach is not Reach.TABLE:
            print(_line(key, project if setting.reach is Reach.PROJECT else nearest, versions))
    for note in known.notes():
        print(f"# note: {printable(note)}")
    return 0


def _line(key: str, settings: Settings, versions: Versions) -> str:
    """One key with its value and its origin."""
    name = key.replace("-", "_")
    value = getattr(settings.config, name)
    origin = settings.origins.get(name, "")
    if name in _DETECTED and not value:
        found = version_text(getattr(versions, _DETECTED[name]))
        return f"# {key} is not set: {found}, by lock files and requirements"
    if value is None:
        return f"# {key} is not set"
    shown = os.path.relpath(origin) if os.path.isabs(origin) else origin or "default"
    return (
        f"{key} = {'{}' if name == 'per_file_ignores' and not value else toml(value)}  # {printable(shown)}"
    )


_DETECTED = {"target_version": "python", "fastapi_version": "fastapi", "sqlalchemy_version": "sqlalchemy"}
"""Fields that are read from lock files when they are not set, and what holds them then."""


def toml(value: object) -> str:
    """JSON and TOML agree on booleans, numbers, strings and lists of strings; pairs are a table."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return "{ " + ", ".join(f"{toml(key)} = {toml(items)}" for key, items in value) + " }"
    text = json.dumps(value, ensure_ascii=False)
    return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in text)


def show_schema() -> int:
    """Print the JSON Schema of the configuration."""
    print(resources.files("asyncsa_lint.config").joinpath("schema.json").read_text(encoding="utf-8"), end="")
    return 0

"""Which rules a configuration selects.

A selector is a rule name (`lazy-attribute-access`), a code (`ASA501`) or a prefix of
codes (`ASA5`, `ASA`). Where several selectors fit a rule the most specific one decides;
of equally specific ones `ignore` wins. A rule in preview is selected only by its name or
its full code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from asyncsa_lint.config import Config, ConfigError, nearest
from asyncsa_lint.findings import Finding
from asyncsa_lint.pipeline.planned import PLANNED_RULES
from asyncsa_lint.pipeline.tool_rules import ALWAYS_REPORTED, TOOL_RULES
from asyncsa_lint.rules.registry import Rule, all_rules

_CODE = re.compile(r"ASA\d*", re.IGNORECASE)
_NAME_RANK = 10  # above the length of any code


def rule_names() -> dict[str, str]:
    """Code to name of all rules that exist, the tool's own included."""
    tools = {tool.code: tool.name for tool in TOOL_RULES}
    return tools | {rule.code: rule.name for rule in all_rules()}


def is_planned(selector: str) -> bool:
    """Whether the selector fits a rule of the catalogue that is not built yet."""
    return selector in PLANNED_RULES.values() or any(
        code.startswith(selector.upper()) for code in PLANNED_RULES if _CODE.fullmatch(selector)
    )


def complaint(selector: str) -> str:
    """What is wrong with a selector, in words; empty when it selects something."""
    names = rule_names()
    if selector in names.values():
        return ""
    if _CODE.fullmatch(selector):
        if any(code.startswith(selector.upper()) for code in names):
            return ""
        if is_planned(selector):
            name = PLANNED_RULES.get(selector.upper())
            return f"`{selector}`{f' ({name})' if name else ''} is planned, not built yet"
        return f"unknown rule code `{selector}`{nearest(selector.upper(), tuple(names))}"
    if is_planned(selector):
        return f"`{selector}` is planned, not built yet"
    return f"unknown rule `{selector}`{nearest(selector, tuple(names.values()))}"


def validate(config: Config, origin: str) -> None:
    """Refuse selectors that select nothing; `origin` says where they were written."""
    for key in ("select", "extend_select", "ignore", "advisory"):
        for selector in getattr(config, key):
            problem = complaint(selector)
            if problem:
                where = f"{origin}: `{key.replace('_', '-')}`"
                raise ConfigError(
                    f"{where}: {problem}; allowed are rule names and code prefixes, see `asyncsa-lint rule`"
                )


def _rank(selector: str, code: str, name: str) -> int:
    """How specifically the selector names the rule; 0: not at all."""
    if selector == name:
        return _NAME_RANK
    if _CODE.fullmatch(selector) and code.startswith(selector.upper()):
        return _NAME_RANK if len(selector) == len(code) else len(selector)
    return 0


def _best(selectors: Iterable[str], code: str, name: str) -> int:
    return max((_rank(selector, code, name) for selector in selectors), default=0)


def _is_selected(code: str, name: str, by_default: bool, preview: bool, config: Config) -> bool:
    chosen = max(_best(config.select, code, name), _best(config.extend_select, code, name))
    if preview and chosen < _NAME_RANK:
        return False
    ignored = _best(config.ignore, code, name)
    if chosen or ignored:
        return chosen > ignored
    return by_default and not config.select


def selected_codes(config: Config, rules: Sequence[Rule]) -> frozenset[str]:
    """Codes whose findings are shown under the configuration."""
    chosen = {
        rule.code
        for rule in rules
        if _is_selected(rule.code, rule.name, rule.in_profile(config.profile), rule.preview, config)
    }
    tools = {
        tool.code
        for tool in TOOL_RULES
        if _is_selected(tool.code, tool.name, tool.default, not tool.default, config)
    }
    return frozenset(chosen | tools | ALWAYS_REPORTED)


def is_advisory(finding: Finding, config: Config) -> bool:
    """Whether the configuration reports this rule without failing."""
    return _best(config.advisory, finding.code, finding.rule) > 0

"""Which rules a configuration selects.

A selector is a rule name (`lazy-attribute-access`), a code (`ASA501`) or a prefix of
codes (`ASA5`, `ASA`). Where several selectors fit a rule the most specific one decides;
of equally specific ones `ignore` wins. A rule in preview is selected only by its name or
its full code. A selector that fits only rules of the catalogue which are not built yet
selects nothing, and `notes` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from asyncsa_lint.config import FAIL_ON, PLANNED_SETTINGS, Config, ConfigError, Settings, key_of, nearest
from asyncsa_lint.findings import Finding
from asyncsa_lint.pipeline.discovery import is_excluded
from asyncsa_lint.pipeline.planned import PLANNED_RULES
from asyncsa_lint.pipeline.tool_rules import ALWAYS_REPORTED, TOOL_RULES
from asyncsa_lint.rules.registry import Rule, all_rules

PHASE_RULES = (
    ("ASA201", "ASA601", "ASA206", "ASA104", "ASA406", "ASA609", "ASA610"),
    ("ASA1", "ASA203", "ASA207", "ASA208", "ASA4", "ASA801", "ASA802", "ASA803", "ASA804"),
    ("ASA202", "ASA204", "ASA205", "ASA209", "ASA210", "ASA5"),
    ("ASA3", "ASA602", "ASA603"),
    ("ASA7",),
    ("ASA",),
)
"""What each phase of a modernisation adds: guard; engine, factory and lifespan; read paths; write
paths; legacy removal; everything."""

_CODE = re.compile(r"ASA\d*", re.IGNORECASE)
_NAME_RANK = 10  # above the length of any code
_SELECTING = ("select", "extend_select", "ignore", "advisory")


def rule_names() -> dict[str, str]:
    """Code to name of all rules that exist, the tool's own included."""
    tools = {tool.code: tool.name for tool in TOOL_RULES}
    return tools | {rule.code: rule.name for rule in all_rules()}


def planned_codes(selector: str) -> list[str]:
    """Codes of rules that the selector fits and that are not built yet."""
    return [code for code, name in PLANNED_RULES.items() if _rank(selector, code, name)]


def is_planned(selector: str) -> bool:
    """Whether the selector fits a rule of the catalogue that is not built yet."""
    return bool(planned_codes(selector))


def complaint(selector: str) -> str:
    """What is wrong with a selector, in words; empty when it selects something."""
    names = rule_names()
    if any(_rank(selector, code, name) for code, name in names.items()):
        return ""
    planned = planned_codes(selector)
    if planned:
        name = PLANNED_RULES[planned[0]] if planned[0] == selector.upper() else ""
        return f"`{selector}`{f' ({name})' if name else ''} is planned, not built yet"
    if _CODE.fullmatch(selector):
        known = (*names, *PLANNED_RULES)
        return f"unknown rule code `{selector}`{nearest(selector.upper(), known)}"
    return f"unknown rule `{selector}`{nearest(selector, (*names.values(), *PLANNED_RULES.values()))}"


def _selectors(config: Config) -> Iterator[tuple[str, str]]:
    """Key and selector, wherever a configuration names rules."""
    for field in _SELECTING:
        for selector in getattr(config, field) or ():
            yield key_of(field), selector
    for _, selectors in config.per_file_ignores:
        for selector in selectors:
            yield "per-file-ignores", selector


def validate(config: Config, origin: str) -> None:
    """Refuse selectors that name nothing; `origin` says where they were written."""
    for key, selector in _selectors(config):
        problem = complaint(selector)
        if problem and not is_planned(selector):
            raise ConfigError(
                f"{origin}: `{key}`: {problem}; allowed are rule names and code prefixes,"
                " see `asyncsa-lint rule`"
            )


def notes(settings: Settings) -> Iterator[str]:
    """What a configuration names that is not built yet, in words."""
    for key in settings.planned:
        codes = " and ".join(PLANNED_SETTINGS[key].codes)
        yield f"`{key}` has no effect yet: it is for {codes} (planned, not built yet)"
    config = settings.config
    for key, selector in dict.fromkeys(_selectors(config)):
        problem = complaint(selector)
        if problem:
            yield f"`{key}`: {problem}"
    if config.phase is not None and config.select is None:
        missing = [code for code, name in PLANNED_RULES.items() if _in_phase(code, config.phase)]
        if missing:
            yield f"phase {config.phase}: planned, not built yet: {', '.join(missing)}"


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
    chosen = max(_best(config.select or (), code, name), _best(config.extend_select, code, name))
    if preview and chosen < _NAME_RANK:
        return False
    ignored = _best(config.ignore, code, name)
    if chosen or ignored:
        return chosen > ignored
    return by_default and config.select is None


def _in_phase(code: str, phase: int) -> bool:
    return any(code.startswith(prefix) for added in PHASE_RULES[: phase + 1] for prefix in added)


def _by_default(rule: Rule, config: Config) -> bool:
    if config.phase is None:
        return rule.in_profile(config.profile)
    return _in_phase(rule.code, config.phase)


def selected_codes(config: Config, rules: Sequence[Rule]) -> frozenset[str]:
    """Codes whose findings are shown under the configuration."""
    chosen = {
        rule.code
        for rule in rules
        if _is_selected(rule.code, rule.name, _by_default(rule, config), rule.preview, config)
    }
    tools = {
        tool.code
        for tool in TOOL_RULES
        if _is_selected(tool.code, tool.name, tool.default, not tool.default, config)
    }
    return frozenset(chosen | tools | ALWAYS_REPORTED)


def ignored_in(path: str, codes: Iterable[str], config: Config, folder: str) -> frozenset[str]:
    """Those of the codes that `per-file-ignores` takes away in a file; patterns start from `folder`."""
    if not config.per_file_ignores:
        return frozenset()
    names = rule_names()
    ignored: set[str] = set()
    for pattern, selectors in config.per_file_ignores:
        negated = pattern.startswith("!")
        if is_excluded(path, folder, (pattern.removeprefix("!"),)) is not negated:
            ignored.update(code for code in codes if _best(selectors, code, names[code]))
    return frozenset(ignored - ALWAYS_REPORTED)


def is_advisory(finding: Finding, config: Config) -> bool:
    """Whether the configuration reports this rule without failing."""
    return _best(config.advisory, finding.code, finding.rule) > 0


def fails(finding: Finding, config: Config, *, critical: bool) -> bool:
    """Whether a finding that is shown makes the run fail; `critical`: it stands in a critical path."""
    severe = FAIL_ON.index(finding.severity) <= FAIL_ON.index(config.fail_on) and config.fail_on != "never"
    return severe and (critical or not is_advisory(finding, config))

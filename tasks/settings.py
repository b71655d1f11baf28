"""Render what is made from the description of the settings: the JSON Schema and a table in the docs.

python -m tasks.settings
python -m tasks.settings --check
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from asyncsa_lint.config import PLANNED_SETTINGS, SETTINGS, Config, Reach
from asyncsa_lint.config.kinds import SELECTOR, Choice, Flag, Kind, Number, Numbers, SelectorsByPattern, Text
from asyncsa_lint.frontends.pages import toml
from asyncsa_lint.pipeline.planned import PLANNED_RULES
from asyncsa_lint.pipeline.selection import rule_names

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT / "src" / "asyncsa_lint" / "config" / "schema.json"
PAGE = ROOT / "docs" / "configuration.md"
START = "<!-- settings: rendered by `python -m tasks.settings` -->"
END = "<!-- end of settings -->"
REACHES = {
    Reach.FILE: ("What is reported in a file", "The configuration nearest to the file decides."),
    Reach.PROJECT: ("How the project is analysed", "The configuration of the project decides."),
    Reach.TABLE: ("About the configuration file", "Never inherited by `extend`."),
}


def schema() -> dict[str, object]:
    """JSON Schema of the table `[tool.asyncsa-lint]`, and of asyncsa-lint.toml."""
    properties: dict[str, object] = {}
    for key, setting in SETTINGS.items():
        properties[key] = {"description": setting.help, **setting.kind.schema()}
    for key, planned in PLANNED_SETTINGS.items():
        text = f"{planned.help} Without effect until {' and '.join(planned.codes)} is built."
        properties[key] = {"description": text, **planned.kind.schema()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Configuration of asyncsa-lint",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "definitions": {SELECTOR: _selector()},
    }


def _selector() -> dict[str, object]:
    """Rule names and prefixes of codes; the list is what an editor offers, any case of a code is fine."""
    known = {**rule_names(), **PLANNED_RULES}
    prefixes = sorted({code[:length] for code in known for length in (3, 4, 5, 6)})
    digits = "|".join(prefix[3:] for prefix in prefixes)
    return {
        "anyOf": [
            {"enum": [*prefixes, *sorted(known.values())]},
            {"type": "string", "pattern": rf"^[Aa][Ss][Aa]({digits})$(?!\n)"},
        ]
    }


def table() -> Iterator[str]:
    """All settings as a piece of Markdown."""
    defaults = Config()
    for reach, (title, rule) in REACHES.items():
        yield from (f"### {title}", "", rule, "", "| key | values | default | meaning |", "|---|---|---|---|")
        for key, setting in SETTINGS.items():
            if setting.reach is reach:
                default = getattr(defaults, key.replace("-", "_"))
                shown = f"`{toml(default)}`" if default or default is False else ""
                yield f"| `{key}` | {_values(setting.kind)} | {shown} | {setting.help} |"
        yield ""
    yield from ("### For rules that are planned", "", "Known and checked, without effect yet.", "")
    yield from ("| key | values | rules | meaning |", "|---|---|---|---|")
    for key, planned in PLANNED_SETTINGS.items():
        yield f"| `{key}` | {_values(planned.kind)} | {', '.join(planned.codes)} | {planned.help} |"


def _values(kind: Kind) -> str:
    if isinstance(kind, Choice):
        return ", ".join(f"`{word}`" for word in kind.words)
    if isinstance(kind, Flag):
        return "`true`, `false`"
    if isinstance(kind, Number):
        return f"{kind.least} or more" if kind.most is None else f"{kind.least} to {kind.most}"
    if isinstance(kind, Text):
        return kind.meant
    if isinstance(kind, Numbers):
        return f"a table with {', '.join(f'`{name}`' for name in kind.names)}"
    if isinstance(kind, SelectorsByPattern):
        return "a table from path patterns to lists of rules"
    return f"a list of {getattr(kind, 'meant', 'rule names and code prefixes')}"


def rendered() -> Mapping[Path, str]:
    """Each file and what it should hold."""
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(START)
    _, _, tail = rest.partition(END)
    lines = "\n".join(table())
    return {
        SCHEMA: json.dumps(schema(), indent=2) + "\n",
        PAGE: f"{head}{START}\n\n{lines}\n\n{END}{tail}",
    }


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or say which are stale."""
    parser = argparse.ArgumentParser(
        prog="python -m tasks.settings", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a file is stale")
    check = parser.parse_args(arguments).check
    stale = 0
    for path, text in rendered().items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if check:
            print(f"{path.relative_to(ROOT)} is stale: run `python -m tasks.settings`", file=sys.stderr)
            stale = 1
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
    return stale


if __name__ == "__main__":
    sys.exit(main())

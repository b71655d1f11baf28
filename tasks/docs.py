"""Render docs/rules/ from docstrings and from what the rules rest on; `--check` fails when it is stale.

python -m tasks.docs
python -m tasks.docs --check
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from asyncsa_lint.pipeline.tool_rules import TOOL_RULES
from asyncsa_lint.rules.registry import Rule, all_rules
from tasks.ecosystem import JUDGEMENTS, VERDICTS, read_verdicts

ROOT = Path(__file__).parent.parent
FAMILIES = {
    "0": "The tool itself",
    "1": "Engine life cycle",
    "2": "Session scope",
    "3": "Transactions",
    "4": "Lifespan",
    "5": "Implicit I/O and results",
    "6": "Tasks and asyncio",
    "7": "Legacy and migration",
    "8": "Pooling and observability",
    "9": "Testing",
}
NOTE = "<!-- Rendered by `python -m tasks.docs` from the docstring of the rule; edit it there. -->"


def page(rule: Rule) -> str:
    """The documentation page of a rule."""
    head = [
        NOTE,
        "",
        f"# {rule.name} ({rule.code})",
        "",
        "| Code | Severity | Profile | Since |",
        "|---|---|---|---|",
        f"| `{rule.code}` | {rule.severity} | {profile(rule)} | {rule.since} |",
    ]
    ignore = f"Suppress one finding with `# asyncsa: ignore[{rule.name}] reason` on its line."
    evidence = ["## Evidence", *evidence_of(rule)]
    return "\n".join([*head, "", rule.page, "", *evidence, "", "## Suppressing", ignore, ""])


def evidence_of(rule: Rule) -> list[str]:
    """What the claims of a rule rest on: its fixtures, how many of them are run, judged findings."""
    folder = ROOT / "test_cases" / rule.name
    expected, cases, left_out = 0, 0, 0
    for path in sorted(folder.rglob("*.py")):
        if path.name == "proofs.py":
            continue
        text = path.read_text(encoding="utf-8")
        expected += len(re.findall(rf"# error:[^\n]*\[{rule.name}\]", text))
        for case in ast.walk(ast.parse(text)):
            if isinstance(case, ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(case):
                cases += 1
                left_out += "(not run" in (ast.get_docstring(case) or "")
    proofs = (folder / "proofs.py").read_text(encoding="utf-8") if (folder / "proofs.py").exists() else ""
    executed = len(re.findall(r"^async def prove_|^def prove_", proofs, re.MULTILINE))
    verdicts = [each for each in read_verdicts(VERDICTS).values() if each.code == rule.code]
    judged = Counter(each.verdict for each in verdicts)
    twice = sum(each.verdict == "true" and each.readings > 1 for each in verdicts)
    counts = ", ".join(f"{judged[each]} {each}" for each in JUDGEMENTS if each != "mended")
    mended = f", and {judged['mended']} that were false and are mended" if judged["mended"] else ""
    again = f"; a second, independent reading confirmed {twice} of the true ones" if twice else ""
    return [
        f"- Fixtures: {cases} cases in `test_cases/{rule.name}/`, {expected} expected findings; "
        f"{executed} proofs execute them, {left_out} cases are not run.",
        f"- Findings in public packages, judged by reading the code: {counts}{mended}{again} "
        "(`tasks/ecosystem_verdicts.jsonl`).",
    ]


def profile(rule: Rule) -> str:
    """Where the rule runs, for the reader of a table."""
    return "preview" if rule.preview else f"`{rule.profile}`"


def index(rules: Iterable[Rule]) -> str:
    """All codes in one table per family, the tool's own included."""
    rows: dict[str, list[str]] = {}
    for tool in TOOL_RULES:
        summary = inspect.cleandoc(tool.page).partition("\n")[0]
        shown = "always" if tool.default else "by name"
        rows.setdefault("0", []).append(
            f"| `{tool.code}` | `{tool.name}` | {tool.severity} | {shown} | {summary} |"
        )
    for rule in rules:
        rows.setdefault(rule.code[3], []).append(
            f"| `{rule.code}` | [`{rule.name}`]({rule.name}.md) | {rule.severity}"
            f" | {profile(rule)} | {rule.summary} |"
        )
    parts = [NOTE, "", "# Rules"]
    for family, lines in sorted(rows.items()):
        parts += ["", f"## ASA{family}xx: {FAMILIES[family]}", ""]
        parts += ["| Code | Name | Severity | Profile | What it finds |", "|---|---|---|---|---|", *lines]
    return "\n".join([*parts, ""])


def rendered() -> Mapping[str, str]:
    """File name in docs/rules/ -> its text."""
    rules = all_rules()
    return {"index.md": index(rules), **{f"{rule.name}.md": page(rule) for rule in rules}}


def stale(folder: Path) -> list[str]:
    """Names of pages that are missing, differ, or belong to no rule."""
    wanted = rendered()
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(name for name in {*wanted, *there} if wanted.get(name) != there.get(name))


def write(folder: Path) -> None:
    """Make the folder hold the pages and no others."""
    wanted = rendered()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or say which are stale."""
    parser = argparse.ArgumentParser(prog="python -m tasks.docs", description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail when pages are stale")
    folder = ROOT / "docs" / "rules"
    if not parser.parse_args(arguments).check:
        write(folder)
        return 0
    outdated = stale(folder)
    for name in outdated:
        print(f"docs/rules/{name} is stale: run `python -m tasks.docs`", file=sys.stderr)
    return int(bool(outdated))


if __name__ == "__main__":
    sys.exit(main())

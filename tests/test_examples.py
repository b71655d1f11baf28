"""The example projects: the linter's claims about them, and what really happens.

`examples/shop` has bugs, each marked by a comment on the guilty line. The linter finds
exactly these, and `examples.demo` executes exactly these. `examples/shop_fixed` is the
same project without them: nothing is found, nothing happens.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from asyncsa_lint.pipeline.run import lint
from tests.test_cases import Expectation, disagreements, expectations

ROOT = Path(__file__).parent.parent
SHOP = ROOT / "examples" / "shop"
FIXED = ROOT / "examples" / "shop_fixed"
FAMILIES = {
    "request-scoped-engine",
    "global-session",
    "session-shared-across-tasks",
    "session-passed-to-background-task",
    "on-event-ignored",
    "engine-never-disposed",
    "lazy-attribute-access",
}

Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@cache
def marked(project: Path) -> tuple[Expectation, ...]:
    """The expectation comments of a project."""
    return tuple(each for path in sorted(project.rglob("*.py")) for each in expectations(path))


def scope(path: str, line: int) -> str:
    """Qualified name of the innermost function or class around a line."""
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    around = (node for node in ast.walk(tree) if isinstance(node, Scope) and line in lines(node))
    return ".".join(node.name for node in sorted(around, key=lambda node: node.lineno))


def lines(node: Scope) -> range:
    """Lines of a definition, its decorators excluded."""
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


@cache
def outcomes(project: Path) -> tuple[dict[str, Any], ...]:
    """What the demo sees when it runs every proof on a project, in a process of its own."""
    command = [sys.executable, "-m", "examples.demo", project.name, "--json"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180)
    assert result.returncode == 0, result.stdout + result.stderr
    return tuple(json.loads(result.stdout))


def places(seen: tuple[dict[str, Any], ...]) -> Iterator[tuple[str, str, str]]:
    for outcome in seen:
        yield outcome["path"], outcome["scope"], outcome["rule"]


def test_every_marked_bug_is_found_and_nothing_else() -> None:
    result = lint([str(SHOP)])
    assert not (wrong := list(disagreements(list(marked(SHOP)), list(result.findings)))), "\n" + "\n".join(
        wrong
    )


def test_the_corrected_twin_is_clean() -> None:
    result = lint([str(FIXED)])
    assert result.files == len(list(FIXED.rglob("*.py")))
    assert [f"{finding.span.path}:{finding.span.line} {finding.message}" for finding in result.findings] == []


def test_findings_across_files_carry_their_trail() -> None:
    findings = lint([str(SHOP)]).findings
    (summary,) = [each for each in findings if each.symbol == "OrderService.summary"]
    assert any(step.span.path.endswith("app/models/order.py") for step in summary.related)
    (engine,) = [each for each in findings if each.rule == "request-scoped-engine"]
    assert any(step.span.path.endswith("app/routers/exports.py") for step in engine.related)


def test_every_marked_bug_happens() -> None:
    seen = outcomes(SHOP)
    assert all(outcome["effect"] for outcome in seen)
    expected = (
        (Path(each.path).relative_to(SHOP).as_posix(), scope(each.path, each.line), each.rule)
        for each in marked(SHOP)
    )
    assert Counter(places(seen)) == Counter(expected)


def test_nothing_happens_in_the_corrected_twin() -> None:
    assert [outcome for outcome in outcomes(FIXED) if outcome["effect"]] == []
    assert sorted(places(outcomes(FIXED))) == sorted(places(outcomes(SHOP)))


def test_all_families_are_seeded() -> None:
    assert {each.rule for each in marked(SHOP)} >= FAMILIES
    assert not marked(FIXED)


def test_the_projects_have_the_same_files() -> None:
    shop, fixed = ({path.relative_to(project) for path in project.rglob("*.py")} for project in (SHOP, FIXED))
    assert shop == fixed
    assert len(shop) >= 15

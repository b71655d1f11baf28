"""The page of every rule: complete, true, and rendered.

The example is a whole module that fires exactly this rule, on the line that says so; what
to use instead is silent. Both can be imported, so that they do not praise what does not exist.
"""

from __future__ import annotations

import importlib.util
import re
import sys
import warnings
from pathlib import Path

import pytest
from sqlalchemy.orm import configure_mappers

from asyncsa_lint.config import Config
from asyncsa_lint.pipeline.run import lint
from asyncsa_lint.rules.registry import Rule, all_rules
from tasks import docs

ROOT = Path(__file__).parent.parent
HEADINGS = ["What it does", "Why is this bad?", "Example", "Use instead", "Limits"]
REPAIRED = "Fix"
"""The heading of pages whose rule has repairs, before the limits."""
SECTION = re.compile(r"^## (.+)\n((?:(?!## ).*\n?)*)", re.MULTILINE)
FENCED = re.compile(r"```python\n(.*?)```", re.DOTALL)

every_rule = pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
every_program = pytest.mark.parametrize("heading", ["Example", "Use instead"])


def sections(rule: Rule) -> dict[str, str]:
    """Heading -> text of the page."""
    return {title: text.strip() for title, text in SECTION.findall(rule.page)}


def program(rule: Rule, heading: str) -> str:
    """The one program below the heading."""
    (text,) = FENCED.findall(sections(rule)[heading])
    return str(text)


def findings(text: str, folder: Path) -> list[tuple[str, int]]:
    """Rule and line of all that is found in a project of this one file."""
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"\n', encoding="utf-8")
    path = folder / "shop.py"
    path.write_text(text, encoding="utf-8")
    return [(found.rule, found.span.line) for found in lint([str(path)], Config(profile="all")).findings]


@every_rule
def test_page_is_complete(rule: Rule) -> None:
    headings = list(sections(rule))
    if REPAIRED in headings:
        assert headings.pop(-2) == REPAIRED
    assert headings == HEADINGS
    assert all(sections(rule).values())
    assert rule.summary.endswith(".")
    assert len(rule.summary) <= 80


@every_rule
def test_example_fires_once(rule: Rule, tmp_path: Path) -> None:
    text = program(rule, "Example")
    mark = f"# error: [{rule.name}]"
    (marked,) = [number for number, line in enumerate(text.splitlines(), 1) if line.endswith(mark)]
    assert findings(text, tmp_path) == [(rule.name, marked)]


@every_rule
def test_use_instead_is_silent(rule: Rule, tmp_path: Path) -> None:
    assert findings(program(rule, "Use instead"), tmp_path) == []


@every_rule
@every_program
def test_program_can_be_imported(
    rule: Rule, heading: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "shop.py"
    path.write_text(program(rule, heading), encoding="utf-8")
    specification = importlib.util.spec_from_file_location("shop", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    monkeypatch.setitem(sys.modules, "shop", module)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some examples are deprecated, which is their point
        specification.loader.exec_module(module)
        configure_mappers()


def test_rendered_pages_are_current() -> None:
    assert docs.stale(ROOT / "docs" / "rules") == []


def test_stale_pages_are_named_and_written_anew(tmp_path: Path) -> None:
    docs.write(tmp_path)
    assert docs.stale(tmp_path) == []
    (tmp_path / "index.md").write_text("old", encoding="utf-8")
    (tmp_path / "former-rule.md").write_text("left over", encoding="utf-8")
    (tmp_path / f"{all_rules()[0].name}.md").unlink()
    assert docs.stale(tmp_path) == sorted(["former-rule.md", "index.md", f"{all_rules()[0].name}.md"])
    docs.write(tmp_path)
    assert docs.stale(tmp_path) == []

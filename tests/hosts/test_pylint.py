"""The pylint plugin, by starting the real pylint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from asyncsa_lint.findings import Severity
from asyncsa_lint.frontends.pylint import CHECKERS
from asyncsa_lint.pipeline.tool_rules import TOOL_RULES, ToolRule
from asyncsa_lint.rules.registry import Rule, all_rules
from tests.sandbox import FOUND, MAIN, PROJECT, findings, places, run, write

PLUGIN = "asyncsa_lint.frontends.pylint"
LETTERS = {Severity.ERROR: "E", Severity.WARNING: "W", Severity.ADVICE: "R"}
RULES: tuple[Rule | ToolRule, ...] = (*TOOL_RULES, *all_rules())
OURS = ",".join(rule.name for rule in RULES)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", PROJECT)


def pylint(
    *arguments: str, folder: Path, plugin: str = PLUGIN, text: str | None = None
) -> list[dict[str, Any]]:
    """Messages of pylint with our checkers alone."""
    only = ("--disable=all", f"--enable={OURS}", f"--load-plugins={plugin}", "--output-format=json2")
    done = run("pylint", "--rcfile=/dev/null", *only, *arguments, folder=folder, text=text)
    assert "Traceback" not in done.stderr, done.stderr
    messages: list[dict[str, Any]] = json.loads(done.stdout)["messages"]
    return messages


def as_codes(messages: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    """Path, line and code of ours of each message, sorted."""
    return sorted((each["path"], each["line"], f"ASA{each['messageId'][2:]}") for each in messages)


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("plugin", [PLUGIN, "asyncsa_lint.pylint"])
def test_same_as_the_command_line(project: Path, plugin: str, jobs: str) -> None:
    messages = pylint(f"--jobs={jobs}", "app", folder=project, plugin=plugin)
    assert as_codes(messages) == places(findings(folder=project)) == FOUND


@pytest.mark.parametrize("marker", [".git/HEAD", "notes.txt"])
def test_same_wherever_the_project_ends(project: Path, marker: str) -> None:
    (project / "pyproject.toml").unlink()
    write(project, {marker: ""})
    assert as_codes(pylint("app", folder=project)) == FOUND


def test_a_message_in_full(project: Path) -> None:
    (message,) = pylint("app/service.py", folder=project)
    (found,) = findings("app/service.py", folder=project)
    assert message["type"] == "error"
    assert message["symbol"] == found["rule"] == "lazy-attribute-access"
    assert message["messageId"] == "E7501"
    assert message["message"] == found["message"]
    assert message["confidence"] == {"high": "HIGH", "medium": "INFERENCE"}[found["confidence"]]
    assert (message["column"], message["endLine"], message["endColumn"]) == (15, 8, 26)


def test_every_rule_has_its_message() -> None:
    expected = {f"{LETTERS[rule.severity]}7{rule.code[3:]}": rule.name for rule in RULES}
    assert {code: message[1] for checker in CHECKERS for code, message in checker.msgs.items()} == expected


def test_help(project: Path) -> None:
    done = run("pylint", f"--load-plugins={PLUGIN}", "--help-msg=lazy-attribute-access", folder=project)
    assert ":lazy-attribute-access (E7501):" in done.stdout


def test_standard_input_stands_for_the_file(project: Path) -> None:
    text = "\n" + (project / "app/service.py").read_text()
    messages = pylint("--from-stdin", "app/service.py", folder=project, text=text)
    assert as_codes(messages) == [("app/service.py", 9, "ASA501")]


def test_suppressions(project: Path) -> None:
    handler = '@app.on_event("startup")'
    for comment, remaining in [
        ("# pylint: disable=on-event-handler", []),
        ("# noqa: ASA401", []),
        ("# asyncsa: ignore[on-event-handler] until 2.0", []),
        ("# asyncsa: ignore[ASA5]", ["ASA002", "ASA401"]),
    ]:
        write(project, {"app/main.py": MAIN.replace(handler, f"{handler}  {comment}")})
        messages = pylint("app/main.py", folder=project)
        assert sorted(code for _, _, code in as_codes(messages)) == remaining


def test_our_settings_are_read(project: Path) -> None:
    write(project, {"pyproject.toml": '[tool.asyncsa-lint]\nignore = ["ASA5"]\nexclude = ["app/main.py"]\n'})
    assert as_codes(pylint("app", folder=project)) == [("app/loads.py", 10, "ASA601")]


def test_options_of_ours(project: Path) -> None:
    write(project, {"other.toml": '[tool.asyncsa-lint]\nselect = ["ASA4"]\n'})
    messages = pylint("--asyncsa-config=other.toml", "app", folder=project)
    assert as_codes(messages) == [("app/main.py", 6, "ASA401")]


def test_our_selection_overrides_the_table(project: Path) -> None:
    write(project, {"pyproject.toml": '[tool.asyncsa-lint]\nignore = ["ASA401"]\n'})
    options = ["--asyncsa-phase=1", "--asyncsa-extend-select=lazy-attribute-access", "--asyncsa-ignore=ASA6"]
    messages = pylint(*options, "app", folder=project)
    assert [code for _, _, code in as_codes(messages)] == ["ASA401", "ASA501"]
    messages = pylint("--asyncsa-select=ASA5,ASA6", "app", folder=project)
    assert [code for _, _, code in as_codes(messages)] == ["ASA601", "ASA501"]


def test_nearest_configuration(project: Path) -> None:
    write(
        project, {"asyncsa-lint.toml": "", "app/asyncsa-lint.toml": 'per-file-ignores = { "m*" = ["ASA"] }\n'}
    )
    codes = [code for _, _, code in as_codes(pylint("app", folder=project))]
    assert codes == ["ASA601", "ASA501"]
    write(project, {"app/asyncsa-lint.toml": "profil = 1\n"})
    done = run("pylint", f"--load-plugins={PLUGIN}", "app", folder=project)
    assert done.returncode == 32
    assert "app/asyncsa-lint.toml: unknown key `profil`" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_bad_option_is_one_line(project: Path) -> None:
    done = run("pylint", f"--load-plugins={PLUGIN}", "--asyncsa-phase=9", "app", folder=project)
    assert done.returncode == 32
    (line,) = done.stderr.splitlines()
    assert "`asyncsa-phase` must be a whole number, 0 to 5, not 9" in line


def test_bad_configuration_is_one_line(project: Path) -> None:
    write(project, {"pyproject.toml": '[tool.asyncsa-lint]\nprofile = "strickt"\n'})
    done = run("pylint", f"--load-plugins={PLUGIN}", "app", folder=project)
    assert done.returncode == 32
    (line,) = done.stderr.splitlines()
    assert "`profile` must be one of bugs, strict, all" in line

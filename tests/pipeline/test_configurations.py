"""Which configuration file decides what, in projects with several of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from asyncsa_lint.config import Config, ConfigError, load
from asyncsa_lint.frontends.cli import main
from asyncsa_lint.pipeline.run import Workspace, lint
from tests.sandbox import PROJECT, write

TABLE = "[tool.asyncsa-lint]\n"
SERVICES = {
    ".git/HEAD": "",
    "pyproject.toml": f'{TABLE}advisory = ["ASA6"]\n',
    **{f"shop/{name}": text for name, text in PROJECT.items() if name.endswith(".py")},
}
"""A repository with one application: ASA401 in main.py, ASA501 in service.py, ASA601 in loads.py."""


def run(folder: Path, config: str | None = None) -> tuple[list[str], int, list[str]]:
    """Codes in order of place, how many of them fail the run, and the notes."""
    space = Workspace(load(folder / config) if config else None)
    result = lint([str(folder)], workspace=space)
    folders = str(folder) + os.sep
    notes = [note.replace(os.path.relpath(folder), "") for note in space.configurations.notes()]
    assert all(folders not in note for note in notes)
    return [finding.code for finding in result.findings], result.failing, notes


class TestNearestFile:
    def test_decides_what_is_reported(self, tmp_path: Path) -> None:
        write(tmp_path, SERVICES)
        assert run(tmp_path) == (["ASA601", "ASA401", "ASA501"], 2, [])
        write(tmp_path, {"shop/asyncsa-lint.toml": 'ignore = ["ASA4"]\n'})
        assert run(tmp_path) == (["ASA601", "ASA501"], 2, [])
        write(tmp_path, {"shop/app/pyproject.toml": f'{TABLE}select = ["ASA4"]\nfail-on = "error"\n'})
        assert run(tmp_path) == (["ASA401"], 0, [])

    def test_starts_from_another_one(self, tmp_path: Path) -> None:
        write(tmp_path, SERVICES)
        write(tmp_path, {"shop/asyncsa-lint.toml": 'extend = "../pyproject.toml"\nignore = ["ASA4"]\n'})
        assert run(tmp_path) == (["ASA601", "ASA501"], 1, [])

    def test_does_not_decide_about_the_project(self, tmp_path: Path) -> None:
        write(tmp_path, SERVICES)
        write(tmp_path, {"shop/asyncsa-lint.toml": 'exclude = ["*"]\nsrc = ["x"]\nprofile = "strict"\n'})
        codes, _, notes = run(tmp_path)
        assert codes == ["ASA601", "ASA401", "ASA501"]
        (note,) = notes
        assert "shop/asyncsa-lint.toml: no effect of `exclude`, `src`: the project is " in note
        assert "`root = true`" in note

    def test_of_a_project_of_its_own(self, tmp_path: Path) -> None:
        write(tmp_path, SERVICES)
        write(tmp_path, {"shop/app/asyncsa-lint.toml": 'root = true\nexclude = ["main.py"]\n'})
        codes, _, notes = run(tmp_path)
        assert (codes, notes) == (["ASA601", "ASA501"], [])

    def test_a_project_of_its_own_sees_only_itself(self, tmp_path: Path) -> None:
        write(tmp_path, SERVICES)
        write(tmp_path, {"shop/tools/asyncsa-lint.toml": "", "shop/tools/work.py": PROJECT["app/service.py"]})
        assert run(tmp_path)[0] == ["ASA601", "ASA401", "ASA501", "ASA501"]
        write(tmp_path, {"shop/tools/asyncsa-lint.toml": "root = true\n"})
        assert run(tmp_path)[0] == ["ASA601", "ASA401", "ASA501"]

    def test_broken_ends_the_run_before_the_analysis(self, tmp_path: Path) -> None:
        write(tmp_path, SERVICES)
        write(tmp_path, {"shop/app/asyncsa-lint.toml": "profil = 1\n"})
        space = Workspace(progress=lambda done, total: pytest.fail("analysed"))
        with pytest.raises(ConfigError, match=r"shop/app/asyncsa-lint\.toml: unknown key `profil`"):
            lint([str(tmp_path)], workspace=space)

    def test_rule_that_does_not_exist(self, tmp_path: Path) -> None:
        write(tmp_path, SERVICES)
        write(tmp_path, {"shop/app/asyncsa-lint.toml": 'per-file-ignores = { "a.py" = ["ASA599"] }\n'})
        with pytest.raises(ConfigError, match=r"asyncsa-lint\.toml: `per-file-ignores`: unknown rule code"):
            run(tmp_path)


class TestPatterns:
    """They are relative to the file that they stand in."""

    @pytest.mark.parametrize(
        ("table", "codes"),
        [
            ('{ "shop/app/main.py" = ["ASA"] }', ["ASA601", "ASA501"]),
            ('{ "/app/main.py" = ["ASA"] }', ["ASA601", "ASA401", "ASA501"]),
            ('{ "main.py" = ["on-event-handler"], "app/" = ["ASA6"] }', ["ASA501"]),
            ('{ "main.py" = ["ASA5"] }', ["ASA601", "ASA401", "ASA501"]),
            ('{ "!main.py" = ["ASA"] }', ["ASA401"]),
            ('{ "**/app/*.py" = ["ASA0", "ASA4", "ASA5"] }', ["ASA601"]),
        ],
    )
    def test_ignores(self, tmp_path: Path, table: str, codes: list[str]) -> None:
        write(tmp_path, {**SERVICES, "pyproject.toml": f"{TABLE}per-file-ignores = {table}\n"})
        assert run(tmp_path)[0] == codes

    def test_ignores_further_down(self, tmp_path: Path) -> None:
        write(tmp_path, SERVICES)
        write(tmp_path, {"shop/asyncsa-lint.toml": 'per-file-ignores = { "/app/main.py" = ["ASA"] }\n'})
        assert run(tmp_path)[0] == ["ASA601", "ASA501"]

    def test_broken_files_are_always_reported(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": "def", "asyncsa-lint.toml": 'per-file-ignores = { "a.py" = ["ASA"] }\n'})
        assert run(tmp_path)[0] == ["ASA001"]

    def test_critical_paths(self, tmp_path: Path) -> None:
        write(tmp_path, SERVICES)
        critical = 'advisory = ["ASA"]\ncritical-paths = ["/app/main.py"]\n'
        write(tmp_path, {"asyncsa-lint.toml": critical})
        assert run(tmp_path)[1] == 0
        write(tmp_path, {"shop/asyncsa-lint.toml": critical})
        assert run(tmp_path)[1] == 1

    def test_of_an_extended_file(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            {**SERVICES, "pyproject.toml": "", "conf/base.toml": 'exclude = ["/shop/app/main.py"]\n'},
        )
        write(tmp_path, {"asyncsa-lint.toml": 'extend = "conf/base.toml"\n'})
        assert run(tmp_path)[0] == ["ASA601", "ASA501"]

    def test_of_a_file_that_was_named(self, tmp_path: Path) -> None:
        write(tmp_path, {**SERVICES, "conf/base.toml": 'exclude = ["/shop/app/main.py"]\n'})
        write(tmp_path, {"shop/app/asyncsa-lint.toml": 'select = ["ASA4"]\n'})
        assert run(tmp_path, "conf/base.toml")[0] == ["ASA601", "ASA501"]


def test_extended_files_are_among_what_was_read(tmp_path: Path) -> None:
    write(tmp_path, {**SERVICES, "asyncsa-lint.toml": 'extend = "base.toml"\n', "base.toml": ""})
    space = Workspace()
    lint([str(tmp_path)], workspace=space)
    assert {f"{tmp_path}/asyncsa-lint.toml", f"{tmp_path}/base.toml"} <= space.inputs().named


def test_the_last_phase_has_no_baseline(tmp_path: Path) -> None:
    write(tmp_path, SERVICES)
    assert main(["baseline", "create", str(tmp_path), "--profile", "bugs"]) == 0
    statuses = [
        main(["check", str(tmp_path), *options]) for options in ([], ["--phase", "4"], ["--phase", "5"])
    ]
    assert statuses == [0, 0, 1]


def test_configuration_given_by_the_caller(tmp_path: Path) -> None:
    write(tmp_path, SERVICES)
    result = lint(
        [str(tmp_path)], Config(ignore=("ASA4",), critical_paths=("shop/app/",)), root=str(tmp_path)
    )
    assert [finding.code for finding in result.findings] == ["ASA601", "ASA501"]

"""The flake8 plugin, by starting the real flake8."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from asyncsa_lint import __version__
from tests.sandbox import FOUND, MAIN, PROJECT, findings, places, run, write

LINE = re.compile(r"(?:\./)?(?P<path>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<code>ASA\d+) (?P<message>.+)")

STARTED_AS = """\
import multiprocessing, sys
from flake8.main.cli import main
if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", PROJECT)


def parsed(output: str) -> list[tuple[str, int, str]]:
    """Path, line and code of each line of flake8's output, sorted."""
    matches = [LINE.fullmatch(line) for line in output.splitlines()]
    assert all(matches), output
    return sorted((each["path"], int(each["line"]), each["code"]) for each in matches if each)


def flake8(*arguments: str, folder: Path, text: str | None = None) -> list[tuple[str, int, str]]:
    """What flake8 reports with our codes alone."""
    done = run("flake8", "--select=ASA", *arguments, folder=folder, text=text)
    assert done.stderr == ""
    return parsed(done.stdout)


def test_is_found_by_flake8(project: Path) -> None:
    assert f"asyncsa-lint: {__version__}" in run("flake8", "--version", folder=project).stdout.replace(
        "\n", " "
    )


def test_codes_are_on_by_default(project: Path) -> None:
    assert "ASA501" in run("flake8", folder=project).stdout


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_same_as_the_command_line(project: Path, jobs: str) -> None:
    assert flake8(f"--jobs={jobs}", folder=project) == places(findings(folder=project)) == FOUND


@pytest.mark.parametrize("marker", [".git/HEAD", "setup.cfg", "notes.txt"])
def test_same_wherever_the_project_ends(project: Path, marker: str) -> None:
    (project / "pyproject.toml").unlink()
    write(project, {marker: ""})
    assert flake8(folder=project) == places(findings(folder=project)) == FOUND
    expected = [("app/service.py", 8, "ASA501")]
    assert flake8("app/service.py", folder=project) == expected
    assert places(findings("app/service.py", folder=project)) == expected


def test_columns_and_messages_are_the_same(project: Path) -> None:
    done = run("flake8", "--select=ASA", "app/service.py", folder=project)
    match = LINE.fullmatch(done.stdout.strip())
    (found,) = findings("app/service.py", folder=project)
    assert match is not None
    assert (int(match["column"]), match["message"]) == (found["column"], found["message"])


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_any_way_of_starting_processes(project: Path, tmp_path: Path, method: str) -> None:
    script = write(tmp_path, {"start.py": STARTED_AS}) / "start.py"
    done = subprocess.run(
        [sys.executable, str(script), method, "--jobs=2", "--select=ASA", "."],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    assert parsed(done.stdout) == FOUND


def test_one_file_from_another_folder(project: Path) -> None:
    assert flake8("service.py", folder=project / "app") == [("service.py", 8, "ASA501")]


def test_standard_input_stands_for_the_file(project: Path) -> None:
    text = "\n" + (project / "app/service.py").read_text()
    assert flake8("--stdin-display-name=app/service.py", "-", folder=project, text=text) == [
        ("app/service.py", 9, "ASA501")
    ]
    mended = text.replace("len(order.items)", "order.id")
    assert flake8("--stdin-display-name=app/service.py", "-", folder=project, text=mended) == []


def test_standard_input_with_an_encoding(project: Path) -> None:
    text = f"# -*- coding: latin-1 -*-\nNAME = 'caf\u00e9'\n{MAIN}"
    command = [sys.executable, "-m", "flake8", "--select=ASA", "--stdin-display-name=app/main.py", "-"]
    done = subprocess.run(
        command, cwd=project, input=text.encode("latin-1"), capture_output=True, timeout=120, check=False
    )
    assert parsed(done.stdout.decode()) == [("app/main.py", 8, "ASA401")]


def test_standard_input_without_a_name(project: Path) -> None:
    assert flake8("-", folder=project, text=MAIN) == [("stdin", 6, "ASA401")]


def test_suppressions(project: Path) -> None:
    handler = '@app.on_event("startup")'
    for comment, remaining in [
        ("# noqa: ASA401", []),
        ("# asyncsa: ignore[on-event-handler] until 2.0", []),
        ("# asyncsa: ignore[ASA5]", ["ASA002", "ASA401"]),
    ]:
        write(project, {"app/main.py": MAIN.replace(handler, f"{handler}  {comment}")})
        found = flake8("app/main.py", folder=project)
        assert sorted(code for _, _, code in found) == remaining
        assert sorted(places(findings("app/main.py", folder=project))) == found


def test_our_settings_are_read(project: Path) -> None:
    write(project, {"pyproject.toml": '[tool.asyncsa-lint]\nignore = ["ASA5"]\nexclude = ["app/main.py"]\n'})
    assert flake8(folder=project) == [("app/loads.py", 10, "ASA601")]
    assert flake8("app/main.py", folder=project) == []


def test_options_of_ours(project: Path) -> None:
    write(project, {"other.toml": '[tool.asyncsa-lint]\nselect = ["ASA4"]\n'})
    assert flake8("--asyncsa-config=other.toml", folder=project) == [("app/main.py", 6, "ASA401")]
    write(project, {"setup.cfg": "[flake8]\nasyncsa-config = other.toml\n"})
    assert flake8(folder=project) == [("app/main.py", 6, "ASA401")]
    assert flake8("--asyncsa-profile=strict", folder=project) == FOUND


def test_our_selection_overrides_the_table(project: Path) -> None:
    write(project, {"pyproject.toml": '[tool.asyncsa-lint]\nignore = ["ASA401"]\n'})
    write(project, {"setup.cfg": "[flake8]\nasyncsa-select = ASA4, lazy-attribute-access\n"})
    assert [code for _, _, code in flake8(folder=project)] == ["ASA401", "ASA501"]
    options = ["--asyncsa-phase=1", "--asyncsa-select=", "--asyncsa-extend-select=ASA501,ASA004"]
    assert [code for _, _, code in flake8(*options, "--asyncsa-ignore=ASA6", folder=project)] == [
        "ASA401",
        "ASA501",
    ]


def test_nearest_configuration(project: Path) -> None:
    write(
        project, {"asyncsa-lint.toml": "", "app/asyncsa-lint.toml": 'per-file-ignores = { "m*" = ["ASA"] }\n'}
    )
    assert flake8(folder=project) == [place for place in FOUND if place[2] != "ASA401"]
    write(project, {"app/asyncsa-lint.toml": "profil = 1\n"})
    done = run("flake8", folder=project)
    assert "app/asyncsa-lint.toml: unknown key `profil`" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--asyncsa-phase=9", "`asyncsa-phase` must be a whole number, 0 to 5, not 9"),
        ("--asyncsa-ignore=ASA599", "options: `ignore`: unknown rule code `ASA599`"),
    ],
)
def test_bad_options_are_one_line(project: Path, option: str, words: str) -> None:
    done = run("flake8", option, folder=project)
    assert done.returncode == 1
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_bad_configuration_is_one_line(project: Path) -> None:
    write(project, {"pyproject.toml": '[tool.asyncsa-lint]\nprofile = "strickt"\n'})
    done = run("flake8", folder=project)
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert "`profile` must be one of bugs, strict, all" in done.stdout + done.stderr


def test_broken_files_do_not_hide_the_others(project: Path) -> None:
    write(project, {"app/broken.py": "def (\n", "app/nul.py": b"x = 1\0\n"})
    assert set(FOUND) <= set(flake8(folder=project))

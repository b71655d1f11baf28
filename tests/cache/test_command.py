"""The cache from the command line."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from asyncsa_lint import plain
from asyncsa_lint.frontends.cli import main
from asyncsa_lint.pipeline.cache.records import _EVENTS
from tests.cache.projects import VARIANTS, make, write

_RUN = """
import sys
from asyncsa_lint.frontends.cli import main
status = main(sys.argv[1:])
print("flow" if "asyncsa_lint.flow" in sys.modules else "no flow", file=sys.stderr)
sys.exit(status)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = make(tmp_path / "project")
    write(project, "pyproject.toml", "[tool.asyncsa-lint]\n")
    return project


def check(project: Path, *options: str) -> tuple[int, str, str]:
    time.sleep(0.05)  # files that changed this very moment may change again unseen
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ASYNCSA")}
    environment["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, sys.path))
    command = [sys.executable, "-c", _RUN, "check", *options]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, env=environment, check=False)
    return done.returncode, done.stdout, done.stderr


class TestUnchanged:
    def test_needs_no_analyser(self, project: Path) -> None:
        first, second = check(project), check(project)
        assert first[2] == "flow\n" and second[2] == "no flow\n"
        assert first[:2] == second[:2] and first[0] == 1 and "ASA" in first[1]

    def test_every_change_counts(self, project: Path) -> None:
        known = check(project)
        for name, text in {
            "app/models.py": VARIANTS["app/models.py"][1],
            "app/new.py": "",
            "pyproject.toml": "[tool.asyncsa-lint]\nprofile = 'all'\n",
            "app/asyncsa-lint.toml": "ignore = ['ASA']\n",
            ".gitignore": "routes.py\n",
            "requirements.txt": "sqlalchemy==1.4\n",
            "asyncsa-baseline.jsonl": "",
        }.items():
            write(project, name, text)
            assert not check(project)[2].endswith("no flow\n"), name
        for path in (
            "app/asyncsa-lint.toml",
            ".gitignore",
            "asyncsa-baseline.jsonl",
            "requirements.txt",
            "app/new.py",
        ):
            (project / path).unlink()
        write(project, "app/models.py", VARIANTS["app/models.py"][0])
        write(project, "pyproject.toml", "[tool.asyncsa-lint]\n")
        assert check(project)[:2] == known[:2]

    def test_options_count(self, project: Path) -> None:
        check(project)
        assert check(project, "--output-format=json")[1].startswith(("{", "["))
        assert check(project, "--exit-zero")[0] == 0

    def test_no_cache(self, project: Path) -> None:
        assert check(project, "--no-cache")[2] == check(project, "--no-cache")[2] == "flow\n"
        assert not (project / ".asyncsa_cache").exists()


class TestFolder:
    def test_in_the_project(self, project: Path) -> None:
        check(project)
        assert (project / ".asyncsa_cache" / "CACHEDIR.TAG").is_file()

    def test_option_and_setting(self, project: Path, tmp_path: Path) -> None:
        check(project, "--cache-dir", str(tmp_path / "option"))
        assert (tmp_path / "option").is_dir() and not (project / ".asyncsa_cache").exists()
        write(project, "pyproject.toml", "[tool.asyncsa-lint]\ncache-dir = 'build/lint'\n")
        check(project)
        assert (project / "build/lint/CACHEDIR.TAG").is_file()

    def test_that_can_not_be_used_is_told_once(self, project: Path) -> None:
        _, _, told = check(project, "--cache-dir", "pyproject.toml")
        assert told.count("warning: the cache in") == 1

    def test_info_and_clean(
        self, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        check(project)
        monkeypatch.chdir(project)
        assert main(["cache", "info"]) == 0
        shown = capsys.readouterr().out
        assert str(project / ".asyncsa_cache") in shown and "entries  0" not in shown
        assert main(["cache", "clean"]) == 0
        assert not (project / ".asyncsa_cache").exists()
        assert main(["cache", "info"]) == 0
        assert "entries  0" in capsys.readouterr().out

    def test_clean_leaves_what_is_not_ours(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        check(project)
        write(project, ".asyncsa_cache/notes.txt", "mine")
        monkeypatch.chdir(project)
        main(["cache", "clean"])
        assert [path.name for path in (project / ".asyncsa_cache").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("name", sorted(_EVENTS))
def test_every_event_can_be_kept(name: str) -> None:
    kind: Any = _EVENTS[name]
    assert plain._reader(kind) is not None
    assert plain._writer(kind) is not None

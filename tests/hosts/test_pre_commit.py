"""The pre-commit hook, by starting the real pre-commit on a repository.

The hook's environment is the one that runs the tests: building another would need the network.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sandbox import PROJECT, run, write

HOOKS = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"


def the_hook() -> dict[str, Any]:
    (hook,) = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    assert (hook["id"], hook["language"]) == ("asyncsa-lint", "python")
    return dict(hook)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    hook = the_hook()
    program, _, arguments = hook["entry"].partition(" ")
    assert program == "asyncsa-lint"
    hook |= {"language": "system", "entry": f"{sys.executable} -m asyncsa_lint {arguments}"}
    config = {"repos": [{"repo": "local", "hooks": [hook]}]}
    write(tmp_path, {**PROJECT, ".pre-commit-config.yaml": yaml.safe_dump(config), "notes.txt": "x"})
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    return tmp_path


def hook(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = {"PRE_COMMIT_HOME": str(folder / ".git" / "pre-commit")}
    return run("pre_commit", "run", "asyncsa-lint", *arguments, folder=folder, env=env)


def test_all_files(repository: Path) -> None:
    done = hook("--all-files", folder=repository)
    assert done.returncode == 1
    assert all(code in done.stdout for code in ("ASA401", "ASA501", "ASA601"))


def test_findings_only_of_the_files_handed_over_but_with_facts_of_all(repository: Path) -> None:
    done = hook("--files", "app/service.py", folder=repository)
    assert done.returncode == 1
    assert "app/service.py:8:16 ASA501" in done.stdout
    assert "ASA401" not in done.stdout


def test_clean_files_pass(repository: Path) -> None:
    assert hook("--files", "app/models.py", folder=repository).returncode == 0
    assert "Skipped" in hook("--files", "notes.txt", folder=repository).stdout


def test_the_exclude_setting_holds(repository: Path) -> None:
    write(repository, {"pyproject.toml": '[tool.asyncsa-lint]\nexclude = ["app/main.py"]\n'})
    assert hook("--files", "app/main.py", folder=repository).returncode == 0

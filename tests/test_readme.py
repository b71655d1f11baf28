"""README.md and the pages on CI: what they show is printed, what they say to write down is valid."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from asyncsa_lint.frontends.cli import _parser
from tasks import readme
from tests.reporters.test_sarif import run_of
from tests.sandbox import PROJECT, write
from tests.schemas import validate

PAGES = [readme.README, *sorted((readme.ROOT / "docs").glob("*.md"))]
CI = readme.ROOT / "docs" / "ci.md"
SCHEMAS = {
    ".github/workflows/asyncsa-lint.yml": "https://json.schemastore.org/github-workflow.json",
    ".gitlab-ci.yml": "gitlab-ci",
    ".pre-commit-config.yaml": "https://json.schemastore.org/pre-commit-config.json",
}
COMMAND = re.compile(r"(?:^\$ |run: |- )(asyncsa-lint .*)$", re.MULTILINE)


def blocks(page: Path, language: str) -> Iterator[str]:
    """The fenced blocks of a page in one language."""
    for block in readme.BLOCK.finditer(page.read_text(encoding="utf-8")):
        if block["language"] == language:
            yield block["body"]


def files(page: Path) -> list[tuple[str, Any]]:
    """Name and content of the YAML files that a page shows whole."""
    named = ((readme.FILE.match(body), body) for body in blocks(page, "yaml"))
    return [(match["name"], yaml.safe_load(body)) for match, body in named if match]


@pytest.mark.skipif(sys.platform == "win32", reason="the commands are for a POSIX shell")
def test_readme_shows_what_its_commands_print() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert readme.render(text) == text, "run `python -m tasks.readme`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page: Path) -> None:
    for language in ("console", "yaml"):
        for body in blocks(page, language):
            for command in COMMAND.findall(body):
                words = shlex.split(command, comments=True)
                end = words.index("|") if "|" in words else len(words)
                _parser().parse_args(words[1:end])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_are_what_their_tools_read(page: Path) -> None:
    for name, content in files(page):
        # YAML 1.1 takes the key `on` for a truth value; the tools do not.
        text = json.dumps({"on" if key is True else key: value for key, value in content.items()})
        validate(json.loads(text), SCHEMAS[name])


def run_job(script: str, folder: Path) -> int:
    """Run the command of a job in a project with findings; the result is the exit status."""
    environment = {**os.environ, "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    words = [os.path.expandvars(word) for word in shlex.split(script)]
    words = [word.replace("$GITHUB_STEP_SUMMARY", environment["GITHUB_STEP_SUMMARY"]) for word in words]
    done = subprocess.run(
        [sys.executable, "-m", "asyncsa_lint", *words[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode


def test_the_jobs_leave_the_reports_that_they_upload(tmp_path: Path) -> None:
    shown = dict(files(CI))
    steps = shown[".github/workflows/asyncsa-lint.yml"]["jobs"]["asyncsa-lint"]["steps"]
    (check,) = [step["run"] for step in steps if step.get("run", "").startswith("asyncsa-lint")]
    (upload,) = [step["with"] for step in steps if "upload-sarif" in step.get("uses", "")]
    folder = write(tmp_path / "github", PROJECT)
    assert run_job(check, folder) == 1
    assert len(run_of((folder / upload["sarif_file"]).read_text(encoding="utf-8"))["results"]) == 3
    assert "ASA501" in (folder / "summary.md").read_text(encoding="utf-8")

    job = shown[".gitlab-ci.yml"]["asyncsa-lint"]
    folder = write(tmp_path / "gitlab", PROJECT)
    assert run_job(job["script"][-1], folder) == 1
    report = (folder / job["artifacts"]["reports"]["codequality"]).read_text(encoding="utf-8")
    assert len(json.loads(report)) == 3
    assert all((folder / path).is_file() for path in job["artifacts"]["paths"])

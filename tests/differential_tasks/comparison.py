"""Verdict of the analysis and outcome of the runs, side by side."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from asyncsa_lint.config import Config
from asyncsa_lint.pipeline.run import Workspace, lint
from tests.differential_tasks.execution import fails_when_cold, may_share

_RULES = ("ASA601", "ASA602", "ASA205", "ASA009")


def verdict(source: str) -> list[str]:
    """What is found about shared and closed sessions, one line each."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "program.py").write_text(source, encoding="utf-8")
        result = lint([folder], workspace=Workspace(Config(select=_RULES), root=folder))
    return [f"{each.code} line {each.span.line}: {each.message}" for each in result.findings]


def disagreement(source: str) -> str:
    """In what analysis and runs differ; empty when they agree."""
    found, shares = verdict(source), may_share(source)
    if shares and not found:
        return "tasks can be in one session at once, and nothing is found"
    if found and not shares:
        return f"no schedule lets two tasks into one session: {found}"
    if not found and fails_when_cold(source):
        return "nothing is found, and it fails on a cold pool"
    return ""

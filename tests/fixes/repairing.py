"""Repairs files in a folder the way `check --fix --unsafe-fixes` does."""

from __future__ import annotations

import shutil
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

from asyncsa_lint.config import Config
from asyncsa_lint.frontends.fixing import FixRun, fix
from asyncsa_lint.pipeline.run import RunResult, Workspace, lint
from tests.test_cases import CASES, NOT_OF_THE_CASE


def repair(folder: Path, *, unsafe: bool = True, write: bool = True, exclude: Sequence[str] = ()) -> FixRun:
    """Repair a folder that is one project."""
    options = Namespace(paths=[str(folder)], unsafe_fixes=unsafe, diff=not write, add_ignore=False)
    config = Config(profile="all", exclude=tuple(exclude))

    def workspace(overlay: Mapping[str, bytes]) -> Workspace:
        return Workspace(config, root=str(folder), overlay=overlay)

    def run(space: Workspace, paths: Sequence[str]) -> RunResult:
        return lint(paths, workspace=space)

    return fix(options, workspace, run)


def repaired(folder: Path, files: Mapping[str, str], *, unsafe: bool = True) -> dict[str, str]:
    """The texts of the files after the repair; those that did not change are left out."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "pyproject.toml").touch()
    repair(folder, unsafe=unsafe)
    after = {name: (folder / name).read_text(encoding="utf-8") for name in files}
    return {name: text for name, text in after.items() if text != files[name]}


def repaired_cases(rule: str, into: Path) -> frozenset[tuple[str, int]]:
    """Copy a rule's fixtures to a folder and repair them: the places where something is still found.

    Some findings have to be gone, or there would be nothing to prove.
    """
    shutil.copytree(CASES / rule, into)
    runs = [repair(into, exclude=NOT_OF_THE_CASE)]
    runs += [repair(path) for path in sorted(into.glob("project_*"))]
    assert any(finding.rule == rule for each in runs for finding in each.repaired.fixed)
    return frozenset((f.span.path, f.span.line) for each in runs for f in each.result.findings)

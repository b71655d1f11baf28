"""Looking at a project for what will bite its users: what other tools do to us, and what we can not see."""

from __future__ import annotations

import os
from collections.abc import Iterator

from asyncsa_lint import __version__
from asyncsa_lint.pipeline.doctor import configuration, coverage, flake8, imports, precommit, ruff
from asyncsa_lint.pipeline.doctor.coverage import Coverage
from asyncsa_lint.pipeline.doctor.symptoms import Symptom
from asyncsa_lint.pipeline.roots import Roots
from asyncsa_lint.pipeline.run import Workspace

__all__ = ["CHECKS", "Symptom", "examine"]

CHECKS = ("configuration", "ruff", "flake8", "pre-commit", "imports", "analysis")
"""Subjects in order of output."""


def examine(place: str, workspace: Workspace) -> tuple[str, Coverage, list[Symptom]]:
    """The project that a file or folder is in, how much of it is understood, and all symptoms.

    Raises ConfigError when a configuration file is broken.
    """
    root = workspace.root_of(place, workspace.fallback_root([place]))
    result = workspace.analyse(root, ())
    known = workspace.configurations
    measured = coverage.measure(result)
    folders = sorted({root, *_folders(root, result.project.files)})
    upwards = _upwards(root)
    found = [
        *configuration.examine(folders, root, Roots(), known),
        *configuration.notes(known),
        *configuration.examine_values(result.project, known.of(root, root), known.source_roots(root)),
        *ruff.examine(upwards, [folder for folder in folders if folder != root]),
        *flake8.examine(upwards),
        *precommit.examine(upwards, __version__),
        *imports.examine(result.project),
        *coverage.examine(result),
    ]
    return root, measured, found


def _folders(root: str, files: tuple[str, ...]) -> Iterator[str]:
    """All folders of the files, up to the root."""
    for folder in {os.path.dirname(path) for path in files}:
        while folder != root and folder.startswith(f"{root.rstrip('/')}/"):
            yield folder
            folder = os.path.dirname(folder)


def _upwards(root: str) -> list[str]:
    """From the project to the folder with `.git`; the project alone outside of repositories."""
    found = [root]
    while not os.path.exists(f"{found[-1]}/.git"):
        above = os.path.dirname(found[-1])
        if above == found[-1]:
            return [root]
        found.append(above)
    return found

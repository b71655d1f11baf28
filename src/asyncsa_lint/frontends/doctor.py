"""The `doctor` command: what will bite, in words.

Exit status: 0 when nothing will (notes do not count), 1 when something will, 2 when the project
could not be examined: a broken configuration, a path that does not exist.
"""

from __future__ import annotations

import os

from asyncsa_lint import __version__
from asyncsa_lint.config import ConfigError
from asyncsa_lint.frontends.hosting import configuration_file
from asyncsa_lint.pipeline.doctor import CHECKS, Symptom, examine
from asyncsa_lint.pipeline.run import Workspace
from asyncsa_lint.pipeline.stack import with_deep_stack
from asyncsa_lint.reporters.display import printable
from asyncsa_lint.source import normalise


def doctor(path: str, config_file: str | None = None) -> int:
    """Examine the project that a file or folder is in, and print what was found."""
    place = normalise(path)
    if not os.path.exists(place):
        raise ConfigError(f"{path}: does not exist; allowed are files and folders")
    workspace = Workspace(configuration_file(config_file))
    root, coverage, symptoms = with_deep_stack(lambda: examine(place, workspace))
    print(f"asyncsa-lint {__version__}, project {printable(root)}")
    for subject in CHECKS:
        found = [symptom for symptom in symptoms if symptom.subject == subject]
        print()
        print(f"{subject}: {coverage.text if subject == 'analysis' else 'ok' if not found else ''}".rstrip())
        for symptom in found:
            _print(symptom)
    problems = sum(symptom.serious for symptom in symptoms)
    notes = len(symptoms) - problems
    print()
    print(f"{_count(problems, 'problem')}, {_count(notes, 'note')}.")
    return int(problems > 0)


def _print(symptom: Symptom) -> None:
    where = f"{os.path.relpath(symptom.path)}: " if symptom.path else ""
    kind = "problem" if symptom.serious else "note"
    print(f"  {kind}: {printable(where + symptom.text)}")
    if symptom.cure:
        print(f"    {printable(symptom.cure)}")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

"""Configuration files that are in each other's way, and values that mean nothing in this project."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from asyncsa_lint.config import OWN_FILE, PYPROJECT, Settings, key_of, read_section
from asyncsa_lint.flow.own_calls import Meaning
from asyncsa_lint.pipeline.configurations import Configurations
from asyncsa_lint.pipeline.doctor.symptoms import Symptom
from asyncsa_lint.pipeline.roots import Roots
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.symbols import ClassInfo, External, FunctionInfo, Symbol, ValueInfo

_SUBJECT = "configuration"


def examine(
    folders: Iterable[str], root: str, roots: Roots, configurations: Configurations
) -> Iterator[Symptom]:
    """Symptoms of the configuration files in the folders of a project."""
    others = []
    for folder in folders:
        file = roots.file_in(folder)
        if not file:
            continue
        configurations.of(folder, root)
        if os.path.basename(file) == OWN_FILE and _has_table(f"{folder}/{PYPROJECT}"):
            yield Symptom(
                _SUBJECT,
                f"{folder}/{PYPROJECT}",
                f"[tool.asyncsa-lint] is not read: there is an {OWN_FILE} beside it",
                "keep one of them",
            )
        if folder != root:
            others.append(file)
    for file in others:
        text = "holds for its folder instead of the project's configuration"
        yield Symptom(_SUBJECT, file, text, serious=False)


def notes(configurations: Configurations) -> Iterator[Symptom]:
    """Settings and selectors without effect; those in the wrong place are problems."""
    for note in configurations.notes():
        yield Symptom(_SUBJECT, "", note, serious="no effect of" in note)


def _has_table(path: str) -> bool:
    return os.path.isfile(path) and read_section(Path(path)) is not None


def examine_values(project: Project, settings: Settings, sources: Iterable[str]) -> Iterator[Symptom]:
    """Source folders that do not exist, and qualified names that lead nowhere."""
    for source in sources:
        if not os.path.isdir(source):
            yield Symptom(
                _SUBJECT, settings.origins["src"], f"`src`: {os.path.relpath(source)} is not a folder"
            )
    for meaning in Meaning:
        for name in getattr(settings.config, meaning):
            problem = _unknown(project, name)
            if problem:
                text = f"`{key_of(meaning)}`: {problem}, so it has no effect"
                yield Symptom(_SUBJECT, settings.origins[meaning], text)


def _unknown(project: Project, name: str) -> str:
    """What is wrong with a qualified name; empty when it is a definition, or a library's."""
    parts = name.split(".")
    if project.module(parts[0]) is None and not project.layout.has_directory(parts[0]):
        return ""
    for length in range(len(parts) - 1, 0, -1):
        module = project.module(".".join(parts[:length]))
        if module is not None:
            found = project.resolve(module, ".".join(parts[length:]))
            meant = _definition(found)
            if not meant:
                return f"`{name}` is no callable of {module.name}"
            return "" if meant == name else f"`{name}` is defined as `{meant}`: name that"
    return f"`{name}` is in no module of the project"


def _definition(symbol: Symbol | None) -> str:
    if isinstance(symbol, FunctionInfo | ClassInfo):
        return symbol.qualified
    if isinstance(symbol, ValueInfo):
        owner = f"{symbol.owner.facts.qualname}." if symbol.owner is not None else ""
        return f"{symbol.module.name}.{owner}{symbol.bindings[-1].name}"
    return symbol.name if isinstance(symbol, External) else ""

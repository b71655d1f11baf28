"""A project of a few files, written to a temporary directory."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from asyncsa_lint.project.names import Project
from asyncsa_lint.project.symbols import ClassInfo


def build(folder: Path, **files: str) -> Project:
    """A project with the given files: `models="..."` is `models.py`, `a__b` is `a/b.py`."""
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    return Project((str(path) for path in folder.rglob("*.py")), str(folder))


def class_named(project: Project, name: str) -> ClassInfo:
    """The only class of that qualified name (`Outer.Inner`) or dotted name (`app.models.User`)."""
    found = [
        cls
        for path in project.files
        if (module := project.module_at(path)) is not None
        for cls in project.classes(module)
        if name in {cls.facts.qualname, cls.qualified}
    ]
    assert len(found) == 1, (name, found)
    return found[0]

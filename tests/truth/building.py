"""Packages made of rows: one module of functions for each file, one module for each row that is a module.

The same text is analysed and executed, so that a line of one is a line of the other.
"""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.truth.reading import WORLD, Row, RowFile


@dataclass(frozen=True)
class Program:
    """One program of a row: a function in a module, or a module."""

    row: Row
    path: Path
    function: str
    first: int
    last: int
    """Its lines."""

    def holds(self, path: str, line: int) -> bool:
        """Whether the place is in this program."""
        return Path(path) == self.path and self.first <= line <= self.last


def build(file: RowFile, folder: Path) -> list[Program]:
    """Write a package into the folder; the programs are in the order of the rows."""
    package = folder / f"truth_{file.name}"
    shutil.copytree(WORLD, package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "__init__.py").touch()
    functions = package / "functions.py"
    text = file.prelude
    programs: list[Program] = []
    for row in file.rows:
        for number, body in enumerate(row.programs):
            name = f"row_{row.line}_{number}"
            if "module" in row.conditions:
                path = package / f"{name}.py"
                path.write_text(f"{body}\n", encoding="utf-8")
                programs.append(Program(row, path, "main", 1, body.count("\n") + 1))
                continue
            function = "\n".join(_function(row, name, body))
            first = text.count("\n") + 3
            text += f"\n\n{function}\n"
            programs.append(Program(row, functions, name, first, text.count("\n") + 1))
    functions.write_text(text, encoding="utf-8")
    return programs


def _function(row: Row, name: str, body: str) -> Iterator[str]:
    yield f"async def {name}():"
    if "no session" in row.conditions:
        yield textwrap.indent(body, " " * 4)
        return
    factory = "Expiring" if "expiring" in row.conditions else "Keeping"
    yield f"    async with {factory}() as s:"
    yield textwrap.indent(body, " " * 8)

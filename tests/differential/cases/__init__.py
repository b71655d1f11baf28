"""Disagreements that were met, each as the smallest program that showed it.

A case is a text of several files, each under a line `# file: name.py`; what is asked of it is
that execution and analysis agree now.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

CASES = sorted(Path(__file__).parent.glob("*.txt"))
_MARK = "# file: "


def read_case(path: Path) -> dict[str, str]:
    """The files of a case by name."""
    texts: dict[str, str] = {}
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.startswith(_MARK):
            name = line.removeprefix(_MARK).strip()
            texts[name] = ""
        elif name:
            texts[name] += line
    return texts


def case_text(texts: Mapping[str, str], title: str) -> str:
    """The text of a case; `title` says what was wrong."""
    parts = [f"# {title}\n"]
    for name in sorted(texts, key=("models.py", "repo.py", "program.py").index):
        parts.append(f"{_MARK}{name}\n{texts[name].strip()}\n")
    return "".join(parts)

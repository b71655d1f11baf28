"""Rows of observed behaviour, and the programs that show them.

A file in `rows/` begins with Python that all its programs share. Then come sections and rows:

    == A(d) New objects

    raises: a collection that was never set, once flushed
        p = Parent(name="n")
        s.add(p)
        await s.flush()
        p.children

The word in front is the verdict of the run: `raises` (an exception), `silent` (no exception, and a
wrong result, a leak or lost data), `fine`. Conditions may follow in brackets, separated by commas:

* `sqlalchemy 2.0`, `fastapi 0.112`: the version for which the row holds;
* `expiring`: the session expires on commit; `no session`: the program opens its own;
* `module`: the program is a file of its own and has, when it can be run, an `async def main()`;
* `not run`: takes a server, another version or much time; was observed elsewhere.

A line that begins with `| ` is an alternative for `<...>` further down: one program for each. The last
line may be `out of reach: ` and why the analysis does not tell: a code stands for a rule that is
not built yet. A row without a program needs that line.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

ROWS = Path(__file__).parent / "rows"
WORLD = Path(__file__).parent / "world"
_HEAD = re.compile(r"(raises|silent|fine)(?: \[([^\]]+)\])?: (.+)")
_REASON = "out of reach: "


class Verdict(StrEnum):
    """What the program does when it runs."""

    RAISES = "raises"
    SILENT = "silent"
    FINE = "fine"


@dataclass(frozen=True)
class Row:
    """One observation; `programs` are alternatives that all behave alike."""

    section: str
    line: int
    verdict: Verdict
    label: str
    conditions: frozenset[str]
    programs: tuple[str, ...]
    out_of_reach: str = ""

    def version(self, library: str) -> str:
        """The version of a library that the row speaks of; empty: any."""
        found = [each for each in self.conditions if each.startswith(f"{library} ")]
        return found[0].partition(" ")[2] if found else ""


@dataclass(frozen=True)
class RowFile:
    """All rows of a file, and the Python that stands in front of them."""

    name: str
    prelude: str
    rows: tuple[Row, ...]


@cache
def row_files() -> tuple[RowFile, ...]:
    """Every file of `rows/`, in order."""
    return tuple(_read(path) for path in sorted(ROWS.glob("*.txt")))


def _read(path: Path) -> RowFile:
    prelude, _, rest = path.read_text(encoding="utf-8").partition("\n== ")
    line = prelude.count("\n") + 2
    return RowFile(path.stem, prelude, tuple(_rows(path.name, f"== {rest}", line)))


def _rows(name: str, text: str, line: int) -> Iterator[Row]:
    section = ""
    head: tuple[int, str] | None = None
    block: list[str] = []
    for number, each in enumerate([*text.splitlines(), "== "], line):
        if each.startswith("    ") or not each.strip():
            block.append(each)
            continue
        if head is not None:
            yield _row(name, section, *head, textwrap.dedent("\n".join(block)).strip("\n"))
        head, block = None, []
        if each.startswith("== "):
            section = each[3:]
        else:
            head = number, each


def _row(name: str, section: str, line: int, head: str, body: str) -> Row:
    found = _HEAD.fullmatch(head)
    assert found is not None, f"{name}:{line}: not a row: {head}"
    lines = body.splitlines()
    reason = lines.pop().removeprefix(_REASON) if lines and lines[-1].startswith(_REASON) else ""
    conditions = frozenset(each.strip() for each in (found[2] or "").split(",")) - {""}
    programs = tuple(_programs(lines))
    assert programs or reason, f"{name}:{line}: neither a program nor a reason"
    return Row(section, line, Verdict(found[1]), found[3], conditions, programs, reason)


def _programs(lines: Iterable[str]) -> Iterator[str]:
    """The program for each alternative, or the one program when there are none."""
    lines = list(lines)
    alternatives = [line[2:] for line in lines if line.startswith("| ")]
    body = "\n".join(line for line in lines if not line.startswith("| ")).strip("\n")
    if body:
        yield from (body.replace("<...>", each) for each in alternatives or [""])

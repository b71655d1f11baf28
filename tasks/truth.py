"""Render docs/truth.md: what programs do when they run, and what the analysis says of them.

python -m tasks.truth
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from asyncsa_lint.pipeline.planned import PLANNED_RULES
from tests.truth.judging import Judgement, by_row
from tests.truth.reading import Row, Verdict, row_files

TABLE = Path(__file__).parent.parent / "docs" / "truth.md"
_HEAD = """<!-- Rendered by `python -m tasks.truth` from tests/truth/rows; edit it there. -->

# What happens at run time, and what the analysis says

Each row is one or several small programs in `tests/truth/rows/`. The test suite executes them under the
installed versions of SQLAlchemy, FastAPI and aiosqlite, and analyses the same text. *raises* is an exception,
*silent* no exception and a wrong result, lost data or a leak, *fine* neither. Rows that need a server,
another version or much time are marked and were observed apart. Where the analysis does not tell, the row
says why.

| rows | | programs |
|---|---|---|
"""


def rendered() -> str:
    """The text of docs/truth.md."""
    rows = [pair for file in row_files() for pair in by_row(file)]
    parts = [_HEAD + "\n".join(_totals(rows))]
    for section, group in groupby(rows, lambda pair: pair[0].section):
        lines = [_line(row, found) for row, found in group]
        parts.append(f"## {section}\n\n| program | run | analysis |\n|---|---|---|\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _totals(rows: Sequence[tuple[Row, list[Judgement]]]) -> Iterator[str]:
    decided = [found for row, found in rows if not row.out_of_reach]
    missing = [found for row, found in rows if re.fullmatch(r"ASA\d{3}", row.out_of_reach)]
    others = len(rows) - len(decided) - len(missing)
    yield f"| {len(decided)} | analysis and run agree | {sum(map(len, decided))} |"
    yield f"| {len(missing)} | the rule is not built yet | {sum(map(len, missing))} |"
    apart = sum(len(found) for _, found in rows) - sum(map(len, decided)) - sum(map(len, missing))
    yield f"| {others} | out of reach for another reason | {apart} |"


def _line(row: Row, found: Sequence[Judgement]) -> str:
    several = f" ({len(found)} programs)" if len(found) > 1 else ""
    when = ", ".join(sorted(row.conditions - {"module", "no session"}))
    label = row.label.replace("|", "\\|") + several + (f" [{when}]" if when else "")
    return f"| {label} | {row.verdict} | {_said(row, found)} |"


def _said(row: Row, found: Sequence[Judgement]) -> str:
    if row.out_of_reach:
        name = PLANNED_RULES.get(row.out_of_reach)
        return f"{row.out_of_reach} `{name}` is not built yet" if name else row.out_of_reach
    if row.verdict is Verdict.FINE:
        return "nothing"
    return ", ".join(sorted({code for each in found for code in each.codes}))


def main() -> None:
    """Write the table."""
    TABLE.write_text(rendered(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

"""Analyses programs: what the linter says of each, in one run for each pair of versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from asyncsa_lint.config import Config
from asyncsa_lint.findings import Finding
from asyncsa_lint.pipeline.run import Workspace, lint
from tests.truth.building import Program, build
from tests.truth.reading import Row, RowFile, Verdict

POLICY = ("ASA002", "ASA003", "ASA004", "ASA206", "ASA401", "ASA403", "ASA502")
"""Rules that forbid a pattern whether or not it fails here, and those about comments."""


@dataclass(frozen=True)
class Judgement:
    """What the analysis finds in one program."""

    program: Program
    findings: tuple[Finding, ...]

    @property
    def agrees(self) -> bool:
        """There is a finding exactly where the run is not fine."""
        return bool(self.findings) is (self.program.row.verdict is not Verdict.FINE)

    @property
    def codes(self) -> frozenset[str]:
        """Codes of the findings."""
        return frozenset(finding.code for finding in self.findings)


@cache
def judgements(file: RowFile) -> tuple[Judgement, ...]:
    """Every program of the file, in the order of the rows."""
    with TemporaryDirectory() as folder:
        programs = build(file, Path(folder).resolve())
        found: dict[Program, Judgement] = {}
        for versions, group in groupby(sorted(programs, key=_versions), _versions):
            found |= {each.program: each for each in _judge(list(group), *versions)}
    return tuple(found[program] for program in programs)


def by_row(file: RowFile) -> list[tuple[Row, list[Judgement]]]:
    """The rows of the file with their judgements; a row without a program has none."""
    found: dict[int, list[Judgement]] = {}
    for each in judgements(file):
        found.setdefault(each.program.row.line, []).append(each)
    return [(row, found.get(row.line, [])) for row in file.rows]


def _versions(program: Program) -> tuple[str, str]:
    return program.row.version("sqlalchemy"), program.row.version("fastapi")


def _judge(programs: Sequence[Program], sqlalchemy: str, fastapi: str) -> Iterable[Judgement]:
    config = Config(
        profile="strict",
        ignore=POLICY,
        sqlalchemy_version=sqlalchemy,
        fastapi_version=fastapi,
        test_paths=(),
    )
    package = programs[0].path.parent
    result = lint([str(package)], workspace=Workspace(config, root=str(package.parent)))
    for program in programs:
        inside = [each for each in result.findings if program.holds(each.span.path, each.span.line)]
        yield Judgement(program, tuple(inside))

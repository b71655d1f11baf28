"""A long run of generated programs whose tasks share a session, or do not.

python -m tasks.differential_tasks --examples 5000 --seed 1
"""

from __future__ import annotations

import argparse
import sys
import warnings

from hypothesis import HealthCheck, given, seed, settings

from tests.differential_tasks.comparison import disagreement
from tests.differential_tasks.programs import PRELUDE, programs


def run(examples: int, start: int) -> str:
    """The smallest disagreement that was met; empty when there was none."""

    @seed(start)
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(programs())
    def compare(source: str) -> None:
        assert not (found := disagreement(source)), f"{found}\n{source[len(PRELUDE) :]}"

    try:
        compare()
    except AssertionError as error:
        return str(error)
    return ""


def main(arguments: list[str] | None = None) -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(prog="python -m tasks.differential_tasks")
    parser.add_argument("--examples", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    given_ = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    found = run(given_.examples, given_.seed)
    print(found or f"{given_.examples} programs, no disagreement")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())

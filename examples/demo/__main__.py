"""`python -m examples.demo [shop | shop_fixed] [--json]`."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import subprocess
import sys
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path

from .bugs import BUGS, Bug
from .harness import Shop

EXAMPLES = Path(__file__).resolve().parent.parent
PROJECTS = ("shop", "shop_fixed")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a proof saw: `effect` is empty when the bug did not happen."""

    rule: str
    path: str
    scope: str
    effect: str


async def prove(shop: Shop, bug: Bug) -> Outcome:
    """Run one proof on fresh databases; an effect other than the claimed one is a failure."""
    with shop.databases():
        effect = await bug.prove(shop) or ""
    if effect and not effect.startswith(bug.effect):
        raise AssertionError(f"{bug.rule}: expected {bug.effect!r}, saw {effect!r}")
    return Outcome(bug.rule, bug.path, bug.scope, effect)


async def prove_all(shop: Shop) -> list[Outcome]:
    """Run all proofs, one after the other."""
    return [await prove(shop, bug) for bug in BUGS]


def run(project: str, as_json: bool) -> int:
    """Run the proofs on one project; 1 unless all bugs happened, or none in the corrected twin."""
    # Leaks and lost coroutines are what is shown: the proofs look for them themselves.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL + 1)
    warnings.simplefilter("ignore")
    outcomes = asyncio.run(prove_all(Shop(EXAMPLES / project)))
    happened = sum(bool(outcome.effect) for outcome in outcomes)
    if as_json:
        print(json.dumps([asdict(outcome) for outcome in outcomes], indent=2))
    else:
        print(f"examples/{project}")
        for outcome in outcomes:
            print(f"  {outcome.path}, {outcome.scope}: {outcome.rule}")
            print(f"      {outcome.effect[:120] or 'did not happen'}")
        print(f"  {happened} of {len(outcomes)} bugs happened\n")
    return 0 if happened == (len(outcomes) if project == "shop" else 0) else 1


def main() -> int:
    """Run one project in this process, or both in a process each."""
    parser = argparse.ArgumentParser(prog="python -m examples.demo", description=__doc__)
    parser.add_argument("project", nargs="?", choices=PROJECTS)
    parser.add_argument("--json", action="store_true", help="print what was seen as JSON")
    arguments = parser.parse_args()
    if arguments.project:
        return run(arguments.project, arguments.json)
    command = [sys.executable, "-m", "examples.demo", *(["--json"] if arguments.json else [])]
    statuses = [subprocess.run([*command, project], cwd=EXAMPLES.parent).returncode for project in PROJECTS]
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main())

"""Generated programs: found to share a session exactly when they can, and silent ones run on a cold pool."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from tests.differential_tasks.comparison import disagreement
from tests.differential_tasks.programs import PRELUDE, module, programs

REGRESSIONS = {
    "gather of one beside a task of a group": """
async with asyncio.TaskGroup() as group:
    group.create_task(use(s))
    await asyncio.gather(use(s))
""",
    "arm that always fails": """
async def fail() -> None:
    await use(s)
    raise ValueError

await asyncio.gather(fail(), use(s), return_exceptions=True)
""",
    "task that is never awaited": """
task = asyncio.create_task(limited(two, s))
await fresh()
await asyncio.shield(use(s))
""",
}


@pytest.mark.filterwarnings("ignore")
@settings(
    max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(programs())
def test_verdict_is_what_the_schedules_show(source: str) -> None:
    assert not (found := disagreement(source)), f"{found}\n{source[len(PRELUDE) :]}"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("body", REGRESSIONS.values(), ids=REGRESSIONS.keys())
def test_what_once_disagreed_agrees(body: str) -> None:
    assert not (found := disagreement(module(body))), found

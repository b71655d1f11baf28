"""ASA204."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Fix, Recipe, Rewrite, Severity
from asyncsa_lint.flow.events import DependencyDefect, SessionDependency
from asyncsa_lint.rules.registry import Report, report, rule

_LEAK = "so every request leaves a connection checked out"
_DEFECTS = {
    DependencyDefect.RETURNS_SESSION: f"returns a session that nothing closes, {_LEAK}",
    DependencyDefect.YIELDS_UNCLOSED: f"yields a session and never closes it, {_LEAK}",
    DependencyDefect.NO_YIELD: "can end without a yield, so the request fails with RuntimeError",
    DependencyDefect.SEVERAL_YIELDS: "can yield more than once, so the request fails with RuntimeError",
}


@rule(
    SessionDependency,
    code="ASA204",
    severity=Severity.ERROR,
    since="0.1.0",
    message="dependency `{dependency}` {defect}",
)
def malformed_session_dependency(dependency: SessionDependency) -> Iterator[Report]:
    """Session dependency that leaks its session or does not yield exactly once.

    ## What it does
    Looks at functions that `Depends` names and that open a session. Reports those that return
    it, yield it without `async with` or a close in `finally`, or have a path with no yield
    or with two.

    ## Why is this bad?
    FastAPI runs the part after the `yield` as clean-up; a returned session has none. Requests
    answer 200 and each leaves a connection checked out until the garbage collector finds it,
    with an `SAWarning` in the log; under load the pool is empty. No yield ends in
    `RuntimeError: generator didn't yield`, a second one in `generator didn't stop`. See the
    [manual](https://fastapi.tiangolo.com/tutorial/dependencies/dependencies-with-yield/).

    ## Example
    ```python
    from typing import Annotated

    from fastapi import APIRouter, Depends
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

    router = APIRouter()
    factory = async_sessionmaker(expire_on_commit=False)


    async def get_session() -> AsyncSession:
        return factory()  # error: [malformed-session-dependency]


    @router.get("/orders")
    async def count(session: Annotated[AsyncSession, Depends(get_session)]) -> int:
        return await session.scalar(text("select count(*) from orders")) or 0
    ```

    ## Use instead
    ```python
    from collections.abc import AsyncIterator
    from typing import Annotated

    from fastapi import APIRouter, Depends
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

    router = APIRouter()
    factory = async_sessionmaker(expire_on_commit=False)


    async def get_session() -> AsyncIterator[AsyncSession]:
        async with factory() as session:
            yield session


    @router.get("/orders")
    async def count(session: Annotated[AsyncSession, Depends(get_session)]) -> int:
        return await session.scalar(text("select count(*) from orders")) or 0
    ```

    ## Fix
    Unsafe: `return factory()` becomes `async with factory() as session:` with `yield session`,
    unless code of the project calls the dependency itself.

    ## Limits
    Silent for dependencies that pass on a session they were given, and for several yields in
    branches of which only one can run.
    """
    yield report(
        dependency, _repair(dependency), dependency=dependency.dependency, defect=_DEFECTS[dependency.defect]
    )


def _repair(dependency: SessionDependency) -> Fix | None:
    """The generator that hands the session out and closes it; callers of the function would get that too."""
    if dependency.defect is DependencyDefect.RETURNS_SESSION:
        recipe = None if dependency.called else Recipe(Rewrite.YIELD_SESSION, dependency.span)
        return Fix("open the session with `async with` and `yield` it", safe=False, recipe=recipe)
    if dependency.defect is DependencyDefect.YIELDS_UNCLOSED:
        return Fix("open the session with `async with`", safe=False)
    return None

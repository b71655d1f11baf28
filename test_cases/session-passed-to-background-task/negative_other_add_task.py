"""`add_task` of something that is not FastAPI's BackgroundTasks."""

from collections.abc import Callable
from typing import Any

from models import Item
from rich.progress import Progress
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession


async def count(db: AsyncSession) -> int:
    return await db.scalar(select(func.count()).select_from(Item)) or 0


async def progress_bar(db: AsyncSession) -> None:
    """A progress bar runs nothing."""
    with Progress() as progress:
        progress.add_task("items", total=await count(db))
        progress.add_task("items", session=db)


class Checklist:
    def __init__(self) -> None:
        self.entries: list[object] = []

    def add_task(self, function: Callable[..., object], *arguments: object) -> None:
        self.entries.append((function, arguments))


async def own_class(db: AsyncSession) -> None:
    """A list of the project's own."""
    tasks = Checklist()
    tasks.add_task(count, db)


async def untyped(background_tasks, session: AsyncSession):  # type: ignore[no-untyped-def]
    """Nothing says what `background_tasks` is."""
    background_tasks.add_task(count, session)


async def anything(tasks: Any, session: AsyncSession) -> None:
    """Nothing says what `tasks` is."""
    tasks.add_task(count, session)

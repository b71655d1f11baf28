from fastapi import BackgroundTasks
from jobs import notify, notify_by_id
from models import Item
from sqlalchemy.ext.asyncio import AsyncSession


async def create_item(session: AsyncSession, tasks: BackgroundTasks, name: str) -> Item:
    item = Item(name=name)
    session.add(item)
    await session.commit()
    tasks.add_task(notify, session=session, item_id=item.id)  # error: [session-passed-to-background-task]
    return item


async def create_item_well(session: AsyncSession, tasks: BackgroundTasks, name: str) -> Item:
    """Fine: the job gets a number."""
    item = Item(name=name)
    session.add(item)
    await session.commit()
    tasks.add_task(notify_by_id, item.id)
    return item

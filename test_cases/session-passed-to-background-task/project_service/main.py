from typing import Annotated

import service
from database import get_session
from fastapi import BackgroundTasks, Depends, FastAPI
from jobs import notify
from sqlalchemy.ext.asyncio import AsyncSession

app = FastAPI()
Db = Annotated[AsyncSession, Depends(get_session)]


@app.post("/items")
async def create(session: Db, tasks: BackgroundTasks) -> int:
    item = await service.create_item(session, tasks, "new")
    return item.id


@app.post("/items-well")
async def create_well(session: Db, tasks: BackgroundTasks) -> int:
    item = await service.create_item_well(session, tasks, "new")
    return item.id


@app.post("/notify/{item_id}")
async def imported_job(item_id: int, session: Db, tasks: BackgroundTasks) -> None:
    tasks.add_task(notify, session, item_id)  # error: [session-passed-to-background-task]

"""FastAPI gives every parameter that depends on `get_session` the same session."""

import asyncio
from typing import Annotated

from database import get_session
from fastapi import APIRouter, Depends
from models import Item
from queries import count_items, item_names
from sqlalchemy.ext.asyncio import AsyncSession

router = APIRouter()
SessionDep = Annotated[AsyncSession, Depends(get_session)]


class ItemService:
    def __init__(self, session: SessionDep) -> None:
        self.session = session

    async def count(self) -> int:
        return await count_items(self.session)


@router.get("/default")
async def default_value(session: AsyncSession = Depends(get_session)) -> dict[str, object]:
    total, names = await asyncio.gather(count_items(session), item_names(session))  # error: [session-shared-across-tasks]
    return {"total": total, "names": names}


@router.get("/alias")
async def annotated_alias(session: SessionDep) -> dict[str, object]:
    total, names = await asyncio.gather(count_items(session), item_names(session))  # error: [session-shared-across-tasks]
    return {"total": total, "names": names}


@router.get("/same")
async def same_dependency_twice(reader: SessionDep, writer: SessionDep) -> None:
    await asyncio.gather(count_items(reader), writer.get(Item, 1))  # error: [session-shared-across-tasks]


@router.get("/service")
async def service_and_session(session: SessionDep, service: Annotated[ItemService, Depends()]) -> None:
    await asyncio.gather(service.count(), item_names(session))  # error: [session-shared-across-tasks]

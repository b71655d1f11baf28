from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.items import Items, items
from app.services import bound

factory = async_sessionmaker(expire_on_commit=False)
router = APIRouter()


async def service() -> AsyncIterator[Items]:
    async with factory() as session:
        with bound(session):
            yield items


@router.get("/items")
async def count(bound_items: Annotated[Items, Depends(service)]) -> int:
    return await bound_items.count()

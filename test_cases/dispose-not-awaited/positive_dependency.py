"""Teardown of request dependencies without await: the connection stays out."""

from collections.abc import AsyncIterator

from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

SessionFactory = async_sessionmaker(expire_on_commit=False)

app = FastAPI()


async def get_session() -> AsyncIterator[AsyncSession]:
    """`finally` is right, the missing await is not."""
    session = SessionFactory()
    try:
        yield session
    finally:
        session.close()  # error: 9 [dispose-not-awaited]


@app.get("/orders")
async def list_orders(session: AsyncSession = Depends(get_session)) -> int:
    """The connection of each request is lost."""
    return (await session.execute(text("select 1"))).scalar_one()

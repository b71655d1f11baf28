"""The application gets its engine from the environment it runs in."""

from collections.abc import AsyncIterator

from fastapi import Depends, FastAPI, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

app = FastAPI()


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """One session per request on the shared engine."""
    async with AsyncSession(request.app.state.engine) as session:
        yield session


@app.get("/orders")
async def list_orders(session: AsyncSession = Depends(get_session)) -> int:
    """Counts."""
    return (await session.execute(text("select 1"))).scalar_one()

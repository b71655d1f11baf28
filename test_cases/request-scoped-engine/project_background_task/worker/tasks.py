"""Work after the response."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"


async def send_receipt(order_id: int) -> None:
    """Runs once for every order."""
    engine = create_async_engine(DATABASE_URL)  # error: [request-scoped-engine]
    try:
        async with AsyncSession(engine) as session:
            await session.execute(text("select :id"), {"id": order_id})
    finally:
        await engine.dispose()

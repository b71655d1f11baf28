from database import SessionLocal
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def count(db: AsyncSession, table: str) -> int:
    return await db.scalar(text(f"select count(*) from {table}")) or 0


async def count_alone(table: str) -> int:
    async with SessionLocal() as db:
        return await count(db, table)

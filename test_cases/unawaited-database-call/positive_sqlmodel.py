from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession


class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str


async def dropped(session: AsyncSession) -> None:
    session.add(Hero(name="x"))
    session.commit()  # error: [unawaited-database-call]


async def used_as_value(session: AsyncSession) -> list[Hero]:
    return list(session.exec(select(Hero)).all())  # error: [unawaited-database-call]


async def in_a_block(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session:
        session.exec(select(Hero))  # error: [unawaited-database-call]

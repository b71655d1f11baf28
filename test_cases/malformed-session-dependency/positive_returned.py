"""Dependencies that return the session they made: nobody closes it."""

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

SessionFactory = async_sessionmaker(expire_on_commit=False)

app = FastAPI()
router = APIRouter()


async def get_session() -> AsyncSession:
    """FastAPI can only clean up what is yielded."""
    return SessionFactory()  # error: 12 [malformed-session-dependency]


def get_sync_session() -> AsyncSession:
    """A plain function is no different."""
    session = SessionFactory()
    return session  # error: 12 [malformed-session-dependency]


async def get_closed_session() -> AsyncSession:
    """Closed before the handler gets it, then it silently opens again."""
    async with SessionFactory() as session:
        return session  # error: [malformed-session-dependency]


class SessionProvider:
    """An instance as dependency."""

    async def __call__(self) -> AsyncSession:
        return SessionFactory()  # error: [malformed-session-dependency]


SessionDep = Annotated[AsyncSession, Depends(get_session)]


@app.get("/returned")
async def returned(session: SessionDep) -> int:
    """The connection of this request is lost."""
    return (await session.execute(text("select 1"))).scalar_one()


@app.get("/sync")
async def returned_by_sync(session: AsyncSession = Depends(get_sync_session)) -> int:
    """So is this one."""
    return (await session.execute(text("select 1"))).scalar_one()


@router.get("/closed")
async def returned_closed(session: AsyncSession = Depends(get_closed_session)) -> int:
    """And this one."""
    return (await session.execute(text("select 1"))).scalar_one()


@router.get("/provider")
async def returned_by_provider(session: AsyncSession = Depends(SessionProvider())) -> int:
    """And this one."""
    return (await session.execute(text("select 1"))).scalar_one()


@router.get("/lambda")
async def returned_by_lambda(
    session: AsyncSession = Depends(lambda: SessionFactory()),  # error: [malformed-session-dependency]
) -> int:
    """And this one."""
    return (await session.execute(text("select 1"))).scalar_one()


app.include_router(router)

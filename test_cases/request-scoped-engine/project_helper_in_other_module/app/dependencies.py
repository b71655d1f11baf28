"""What the routes depend on."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import create_session_maker


async def get_session() -> AsyncIterator[AsyncSession]:
    """Looks right when read alone."""
    session_maker = create_session_maker()
    async with session_maker() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]

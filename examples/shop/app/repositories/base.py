"""What every repository can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.base import ExecutableOption

from ..errors import NotFound
from ..models import Entity

EntityT = TypeVar("EntityT", bound=Entity)


class Repository(Generic[EntityT]):
    """Rows of one mapped class, by way of a session that the caller owns."""

    model: type[EntityT]

    def __init__(self, session: AsyncSession) -> None:
        """Repository that works in `session`'s transaction."""
        self.session = session

    def add(self, entity: EntityT) -> None:
        """Let `entity` be inserted with the next flush."""
        self.session.add(entity)

    async def require(self, identity: int, options: Sequence[ExecutableOption] = ()) -> EntityT:
        """The row with this key, loaded with `options`; NotFound when there is none."""
        statement = select(self.model).where(self.model.id == identity).options(*options)
        entity = (await self.session.execute(statement)).scalar_one_or_none()
        if entity is None:
            raise NotFound(f"no {self.model.__name__} {identity}")
        return entity

    async def total(self) -> int:
        """How many rows there are."""
        return await self.session.scalar(select(func.count()).select_from(self.model)) or 0

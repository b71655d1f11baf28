"""SQLModel hides the strategy in a dictionary."""

from typing import Optional

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, Relationship, SQLModel


class Band(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    songs: list["Song"] = Relationship(sa_relationship_kwargs={"lazy": "dynamic"})  # error: [dynamic-relationship] "songs"


class Song(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    band_id: int | None = Field(default=None, foreign_key="band.id")
    band: Optional["Band"] = Relationship(sa_relationship_kwargs={"overlaps": "songs"})


async def iterated(session: AsyncSession, band_id: int) -> int:
    """Iterating runs the query."""
    band = await session.get_one(Band, band_id)
    return sum(1 for _ in band.songs)

"""SQLModel answers that read columns or loaded relationships."""

from typing import Any

from fastapi import FastAPI
from sqlalchemy.orm import selectinload
from sqlmodel import select

from db import SessionDep
from sql_models import Team, TeamFans, TeamRead

app = FastAPI()


@app.get("/tables", response_model=list[Team])
async def tables(session: SessionDep) -> Any:
    """A table class as response model leaves its relationships out."""
    return (await session.scalars(select(Team))).all()


@app.get("/teams", response_model=list[TeamRead])
async def loaded(session: SessionDep) -> Any:
    """Loaded by an option."""
    statement = select(Team).options(selectinload(Team.heroes))  # type: ignore[arg-type]  # SQLModel's annotation
    return (await session.scalars(statement)).all()


@app.get("/fans", response_model=list[TeamFans])
async def mapped_eager(session: SessionDep) -> Any:
    """Loaded by `sa_relationship_kwargs`."""
    return (await session.scalars(select(Team))).all()


@app.get("/dump/{team_id}")
async def dumped(team_id: int, session: SessionDep) -> dict[str, Any]:
    """`model_dump()` of a table leaves relationships out."""
    team = await session.get_one(Team, team_id)
    return team.model_dump()

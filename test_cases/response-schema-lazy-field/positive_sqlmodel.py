"""SQLModel: the read schema has the relationship, the query does not load it."""

from typing import Any

from fastapi import FastAPI
from sqlmodel import select

from db import SessionDep
from sql_models import Team, TeamRead

app = FastAPI()


@app.get("/teams", response_model=list[TeamRead])
async def teams(session: SessionDep) -> Any:
    """`heroes` of every team."""
    return (await session.scalars(select(Team))).all()  # error: [response-schema-lazy-field] "heroes"


@app.get("/teams/{team_id}", response_model=TeamRead)
async def team(team_id: int, session: SessionDep) -> Any:
    """`heroes` of one team."""
    return await session.get_one(Team, team_id)  # error: [response-schema-lazy-field] "heroes"

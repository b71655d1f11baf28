"""SQLModel tables (no postponed annotations: SQLModel reads them)."""

from typing import Optional

from sqlmodel import Field, Relationship, SQLModel

EAGER = {"lazy": "selectin"}


class Team(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    heroes: list["Hero"] = Relationship(back_populates="team")
    fans: list["Fan"] = Relationship(sa_relationship_kwargs=EAGER)


class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    team_id: int | None = Field(default=None, foreign_key="team.id")
    team: Optional[Team] = Relationship(back_populates="heroes")


class Fan(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    team_id: int | None = Field(default=None, foreign_key="team.id")

"""SQLModel tables and the schemas beside them (no postponed annotations: SQLModel reads them)."""

from typing import Optional

from sqlmodel import Field, Relationship, SQLModel


class TeamBase(SQLModel):
    name: str


class Team(TeamBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    heroes: list["Hero"] = Relationship(back_populates="team")
    fans: list["Fan"] = Relationship(sa_relationship_kwargs={"lazy": "selectin"})


class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    team_id: int | None = Field(default=None, foreign_key="team.id")
    team: Optional[Team] = Relationship(back_populates="heroes")


class Fan(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    team_id: int | None = Field(default=None, foreign_key="team.id")


class HeroRead(SQLModel):
    id: int
    name: str


class FanRead(SQLModel):
    name: str


class TeamRead(TeamBase):
    id: int
    heroes: list[HeroRead] = []


class TeamFans(TeamBase):
    id: int
    fans: list[FanRead] = []

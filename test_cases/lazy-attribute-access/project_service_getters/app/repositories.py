"""A repository put together from mixins, each of which continues with `super()`."""

from __future__ import annotations

from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from .database import ReadSession
from .models import Base, Team

ModelT = TypeVar("ModelT", bound=Base)


class Statements(Protocol[ModelT]):
    model: type[ModelT]

    def base(self) -> Select[tuple[ModelT]]: ...


class KeepArchived(Generic[ModelT]):
    """Nothing that this class extends has a `base`: the next class of the repository is meant."""

    def base(self: Statements[ModelT]) -> Select[tuple[ModelT]]:
        statement: Any = super().base()  # type: ignore[misc]
        return statement.where(self.model.archived.is_(False))


class WithMembers:
    def base(self) -> Any:
        return super().base().options(selectinload(Team.members))  # type: ignore[misc]


class Repository(Generic[ModelT]):
    model: type[ModelT]

    def __init__(self, session: ReadSession) -> None:
        self.session = session

    def base(self) -> Select[tuple[ModelT]]:
        return select(self.model)

    async def get(self, key: int) -> ModelT:
        return (await self.session.scalars(self.base().where(self.model.id == key))).one()


class TeamRepository(KeepArchived[Team], Repository[Team]):
    model = Team


class WholeTeamRepository(KeepArchived[Team], WithMembers, Repository[Team]):
    model = Team

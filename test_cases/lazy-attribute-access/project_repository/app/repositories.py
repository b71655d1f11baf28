"""Repositories of the application."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app.base_repository import BaseRepository
from app.models import Group, Post, User


class UserRepository(BaseRepository[User]):
    model = User

    async def by_name(self, name: str, *, with_posts: bool = False, loaded: bool = True) -> User | None:
        statement = select(User).where(User.name == name)
        if with_posts:
            statement = statement.options(selectinload(User.posts))
        if loaded:
            statement = statement.options(selectinload(User.groups))
        return (await self._session.execute(statement)).scalar_one_or_none()


class GroupRepository(BaseRepository[Group]):
    """Every statement of this repository loads the owner."""

    model = Group

    def get_base_statement(self) -> Select[tuple[Group]]:
        return super().get_base_statement().options(selectinload(Group.owner))


class PostRepository(BaseRepository[Post]):
    model = Post

"""Services hold repositories, repositories hold the session."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from .models import Group, Post, User
from .repositories import GroupRepository, PostRepository, UserRepository


class UserService:
    def __init__(self, session: AsyncSession) -> None:
        self.users = UserRepository(session)
        self.groups = GroupRepository(session)

    async def find(self, user_id: int) -> User:
        user = await self.users.get(user_id)
        if user is None:
            raise LookupError(user_id)
        return user


async def base_get(session: AsyncSession, user_id: int) -> int:
    """Fails: `get()` of the generic base was given no options."""
    user = await UserRepository(session).get(user_id)
    return len(user.posts) if user else 0  # error: [lazy-attribute-access] "posts"


async def base_get_with_options(session: AsyncSession, user_id: int) -> int:
    """`options=` reaches the session's `get()`."""
    user = await UserRepository(session).get(user_id, options=[selectinload(User.posts)])
    return len(user.posts) if user else 0


async def base_list(session: AsyncSession) -> list[int]:
    """Fails: the list was not given options either."""
    users = await UserRepository(session).list(User.name != "")
    return [len(user.posts) for user in users]  # error: [lazy-attribute-access] "posts"


async def base_list_with_options(session: AsyncSession) -> list[int]:
    """The condition inside `list()` sees that there are options."""
    users = await UserRepository(session).list(options=[selectinload(User.posts)])
    return [len(user.posts) for user in users]


async def wrong_option(session: AsyncSession) -> list[int]:
    """Fails: the option names another relationship."""
    users = await UserRepository(session).list(options=(selectinload(User.groups),))
    return [len(user.posts) for user in users]  # error: [lazy-attribute-access] "posts"


async def created(session: AsyncSession) -> int:
    """Fails: the base class refreshes without names."""
    user = await UserRepository(session).create(name="new")
    return user.post_count  # error: [lazy-attribute-access] "posts"


async def created_with_collection(session: AsyncSession) -> str:
    """Columns of the created row."""
    return (await UserRepository(session).create(name="new")).name


async def flag_default(session: AsyncSession) -> int:
    """Fails: `with_posts` is off by default."""
    user = await UserRepository(session).by_name("Ada")
    return len(user.posts) if user else 0  # error: [lazy-attribute-access] "posts"


async def flag_on(session: AsyncSession) -> int:
    """The flag loads the posts, the other one is on by default."""
    user = await UserRepository(session).by_name("Ada", with_posts=True)
    return len(user.posts) + len(user.groups) if user else 0


async def flag_off(session: AsyncSession) -> dict[str, Any]:
    """Fails: switched off, and `to_data()` reads the groups."""
    user = await UserRepository(session).by_name("Ada", loaded=False)
    return user.to_data() if user else {}  # error: [lazy-attribute-access] "groups"


async def method_over_loaded(session: AsyncSession) -> dict[str, Any]:
    """`to_data()` reads what `loaded` has loaded."""
    user = await UserRepository(session).by_name("Ada")
    return user.to_data() if user else {}


async def overridden_statement(session: AsyncSession) -> list[str]:
    """The subclass's base statement loads the owner."""
    return [group.owner.name for group in await GroupRepository(session).list()]


async def overridden_statement_one_hop(session: AsyncSession) -> list[int]:
    """Fails: the owner is loaded, the owner's posts are not."""
    return [len(group.owner.posts) for group in await GroupRepository(session).list()]  # error: [lazy-attribute-access] "posts"


async def by_service(session: AsyncSession, user_id: int) -> dict[str, Any]:
    """Fails: three calls between the query and the read."""
    service = UserService(session)
    user = await service.find(user_id)
    return user.to_data()  # error: [lazy-attribute-access] "groups"


async def through_the_service_attribute(session: AsyncSession) -> list[str]:
    """The service's own repository loads the owner."""
    service = UserService(session)
    return [group.owner.name for group in await service.groups.list()]


async def other_model(session: AsyncSession) -> list[str]:
    """Fails: the same base method with another model and no option."""
    posts = await PostRepository(session).list()
    return [post.user.name for post in posts]  # error: [lazy-attribute-access] "user"


async def other_model_loaded(session: AsyncSession) -> list[str]:
    """With the option of that model."""
    posts = await PostRepository(session).list(Post.id > 0, options=[joinedload(Post.user)])
    return [post.user.name for post in posts] + [Group.__name__]

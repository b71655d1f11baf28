"""A small project in several files, each with variants, and runs over it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from asyncsa_lint.config import Config
from asyncsa_lint.pipeline.cache.kept import Cache
from asyncsa_lint.pipeline.run import RunResult, Workspace, lint

MODELS = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base import LAZY, Base


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    posts: Mapped[list["Post"]] = relationship({lazy})


class Post(Base):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
"""
BASE = """
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


LAZY = "{lazy}"
"""
JOBS = """
from app.models import User
from app.repository import Repository
from app.store import Store


async def stored(store: Store) -> int:
    user = await store.user(1)
    return len(user.posts)


async def job(repository: Repository) -> int:
    user = await repository.user(1)
    return len(user.posts)


async def other(user: User) -> User:
    return user
"""
REPOSITORY = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
{imports}
from app.models import User


class Repository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def user(self, key: int) -> User:
        statement = select(User).where(User.id == key){options}
        return (await self.session.execute(statement)).scalar_one()
"""
ROUTES = """
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from app.repository import {repository}

router = APIRouter()
engine = create_async_engine("sqlite+aiosqlite://")
factory = async_sessionmaker(engine{expire})


async def session():
    async with factory() as found:
        yield found


@router.get("/users")
async def users(key: int, session: AsyncSession = Depends(session)) -> list[int]:
    user = await {repository}(session).user(key)
    {commit}
    return [post.id for post in user.posts]
"""
STORE = """
from app.models import User


class Store:
    async def user(self, key: int) -> User:
        raise NotImplementedError
"""
SPECIAL = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from app.models import User
from app.store import Store


class Special(Store):
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def {name}(self, key: int) -> User:
        return (await self.session.execute(select(User))).scalar_one()
"""
VARIANTS: Mapping[str, tuple[str | None, ...]] = {
    "app/__init__.py": ("",),
    "app/base.py": (BASE.format(lazy="select"), BASE.format(lazy="selectin")),
    "app/jobs.py": (JOBS, JOBS.replace("user.posts", "[]")),
    "app/models/__init__.py": (None, "User = object\n"),
    "app/models.py": (
        MODELS.format(lazy="lazy=LAZY"),
        MODELS.format(lazy='lazy="selectin"'),
        "# moved\n" + MODELS.format(lazy="lazy=LAZY"),
        "class (",
    ),
    "app/repository.py": (
        REPOSITORY.format(imports="", options=""),
        REPOSITORY.format(
            imports="from sqlalchemy.orm import selectinload", options=".options(selectinload(User.posts))"
        ),
        None,
    ),
    "app/routes.py": (
        ROUTES.format(repository="Repository", expire="", commit="await session.commit()"),
        ROUTES.format(repository="Repository", expire=", expire_on_commit=False", commit="pass"),
        ROUTES.format(repository="Repository", expire="", commit="pass  # noqa"),
    ),
    "app/special.py": (None, SPECIAL.format(name="user"), SPECIAL.format(name="other")),
    "app/store.py": (STORE, None),
    "app/main.py": (
        "from fastapi import FastAPI\nfrom app.routes import router\n\napp = FastAPI()\n"
        "app.include_router(router)\n",
        "from app.routes import engine\n\nasync def end() -> None:\n    await engine.dispose()\n",
        None,
    ),
    "sqlalchemy/__init__.py": (None, ""),
}
"""What a file can be; None: it is not there."""


def write(folder: Path, name: str, text: str | None) -> None:
    """Make a file what it is to be."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text(text, encoding="utf-8")


def make(folder: Path) -> Path:
    """The project with the first variant of each file."""
    for name, variants in VARIANTS.items():
        write(folder, name, variants[0])
    return folder


def run(
    project: Path, cache: Path | None = None, *, jobs: int = 1, warnings: list[str] | None = None
) -> RunResult:
    """All rules over the project; what the cache warns of is added to `warnings`."""
    told = [] if warnings is None else warnings
    kept = Cache(lambda root: str(cache), told.append) if cache is not None else None
    workspace = Workspace(Config(profile="all"), cache=kept, root=str(project), jobs=jobs)
    result = lint([str(project)], workspace=workspace)
    assert warnings is not None or not told
    return result

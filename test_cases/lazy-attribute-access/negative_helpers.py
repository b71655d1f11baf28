"""Helpers that load, receive loaded objects, or are told to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from models import Author, Book


async def _with_options(session: AsyncSession, author_id: int, *options: ExecutableOption) -> Author:
    return (await session.scalars(select(Author).where(Author.id == author_id).options(*options))).one()


async def _with_sequence(
    session: AsyncSession, author_id: int, options: Sequence[ExecutableOption] = ()
) -> Author:
    return (await session.scalars(select(Author).where(Author.id == author_id).options(*options))).one()


async def _by_flag(session: AsyncSession, author_id: int, with_books: bool = False) -> Author:
    statement = select(Author).where(Author.id == author_id)
    if with_books:
        statement = statement.options(selectinload(Author.books))
    return (await session.scalars(statement)).one()


def _eager() -> list[ExecutableOption]:
    return [selectinload(Author.books).selectinload(Book.tags), joinedload(Author.profile)]


def _base() -> Select[tuple[Author]]:
    return select(Author).options(selectinload(Author.books))


async def _load(author: Author) -> None:
    await author.awaitable_attrs.books


async def _load_by_refresh(session: AsyncSession, author: Author) -> Author:
    await session.refresh(author, ["books"])
    return author


def _titles(author: Author) -> list[str]:
    return [book.title for book in author.books]


def _describe(book: Book, with_tags: bool = False) -> list[str]:
    lines = [book.title]
    if with_tags:
        lines += [tag.name for tag in book.tags]
    return lines


async def options_passed(session: AsyncSession, author_id: int) -> int:
    """`*options` names what is read."""
    author = await _with_options(session, author_id, selectinload(Author.books))
    return len(author.books)


async def starred_options_passed(session: AsyncSession, author_id: int) -> int:
    """Options come from a helper that lists them."""
    author = await _with_options(session, author_id, *_eager())
    return sum(len(book.tags) for book in author.books) + (author.profile is not None)


async def sequence_passed(session: AsyncSession, author_id: int) -> int:
    """As a keyword argument."""
    author = await _with_sequence(session, author_id, options=[selectinload(Author.books)])
    return len(author.books)


async def flag_true(session: AsyncSession, author_id: int) -> int:
    """The flag chooses the option."""
    author = await _by_flag(session, author_id, with_books=True)
    return len(author.books)


async def flag_positional(session: AsyncSession, author_id: int) -> int:
    """Same flag by position."""
    author = await _by_flag(session, author_id, True)
    return len(author.books)


async def statement_from_helper(session: AsyncSession, author_id: int) -> int:
    """The base statement carries the option."""
    author = (await session.scalars(_base().where(Author.id == author_id))).one()
    return len(author.books)


async def loaded_by_helper(session: AsyncSession, author_id: int) -> int:
    """The helper loads the attribute of the caller's object."""
    author = await session.get_one(Author, author_id)
    await _load(author)
    return len(author.books)


async def refreshed_by_helper(session: AsyncSession, author_id: int) -> int:
    """The helper refreshes it by name."""
    author = await _load_by_refresh(session, await session.get_one(Author, author_id))
    return len(author.books)


async def handed_over_loaded(session: AsyncSession, author_id: int) -> list[str]:
    """The caller loads what the helper reads."""
    author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
    return _titles(author)


async def flag_off_in_the_reader(session: AsyncSession, book_id: int) -> list[str]:
    """The helper would read the tags, but is not asked to."""
    book = await session.get_one(Book, book_id)
    return _describe(book)


async def unknown_options(session: AsyncSession, author_id: int) -> int:
    """Options that can not be resolved may load anything."""
    author = await _with_options(session, author_id, *_from_registry("author"))
    return len(author.books)


_REGISTRY: dict[str, Any] = {}
_REGISTRY["author"] = _eager()


def _from_registry(name: str) -> Any:
    return _REGISTRY[name]


class Repository:
    """Every query of this repository loads the books."""

    options: tuple[ExecutableOption, ...] = (selectinload(Author.books),)

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def statement(self) -> Select[tuple[Author]]:
        return select(Author).options(*self.options)

    async def all(self) -> Sequence[Author]:
        return (await self.session.scalars(self.statement())).all()


async def from_repository(session: AsyncSession) -> int:
    """Options held by a class attribute."""
    return sum(len(author.books) for author in await Repository(session).all())


async def new_by_helper(session: AsyncSession) -> int:
    """The helper gives the collection to the constructor."""
    author = await _create(session, "new")
    return len(author.books)


async def _create(session: AsyncSession, name: str) -> Author:
    author = Author(name=name, books=[])
    session.add(author)
    await session.flush()
    return author


def _tagged(piles: Sequence[Sequence[Book]], with_tags: bool = False) -> list[str]:
    found: list[str] = []
    for pile in piles:
        for book in pile:
            found.extend(_describe(book, with_tags))
    return found


async def told_not_to_in_each_turn(session: AsyncSession) -> list[str]:
    """The flag is still off in the second turn of the outer loop."""
    books = (await session.scalars(select(Book))).all()
    return _tagged([books for _ in range(10)])


class Presenter:
    """Has nothing to do with a database, and reads what it is given."""

    def show(self, book: Book) -> list[str]:
        return [tag.name for tag in book.tags]

    def title(self, book: Book) -> str:
        return book.title


class Desk:
    """One presenter is kept, the other replaced."""

    def __init__(self) -> None:
        self._presenter = Presenter()
        self._other = Presenter()

    def replace(self, other: Titles) -> None:
        self._other = other

    async def loaded(self, session: AsyncSession, book_id: int) -> list[str]:
        book = await session.get_one(Book, book_id, options=[selectinload(Book.tags)])
        return self._presenter.show(book)

    async def title(self, session: AsyncSession, book_id: int) -> str:
        return self._presenter.title(await session.get_one(Book, book_id))

    async def replaced(self, session: AsyncSession, book_id: int) -> list[str]:
        return self._other.show(await session.get_one(Book, book_id))  # ok: [lazy-attribute-access]


class Titles(Presenter):
    """Shows less."""

    def show(self, book: Book) -> list[str]:
        return [book.title]


async def presented_when_loaded(session: AsyncSession, book_id: int) -> list[str]:
    """The presenter reads what has been loaded."""
    return await Desk().loaded(session, book_id)


async def presented_by_a_column(session: AsyncSession, book_id: int) -> str:
    """The presenter reads a column."""
    return await Desk().title(session, book_id)


async def presented_by_another(session: AsyncSession, book_id: int) -> list[str]:
    """By then the desk has got a presenter that reads a column."""
    desk = Desk()
    desk.replace(Titles())
    return await desk.replaced(session, book_id)

"""The load and the read stand in different functions of one file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.sql.base import ExecutableOption

from models import Author, Book


async def _find(session: AsyncSession, author_id: int) -> Author | None:
    return await session.scalar(select(Author).where(Author.id == author_id))


async def _require(session: AsyncSession, author_id: int) -> Author:
    author = await _find(session, author_id)
    if author is None:
        raise LookupError(author_id)
    return author


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


def _statement(author_id: int) -> Select[tuple[Author]]:
    return select(Author).where(Author.id == author_id).options(selectinload(Author.profile))


def _titles(author: Author) -> list[str]:
    return [book.title for book in author.books]


def _report(authors: Iterable[Author]) -> dict[str, list[str]]:
    return {author.name: _titles(author) for author in authors}


async def returned_by_helper(session: AsyncSession, author_id: int) -> int:
    """The helper's query loads columns only."""
    author = await _find(session, author_id)
    return len(author.books) if author else 0  # error: [lazy-attribute-access] "books"


async def returned_through_two_helpers(session: AsyncSession, author_id: int) -> int:
    """Two calls down."""
    author = await _require(session, author_id)
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def read_by_helper(session: AsyncSession, author_id: int) -> list[str]:
    """The helper reads what the caller did not load: the caller hands it over."""
    author = await session.get_one(Author, author_id)
    return _titles(author)  # error: 12 [lazy-attribute-access] "books"


async def read_two_calls_down(session: AsyncSession) -> dict[str, list[str]]:
    """Through a loop in one helper into another."""
    authors = (await session.scalars(select(Author))).all()
    return _report(authors)  # error: [lazy-attribute-access] "books"


async def mapped_over(session: AsyncSession) -> list[list[str]]:
    """`map` calls the helper for every element when the list is built."""
    authors = (await session.scalars(select(Author))).all()
    return list(map(_titles, authors))  # error: [lazy-attribute-access] "books"


async def no_option_passed(session: AsyncSession, author_id: int) -> int:
    """`*options` is empty at this call."""
    author = await _with_options(session, author_id)
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def wrong_option_passed(session: AsyncSession, author_id: int) -> int:
    """Another relationship is named."""
    author = await _with_options(session, author_id, selectinload(Author.profile))
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def default_sequence(session: AsyncSession, author_id: int) -> int:
    """The default of `options` is empty."""
    author = await _with_sequence(session, author_id)
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def flag_left_out(session: AsyncSession, author_id: int) -> int:
    """The default of the flag switches the option off."""
    author = await _by_flag(session, author_id)
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def flag_false(session: AsyncSession, author_id: int) -> int:
    """Switched off explicitly."""
    author = await _by_flag(session, author_id, with_books=False)
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def statement_from_helper(session: AsyncSession, author_id: int) -> int:
    """The helper's statement loads the profile only."""
    author = (await session.scalars(_statement(author_id))).one()
    return len(author.books)  # error: [lazy-attribute-access] "books"


class Repository:
    """Holds the session."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, author_id: int) -> Author:
        return await self.session.get_one(Author, author_id)

    async def all(self) -> Sequence[Author]:
        return (await self.session.scalars(select(Author))).all()


async def from_repository(session: AsyncSession, author_id: int) -> int:
    """A method of an object that holds the session."""
    repository = Repository(session)
    author = await repository.get(author_id)
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def list_from_repository(session: AsyncSession) -> int:
    """The repository built in place."""
    authors = await Repository(session).all()
    return sum(len(author.books) for author in authors)  # error: [lazy-attribute-access] "books"


@dataclass
class Page:
    """A plain container of rows."""

    authors: Sequence[Author]
    total: int


async def in_a_container(session: AsyncSession) -> list[int]:
    """The instances travel in a dataclass."""
    authors = await Repository(session).all()
    page = Page(authors, len(authors))
    return [len(author.books) for author in page.authors]  # error: [lazy-attribute-access] "books"


async def in_a_tuple(session: AsyncSession) -> int:
    """The helper returns a pair."""
    authors, total = await _page(session)
    return total + len(authors[0].books)  # error: [lazy-attribute-access] "books"


async def _page(session: AsyncSession) -> tuple[Sequence[Author], int]:
    authors = (await session.scalars(select(Author))).all()
    return authors, len(authors)


class BookView:
    """Reads in its constructor."""

    def __init__(self, book: Book) -> None:
        self.title = book.title
        self.tags = [tag.name for tag in book.tags]

    @classmethod
    def from_row(cls, book: Book) -> BookView:
        return cls(book)

    def as_dict(self) -> dict[str, Any]:
        return {"title": self.title, "tags": self.tags}


async def converted(session: AsyncSession, book_id: int) -> dict[str, Any]:
    """The converter's constructor reads the tags."""
    book = await session.get_one(Book, book_id)
    return BookView.from_row(book).as_dict()  # error: [lazy-attribute-access] "tags"


async def reads_only_sometimes(session: AsyncSession, book_id: int) -> list[str]:
    """The helper reads the tags because the flag says so."""
    book = await session.get_one(Book, book_id)
    return _describe(book, with_tags=True)  # error: [lazy-attribute-access] "tags"


def _describe(book: Book, with_tags: bool = False) -> list[str]:
    lines = [book.title]
    if with_tags:
        lines += [tag.name for tag in book.tags]
    return lines


class Presenter:
    """Has nothing to do with a database, and reads what it is given."""

    def show(self, book: Book) -> list[str]:
        return [tag.name for tag in book.tags]


class Desk:
    """Its constructor keeps a presenter, and does nothing else."""

    def __init__(self) -> None:
        self._presenter = Presenter()

    async def shown(self, session: AsyncSession, book_id: int) -> list[str]:
        book = await session.get_one(Book, book_id)
        return self._presenter.show(book)  # error: [lazy-attribute-access] "tags"


class Counter:
    """It is given the presenter."""

    def __init__(self, presenter: Presenter) -> None:
        self._presenter = presenter

    async def shown(self, session: AsyncSession, book_id: int) -> list[str]:
        book = await session.get_one(Book, book_id)
        return self._presenter.show(book)  # error: [lazy-attribute-access] "tags"


async def shown_by_what_the_constructor_made(session: AsyncSession, book_id: int) -> list[str]:
    """The finding stands where the row is handed to the presenter."""
    return await Desk().shown(session, book_id)


async def shown_by_what_was_given(session: AsyncSession, book_id: int) -> list[str]:
    """The presenter went through a constructor and a method."""
    return await Counter(Presenter()).shown(session, book_id)

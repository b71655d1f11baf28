"""What an option, a refresh or a second query loads may be read."""

from __future__ import annotations

import json
from typing import Any, Generic, TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    Load,
    aliased,
    contains_eager,
    defaultload,
    immediateload,
    joinedload,
    load_only,
    selectinload,
    subqueryload,
    undefer,
)

from models import Author, Book


async def with_selectin(session: AsyncSession) -> int:
    """`selectinload` loads the collection."""
    authors = (await session.scalars(select(Author).options(selectinload(Author.books)))).all()
    return sum(len(author.books) for author in authors)  # ok: [lazy-attribute-access]


async def with_joined(session: AsyncSession) -> int:
    """`joinedload` loads the collection."""
    authors = (await session.scalars(select(Author).options(joinedload(Author.books)))).unique().all()
    return sum(len(author.books) for author in authors)


async def with_subquery(session: AsyncSession) -> int:
    """`subqueryload` loads the collection."""
    authors = (await session.scalars(select(Author).options(subqueryload(Author.books)))).all()
    return sum(len(author.books) for author in authors)


async def with_immediate(session: AsyncSession) -> int:
    """`immediateload` loads the collection."""
    authors = (await session.scalars(select(Author).options(immediateload(Author.books)))).all()
    return sum(len(author.books) for author in authors)


async def back_reference(session: AsyncSession) -> list[str]:
    """The parents of a loaded collection are in the identity map."""
    authors = (await session.scalars(select(Author).options(selectinload(Author.books)))).all()
    return [book.author.name for author in authors for book in author.books if book.author]


async def one_to_one(session: AsyncSession) -> list[str]:
    """One-to-one with its own option."""
    authors = (await session.scalars(select(Author).options(joinedload(Author.profile)))).all()
    return [author.profile.website for author in authors if author.profile]


async def many_to_one(session: AsyncSession) -> list[str]:
    """Many-to-one with its own option; a null foreign key gives None."""
    books = (await session.scalars(select(Book).options(joinedload(Book.author)))).all()
    return [book.author.name if book.author else "" for book in books]


async def chained(session: AsyncSession) -> int:
    """Every hop of the chain is loaded."""
    statement = select(Author).options(selectinload(Author.books).selectinload(Book.reviews))
    return sum(len(book.reviews) for author in await session.scalars(statement) for book in author.books)


async def chained_kinds(session: AsyncSession) -> int:
    """Kinds of loading may be mixed along a chain."""
    statement = select(Book).options(joinedload(Book.author).selectinload(Author.books).subqueryload(Book.tags))
    books = (await session.scalars(statement)).all()
    return sum(len(other.tags) for book in books if book.author for other in book.author.books)


async def several_options(session: AsyncSession) -> int:
    """Two options in one call, two calls."""
    statement = select(Author).options(selectinload(Author.books), joinedload(Author.profile))
    statement = statement.options(selectinload(Author.books).selectinload(Book.tags))
    author = (await session.scalars(statement)).first()
    assert author is not None
    return len(author.books[0].tags) + (author.profile is not None)


async def nested_options(session: AsyncSession) -> int:
    """`.options()` below a loader option."""
    statement = select(Author).options(selectinload(Author.books).options(selectinload(Book.tags), selectinload(Book.reviews)))
    author = (await session.scalars(statement)).first()
    assert author is not None
    return len(author.books[0].tags) + len(author.books[0].reviews)


async def several_hops_in_one_call(session: AsyncSession) -> int:
    """`selectinload(A.b, B.c)` names a path; only its last hop is eager by this call."""
    statement = select(Author).options(selectinload(Author.books), selectinload(Author.books, Book.reviews))
    author = (await session.scalars(statement)).first()
    assert author is not None
    return len(author.books[0].reviews)


async def from_load(session: AsyncSession) -> int:
    """`Load(Entity)` as the start of the chain."""
    author = (await session.scalars(select(Author).options(Load(Author).selectinload(Author.books)))).first()
    assert author is not None
    return len(author.books)


async def restricted(session: AsyncSession) -> int:
    """`.and_()` restricts the collection, which is loaded all the same."""
    statement = select(Author).options(selectinload(Author.books.and_(Book.title == "One")))
    author = (await session.scalars(statement)).first()
    assert author is not None
    return len(author.books)


async def default_then_eager(session: AsyncSession) -> int:
    """`defaultload` below an eager hop continues the path."""
    statement = select(Author).options(
        selectinload(Author.books), defaultload(Author.books).selectinload(Book.reviews)
    )
    author = (await session.scalars(statement)).first()
    assert author is not None
    return len(author.books[0].reviews)


async def everything(session: AsyncSession) -> int:
    """`selectinload("*")` loads every relationship at every depth."""
    author = (await session.scalars(select(Author).options(selectinload("*")))).first()
    assert author is not None
    return len(author.books[0].reviews) + (author.profile is not None)


async def everything_joined(session: AsyncSession) -> int:
    """`joinedload("*")` too."""
    author = (await session.scalars(select(Author).options(joinedload("*")))).unique().first()
    assert author is not None
    return len(author.books[0].reviews) + (author.profile is not None)


async def joined_and_contained(session: AsyncSession) -> int:
    """`contains_eager` together with its join."""
    statement = select(Author).join(Author.books).options(contains_eager(Author.books))
    return sum(len(author.books) for author in (await session.scalars(statement)).unique())


async def on_an_alias(session: AsyncSession) -> int:
    """The option is spelled with the alias that is selected."""
    writer = aliased(Author)
    author = (await session.scalars(select(writer).options(selectinload(writer.books)))).first()
    assert author is not None
    return len(author.books)


async def primary_key_always(session: AsyncSession) -> list[int]:
    """`load_only` always adds the primary key."""
    books = (await session.scalars(select(Book).options(load_only(Book.title)))).all()
    return [book.id for book in books if book.title]


async def only_and_parent(session: AsyncSession) -> list[str]:
    """An eager parent does not need the foreign key column."""
    statement = select(Book).options(load_only(Book.title), joinedload(Book.author))
    return [book.author.name for book in await session.scalars(statement) if book.author]


async def undeferred(session: AsyncSession) -> str | None:
    """`undefer()` loads a column that is mapped as deferred."""
    author = (await session.scalars(select(Author).options(undefer(Author.biography)))).first()
    return author.biography if author else None


async def all_undeferred(session: AsyncSession) -> str | None:
    """`undefer("*")` too."""
    author = (await session.scalars(select(Author).options(undefer("*")))).first()
    return author.biography if author else None


async def deferred_refreshed(session: AsyncSession, author_id: int) -> str | None:
    """A named refresh loads the deferred column."""
    author = await session.get_one(Author, author_id)
    await session.refresh(author, ["biography"])
    return author.biography


async def get_with_options(session: AsyncSession, author_id: int) -> int:
    """`get(options=)` of an object the session does not hold yet."""
    author = await session.get(Author, author_id, options=[selectinload(Author.books)])
    return len(author.books) if author else 0


async def get_again_populating(session: AsyncSession, author_id: int) -> int:
    """`populate_existing=True` makes `get()` apply its options to an object in the session."""
    author = await session.get_one(Author, author_id)
    await session.get_one(Author, author_id, options=[selectinload(Author.books)], populate_existing=True)
    return len(author.books)


async def get_again_locking(session: AsyncSession, author_id: int) -> int:
    """So does `with_for_update=True`."""
    author = await session.get_one(Author, author_id)
    await session.get_one(Author, author_id, options=[selectinload(Author.books)], with_for_update=True)
    return len(author.books)


async def selected_again(session: AsyncSession, author_id: int) -> int:
    """A second select with the option fills the object the session holds."""
    author = await session.get_one(Author, author_id)
    await session.execute(select(Author).where(Author.id == author_id).options(selectinload(Author.books)))
    return len(author.books)


async def kept_by_a_plain_select(session: AsyncSession, author_id: int) -> int:
    """A plain second select leaves alone what is loaded."""
    author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
    await session.scalars(select(Author))
    return len(author.books)


async def kept_by_a_locking_get(session: AsyncSession, author_id: int) -> int:
    """Locking the row repeats the options of the first load."""
    author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
    await session.flush()
    await session.get_one(Author, author_id, with_for_update=True)
    return len(author.books)


async def refreshed_by_name(session: AsyncSession, author_id: int) -> int:
    """`refresh()` with names is a loader for these names."""
    author = await session.get_one(Author, author_id)
    await session.refresh(author, ["books", "profile"])
    return len(author.books) + (author.profile is not None)


async def refreshed_by_keyword(session: AsyncSession, author_id: int) -> list[str]:
    """Spelled with the keyword; the children's parent is in the identity map."""
    author = await session.get_one(Author, author_id)
    await session.refresh(author, attribute_names=["books"])
    return [book.author.name for book in author.books if book.author]


async def refreshed_after_option(session: AsyncSession, author_id: int) -> int:
    """Options of the first load stick to the instance: a refresh loads them again."""
    author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
    await session.refresh(author)
    return len(author.books)


async def awaited_attribute(session: AsyncSession, author_id: int) -> int:
    """`awaitable_attrs` loads, afterwards the plain read is fine."""
    author = await session.get_one(Author, author_id)
    await author.awaitable_attrs.books
    return len(author.books)


async def awaited_value(session: AsyncSession, author_id: int) -> list[str]:
    """The awaited value itself."""
    author = await session.get_one(Author, author_id)
    return [book.title for book in await author.awaitable_attrs.books]


async def loaded_in_run_sync(session: AsyncSession, author_id: int) -> int:
    """Inside `run_sync()` lazy loading works, and what it loaded stays."""
    author = await session.get_one(Author, author_id)
    await session.run_sync(lambda _: author.books)
    return len(author.books)


async def aggregated_rows(session: AsyncSession) -> dict[str, int]:
    """A row's label is a column, whatever it is called."""
    statement = select(Author.name, func.count(Book.id).label("books")).join(Author.books).group_by(Author.name)
    return {row.name: row.books for row in await session.execute(statement)}


async def option_on_both_branches(session: AsyncSession, author_id: int) -> int:
    """Whatever branch is taken loads the books."""
    statement = select(Author).where(Author.id == author_id)
    if author_id > 1:
        statement = statement.options(selectinload(Author.books))
    else:
        statement = statement.options(subqueryload(Author.books))
    return len((await session.scalars(statement)).one().books)


async def option_behind_the_same_flag(session: AsyncSession, author_id: int) -> int:
    """The read stands behind the flag that chose the option."""
    full = author_id > 1
    statement = select(Author).where(Author.id == author_id)
    if full:
        statement = statement.options(selectinload(Author.books))
    author = (await session.scalars(statement)).one()
    return len(author.books) if full else 0


WITH_BOOKS = (selectinload(Author.books), joinedload(Author.profile))


async def options_from_a_constant(session: AsyncSession) -> int:
    """A module-level tuple of options, starred."""
    author = (await session.scalars(select(Author).options(*WITH_BOOKS))).first()
    return len(author.books) if author else 0


async def options_from_a_list(session: AsyncSession, author_id: int) -> int:
    """A list grown in the function."""
    options = [selectinload(Author.books)]
    options.append(joinedload(Author.profile))
    author = (await session.scalars(select(Author).where(Author.id == author_id).options(*options))).one()
    return len(author.books) + (author.profile is not None)


async def related_row_filled_by_a_later_query(session: AsyncSession) -> int:
    """A later query meets the author that came with the book, and fills what was missing."""
    book = (await session.scalars(select(Book).options(joinedload(Book.author)).limit(1))).one()
    (
        await session.execute(
            select(Author).where(Author.id == book.author_id).options(selectinload(Author.books))
        )
    ).scalar_one()
    return len(book.author.books) if book.author else 0


async def merged_with_options(session: AsyncSession, author_id: int) -> int:
    """`merge(options=)` looks the row up with them."""
    author = await session.merge(Author(id=author_id, name="renamed"), options=[selectinload(Author.books)])
    return len(author.books)


class Rows:
    """Loads what its callers name, as far as the class has it."""

    def __init__(self, session: AsyncSession, model: type[Author] | type[Book]) -> None:
        self.session = session
        self.model = model

    async def get_by_id(self, row_id: int, relations: list[str]) -> Any:
        statement = select(self.model).where(self.model.id == row_id)
        for relation in relations:
            if hasattr(self.model, relation):
                statement = statement.options(selectinload(getattr(self.model, relation)))
        return (await self.session.execute(statement)).scalar_one()


async def options_by_name(session: AsyncSession, author_id: int) -> int:
    """A mapped class has the attributes that are mapped."""
    author = await Rows(session, Author).get_by_id(author_id, ["books", "profile"])
    return len(author.books) + (author.profile is not None)


async def options_by_unknown_names(session: AsyncSession, author_id: int) -> int:
    """What the names are is not known: they may well be those of what is read."""
    author = await Rows(session, Author).get_by_id(author_id, json.loads('["books"]'))
    return len(author.books)


RowT = TypeVar("RowT", Author, Book)


class Store(Generic[RowT]):
    """Loads what its callers name, if they name anything."""

    def __init__(self, session: AsyncSession, model: type[RowT]) -> None:
        self.session = session
        self.model = model

    async def get(self, row_id: int, relations: list[str] | None = None) -> RowT | None:
        statement = select(self.model)
        if relations:
            for relation in relations:
                if hasattr(self.model, relation):
                    statement = statement.options(selectinload(getattr(self.model, relation)))
        statement = statement.where(self.model.id == row_id)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def get_at_once(self, row_id: int, relations: list[str] | None = None) -> RowT | None:
        statement = select(self.model).where(self.model.id == row_id)
        if relations:
            statement = statement.options(*[selectinload(getattr(self.model, name)) for name in relations])
        return (await self.session.execute(statement)).scalar_one_or_none()


async def options_by_perhaps_no_names(session: AsyncSession, author_id: int) -> int:
    """Nor is it known that there are none."""
    author = await Store(session, Author).get(author_id, json.loads('["books"]'))
    return len(author.books) if author else 0


async def options_by_perhaps_no_names_at_once(session: AsyncSession, author_id: int) -> int:
    """The same in one expression."""
    author = await Store(session, Author).get_at_once(author_id, json.loads('["books"]'))
    return len(author.books) if author else 0

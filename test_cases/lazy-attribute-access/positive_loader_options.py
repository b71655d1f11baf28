"""Options that do not load what is read: wrong hop, wrong kind, wrong column."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    Load,
    contains_eager,
    defaultload,
    defer,
    immediateload,
    joinedload,
    lazyload,
    load_only,
    raiseload,
    selectinload,
    subqueryload,
    with_loader_criteria,
)

from models import Author, Book


async def other_relationship(session: AsyncSession) -> list[str]:
    """`books` is loaded, `profile` is not."""
    authors = (await session.scalars(select(Author).options(selectinload(Author.books)))).all()
    return [author.profile.website for author in authors if author.profile]  # error: [lazy-attribute-access] "profile"


async def second_level_selectin(session: AsyncSession, author_id: int) -> int:
    """One hop is loaded, the second is not."""
    author = await session.scalar(select(Author).where(Author.id == author_id).options(selectinload(Author.books)))
    assert author is not None
    return sum(len(book.reviews) for book in author.books)  # error: [lazy-attribute-access] "reviews"


async def second_level_joined(session: AsyncSession, author_id: int) -> int:
    """Same with `joinedload`."""
    statement = select(Author).where(Author.id == author_id).options(joinedload(Author.books))
    author = (await session.scalars(statement)).unique().one()
    return len(author.books[0].reviews)  # error: [lazy-attribute-access] "reviews"


async def second_level_subquery(session: AsyncSession, author_id: int) -> list[str]:
    """Same with `subqueryload`, read through a nested comprehension."""
    author = await session.scalar(select(Author).where(Author.id == author_id).options(subqueryload(Author.books)))
    assert author is not None
    return [tag.name for book in author.books for tag in book.tags]  # error: [lazy-attribute-access] "tags"


async def second_level_immediate(session: AsyncSession, author_id: int) -> int:
    """Same with `immediateload`."""
    author = await session.scalar(select(Author).where(Author.id == author_id).options(immediateload(Author.books)))
    assert author is not None
    return len(author.books[0].reviews)  # error: [lazy-attribute-access] "reviews"


async def reverse_of_many_to_one(session: AsyncSession, book_id: int) -> int:
    """Loading the parent does not load the parent's collection."""
    book = await session.scalar(select(Book).where(Book.id == book_id).options(joinedload(Book.author)))
    assert book is not None and book.author is not None
    return len(book.author.books)  # error: [lazy-attribute-access] "books"


async def inner_join_only(session: AsyncSession) -> int:
    """`join()` filters, it loads nothing."""
    authors = (await session.scalars(select(Author).join(Author.books))).unique().all()
    return sum(len(author.books) for author in authors)  # error: [lazy-attribute-access] "books"


async def joined_parent(session: AsyncSession) -> list[str]:
    """A join towards the parent does not load it either."""
    books = (await session.scalars(select(Book).join(Book.author))).all()
    return [book.author.name for book in books if book.author]  # error: [lazy-attribute-access] "author"


async def contains_eager_nested(session: AsyncSession) -> int:
    """`contains_eager` loads its own hop only."""
    statement = select(Author).join(Author.books).options(contains_eager(Author.books))
    author = (await session.scalars(statement)).first()
    assert author is not None
    return len(author.books[0].reviews)  # error: [lazy-attribute-access] "reviews"


async def raise_option(session: AsyncSession, author_id: int) -> int:
    """`raiseload` makes the read fail on purpose."""
    author = await session.get(Author, author_id, options=[raiseload(Author.books)])
    assert author is not None
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def raise_everything(session: AsyncSession, author_id: int) -> int:
    """`raiseload("*")` covers every relationship."""
    author = (await session.scalars(select(Author).where(Author.id == author_id).options(raiseload("*")))).one()
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def raise_the_rest(session: AsyncSession, author_id: int) -> bool:
    """What the first option does not name is covered by the second."""
    statement = select(Author).where(Author.id == author_id).options(selectinload(Author.books), raiseload("*"))
    author = (await session.scalars(statement)).one()
    return bool(author.books) and author.profile is not None  # error: [lazy-attribute-access] "profile"


async def lazy_option(session: AsyncSession) -> int:
    """`lazyload` is the default spelled out."""
    author = (await session.scalars(select(Author).options(lazyload(Author.books)))).first()
    assert author is not None
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def lazy_everything(session: AsyncSession) -> int:
    """`lazyload("*")` as well."""
    author = (await session.scalars(select(Author).options(lazyload("*")))).first()
    assert author is not None
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def default_option(session: AsyncSession) -> int:
    """`defaultload` only names a path."""
    statement = select(Author).options(defaultload(Author.books).selectinload(Book.reviews))
    author = (await session.scalars(statement)).first()
    assert author is not None
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def one_level_wildcard(session: AsyncSession) -> int:
    """`Load(Entity).selectinload("*")` stops after the first level."""
    author = (await session.scalars(select(Author).options(Load(Author).selectinload("*")))).first()
    assert author is not None
    return len(author.books[0].reviews)  # error: [lazy-attribute-access] "reviews"


async def criteria_only(session: AsyncSession) -> int:
    """`with_loader_criteria` restricts loads, it does not cause one."""
    statement = select(Author).options(with_loader_criteria(Book, Book.title != "Two"))
    author = (await session.scalars(statement)).first()
    assert author is not None
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def omitted_column(session: AsyncSession) -> list[str | None]:
    """`load_only` defers every column it does not name."""
    books = (await session.scalars(select(Book).options(load_only(Book.title)))).all()
    return [book.subtitle for book in books]  # error: [lazy-attribute-access] "subtitle"


async def omitted_column_of_child(session: AsyncSession) -> str | None:
    """`load_only` below another option."""
    statement = select(Author).options(selectinload(Author.books).load_only(Book.title))
    author = (await session.scalars(statement)).first()
    assert author is not None
    return author.books[0].subtitle  # error: [lazy-attribute-access] "subtitle"


async def foreign_key_omitted(session: AsyncSession) -> str:
    """Without its foreign key a many-to-one can not be resolved either."""
    book = (await session.scalars(select(Book).options(load_only(Book.title)))).first()
    assert book is not None
    return book.author.name if book.author else ""  # error: [lazy-attribute-access] "author"


async def deferred_column(session: AsyncSession, author_id: int) -> str | None:
    """`defer()` names the column that is read."""
    author = await session.get(Author, author_id, options=[defer(Author.name)])
    assert author is not None
    return author.name  # error: [lazy-attribute-access] "name"


async def deferred_column_raises(session: AsyncSession, author_id: int) -> str | None:
    """`defer(raiseload=True)` raises instead of loading."""
    author = (await session.scalars(select(Author).options(defer(Author.name, raiseload=True)))).first()
    assert author is not None
    return author.name  # error: [lazy-attribute-access] "name"


async def mapped_as_deferred(session: AsyncSession, author_id: int) -> str | None:
    """`deferred=True` in the mapping."""
    author = await session.get_one(Author, author_id)
    return author.biography  # error: [lazy-attribute-access] "biography"


async def get_ignores_options(session: AsyncSession, author_id: int) -> int:
    """`get(options=)` on an object the session already holds ignores the options."""
    known = await session.get_one(Author, author_id)
    author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
    return len(known.name) + len(author.books)  # error: [lazy-attribute-access] "books"


async def option_on_one_branch(session: AsyncSession, author_id: int) -> int:
    """The branch without the option is the one that is taken by default."""
    full = author_id > 1
    statement = select(Author).where(Author.id == author_id)
    if full:
        statement = statement.options(selectinload(Author.books))
    author = (await session.scalars(statement)).one()
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def options_not_kept(session: AsyncSession, author_id: int) -> int:
    """`options()` returns a new statement; its value is dropped here."""
    statement = select(Author).where(Author.id == author_id)
    statement.options(selectinload(Author.books))
    author = (await session.scalars(statement)).one()
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def later_option_then_refresh(session: AsyncSession, author_id: int) -> int:
    """`refresh()` repeats the options of the first load, and that one had none."""
    author = await session.get_one(Author, author_id)
    await session.scalar(select(Author).where(Author.id == author_id).options(selectinload(Author.books)))
    await session.refresh(author)
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def populate_existing_unloads(session: AsyncSession, author_id: int) -> int:
    """`populate_existing` replaces the state, and this statement loads no books."""
    author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
    await session.get_one(Author, author_id, populate_existing=True)
    return len(author.books)  # error: [lazy-attribute-access] "books"


async def named(session: AsyncSession, author_id: int, relations: list[str]) -> Author:
    statement = select(Author).where(Author.id == author_id)
    for relation in relations:
        if hasattr(Author, relation):
            statement = statement.options(selectinload(getattr(Author, relation)))
    return (await session.execute(statement)).scalar_one()


async def other_name(session: AsyncSession, author_id: int) -> int:
    """Only what is named is loaded."""
    author = await named(session, author_id, ["profile"])
    return len(author.books)  # error: [lazy-attribute-access] "books"

"""FastAPI reads every field of the response model from the returned instance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from db import ExpiringDep, SessionDep
from models import Author, Book
from schemas import (
    AuthorAliased,
    AuthorBrief,
    AuthorChoices,
    AuthorCounted,
    AuthorDeep,
    AuthorHidden,
    AuthorInner,
    AuthorOut,
    AuthorSite,
    AuthorWithDefault,
    AuthorWithProfile,
    BookWithAuthor,
    Page,
)

app = FastAPI()


@app.get("/plain/{author_id}", response_model=AuthorOut)
async def plain(author_id: int, session: SessionDep) -> Any:
    """`books` is a field of the model and was not loaded."""
    author = await session.get_one(Author, author_id)
    return author  # error: 12 [response-schema-lazy-field] "books"


@app.get("/annotated/{author_id}")
async def annotated(author_id: int, session: SessionDep) -> AuthorOut:
    """The return annotation is the response model."""
    author = await session.get_one(Author, author_id)
    return author  # type: ignore[return-value]  # error: [response-schema-lazy-field] "books"


@app.get("/optional/{author_id}")
async def optional(author_id: int, session: SessionDep) -> AuthorOut | None:
    """An optional one too."""
    return await session.get(Author, author_id)  # type: ignore[return-value]  # error: [response-schema-lazy-field] "books"


@app.get("/list", response_model=list[AuthorOut])
async def listed(session: SessionDep) -> Sequence[Author]:
    """Every element of the list is read."""
    return (await session.scalars(select(Author))).all()  # error: [response-schema-lazy-field] "books"


@app.get("/default/{author_id}", response_model=AuthorWithDefault)
async def default(author_id: int, session: SessionDep) -> Author:
    """A default does not prevent the read."""
    return await session.get_one(Author, author_id)  # error: [response-schema-lazy-field] "books"


@app.get("/deep/{author_id}", response_model=AuthorDeep)
async def deep(author_id: int, session: SessionDep) -> Author:
    """The nested schema reads one hop more than the option loads."""
    author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
    return author  # error: [response-schema-lazy-field] "reviews"


@app.get("/excluded/{author_id}", response_model=AuthorOut, response_model_exclude={"books"})
async def excluded(author_id: int, session: SessionDep) -> Author:
    """`response_model_exclude` acts after validation."""
    return await session.get_one(Author, author_id)  # error: [response-schema-lazy-field] "books"


@app.get("/hidden/{author_id}", response_model=AuthorHidden)
async def hidden(author_id: int, session: SessionDep) -> Author:
    """So does `Field(exclude=True)`."""
    return await session.get_one(Author, author_id)  # error: [response-schema-lazy-field] "books"


@app.get("/scalar/{book_id}", response_model=BookWithAuthor)
async def scalar_reference(book_id: int, session: SessionDep) -> Book:
    """A many-to-one whose target is not in the session."""
    book = await session.get_one(Book, book_id)
    return book  # error: [response-schema-lazy-field] "author"


@app.get("/one-to-one/{author_id}", response_model=AuthorWithProfile)
async def one_to_one(author_id: int, session: SessionDep) -> Author:
    """The annotation is a string."""
    return await session.get_one(Author, author_id)  # error: [response-schema-lazy-field] "profile"


@app.get("/property/{author_id}", response_model=AuthorCounted)
async def by_property(author_id: int, session: SessionDep) -> Author:
    """The field reads a property, the property the relationship."""
    return await session.get_one(Author, author_id)  # error: [response-schema-lazy-field] "books"


@app.get("/alias/{author_id}", response_model=AuthorAliased)
async def alias(author_id: int, session: SessionDep) -> Author:
    """The alias is the attribute that is read."""
    return await session.get_one(Author, author_id)  # error: [response-schema-lazy-field] "books"


@app.get("/path/{author_id}", response_model=AuthorSite)
async def alias_path(author_id: int, session: SessionDep) -> Author:
    """The first step of an `AliasPath`."""
    return await session.get_one(Author, author_id)  # error: [response-schema-lazy-field] "profile"


@app.get("/choices/{author_id}", response_model=AuthorChoices)
async def alias_choices(author_id: int, session: SessionDep) -> Author:
    """The first choice does not exist, the second is the relationship."""
    return await session.get_one(Author, author_id)  # error: [response-schema-lazy-field] "books"


@app.get("/page", response_model=Page[AuthorOut])
async def page(session: SessionDep) -> dict[str, Any]:
    """A generic page around the rows, returned as a dictionary."""
    authors = (await session.scalars(select(Author))).all()
    return {"items": authors, "total": len(authors)}  # error: [response-schema-lazy-field] "books"


@app.get("/inner/{author_id}", response_model=AuthorInner)
async def without_from_attributes(author_id: int, session: SessionDep) -> Author:
    """FastAPI validates with `from_attributes` switched on."""
    return await session.get_one(Author, author_id)  # error: [response-schema-lazy-field] "books"


@app.get("/created", response_model=AuthorOut)
async def created(session: SessionDep) -> Author:
    """Add, commit, refresh, return: the books were never loaded."""
    author = Author(name="new")
    session.add(author)
    await session.commit()
    await session.refresh(author)
    return author  # error: [response-schema-lazy-field] "books"


@app.get("/expired/{author_id}", response_model=AuthorBrief)
async def expired(author_id: int, session: ExpiringDep) -> Author:
    """Even plain columns are gone after an expiring commit."""
    author = await session.get_one(Author, author_id)
    author.name = "changed"
    await session.commit()
    return author  # error: [response-schema-lazy-field]


async def _find(session: SessionDep, author_id: int) -> Author:
    return (await session.scalars(select(Author).where(Author.id == author_id))).one()


@app.get("/helper/{author_id}", response_model=AuthorOut)
async def from_helper(author_id: int, session: SessionDep) -> Author:
    """The query stands in a helper."""
    return await _find(session, author_id)  # error: [response-schema-lazy-field] "books"


@app.get("/given-refreshed", response_model=AuthorOut)
async def given_then_refreshed(session: SessionDep) -> Author:
    """The collection was given, but the refresh unloads it: no option would load it again."""
    author = Author(name="new", books=[])
    session.add(author)
    await session.commit()
    await session.refresh(author)
    return author  # error: [response-schema-lazy-field] "books"

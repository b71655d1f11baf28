"""Answers whose fields are loaded, built by hand, or not read at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from db import ExpiringDep, Keeping, SessionDep
from models import Author, Book
from schemas import (
    AuthorBrief,
    AuthorConverted,
    AuthorDeep,
    AuthorOut,
    BookBrief,
    BookOut,
    BookWithAuthor,
    Page,
)

app = FastAPI()


@app.get("/loaded/{author_id}", response_model=AuthorOut)
async def loaded(author_id: int, session: SessionDep) -> Author:
    """The option loads the field."""
    return await session.get_one(Author, author_id, options=[selectinload(Author.books)])  # ok: [response-schema-lazy-field]


@app.get("/deep", response_model=list[AuthorDeep])
async def deep(session: SessionDep) -> Sequence[Author]:
    """As deep as the schema reads."""
    option = selectinload(Author.books).selectinload(Book.reviews)
    return (await session.scalars(select(Author).options(option))).all()


@app.get("/columns/{author_id}", response_model=AuthorBrief)
async def columns(author_id: int, session: SessionDep) -> Author:
    """Columns and a computed field over them."""
    return await session.get_one(Author, author_id)


@app.get("/closed/{author_id}", response_model=AuthorBrief)
async def columns_after_block(author_id: int) -> Author:
    """Columns outlive the session."""
    async with Keeping() as session:
        return await session.get_one(Author, author_id)


@app.get("/reference", response_model=list[BookWithAuthor])
async def scalar_reference(session: SessionDep) -> Sequence[Book]:
    """The reference is loaded."""
    return (await session.scalars(select(Book).options(joinedload(Book.author)))).all()


@app.get("/held/{author_id}", response_model=list[BookWithAuthor])
async def reference_of_loaded_collection(author_id: int, session: SessionDep) -> list[Book]:
    """The books' author was loaded together with them and is still held."""
    author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
    session.info["author"] = author
    return author.books


@app.get("/built/{author_id}", response_model=AuthorOut)
async def built(author_id: int, session: SessionDep) -> AuthorOut:
    """The schema is filled by hand from loaded values."""
    author = await session.get_one(Author, author_id)
    books = (await session.scalars(select(Book).where(Book.author_id == author_id))).all()
    return AuthorOut(id=author.id, name=author.name, books=[BookBrief.model_validate(book) for book in books])


@app.get("/dictionary/{author_id}", response_model=AuthorOut)
async def dictionary(author_id: int, session: SessionDep) -> dict[str, Any]:
    """A dictionary has no attributes to load."""
    author = await session.get_one(Author, author_id)
    return {"id": author.id, "name": author.name, "books": []}


@app.get("/none/{author_id}", response_model=None)
async def switched_off(author_id: int, session: SessionDep) -> Any:
    """No response model: `jsonable_encoder` takes what is loaded."""
    return await session.get_one(Author, author_id)


@app.get("/nothing/{author_id}")
async def without_model(author_id: int, session: SessionDep):  # type: ignore[no-untyped-def]  # the case
    """Neither model nor annotation: same."""
    return await session.get_one(Author, author_id)


@app.get("/response/{author_id}", response_model=AuthorOut)
async def response(author_id: int, session: SessionDep) -> Response:
    """A response object is sent as it is."""
    author = await session.get_one(Author, author_id)
    return JSONResponse({"id": author.id})


@app.get("/created", response_model=AuthorOut)
async def created(session: SessionDep) -> Author:
    """The constructor set the collection, and the factory keeps it."""
    author = Author(name="new", books=[])
    session.add(author)
    await session.commit()
    return author


@app.get("/named", response_model=AuthorOut)
async def refreshed_by_name(session: ExpiringDep) -> Author:
    """The refresh names everything the schema reads."""
    author = Author(name="new")
    session.add(author)
    await session.commit()
    await session.refresh(author, ["id", "name", "books"])
    return author


@app.get("/refreshed/{author_id}", response_model=AuthorBrief)
async def refreshed(author_id: int, session: ExpiringDep) -> Author:
    """Columns after commit and refresh."""
    author = await session.get_one(Author, author_id)
    author.name = "changed"
    await session.commit()
    await session.refresh(author)
    return author


@app.get("/converted/{author_id}", response_model=AuthorConverted)
async def converted(author_id: int, session: SessionDep) -> Author:
    """A validator in front replaces the instance."""
    return await session.get_one(Author, author_id)


@app.get("/page", response_model=Page[AuthorOut])
async def page(session: SessionDep) -> dict[str, Any]:
    """A page of loaded rows."""
    authors = (await session.scalars(select(Author).options(selectinload(Author.books)))).all()
    return {"items": authors, "total": len(authors)}


@app.get("/page-brief", response_model=Page[AuthorBrief])
async def page_of_columns(session: SessionDep) -> dict[str, Any]:
    """A page of columns."""
    authors = (await session.scalars(select(Author))).all()
    return {"items": authors, "total": len(authors)}


@app.get("/override/{author_id}", response_model=AuthorBrief)
async def model_over_annotation(author_id: int, session: SessionDep) -> AuthorOut:
    """`response_model` wins over the annotation."""
    return await session.get_one(Author, author_id)  # type: ignore[return-value]  # narrowed by the decorator


@app.get("/validated/{book_id}", response_model=BookOut)
async def validated(book_id: int, session: SessionDep) -> BookOut:
    """Validated inside, with the reviews loaded."""
    book = await session.get_one(Book, book_id, options=[selectinload(Book.reviews)])
    return BookOut.model_validate(book)

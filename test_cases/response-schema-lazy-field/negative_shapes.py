"""Responses in every shape that read only what is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from db import SessionDep
from models import Author, Book
from schemas import AuthorBrief, AuthorOut, BookOut, Page
from shapes import AuthorPage, AuthorSome, Authors, AuthorShown, Envelope, Sorted, Tagged

app = FastAPI()


@app.get("/union/{author_id}", response_model=AuthorSome)
async def union(author_id: int, session: SessionDep) -> Author:
    """The first alternative fails, the second one fits."""
    return await session.get_one(Author, author_id)  # ok: [response-schema-lazy-field]


@app.get("/bar", response_model=list[AuthorOut | AuthorBrief])
async def union_in_list(session: SessionDep) -> Sequence[Author]:
    """The same for each element."""
    return (await session.scalars(select(Author))).all()  # ok: [response-schema-lazy-field]


@app.get("/tagged", response_model=list[Tagged])
async def tagged(session: SessionDep) -> Sequence[Book]:
    """The tag of a book leads to the schema with columns only."""
    return (await session.scalars(select(Book))).all()


@app.get("/loaded", response_model=list[Tagged])
async def tagged_and_loaded(session: SessionDep) -> Sequence[Author]:
    """The option loads what the tagged schema reads."""
    return (await session.scalars(select(Author).options(selectinload(Author.books)))).all()


@app.get("/page", response_model=Page[AuthorBrief])
async def page(session: SessionDep) -> dict[str, Any]:
    """The argument decides what is read."""
    authors = (await session.scalars(select(Author))).all()
    return {"items": authors, "total": len(authors)}


@app.get("/bound", response_model=AuthorPage)
async def bound_by_base(session: SessionDep) -> dict[str, Any]:
    """Loaded for the type that the base class is given."""
    authors = (await session.scalars(select(Author).options(selectinload(Author.books)))).all()
    return {"items": authors, "total": len(authors)}


@app.get("/sorted", response_model=Envelope[Sorted[AuthorBrief]])
async def nested_generic(session: SessionDep) -> dict[str, Any]:
    """Columns only, two generics deep."""
    authors = (await session.scalars(select(Author))).all()
    return {"data": {"items": authors, "total": len(authors)}}


@app.get("/pair", response_model=tuple[AuthorOut, AuthorBrief])
async def pair(session: SessionDep) -> Any:
    """Each place of a tuple has its own schema."""
    first = await session.get_one(Author, 1, options=[selectinload(Author.books)])
    return first, (await session.scalars(select(Author))).one()


@app.get("/mapping", response_model=dict[str, AuthorBrief])
async def mapping(session: SessionDep) -> Any:
    """Columns of the values."""
    return {"first": await session.get_one(Author, 1)}


@app.get("/root", response_model=Authors)
async def root(session: SessionDep) -> Any:
    """The option loads what the root's type reads."""
    return (await session.scalars(select(Author).options(selectinload(Author.books)))).all()


@app.get("/none/{author_id}")
async def or_none(author_id: int, session: SessionDep) -> Optional[AuthorOut]:
    """None has no books, and the other branch loads them."""
    author = await session.get(Author, author_id, options=[selectinload(Author.books)])
    if author is None:
        return None
    return author


@app.get("/computed/{author_id}", response_model=AuthorShown)
async def computed(author_id: int, session: SessionDep) -> Author:
    """A computed field is not read off the instance, whatever its name."""
    return await session.get_one(Author, author_id)


@app.get("/included/{book_id}", response_model=BookOut, response_model_include={"id"})
async def included(book_id: int, session: SessionDep) -> Book:
    """Loaded and left out."""
    return await session.get_one(Book, book_id, options=[selectinload(Book.reviews)])

"""Functions are judged with what their callers hand over, and on their own where nobody calls them."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from asyncsa_lint.config import Config
from asyncsa_lint.pipeline.run import lint

MODELS = """
    from sqlalchemy import ForeignKey
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

    class Base(DeclarativeBase): ...

    class Author(Base):
        __tablename__ = "author"
        id: Mapped[int] = mapped_column(primary_key=True)
        books: Mapped[list["Book"]] = relationship()

    class Book(Base):
        __tablename__ = "book"
        id: Mapped[int] = mapped_column(primary_key=True)
        author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
"""
HELPERS = """
    from sqlalchemy import select
    from sqlalchemy.ext.asyncio import AsyncSession
    from models import Author

    async def count(session: AsyncSession) -> int:
        author = (await session.scalars(select(Author))).one()
        return len(author.books)
"""
CALLER = """
    from sqlalchemy.ext.asyncio import AsyncSession
    from helpers import count

    async def page(session: AsyncSession) -> int:
        return await count(session)
"""
UNRESOLVED = """
    async def page(anything, session) -> int:
        return await anything.count(session)
"""
IN_A_TEST = """
    from helpers import count

    async def test_page(session) -> None:
        await count(session)
"""


@pytest.mark.parametrize(
    "others",
    [
        {},
        {"caller.py": CALLER},
        {"caller.py": UNRESOLVED},
        {"test_page.py": IN_A_TEST},
        {"a_caller.py": CALLER, "z_caller.py": UNRESOLVED},
    ],
    ids=["nobody calls it", "called", "a call that leads nowhere", "called by a test", "called twice"],
)
def test_found_once_however_it_is_called(tmp_path: Path, others: dict[str, str]) -> None:
    for name, text in {"models.py": MODELS, "helpers.py": HELPERS, **others}.items():
        (tmp_path / name).write_text(textwrap.dedent(text))
    findings = lint([str(tmp_path)], Config(), root=str(tmp_path)).findings
    assert [(Path(f.span.path).name, f.span.line, f.code) for f in findings] == [("helpers.py", 8, "ASA501")]

"""What a helper has written is written, also what another of its callers does not set."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from db import Keeping
from models import Document


async def _saved(session: AsyncSession, document: Document) -> Document:
    """Flush; after a refused one, set everything again and flush once more."""
    document.updated_at = datetime.now(UTC).replace(tzinfo=None)
    values: dict[str, Any] = {name: document.__dict__[name] for name in ("title", "pages", "updated_at")}
    for _ in range(2):
        try:
            await session.flush()
            return document
        except IntegrityError:
            await session.rollback()
            for name, value in values.items():
                setattr(document, name, value)
    return document


async def title_saved(document_id: int) -> datetime:
    """The first caller changes the title."""
    async with Keeping() as session:
        document = await session.get_one(Document, document_id)
        document.title = "saved"
        saved = await _saved(session, document)
        await session.commit()
        return saved.updated_at


async def pages_saved(document_id: int) -> datetime:
    """The second one the number of pages: that is written as well, so the commit writes nothing."""
    async with Keeping() as session:
        document = await session.get_one(Document, document_id)
        document.pages = 7
        saved = await _saved(session, document)
        await session.commit()
        return saved.updated_at

"""Generated values that are known: fetched, computed in Python, or not touched."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Document, Ledger, Legacy, Order, Person, Remote, Versioned


async def after_insert(session: AsyncSession) -> datetime:
    """The INSERT fetches server defaults through RETURNING."""
    document = Document(title="first")
    session.add(document)
    await session.flush()
    return max(document.created_at, document.updated_at)


async def all_kinds_after_insert(session: AsyncSession) -> int:
    """Computed columns and SQL defaults too, also for many rows."""
    documents = [Document(title="a"), Document(title="b")]
    session.add_all(documents)
    await session.flush()
    return sum(document.area + document.revision for document in documents)


async def eager_defaults(session: AsyncSession, ledger_id: int) -> datetime:
    """`eager_defaults=True` fetches after an UPDATE as well."""
    ledger = await session.get_one(Ledger, ledger_id)
    ledger.title = "changed"
    await session.flush()
    return ledger.updated_at


async def python_onupdate(session: AsyncSession, document_id: int) -> datetime | None:
    """A Python callable is called before the UPDATE: its value is known."""
    document = await session.get_one(Document, document_id)
    document.title = "changed"
    await session.flush()
    return document.edited_at


async def version_counter(session: AsyncSession) -> int:
    """A version counter is computed in Python."""
    row = Versioned(title="first")
    session.add(row)
    await session.flush()
    row.title = "second"
    await session.flush()
    return row.version


async def other_column(session: AsyncSession, document_id: int) -> str:
    """Columns without a generator stay, and so do those of the INSERT alone."""
    document = await session.get_one(Document, document_id)
    document.title = "changed"
    await session.flush()
    return f"{document.title} {document.created_at}"


async def refreshed(session: AsyncSession, document_id: int) -> datetime:
    """A refresh after the UPDATE."""
    document = await session.get_one(Document, document_id)
    document.title = "changed"
    await session.flush()
    await session.refresh(document)
    return document.updated_at


async def refreshed_by_name(session: AsyncSession, document_id: int) -> datetime:
    """A refresh that names it."""
    document = await session.get_one(Document, document_id)
    document.title = "changed"
    await session.flush()
    await session.refresh(document, ["updated_at"])
    return document.updated_at


async def set_by_hand(session: AsyncSession, document_id: int) -> datetime:
    """A value that is assigned is not generated."""
    document = await session.get_one(Document, document_id)
    document.title, document.updated_at = "changed", datetime(2030, 1, 1)
    await session.flush()
    return document.updated_at


async def not_changed(session: AsyncSession, document_id: int) -> datetime:
    """Nothing was assigned: no UPDATE."""
    document = await session.get_one(Document, document_id)
    await session.flush()
    return document.updated_at


async def not_flushed(session: AsyncSession, document_id: int) -> datetime:
    """The UPDATE has not been sent yet: the old value is still there."""
    document = await session.get_one(Document, document_id)
    document.title = "changed"
    return document.updated_at


async def other_row(session: AsyncSession, document_id: int) -> datetime:
    """Another row was updated."""
    document = await session.get_one(Document, document_id)
    order = await session.get_one(Order, 1)
    order.status = "paid"
    await session.flush()
    return document.updated_at


async def keys_of_lazy_tables(session: AsyncSession) -> int:
    """Keys are always known after an INSERT."""
    legacy, remote = Legacy(title="a"), Remote(title="b")
    session.add_all([legacy, remote])
    await session.flush()
    return legacy.id + remote.id


async def bulk_update_with_literal(session: AsyncSession, order_id: int) -> str:
    """A bulk UPDATE with a literal is evaluated in Python."""
    order = await session.get_one(Order, order_id)
    await session.execute(update(Order).values(status="archived"))
    return order.status


async def bulk_update_unsynchronised(session: AsyncSession, document_id: int) -> datetime:
    """Without synchronisation the instance is stale, not expired."""
    document = await session.get_one(Document, document_id)
    await session.execute(update(Document).values(title="x").execution_options(synchronize_session=False))
    return document.updated_at


async def expression_then_refresh(session: AsyncSession, order_id: int) -> int:
    """The expression's result is fetched."""
    order = await session.get_one(Order, order_id)
    order.total = Order.total + 1
    await session.flush()
    await session.refresh(order)
    return order.total


async def column_property_loaded(session: AsyncSession, person_id: int) -> str:
    """A query computes the column property."""
    person = await session.get_one(Person, person_id)
    return person.full

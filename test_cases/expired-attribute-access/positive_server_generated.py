"""Values the database computes are unknown after an UPDATE until somebody asks for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import Keeping
from models import Document, Legacy, Order, Person, Remote, Triggered


async def onupdate_after_flush(session: AsyncSession, document_id: int) -> datetime:
    """`onupdate=func.now()` with the default `eager_defaults`."""
    document = await session.get_one(Document, document_id)
    document.title = "changed"
    await session.flush()
    return document.updated_at  # error: [expired-attribute-access] "updated_at"


async def onupdate_after_commit(document_id: int) -> datetime:
    """`expire_on_commit=False` does not help: the UPDATE expired the column."""
    async with Keeping() as session:
        document = await session.get_one(Document, document_id)
        document.title = "changed"
        await session.commit()
        return document.updated_at  # error: [expired-attribute-access] "updated_at"


async def changed_in_a_loop(session: AsyncSession, document_id: int) -> str:
    """Set by `setattr` in a loop over the given values."""
    document = await session.get_one(Document, document_id)
    for field, value in {"title": "changed", "pages": 3}.items():
        setattr(document, field, value)
    await session.flush()
    return document.updated_at.isoformat()  # error: [expired-attribute-access] "updated_at"


async def inserted_then_updated(session: AsyncSession) -> datetime:
    """The INSERT fetched the value, the UPDATE made it stale."""
    document = Document(title="first")
    session.add(document)
    await session.flush()
    document.title = "second"
    await session.flush()
    return document.updated_at  # error: [expired-attribute-access] "updated_at"


async def computed_column(session: AsyncSession, document_id: int) -> int:
    """A computed column after an UPDATE."""
    document = await session.get_one(Document, document_id)
    document.pages = 7
    await session.flush()
    return document.area  # error: [expired-attribute-access] "area"


async def fetched_value(session: AsyncSession, triggered_id: int) -> str | None:
    """`server_onupdate=FetchedValue()`: a trigger writes it."""
    row = await session.get_one(Triggered, triggered_id)
    row.title = "changed"
    await session.flush()
    return row.stamp  # error: [expired-attribute-access] "stamp"


async def never_fetched(session: AsyncSession) -> datetime:
    """`eager_defaults=False`: not even the INSERT fetches server defaults."""
    row = Legacy(title="first")
    session.add(row)
    await session.flush()
    return row.created_at  # error: [expired-attribute-access] "created_at"


async def without_returning(session: AsyncSession) -> datetime:
    """`implicit_returning=False`: the INSERT can not fetch them."""
    row = Remote(title="first")
    session.add(row)
    await session.flush()
    return row.created_at  # error: [expired-attribute-access] "created_at"


async def sql_expression(session: AsyncSession, order_id: int) -> int:
    """The result of an expression is computed by the database."""
    order = await session.get_one(Order, order_id)
    order.total = Order.total + 1
    await session.flush()
    return order.total  # error: [expired-attribute-access] "total"


async def sql_expression_in_constructor(session: AsyncSession) -> int:
    """Also in an INSERT."""
    order = Order(total=func.abs(-3))
    session.add(order)
    await session.flush()
    return order.total  # error: [expired-attribute-access] "total"


async def bulk_update_with_function(session: AsyncSession, order_id: int) -> int:
    """A bulk UPDATE synchronises: values it can not evaluate are expired."""
    order = await session.get_one(Order, order_id)
    await session.execute(update(Order).values(total=func.abs(-3)))
    return order.total  # error: [expired-attribute-access] "total"


async def bulk_update_and_onupdate(session: AsyncSession, document_id: int) -> datetime:
    """And so is an `onupdate` column it did not name."""
    document = await session.get_one(Document, document_id)
    await session.execute(update(Document).values(title="changed"))
    return document.updated_at  # error: [expired-attribute-access] "updated_at"


async def refreshed_too_little(session: AsyncSession, document_id: int) -> int:
    """The refresh names one of the two."""
    document = await session.get_one(Document, document_id)
    document.pages = 7
    await session.flush()
    await session.refresh(document, ["updated_at"])
    return document.area  # error: [expired-attribute-access] "area"


async def column_property_of_new(session: AsyncSession) -> str:
    """A `column_property` is computed by a SELECT; a new object has not seen one."""
    person = Person(first="Ada", last="Byron")
    session.add(person)
    await session.flush()
    return person.full  # error: [expired-attribute-access] "full"


async def column_property_after_update(session: AsyncSession, person_id: int) -> str:
    """An UPDATE makes it stale."""
    person = await session.get_one(Person, person_id)
    person.last = "Lovelace"
    await session.flush()
    return person.full  # error: [expired-attribute-access] "full"


async def by_helper(session: AsyncSession, document_id: int) -> str:
    """A base-class style update function flushes; its caller reads."""
    document = await session.get_one(Document, document_id)
    await _update(session, document, title="changed")
    return document.updated_at.isoformat()  # error: [expired-attribute-access] "updated_at"


async def _update(session: AsyncSession, document: Document, **values: object) -> None:
    for field, value in values.items():
        setattr(document, field, value)
    session.add(document)
    await session.flush()

"""ASA504."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Severity
from asyncsa_lint.flow.events import AttributeRead, ReadFailure
from asyncsa_lint.rules.implicit_io._shared import detachment, repair, subject
from asyncsa_lint.rules.registry import Report, report, rule


@rule(
    AttributeRead,
    code="ASA504",
    severity=Severity.ERROR,
    since="0.1.0",
    message="{subject} {detachment}, so {consequence}",
)
def detached_instance_access(read: AttributeRead) -> Iterator[Report]:
    """Unloaded or expired attribute read after the end of its session.

    ## What it does
    Reports the read of a relationship that no option loaded, or of a column that a commit
    expired, on an instance whose session was closed by the end of its `async with`, by
    `close()` or by `expunge()`; also `refresh` of an instance in a session that was opened after
    it and to which nothing has added it.

    ## Why is this bad?
    There is no session left to load it with: `DetachedInstanceError: Parent instance <Order> is
    not bound to a Session; lazy load operation of attribute 'items' cannot proceed`. Awaiting
    `awaitable_attrs` fails in the same way. Whatever was loaded before stays readable. A refresh
    in another session raises `InvalidRequestError: Instance is not persistent within this Session`. See
    [error bhk3](https://docs.sqlalchemy.org/en/20/errors.html#error-bhk3).

    ## Example
    ```python
    from sqlalchemy import ForeignKey, select
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


    class Base(DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)


    class Order(Base):
        __tablename__ = "orders"
        items: Mapped[list["Item"]] = relationship()


    class Item(Base):
        __tablename__ = "items"
        order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))


    async def count(factory: async_sessionmaker[AsyncSession], key: int) -> int:
        async with factory() as session:
            order = (await session.scalars(select(Order).where(Order.id == key))).one()
        return len(order.items)  # error: [detached-instance-access]
    ```

    ## Use instead
    ```python
    from sqlalchemy import ForeignKey, select
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload


    class Base(DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)


    class Order(Base):
        __tablename__ = "orders"
        items: Mapped[list["Item"]] = relationship()


    class Item(Base):
        __tablename__ = "items"
        order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))


    async def count(factory: async_sessionmaker[AsyncSession], key: int) -> int:
        query = select(Order).where(Order.id == key).options(selectinload(Order.items))
        async with factory() as session:
            order = (await session.scalars(query)).one()
        return len(order.items)
    ```

    ## Fix
    Unsafe: for what was not loaded, the loader option is added to the statement, as for ASA501.

    ## Limits
    Silent for columns where `expire_on_commit` is `False`, and where the end of the session is
    not on the path that was followed.
    """
    if read.failure is ReadFailure.FOREIGN:
        words = "does not belong to the session that refreshes it"
        consequence = "refreshing it raises InvalidRequestError"
        yield report(read, subject=subject(read), detachment=words, consequence=consequence)
    elif read.failure is ReadFailure.DETACHED and not read.serialised_by:
        consequence = "reading it raises DetachedInstanceError"
        yield report(
            read, repair(read), subject=subject(read), detachment=detachment(read), consequence=consequence
        )

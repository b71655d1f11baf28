"""ASA505."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Severity
from asyncsa_lint.flow.events import AttributeRead, ReadFailure
from asyncsa_lint.rules.implicit_io._shared import exception, expiry, repair, subject
from asyncsa_lint.rules.registry import Report, report, rule


@rule(
    AttributeRead,
    code="ASA505",
    severity=Severity.ERROR,
    since="0.1.0",
    message="{subject} {expiry}, so reading it raises {exception}",
)
def expired_attribute_access(read: AttributeRead) -> Iterator[Report]:
    """Attribute read after a commit, rollback, expire or UPDATE made it stale.

    ## What it does
    Reports a read after a commit on a session that expires (the default), after any rollback,
    after `expire()`, of a server-generated column such as `onupdate=func.now()` after an UPDATE,
    and of an attribute that was assigned a SQL expression and flushed.

    ## Why is this bad?
    A stale attribute, the primary key included, is loaded again when it is read, and a plain
    read can not await: `MissingGreenlet`. So `session.get(Order, order.id)` after the commit
    fails on its own argument. `expire_on_commit=False` covers commits only, not rollbacks and not
    server-generated columns, which stay unreadable after an UPDATE unless the mapper has
    `eager_defaults=True`. Setting the attribute of an `AsyncSession` later has no effect. See the
    [manual](https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html).

    ## Example
    ```python
    from sqlalchemy.ext.asyncio import async_sessionmaker
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    factory = async_sessionmaker()


    class Base(DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)


    class Order(Base):
        __tablename__ = "orders"
        status: Mapped[str]


    async def pay(key: int) -> str:
        async with factory() as session:
            order = await session.get_one(Order, key)
            order.status = "paid"
            await session.commit()
            return order.status  # error: [expired-attribute-access]
    ```

    ## Use instead
    ```python
    from sqlalchemy.ext.asyncio import async_sessionmaker
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    factory = async_sessionmaker(expire_on_commit=False)


    class Base(DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)


    class Order(Base):
        __tablename__ = "orders"
        status: Mapped[str]


    async def pay(key: int) -> str:
        async with factory() as session:
            order = await session.get_one(Order, key)
            order.status = "paid"
            await session.commit()
            return order.status
    ```

    ## Fix
    Unsafe: `await session.refresh(order)` on the line before, where the function has a name for the
    session and reaches the read whenever it reaches its statement.

    ## Limits
    Silent where `expire_on_commit` is not a literal or the factory is not known, and after a
    refresh or new query of the instance.
    """
    if read.serialised_by or read.failure is not ReadFailure.EXPIRED:
        return
    yield report(
        read,
        repair(read),
        subject=subject(read),
        expiry=expiry(read),
        exception=exception(read),
    )

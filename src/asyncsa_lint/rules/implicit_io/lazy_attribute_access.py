"""ASA501."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Severity
from asyncsa_lint.flow.events import AttributeRead, ReadFailure
from asyncsa_lint.rules.implicit_io._shared import EXCEPTIONS, is_unloaded, missing_load, repair, subject
from asyncsa_lint.rules.registry import Report, report, rule


@rule(
    AttributeRead,
    code="ASA501",
    severity=Severity.ERROR,
    since="0.1.0",
    message="{subject} is not loaded: {cause}, so reading it {consequence}",
)
def lazy_attribute_access(read: AttributeRead) -> Iterator[Report]:
    """Relationship or deferred column read that the query did not load.

    ## What it does
    Follows an instance from the query, `get` or constructor to the read of an attribute that
    loads on access, through variables, collections, functions and files, and into templates
    given to `TemplateResponse` where jinja2 is installed. Reports the read when no loader
    option, mapped default, refresh, assignment or `awaitable_attrs` loaded it.

    ## Why is this bad?
    The read would have to await a query, and plain attribute access can not: it raises
    `MissingGreenlet: greenlet_spawn has not been called` (SQLAlchemy 2.1 with aiosqlite wraps
    it in `StatementError`; `lazy="raise"` gives `InvalidRequestError`). It passes wherever
    another query happens to have loaded the attribute. Swallowing the exception does not help:
    with pending objects the session is broken from then on. `refresh(order)` loads no lazy
    relationship, a plain `.join()` loads nothing. A relationship that is mapped as
    `noload` raises nothing and is worse: it is empty whatever the database has. See the
    [manual](https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html).

    ## Example
    ```python
    from sqlalchemy import ForeignKey, select
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


    class Base(DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)


    class Order(Base):
        __tablename__ = "orders"
        items: Mapped[list["Item"]] = relationship()


    class Item(Base):
        __tablename__ = "items"
        order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))


    async def count(session: AsyncSession, key: int) -> int:
        order = (await session.scalars(select(Order).where(Order.id == key))).one()
        return len(order.items)  # error: [lazy-attribute-access]
    ```

    ## Use instead
    ```python
    from sqlalchemy import ForeignKey, select
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload


    class Base(DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)


    class Order(Base):
        __tablename__ = "orders"
        items: Mapped[list["Item"]] = relationship()


    class Item(Base):
        __tablename__ = "items"
        order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))


    async def count(session: AsyncSession, key: int) -> int:
        query = select(Order).where(Order.id == key).options(selectinload(Order.items))
        return len((await session.scalars(query)).one().items)
    ```

    ## Fix
    Unsafe: `selectinload` for collections and `joinedload` for references, nested where the path is,
    in the statement, `get` or `options` argument that loads the instance, in whichever file.

    ## Limits
    Silent inside `run_sync`, for models that can not be resolved, and for instances that code
    out of sight may have loaded. A many-to-one that the identity map may hold is `medium`, and so
    is the read of a `noload` relationship; adding to one, assigning it or serialising it is silent.
    """
    if read.serialised_by or not is_unloaded(read):
        return
    yield report(
        read,
        repair(read),
        subject=subject(read),
        cause=missing_load(read),
        consequence=_consequence(read),
    )


def _consequence(read: AttributeRead) -> str:
    """What happens to the read."""
    if read.failure is ReadFailure.EMPTY:
        return f"gives {'an empty collection' if read.is_collection else 'None'} whatever the database has"
    return f"raises {EXCEPTIONS[read.failure]}"

"""ASA509."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Severity
from asyncsa_lint.flow.events import JoinedCollectionConsumed
from asyncsa_lint.rules._wording import call
from asyncsa_lint.rules.registry import Report, report, rule


@rule(
    JoinedCollectionConsumed,
    code="ASA509",
    severity=Severity.ERROR,
    since="0.1.0",
    message="the query joins the collection `{relationship}`, so {consumption} without `unique()`"
    " raises InvalidRequestError",
)
def joined_collection_without_unique(consumed: JoinedCollectionConsumed) -> Iterator[Report]:
    """Result with an eagerly joined collection that is consumed without `unique()`.

    ## What it does
    Reports `all()`, `one()`, `scalar_one()`, iteration and the like over a result whose query
    loads a collection with `joinedload`, `contains_eager` or a mapped `lazy="joined"`, where
    nothing on the path called `unique()`.

    ## Why is this bad?
    The join repeats the parent for every child, and SQLAlchemy refuses to hide that:
    `InvalidRequestError: The unique() method must be invoked on this Result`. It is raised even
    when there is one child. `first()`, `session.scalar()` and `session.get()` need no `unique()`.
    See the [manual](https://docs.sqlalchemy.org/en/20/orm/queryguide/relationships.html).

    ## Example
    ```python
    from sqlalchemy import ForeignKey, select
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship


    class Base(DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)


    class Order(Base):
        __tablename__ = "orders"
        items: Mapped[list["Item"]] = relationship()


    class Item(Base):
        __tablename__ = "items"
        order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))


    async def orders(session: AsyncSession) -> list[Order]:
        result = await session.scalars(select(Order).options(joinedload(Order.items)))
        return list(result.all())  # error: [joined-collection-without-unique]
    ```

    ## Use instead
    ```python
    from sqlalchemy import ForeignKey, select
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship


    class Base(DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)


    class Order(Base):
        __tablename__ = "orders"
        items: Mapped[list["Item"]] = relationship()


    class Item(Base):
        __tablename__ = "items"
        order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))


    async def orders(session: AsyncSession) -> list[Order]:
        result = await session.scalars(select(Order).options(joinedload(Order.items)))
        return list(result.unique().all())
    ```

    ## Fix
    Safe: `.unique()` before the call that consumes the result.

    ## Limits
    Silent for joins of to-one relationships and of collections below a `selectinload`.
    """
    yield report(
        consumed,
        consumed.fix,
        relationship=consumed.relationship,
        consumption=call(consumed.method),
    )

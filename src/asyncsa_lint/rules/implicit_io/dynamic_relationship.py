"""ASA502."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Fix, Recipe, Rewrite, Severity
from asyncsa_lint.flow.events import DynamicRelationship
from asyncsa_lint.rules.registry import Report, report, rule


@rule(
    DynamicRelationship,
    code="ASA502",
    severity=Severity.ERROR,
    since="0.1.0",
    message="`{model}.{attribute}` is mapped with `{spelling}`: reading its rows raises MissingGreenlet",
)
def dynamic_relationship(dynamic: DynamicRelationship) -> Iterator[Report]:
    """Dynamic relationship on a model of an asynchronous project.

    ## What it does
    Reports `lazy="dynamic"`, `DynamicMapped[...]` and `dynamic_loader()`.

    ## Why is this bad?
    The attribute is a query that runs synchronously: iterating it, `all()`, `count()`, indexing
    and assigning raise `MissingGreenlet`, and no loader option helps, because eager loading
    of it raises `InvalidRequestError`. `bool()` of it is always true. The
    [manual](https://docs.sqlalchemy.org/en/20/orm/large_collections.html) gives write-only
    relationships as its successor, with `select()` for the session to await.

    ## Example
    ```python
    from sqlalchemy import ForeignKey
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import DeclarativeBase, DynamicMapped, Mapped, mapped_column, relationship


    class Base(DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)


    class Order(Base):
        __tablename__ = "orders"
        items: DynamicMapped["Item"] = relationship()  # error: [dynamic-relationship]


    class Item(Base):
        __tablename__ = "items"
        order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))


    async def load(session: AsyncSession, key: int) -> Order:
        return await session.get_one(Order, key)
    ```

    ## Use instead
    ```python
    from sqlalchemy import ForeignKey
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import DeclarativeBase, Mapped, WriteOnlyMapped, mapped_column, relationship


    class Base(DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)


    class Order(Base):
        __tablename__ = "orders"
        items: WriteOnlyMapped["Item"] = relationship()


    class Item(Base):
        __tablename__ = "items"
        order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))


    async def items(session: AsyncSession, order: Order) -> list["Item"]:
        return list(await session.scalars(order.items.select()))
    ```

    ## Fix
    Unsafe: `WriteOnlyMapped` or `lazy="write_only"`. Code that reads the collection has to query its
    `select()`.

    ## Limits
    Silent in projects that do not use the asyncio extension.
    """
    fix = Fix(
        'map it with `WriteOnlyMapped` or `lazy="write_only"`, and query its `select()`',
        safe=False,
        recipe=Recipe(Rewrite.WRITE_ONLY, dynamic.span),
    )
    yield report(dynamic, fix, model=dynamic.model, attribute=dynamic.attribute, spelling=dynamic.spelling)

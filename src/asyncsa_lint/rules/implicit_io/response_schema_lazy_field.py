"""ASA508."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Severity
from asyncsa_lint.flow.events import AttributeRead
from asyncsa_lint.rules.implicit_io._shared import EXCEPTIONS, exception, repair, unreadable
from asyncsa_lint.rules.registry import Report, report, rule


@rule(
    AttributeRead,
    code="ASA508",
    severity=Severity.ERROR,
    since="0.1.0",
    message="schema `{schema}` reads `{path}`, {cause}, so the conversion fails with {exception}",
)
def response_schema_lazy_field(read: AttributeRead) -> Iterator[Report]:
    """Response schema that reads an attribute the query did not load.

    ## What it does
    Takes the fields of a schema with `from_attributes` that is a `response_model`, a return
    annotation or the class of a `model_validate(obj)`, recursively, and reports a field whose
    attribute is not loaded, expired or detached on the instance that arrives there.

    ## Why is this bad?
    Pydantic reads every field, also excluded ones and those with a default. The failed read
    comes back as `ValidationError: Error extracting attribute: MissingGreenlet`, and from a path
    operation as `ResponseValidationError`, a 500 after all work was done and committed. See the
    [manual](https://fastapi.tiangolo.com/tutorial/response-model/).

    ## Example
    ```python
    from pydantic import BaseModel, ConfigDict
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


    class Out(BaseModel):
        model_config = ConfigDict(from_attributes=True)
        id: int


    class OrderOut(Out):
        items: list[Out]


    async def show(session: AsyncSession, key: int) -> OrderOut:
        order = (await session.scalars(select(Order).where(Order.id == key))).one()
        return OrderOut.model_validate(order)  # error: [response-schema-lazy-field]
    ```

    ## Use instead
    ```python
    from pydantic import BaseModel, ConfigDict
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


    class Out(BaseModel):
        model_config = ConfigDict(from_attributes=True)
        id: int


    class OrderOut(Out):
        items: list[Out]


    async def show(session: AsyncSession, key: int) -> OrderOut:
        query = select(Order).where(Order.id == key).options(selectinload(Order.items))
        return OrderOut.model_validate((await session.scalars(query)).one())
    ```

    ## Fix
    Unsafe: the loader option is added to the statement, as for ASA501.

    ## Limits
    Silent where the query is not on the path, for schemas with bases that can not be resolved,
    and where a validator may replace what is read. Of a union every alternative has to fail.
    """
    if not read.serialised_by or read.failure not in EXCEPTIONS:
        return
    yield report(
        read,
        repair(read),
        schema=read.serialised_by,
        path=read.path,
        cause=unreadable(read),
        exception=exception(read),
    )

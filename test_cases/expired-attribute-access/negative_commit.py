"""After a commit: sessions that keep, instances that were revived, looks that load nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, inspect, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from db import Expiring, Keeping, Legacy
from models import Customer, Order


async def keeping(order_id: int) -> str:
    """`expire_on_commit=False`: columns stay."""
    async with Keeping() as session:
        order = await session.get_one(Order, order_id)
        order.status = "paid"
        await session.commit()
        return f"{order.id} {order.status}"  # ok: [expired-attribute-access]


async def keeping_relationship(customer_id: int) -> int:
    """And loaded relationships."""
    async with Keeping() as session:
        customer = await session.get_one(Customer, customer_id, options=[selectinload(Customer.orders)])
        await session.commit()
        return len(customer.orders)


async def old_spelling(order_id: int) -> str:
    """`sessionmaker(class_=AsyncSession, expire_on_commit=False)`."""
    async with Legacy() as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        return order.status


async def own_session(order_id: int) -> str:
    """`AsyncSession(bind, expire_on_commit=False)`."""
    async with AsyncSession(Keeping.kw["bind"], expire_on_commit=False) as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        return order.status


async def per_call(order_id: int) -> str:
    """Overridden for one session."""
    async with Expiring(expire_on_commit=False) as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        return order.status


async def on_the_sync_session(order_id: int) -> str:
    """Set where it has an effect."""
    async with Expiring() as session:
        session.sync_session.expire_on_commit = False
        order = await session.get_one(Order, order_id)
        await session.commit()
        return order.status


async def refreshed(order_id: int) -> str:
    """`refresh()` revives all columns."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        await session.refresh(order)
        return f"{order.id} {order.status}"


async def refreshed_with_relationship(customer_id: int) -> int:
    """And what an option had loaded."""
    async with Expiring() as session:
        customer = await session.get_one(Customer, customer_id, options=[selectinload(Customer.orders)])
        await session.commit()
        await session.refresh(customer)
        return len(customer.orders)


async def refreshed_by_name(customer_id: int) -> str:
    """The column that is read was named."""
    async with Expiring() as session:
        customer = await session.get_one(Customer, customer_id)
        await session.commit()
        await session.refresh(customer, ["name"])
        return customer.name


async def got_again(order_id: int) -> str:
    """`get()` with a known key revives the instance."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        await session.get(Order, order_id)
        return order.status


async def selected_again(order_id: int) -> str:
    """So does a select that returns the row."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        order = (await session.scalars(select(Order).where(Order.id == order_id))).one()
        return order.status


async def awaited(order_id: int) -> str:
    """`awaitable_attrs` of one column reloads the row."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        await order.awaitable_attrs.id
        return order.status


async def reassigned(order_id: int) -> str:
    """An assigned value is readable."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        order.status = "paid"
        return order.status


async def read_before(order_id: int) -> str:
    """The value was taken before the commit."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        status = order.status
        await session.commit()
        return status


async def savepoint_released(order_id: int) -> str:
    """Releasing a savepoint does not expire; only the outer commit does."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        async with session.begin_nested():
            order.status = "paid"
        return order.status


async def only_flushed(order_id: int) -> str:
    """A flush does not expire."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        order.status = "paid"
        await session.flush()
        return order.status


async def loaded_after(order_id: int) -> str:
    """The instance was loaded after the commit."""
    async with Expiring() as session:
        session.add(Customer(name="other"))
        await session.commit()
        order = await session.get_one(Order, order_id)
        return order.status


async def added_after() -> str:
    """The instance was made after the commit."""
    async with Expiring() as session:
        await session.commit()
        order = Order(status="draft")
        session.add(order)
        return order.status


async def other_session(order_id: int) -> str:
    """Another session was committed."""
    async with Expiring() as session, Expiring() as other:
        order = await session.get_one(Order, order_id)
        await other.commit()
        return order.status


async def deleted(order_id: int) -> str:
    """A deleted row's instance keeps its values."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        await session.delete(order)
        await session.commit()
        return f"{order.id} {order.status}"


async def identity(order_id: int) -> Any:
    """These looks do not load."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        return inspect(order).identity, vars(order), repr(order), order == order, order in session


async def compared_in_sql(customer_id: int) -> int:
    """`Order.customer == customer` takes the key from the instance's identity."""
    async with Expiring() as session:
        customer = await session.get_one(Customer, customer_id)
        await session.commit()
        return len((await session.scalars(select(Order).where(Order.customer == customer))).all())


async def loop_with_refetch() -> list[str]:
    """Every turn loads its own row."""
    names = []
    async with Expiring() as session:
        for key in (await session.scalars(select(Customer.id))).all():
            customer = await session.get_one(Customer, key)
            names.append(customer.name)
            await session.commit()
    return names


async def commit_after_loop() -> list[str]:
    """One commit at the end."""
    names = []
    async with Expiring() as session:
        for customer in (await session.scalars(select(Customer))).all():
            customer.email = "x@example.org"
            names.append(customer.name)
        await session.commit()
    return names


async def returned_at_once(order_id: int) -> str:
    """The branch that commits returns."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        if order.status == "paid":
            await session.commit()
            return "paid"
        return order.status


async def unknown_factory(session: AsyncSession, order_id: int) -> str:
    """The session's factory is not known, and this project has both kinds (not run)."""
    order = await session.get_one(Order, order_id)
    await session.commit()
    return order.status


async def rows_of_columns() -> list[str]:
    """Rows are not instances."""
    async with Expiring() as session:
        rows = (await session.execute(select(Order.id, Order.status))).all()
        await session.commit()
        return [row.status for row in rows]


async def scalar_value(order_id: int) -> str:
    """A single column value is a plain string."""
    async with Expiring() as session:
        status = await session.scalar(select(Order.status).where(Order.id == order_id))
        await session.commit()
        return (status or "").upper()


async def scalar_reference_assigned(order_id: int, customer_id: int) -> None:
    """Assigning to an expired instance loads nothing."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        order.customer = await session.get_one(Customer, customer_id)
        order.status = "moved"
        await session.flush()


async def buffered_result() -> list[str]:
    """Rows that were fetched before the commit and turned into instances after it."""
    async with Expiring() as session:
        result = await session.execute(select(Order.status))
        await session.commit()
        return list(result.scalars())


async def buffered_instances() -> list[str]:
    """Instances fetched before the commit, in a session that keeps."""
    async with Keeping() as session:
        result = await session.execute(select(Order))
        await session.commit()
        return [order.status for order in result.scalars()]


async def collection_expired_and_refreshed(customer_id: int) -> int:
    """The refresh loads what the expiry threw away."""
    async with Keeping() as session:
        customer = (
            await session.scalars(
                select(Customer).where(Customer.id == customer_id).options(selectinload(Customer.orders))
            )
        ).one()
        session.expire(customer, ["orders"])
        await session.refresh(customer, ["orders"])
        return len(customer.orders)


async def deleted_in_bulk(order_id: int) -> str:
    """What a DELETE has met has left the session when the commit expires its instances."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        await session.execute(delete(Order).where(Order.id == order.id))
        await session.commit()
        return order.status


async def only_when_changed(order_id: int) -> str:
    """Nothing has been changed, so the commit is not reached."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        if session.new or session.dirty:
            await session.commit()
        return order.status


class Unit:
    """Rolls back on leaving what has not been committed."""

    async def __aenter__(self) -> Unit:
        self.session = Keeping()
        return self

    async def __aexit__(self, *error: object) -> None:
        pending = bool(self.session.new or self.session.dirty or self.session.deleted)
        if pending:
            await self.session.rollback()
        await self.session.close()


async def read_in_a_unit(order_id: int) -> str:
    """There is nothing to roll back after a read."""
    async with Unit() as unit:
        order = await unit.session.get_one(Order, order_id)
    return order.status

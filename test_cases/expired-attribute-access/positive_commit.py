"""A commit of a session that expires: every attribute of every instance is reloaded on access."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, inspect, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import joinedload, selectinload

from db import Expiring, Keeping, LegacyExpiring
from models import Customer, Order


async def column(order_id: int) -> str:
    """The default of `async_sessionmaker` expires on commit."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        order.status = "paid"
        await session.commit()
        return order.status  # error: 16 [expired-attribute-access] "status"


async def primary_key() -> int:
    """Even the primary key of the row that was just added."""
    async with Expiring() as session:
        order = Order(total=5)
        session.add(order)
        await session.commit()
        return order.id  # error: [expired-attribute-access] "id"


async def only_read(order_id: int) -> int:
    """A commit expires what was only read, too."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        session.add(Customer(name="other"))
        await session.commit()
        return order.total  # error: [expired-attribute-access] "total"


async def eager_relationship(customer_id: int) -> int:
    """What an option had loaded is expired with the rest."""
    async with Expiring() as session:
        customer = await session.get_one(Customer, customer_id, options=[selectinload(Customer.orders)])
        await session.commit()
        return len(customer.orders)  # error: [expired-attribute-access] "orders"


async def two_objects_one_refresh(order_id: int, customer_id: int) -> str:
    """The refresh revives the order, not the customer."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        customer = await session.get_one(Customer, customer_id)
        order.status = "paid"
        await session.commit()
        await session.refresh(order)
        return f"{order.status} {customer.name}"  # error: [expired-attribute-access] "name"


async def end_of_begin_block(order_id: int) -> str:
    """The end of `session.begin()` commits."""
    async with Expiring() as session:
        async with session.begin():
            order = await session.get_one(Order, order_id)
            order.status = "paid"
        return order.status  # error: [expired-attribute-access] "status"


async def loop_with_commit() -> list[str]:
    """From the second turn on, every remaining row is expired."""
    names = []
    async with Expiring() as session:
        for customer in (await session.scalars(select(Customer))).all():
            names.append(customer.name)  # error: [expired-attribute-access] "name"
            customer.email = "x@example.org"
            await session.commit()
    return names


async def get_with_expired_key(order_id: int) -> Order | None:
    """The argument `order.id` of the repair is itself expired."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        return await session.get(Order, order.id)  # error: [expired-attribute-access] "id"


async def key_in_a_statement(customer_id: int) -> int:
    """A value read to build a statement."""
    async with Expiring() as session:
        customer = await session.get_one(Customer, customer_id)
        await session.commit()
        orders = await session.scalars(select(Order).where(Order.customer_id == customer.id))  # error: [expired-attribute-access] "id"
        return len(orders.all())


async def assignment_does_not_revive(order_id: int) -> int:
    """The assigned column is readable, another one is not."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        order.status = "paid"
        return order.total  # error: [expired-attribute-access] "total"


async def refresh_of_a_relationship(customer_id: int) -> str:
    """A named refresh loads exactly what it names."""
    async with Expiring() as session:
        customer = await session.get_one(Customer, customer_id)
        await session.commit()
        await session.refresh(customer, ["orders"])
        return customer.name  # error: [expired-attribute-access] "name"


async def refresh_of_another_column(customer_id: int) -> str:
    """Same with a column."""
    async with Expiring() as session:
        customer = await session.get_one(Customer, customer_id)
        await session.commit()
        await session.refresh(customer, attribute_names=["id"])
        return customer.name  # error: [expired-attribute-access] "name"


async def queried_in_another_session(customer_id: int) -> str:
    """A second session has instances of its own."""
    async with Expiring() as session:
        customer = await session.get_one(Customer, customer_id)
        await session.commit()
        async with Expiring() as other:
            await other.get_one(Customer, customer_id)
        return customer.name  # error: [expired-attribute-access] "name"


async def set_on_the_async_session(order_id: int) -> str:
    """`expire_on_commit` of an AsyncSession is set on the wrapper: no effect."""
    async with Expiring() as session:
        session.expire_on_commit = False  # type: ignore[attr-defined]  # the mistake of the case
        order = await session.get_one(Order, order_id)
        await session.commit()
        return order.status  # error: [expired-attribute-access] "status"


async def own_session(order_id: int) -> str:
    """`AsyncSession(bind)` expires by default."""
    async with AsyncSession(Expiring.kw["bind"]) as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        return order.status  # error: [expired-attribute-access] "status"


async def old_spelling(order_id: int) -> str:
    """`sessionmaker(class_=AsyncSession)` as well."""
    async with LegacyExpiring() as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        return order.status  # error: [expired-attribute-access] "status"


async def asked_to_expire(order_id: int) -> str:
    """Overridden for one session."""
    factory = async_sessionmaker(Expiring.kw["bind"], expire_on_commit=False)
    async with factory(expire_on_commit=True) as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        return order.status  # error: [expired-attribute-access] "status"


async def by_property(customer_id: int) -> str:
    """A property reads columns."""
    async with Expiring() as session:
        customer = await session.get_one(Customer, customer_id)
        await session.commit()
        return customer.label  # error: [expired-attribute-access] "name"


async def by_method(customer_id: int) -> dict[str, Any]:
    """So does a method."""
    async with Expiring() as session:
        customer = await session.get_one(Customer, customer_id)
        await session.commit()
        return customer.to_dict()  # error: [expired-attribute-access] "id"


async def in_a_list() -> list[str]:
    """All rows of a list."""
    async with Expiring() as session:
        customers = (await session.scalars(select(Customer))).all()
        await session.commit()
        return [customer.name for customer in customers]  # error: [expired-attribute-access] "name"


async def formatted(order_id: int) -> str:
    """In a log line."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        return f"order {order.id} saved"  # error: [expired-attribute-access] "id"


async def _save(session: AsyncSession) -> None:
    await session.commit()


def _line(order: Order) -> str:
    return f"order {order.id}"


async def committed_by_helper(order_id: int) -> str:
    """The commit hides in the callee."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        await _save(session)
        return order.status  # error: [expired-attribute-access] "status"


async def read_by_helper(order_id: int) -> str:
    """The read hides in the callee: the caller hands over an expired order."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        return _line(order)  # error: 16 [expired-attribute-access] "id"


async def committed_on_one_branch(order_id: int) -> str:
    """Committed when something was changed, and something was."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        if order.status != "paid":
            order.status = "paid"
            await session.commit()
        return order.status  # error: [expired-attribute-access] "status"


async def expired_while_listed(customer_id: int) -> list[int]:
    """Children of an eager collection expire too."""
    async with Expiring() as session:
        customer = await session.get_one(Customer, customer_id, options=[selectinload(Customer.orders)])
        orders = list(customer.orders)
        await session.commit()
        return [order.total for order in orders]  # error: [expired-attribute-access] "total"


async def collection_replaced(customer_id: int) -> None:
    """Assigning to an expired collection loads it first."""
    async with Expiring() as session:
        customer = await session.get_one(Customer, customer_id, options=[selectinload(Customer.orders)])
        await session.commit()
        customer.orders = []  # error: [expired-attribute-access] "orders"


async def after_swallowed_error(order_id: int) -> str:
    """The handler commits what there is, then reads."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        try:
            order.total = int("x")
        except ValueError:
            await session.commit()
        return order.status  # error: [expired-attribute-access] "status"


async def buffered_instances() -> list[str]:
    """The result is buffered: its instances exist, and expire, before anybody asks for them."""
    async with Expiring() as session:
        result = await session.execute(select(Order))
        await session.commit()
        return [order.status for order in result.scalars()]  # error: [expired-attribute-access] "status"


async def collection_expired_by_name(customer_id: int) -> int:
    """What was loaded is thrown away, a collection as well as a column."""
    async with Keeping() as session:
        customer = (
            await session.scalars(
                select(Customer).where(Customer.id == customer_id).options(selectinload(Customer.orders))
            )
        ).one()
        session.expire(customer, ["orders"])
        return len(customer.orders)  # error: [expired-attribute-access] "orders"


async def others_deleted_in_bulk(order_id: int) -> str:
    """A DELETE that leaves the session's instances alone."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        statement = delete(Order).where(Order.id == -1).execution_options(synchronize_session=False)
        await session.execute(statement)
        await session.commit()
        return order.status  # error: [expired-attribute-access] "status"


async def loaded_with_the_deleted() -> str:
    """What a deleted row refers to stays in the session, and expires."""
    async with Expiring() as session:
        statement = select(Order).where(Order.customer_id.is_not(None)).options(joinedload(Order.customer))
        order = (await session.scalars(statement)).first()
        assert order is not None
        await session.delete(order)
        await session.commit()
        assert order.customer is not None
        return f"{order.status} of {order.customer.name}"  # error: [expired-attribute-access] "name"


async def on_one_of_many_paths(order_id: int, kind_id: int) -> str:
    """The paths that load something else have more in hand; the one that commits is not given up for them."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        if kind_id == 1:
            await session.commit()
        elif kind_id == 2:
            print("nothing to do")
        elif kind_id == 3:
            first = await session.get_one(Customer, 1)
            print(first.name)
        else:
            second = await session.get_one(Customer, 2, options=[selectinload(Customer.orders)])
            print(len(second.orders))
        if kind_id < 3:
            return order.status  # error: [expired-attribute-access] "status"
        return f"{first.name} {second.name}"


async def every_column(order_id: int) -> dict[str, Any]:
    """All columns by their names, but one: whichever is read first."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        await session.commit()
        return {c.key: getattr(order, c.key) for c in inspect(order).mapper.column_attrs if c.key != "total"}  # error: [expired-attribute-access] "Order"


async def when_changed(order_id: int) -> str:
    """The order has been changed, so the commit is reached."""
    async with Expiring() as session:
        order = await session.get_one(Order, order_id)
        order.status = "paid"
        if session.dirty:
            await session.commit()
        return order.status  # error: [expired-attribute-access] "the commit"

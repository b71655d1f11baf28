"""Mapped eager defaults load with every query of their class."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import immediateload, joinedload, selectinload

from strategies import Alarm, Comment, Duty, Folder, Invoice, Item, Shop, Topic, Visit


async def all_kinds(session: AsyncSession, shop_id: int) -> int:
    """selectin, subquery, immediate and joined are loaded by `get()`."""
    shop = await session.get_one(Shop, shop_id)
    return len(shop.items) + len(shop.doors) + len(shop.shelves) + (shop.address is not None)


async def by_select(session: AsyncSession) -> int:
    """And by a select."""
    shops = (await session.scalars(select(Shop))).all()
    return sum(len(shop.items) + len(shop.doors) for shop in shops)


async def down_a_chain(session: AsyncSession, shop_id: int) -> int:
    """A chain of eager defaults that does not return to its start."""
    shop = await session.get_one(Shop, shop_id)
    return sum(len(item.parts) for item in shop.items)


async def refreshed_new_object(session: AsyncSession) -> int:
    """A refresh of a new object applies the eager defaults."""
    shop = Shop(name="new")
    session.add(shop)
    await session.flush()
    await session.refresh(shop)
    return len(shop.items) + len(shop.doors) + len(shop.shelves) + (shop.address is not None)


async def inserted_and_returned(session: AsyncSession) -> int:
    """`insert().returning()` applies selectin and immediate."""
    shop = (await session.scalars(insert(Shop).values(name="new").returning(Shop))).one()
    return len(shop.items) + len(shop.shelves)


async def raise_with_option(session: AsyncSession, shop_id: int) -> int:
    """An option overrides `lazy="raise"`."""
    shop = await session.get_one(Shop, shop_id, options=[selectinload(Shop.alarms), selectinload(Shop.invoices)])
    return len(shop.alarms) + len(shop.invoices)


async def raise_many_to_one_with_option(session: AsyncSession) -> list[str]:
    """Also for a many-to-one."""
    alarms = (await session.scalars(select(Alarm).options(joinedload(Alarm.shop)))).all()
    return [alarm.shop.name for alarm in alarms if alarm.shop]


async def raise_on_sql_from_the_identity_map(session: AsyncSession, shop_id: int) -> str:
    """`raise_on_sql` allows what needs no query: the shop is held by a variable."""
    shop = await session.get_one(Shop, shop_id)
    invoice = (await session.scalars(select(Invoice).where(Invoice.shop_id == shop.id))).one()
    return invoice.shop.name if invoice.shop else ""


async def same_key(session: AsyncSession) -> list[str]:
    """The other relationship with the same key has brought the row along."""
    duties = (await session.scalars(select(Duty).options(joinedload(Duty.named_shop)))).all()
    return [duty.shop.name for duty in duties if duty.shop]


async def raise_set_by_constructor(session: AsyncSession) -> int:
    """What the constructor sets is loaded, whatever the strategy."""
    shop = Shop(name="new", alarms=[Alarm()], orders=[])
    session.add(shop)
    await session.flush()
    return len(shop.alarms) + len(shop.orders)


async def write_only(session: AsyncSession, shop_id: int) -> int:
    """A write-only collection is never loaded: it builds statements."""
    shop = await session.get_one(Shop, shop_id)
    shop.visits.add(Visit())
    await session.flush()
    return len((await session.scalars(shop.visits.select())).all())


async def two_levels(session: AsyncSession) -> int:
    """`join_depth=2` loads two levels of a self-reference."""
    root = (await session.scalars(select(Folder).where(Folder.id == 1))).one()
    return len(root.children[0].children)


async def recursive_immediate(session: AsyncSession) -> int:
    """A mapped `immediate` recurses to the leaves."""
    root = (await session.scalars(select(Topic).where(Topic.id == 1))).one()
    return len(root.children[0].children[0].children)


async def chained_self_reference(session: AsyncSession) -> int:
    """As many options as levels."""
    option = selectinload(Comment.replies).selectinload(Comment.replies)
    root = (await session.scalars(select(Comment).where(Comment.id == 1).options(option))).one()
    return len(root.replies[0].replies)


async def unlimited_self_reference(session: AsyncSession) -> int:
    """`recursion_depth=-1` loads all levels."""
    option = selectinload(Comment.replies, recursion_depth=-1)
    root = (await session.scalars(select(Comment).where(Comment.id == 1).options(option))).one()
    return len(root.replies[0].replies[0].replies)


async def cycle_with_joined(session: AsyncSession) -> int:
    """An explicit option closes the cycle."""
    item = (await session.scalars(select(Item).options(immediateload(Item.shop).selectinload(Shop.items)))).first()
    assert item is not None and item.shop is not None
    return len(item.shop.items)


async def below_new_object(session: AsyncSession) -> int:
    """What the refresh of a new shop loads is empty: there is no item whose shop is asked for its alarms."""
    shop = Shop(name="new")
    session.add(shop)
    await session.flush()
    await session.refresh(shop)
    return sum(len(item.shop.alarms) for item in shop.items if item.shop)

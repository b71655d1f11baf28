"""What `relationship(lazy=...)` in the model does and does not load."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from strategies import Alarm, Category, Comment, Duty, Folder, Invoice, Item, Part, Shop


async def select_spelled_out(session: AsyncSession, shop_id: int) -> int:
    """`lazy="select"` is the default: loaded on access."""
    shop = await session.get_one(Shop, shop_id)
    return len(shop.orders)  # error: [lazy-attribute-access] "orders"


async def mapped_raise(session: AsyncSession, shop_id: int) -> int:
    """`lazy="raise"` raises unless an option loads it."""
    shop = await session.get_one(Shop, shop_id)
    return len(shop.alarms)  # error: [lazy-attribute-access] "alarms"


async def mapped_raise_many_to_one(session: AsyncSession, shop_id: int) -> str:
    """`lazy="raise"` raises even when the target is in the identity map."""
    shop = await session.get_one(Shop, shop_id)
    alarm = (await session.scalars(select(Alarm).where(Alarm.shop_id == shop.id))).one()
    return alarm.shop.name if alarm.shop else shop.name  # error: [lazy-attribute-access] "shop"


async def mapped_raise_on_sql(session: AsyncSession, shop_id: int) -> int:
    """`raise_on_sql` raises where a query would be needed."""
    shop = await session.get_one(Shop, shop_id)
    return len(shop.invoices)  # error: [lazy-attribute-access] "invoices"


async def mapped_raise_on_sql_many_to_one(session: AsyncSession) -> bool:
    """The shop is not in this session."""
    invoice = (await session.scalars(select(Invoice))).one()
    return invoice.shop is not None  # error: [lazy-attribute-access] "shop"


async def other_key(session: AsyncSession) -> bool:
    """What another key leads to is another row."""
    duty = (await session.scalars(select(Duty).options(selectinload(Duty.former)))).one()
    return duty.shop is not None  # error: [lazy-attribute-access] "shop"


async def new_object_selectin(session: AsyncSession) -> int:
    """A mapped eager default acts on queries, not on objects that were just inserted."""
    shop = Shop(name="new")
    session.add(shop)
    await session.flush()
    return len(shop.items)  # error: [lazy-attribute-access] "items"


async def new_object_subquery(session: AsyncSession) -> int:
    """Same with `lazy="subquery"`."""
    shop = Shop(name="new")
    session.add(shop)
    await session.flush()
    return len(shop.doors)  # error: [lazy-attribute-access] "doors"


async def new_object_immediate(session: AsyncSession) -> int:
    """Same with `lazy="immediate"`."""
    shop = Shop(name="new")
    session.add(shop)
    await session.flush()
    return len(shop.shelves)  # error: [lazy-attribute-access] "shelves"


async def new_object_joined(session: AsyncSession) -> bool:
    """Same with `lazy="joined"`."""
    shop = Shop(name="new")
    session.add(shop)
    await session.flush()
    return shop.address is not None  # error: [lazy-attribute-access] "address"


async def children_by_foreign_key(session: AsyncSession) -> int:
    """Rows added by foreign key alone do not enter the collection."""
    shop = Shop(name="new")
    session.add(shop)
    await session.flush()
    session.add_all([Item(shop_id=shop.id), Item(shop_id=shop.id)])
    await session.flush()
    return len(shop.items)  # error: [lazy-attribute-access] "items"


async def inserted_and_returned(session: AsyncSession) -> bool:
    """`insert().returning()` ignores `lazy="joined"`."""
    shop = (await session.scalars(insert(Shop).values(name="new").returning(Shop))).one()
    return shop.address is not None  # error: [lazy-attribute-access] "address"


async def cycle_of_eager_defaults(session: AsyncSession) -> int:
    """An eager default is not followed back to a class the path already contains."""
    item = (await session.scalars(select(Item))).first()
    assert item is not None and item.shop is not None
    return len(item.shop.items)  # error: [lazy-attribute-access] "join_depth"


async def cycle_through_an_option(session: AsyncSession) -> int:
    """`Item.parts` is selectin, but the path starts at a part."""
    part = (await session.scalars(select(Part).options(selectinload(Part.item)))).first()
    assert part is not None and part.item is not None
    return len(part.item.parts)  # error: [lazy-attribute-access] "parts"


async def self_reference(session: AsyncSession) -> int:
    """A self-referential `lazy="selectin"` without `join_depth` loads nothing."""
    category = (await session.scalars(select(Category).order_by(Category.id))).first()
    assert category is not None
    return len(category.children)  # error: [lazy-attribute-access] "children"


async def self_reference_too_deep(session: AsyncSession) -> int:
    """`join_depth=2` loads two levels."""
    root = (await session.scalars(select(Folder).where(Folder.id == 1))).one()
    return len(root.children[0].children[0].children)  # error: [lazy-attribute-access] "children"


async def self_reference_one_option(session: AsyncSession) -> int:
    """One option, one level."""
    root = (await session.scalars(select(Comment).where(Comment.id == 1).options(selectinload(Comment.replies)))).one()
    return len(root.replies[0].replies)  # error: [lazy-attribute-access] "replies"


async def self_reference_two_options(session: AsyncSession) -> int:
    """Chained twice: two levels."""
    option = selectinload(Comment.replies).selectinload(Comment.replies)
    root = (await session.scalars(select(Comment).where(Comment.id == 1).options(option))).one()
    return len(root.replies[0].replies[0].replies)  # error: [lazy-attribute-access] "replies"


async def self_reference_recursion_depth(session: AsyncSession) -> int:
    """`recursion_depth=1` loads one level more."""
    option = selectinload(Comment.replies, recursion_depth=1)
    root = (await session.scalars(select(Comment).where(Comment.id == 1).options(option))).one()
    return len(root.replies[0].replies[0].replies)  # error: [lazy-attribute-access] "replies"

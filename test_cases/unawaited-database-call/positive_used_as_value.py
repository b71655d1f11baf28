"""The coroutine is taken for what it would return."""

from models import Item
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_object_session

ITEMS = select(Item).order_by(Item.id)


async def chained(session: AsyncSession) -> list[Item]:
    return list(session.execute(ITEMS).scalars().all())  # error: 17 [unawaited-database-call]


async def awaited_too_far_out(session: AsyncSession) -> list[Item]:
    return await session.execute(ITEMS).scalars().all()  # error: 18 [unawaited-database-call]


async def attribute(session: AsyncSession) -> str:
    return session.get(Item, 1).name  # error: [unawaited-database-call]


async def awaited_attribute(session: AsyncSession) -> str:
    return await session.get(Item, 1).name  # error: [unawaited-database-call]


async def in_a_variable(session: AsyncSession) -> list[Item]:
    result = session.execute(ITEMS)  # error: [unawaited-database-call]
    return list(result.scalars().all())


async def attribute_of_a_variable(session: AsyncSession) -> str:
    item = session.get(Item, 1)  # error: [unawaited-database-call]
    return item.name


async def attribute_assigned(session: AsyncSession) -> None:
    item = session.get(Item, 1)  # error: [unawaited-database-call]
    item.name = "new"
    await session.commit()


async def iterated(session: AsyncSession) -> list[str]:
    return [item.name for item in session.scalars(ITEMS)]  # error: [unawaited-database-call]


async def loop(session: AsyncSession) -> None:
    for item in session.scalars(ITEMS):  # error: [unawaited-database-call]
        print(item.name)


async def subscript(session: AsyncSession) -> Item:
    found: Item = session.scalars(ITEMS)[0]  # error: [unawaited-database-call]
    return found


async def arithmetic(session: AsyncSession) -> int:
    return session.scalar(select(func.count()).select_from(Item)) + 1  # error: [unawaited-database-call]


async def compared(session: AsyncSession) -> bool:
    return session.scalar(select(func.count()).select_from(Item)) > 0  # error: [unawaited-database-call]


async def compared_with_none(session: AsyncSession) -> bool:
    return session.get(Item, 999) is None  # error: [unawaited-database-call]


async def truth_test(session: AsyncSession) -> str:
    if session.get(Item, 999):  # error: 8 [unawaited-database-call]
        return "found"
    return "missing"


async def negated(session: AsyncSession) -> str:
    if not session.scalar(ITEMS):  # error: [unawaited-database-call]
        return "empty"
    return "filled"


async def truth_test_of_a_variable(session: AsyncSession) -> str:
    item = session.get(Item, 999)  # error: [unawaited-database-call]
    if item:
        return "found"
    return "missing"


async def conditional_expression(session: AsyncSession) -> str:
    return "found" if session.get(Item, 999) else "missing"  # error: [unawaited-database-call]


async def alternative(session: AsyncSession) -> object:
    return session.get(Item, 999) or Item(name="new")  # error: [unawaited-database-call]


async def while_test(session: AsyncSession) -> int:
    turns = 0
    while session.scalar(select(Item.id).where(Item.id == 999)):  # error: [unawaited-database-call]
        turns += 1
        if turns == 3:
            break
    return turns


async def formatted(session: AsyncSession) -> str:
    return f"{session.scalar(select(func.count()).select_from(Item))} items"  # error: [unawaited-database-call]


async def unpacked(session: AsyncSession) -> int:
    first, second = session.execute(select(Item.id, Item.name))  # error: [unawaited-database-call]
    return len([first, second])


async def connection_result(connection: AsyncConnection) -> int:
    result = connection.execute(select(Item.id))  # error: [unawaited-database-call]
    return len(result.all())


async def added_to_the_session(session: AsyncSession, item: Item) -> None:
    merged = session.merge(item)  # error: [unawaited-database-call]
    session.add(merged)


async def of_the_session_of_a_row(session: AsyncSession, item: Item) -> int:
    session.add(item)
    owner = async_object_session(item)
    assert owner is not None
    return len(owner.scalars(ITEMS).all())  # error: 16 [unawaited-database-call]

"""Sessions and connections opened by hand that nobody closes."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import sessionmaker

OldFactory = sessionmaker(class_=AsyncSession, expire_on_commit=False)


async def from_factory(factory: async_sessionmaker[AsyncSession]) -> int:
    """The connection stays out until the garbage collector comes."""
    session = factory()  # error: 15 [unmanaged-session]
    return (await session.execute(text("select 1"))).scalar_one()


async def direct(engine: AsyncEngine) -> int:
    """The same without a factory."""
    session = AsyncSession(engine, expire_on_commit=False)  # error: [unmanaged-session]
    result = await session.execute(text("select 1"))
    return result.scalar_one()


async def from_old_factory() -> int:
    """`sessionmaker(class_=AsyncSession)` makes async sessions, too."""
    session = OldFactory()  # error: [unmanaged-session]
    return (await session.execute(text("select 1"))).scalar_one()


async def connection(engine: AsyncEngine) -> int:
    """An awaited `connect()` has to be closed by hand."""
    connection = await engine.connect()  # error: [unmanaged-session]
    return (await connection.execute(text("select 1"))).scalar_one()


async def closed_on_success_only(factory: async_sessionmaker[AsyncSession]) -> int:
    """An exception of the statement skips the close."""
    session = factory()  # error: [unmanaged-session]
    answer = (await session.execute(text("select 1"))).scalar_one()
    if answer != 2:
        raise ValueError("not two")
    await session.close()
    return answer


async def closed_in_one_branch(factory: async_sessionmaker[AsyncSession], verbose: bool = False) -> int:
    """The other branch forgets."""
    session = factory()  # error: [unmanaged-session]
    answer = (await session.execute(text("select 1"))).scalar_one()
    if verbose:
        await session.close()
    return answer


async def rolled_back_only(factory: async_sessionmaker[AsyncSession]) -> int:
    """`finally` is there, `close` is not."""
    session = factory()  # error: [unmanaged-session]
    try:
        await session.execute(text("select 1"))
        await session.commit()
    except Exception:
        await session.rollback()
        raise
    finally:
        answer = (await session.execute(text("select 1"))).scalar_one()
    return answer


async def inner_block_only(factory: async_sessionmaker[AsyncSession]) -> int:
    """`begin()` ends the transaction; the statement after it opens another one."""
    session = factory()  # error: [unmanaged-session]
    async with session.begin():
        await session.execute(text("select 1"))
    return (await session.execute(text("select 1"))).scalar_one()


async def rebound(factory: async_sessionmaker[AsyncSession]) -> int:
    """The first of two sessions is lost when its name is bound again."""
    session = factory()  # error: [unmanaged-session]
    await session.execute(text("select 1"))
    session = factory()
    try:
        return (await session.execute(text("select 1"))).scalar_one()
    finally:
        await session.close()

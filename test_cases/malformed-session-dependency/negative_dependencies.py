"""Session dependencies that close on every path and yield exactly once."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

SessionFactory = async_sessionmaker(expire_on_commit=False)
ReadFactory = async_sessionmaker(expire_on_commit=False)

app = FastAPI()


async def get_session() -> AsyncIterator[AsyncSession]:
    """The usual form: the block closes."""
    async with SessionFactory() as session:
        yield session


async def get_transaction() -> AsyncIterator[AsyncSession]:
    """`begin()` of the factory closes as well."""
    async with SessionFactory.begin() as session:
        yield session


async def get_with_finally() -> AsyncIterator[AsyncSession]:
    """By hand, on every path."""
    session = SessionFactory()
    try:
        yield session
    except Exception:
        await session.rollback()
        raise
    finally:
        await session.close()


async def get_with_aclosing() -> AsyncIterator[AsyncSession]:
    """`aclosing` closes, too."""
    async with aclosing(SessionFactory()) as session:
        yield session


async def get_delegated() -> AsyncIterator[AsyncSession]:
    """Passes on what another generator yields; it yields once."""
    async for session in get_session():
        yield session


async def get_read_or_write(write: bool = False) -> AsyncIterator[AsyncSession]:
    """Two yields on mutually exclusive paths, the first of which returns."""
    if write:
        async with SessionFactory() as session:
            yield session
        return
    async with ReadFactory() as session:
        yield session


async def get_either(write: bool = False) -> AsyncIterator[AsyncSession]:
    """One yield in each branch."""
    if write:
        async with SessionFactory() as session:
            yield session
    else:
        async with ReadFactory() as session:
            yield session


def get_tenant_session(session: Annotated[AsyncSession, Depends(get_session)]) -> AsyncSession:
    """Returns an injected session: its own dependency closes it."""
    session.info["tenant"] = "main"
    return session


async def open_request_session(request: Request) -> AsyncIterator[None]:
    """Opens the session of the request and closes it."""
    async with SessionFactory() as session:
        request.state.db = session
        yield


def get_request_session(request: Request, _: Annotated[None, Depends(open_request_session)]) -> AsyncSession:
    """Returns what somebody else opened for this request."""
    return request.state.db


async def get_checked() -> AsyncIterator[AsyncSession]:
    """A path that raises before the yield is not a path without a yield."""
    if SessionFactory.kw.get("bind") is None:
        raise RuntimeError("no engine")
    async with SessionFactory() as session:
        yield session


def get_factory() -> async_sessionmaker[AsyncSession]:
    """Returns the factory, the handler opens the session."""
    return SessionFactory


@app.get("/plain")
async def plain(session: Annotated[AsyncSession, Depends(get_session)]) -> int:
    """Uses the usual form."""
    return (await session.execute(text("select 1"))).scalar_one()


@app.get("/factory")
async def with_factory(factory: Annotated[async_sessionmaker[AsyncSession], Depends(get_factory)]) -> int:
    """Opens its own."""
    async with factory() as session:
        return (await session.execute(text("select 1"))).scalar_one()


@app.get("/all")
async def all_of_them(
    transaction: Annotated[AsyncSession, Depends(get_transaction)],
    closed: Annotated[AsyncSession, Depends(get_with_finally)],
    aclosing: Annotated[AsyncSession, Depends(get_with_aclosing)],
    delegated: Annotated[AsyncSession, Depends(get_delegated)],
    read_or_write: Annotated[AsyncSession, Depends(get_read_or_write)],
    either: Annotated[AsyncSession, Depends(get_either)],
    tenant: Annotated[AsyncSession, Depends(get_tenant_session)],
    from_request: Annotated[AsyncSession, Depends(get_request_session)],
    checked: Annotated[AsyncSession, Depends(get_checked)],
) -> int:
    """Uses each of the others."""
    answer = 0
    for session in (
        transaction,
        closed,
        aclosing,
        delegated,
        read_or_write,
        either,
        tenant,
        from_request,
        checked,
    ):
        answer += (await session.execute(text("select 1"))).scalar_one()
    return answer

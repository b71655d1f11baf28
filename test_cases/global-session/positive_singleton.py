"""A request's session parked on an object that all requests share."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

SessionFactory = async_sessionmaker(expire_on_commit=False)

app = FastAPI()


class OrderService:
    """Made for one session at a time."""

    def __init__(self, session: AsyncSession | None = None) -> None:
        self.session = session

    def bind_session(self, session: AsyncSession) -> None:
        """Replaces the session of the service."""
        self.session = session

    async def count(self) -> int:
        """Uses whatever session was bound last."""
        assert self.session is not None
        return (await self.session.execute(text("select 1"))).scalar_one()


orders = OrderService()
invoices = OrderService()
eager = OrderService(SessionFactory())  # error: 22 [global-session]


async def get_session() -> AsyncIterator[AsyncSession]:
    """Rightly scoped, until somebody stores it."""
    async with SessionFactory() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]


async def bound_service(session: SessionDep) -> OrderService:
    """Two concurrent requests overwrite each other's session."""
    orders.session = session  # error: 22 [global-session]
    return orders


async def bound_by_method(session: SessionDep) -> OrderService:
    """The method stores it: the call is what a reader sees here."""
    invoices.bind_session(session)  # error: [global-session]
    return invoices


_services: dict[str, OrderService] = {}


async def service_of_a_tenant(session: SessionDep, tenant: str) -> OrderService:
    """The next request of the tenant gets the session of the first one."""
    if tenant not in _services:
        _services[tenant] = OrderService(session)  # error: [global-session]
    return _services[tenant]


@app.get("/orders")
async def count_orders(service: Annotated[OrderService, Depends(bound_service)]) -> int:
    """Answers from the session of some request."""
    return await service.count()


@app.get("/invoices")
async def count_invoices(service: Annotated[OrderService, Depends(bound_by_method)]) -> int:
    """The same with the method."""
    return await service.count()

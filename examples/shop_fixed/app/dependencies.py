"""What path operations ask for, as `Annotated` aliases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header, HTTPException, Request
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from .db.stock import StockFeed
from .models import User
from .repositories import UserRepository
from .services.accounts import AccountService
from .services.audit import AuditTrail
from .services.catalog import CatalogService
from .services.orders import OrderService
from .services.reviews import ReviewService


async def get_session_factory(request: Request) -> async_sessionmaker[AsyncSession]:
    """Factory made by the lifespan, for work that needs sessions of its own."""
    factory: async_sessionmaker[AsyncSession] = request.app.state.session_factory
    return factory


FactoryDep = Annotated[async_sessionmaker[AsyncSession], Depends(get_session_factory)]


async def get_session(factory: FactoryDep) -> AsyncIterator[AsyncSession]:
    """One session per request, closed before the response is sent."""
    async with factory() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]


async def get_current_user(session: SessionDep, x_user: Annotated[str, Header()]) -> User:
    """User that the gateway has authenticated."""
    user = await UserRepository(session).by_email(x_user)
    if user is None:
        raise HTTPException(status_code=401, detail="unknown user")
    return user


async def get_account_service(session: SessionDep) -> AccountService:
    """Account service on the request's session."""
    return AccountService(session)


async def get_catalog_service(session: SessionDep) -> CatalogService:
    """Catalog service on the request's session."""
    return CatalogService(session)


async def get_order_service(session: SessionDep) -> OrderService:
    """Order service on the request's session."""
    return OrderService(session)


async def get_review_service(session: SessionDep) -> ReviewService:
    """Review service on the request's session."""
    return ReviewService(session)


async def get_audit_trail(request: Request) -> AuditTrail:
    """Audit trail made by the lifespan."""
    audit: AuditTrail = request.app.state.audit
    return audit


async def get_archive(request: Request) -> AsyncEngine:
    """Engine on the archive, made by the lifespan."""
    archive: AsyncEngine = request.app.state.archive
    return archive


async def get_stock_feed(request: Request) -> StockFeed:
    """Warehouse feed made by the lifespan."""
    stock: StockFeed = request.app.state.stock
    return stock


CurrentUser = Annotated[User, Depends(get_current_user)]
AccountServiceDep = Annotated[AccountService, Depends(get_account_service)]
CatalogServiceDep = Annotated[CatalogService, Depends(get_catalog_service)]
OrderServiceDep = Annotated[OrderService, Depends(get_order_service)]
ReviewServiceDep = Annotated[ReviewService, Depends(get_review_service)]
AuditDep = Annotated[AuditTrail, Depends(get_audit_trail)]
ArchiveDep = Annotated[AsyncEngine, Depends(get_archive)]
StockDep = Annotated[StockFeed, Depends(get_stock_feed)]

"""Figures."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from ..repositories import OrderRepository, ProductRepository
from ..schemas.reports import Dashboard, Sales


class ReportService:
    """Figures for the people who run the shop."""

    def __init__(self, session: AsyncSession) -> None:
        """Service on a session that is only read from."""
        self.orders = OrderRepository(session)
        self.products = ProductRepository(session)

    async def dashboard(self) -> Dashboard:
        """All figures of the start page, one query after the other: they share the session."""
        open_orders = await self.orders.count("open")
        revenue = await self.orders.revenue()
        low_stock = [product.sku for product in await self.products.low_stock()]
        return Dashboard(open_orders=open_orders, revenue=revenue, low_stock=low_stock)

    async def sales(self) -> Sales:
        """What was sold so far."""
        return Sales(revenue=await self.orders.revenue())

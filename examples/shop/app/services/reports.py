"""Figures."""

from __future__ import annotations

import asyncio

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
        """All figures of the start page at once."""
        open_orders, revenue, scarce = await asyncio.gather(  # error: [session-shared-across-tasks]
            self.orders.count("open"),
            self.orders.revenue(),
            self.products.low_stock(),
        )
        low_stock = [product.sku for product in scarce]
        return Dashboard(open_orders=open_orders, revenue=revenue, low_stock=low_stock)

    async def sales(self) -> Sales:
        """What was sold so far."""
        return Sales(revenue=await self.orders.revenue())

"""Buying things."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import Conflict
from ..models import Order, OrderItem, User
from ..repositories import OrderRepository
from ..schemas.orders import OrderCreate, OrderSummary
from .invoices import render_invoice


class OrderService:
    """What customers and the warehouse do with orders."""

    def __init__(self, session: AsyncSession) -> None:
        """Service on a session; its methods commit what they change."""
        self.session = session
        self.orders = OrderRepository(session)

    async def place(self, user: User, request: OrderCreate) -> Order:
        """Order what the customer asks for; Conflict when the number was used before."""
        items = [
            OrderItem(product_id=line.product_id, quantity=line.quantity, unit_price=line.unit_price)
            for line in request.lines
        ]
        customer = user.email
        order = Order(user_id=user.id, number=request.number, items=items)
        self.orders.add(order)
        try:
            await self.session.commit()
        except IntegrityError as error:
            await self.session.rollback()
            raise Conflict(f"{customer} has ordered {request.number} already") from error
        return order

    async def for_user(self, user_id: int) -> Sequence[Order]:
        """All orders of a customer."""
        return await self.orders.for_user(user_id)

    async def cancel(self, order_id: int) -> Order:
        """Give an order up."""
        order = await self.orders.require(order_id)
        order.status = "cancelled"
        await self.session.commit()
        return order

    async def reorder(self, order_id: int) -> Order:
        """Order the same things again, under a number made of the old one and the new key."""
        original = await self.orders.with_items(order_id)
        items = [
            OrderItem(product_id=item.product_id, quantity=item.quantity, unit_price=item.unit_price)
            for item in original.items
        ]
        copy = Order(user_id=original.user_id, number=f"{original.number}-again", items=items)
        self.orders.add(copy)
        await self.session.flush()
        copy.number = f"{original.number}-{copy.id}"
        await self.session.commit()
        return copy

    async def summary(self, order_id: int) -> OrderSummary:
        """An order and what it costs."""
        order = await self.orders.with_items(order_id)
        return OrderSummary(number=order.number, total=order.total())

    async def picking_list(self, order_id: int) -> list[str]:
        """What the warehouse has to fetch."""
        order = await self.orders.with_products(order_id)
        return [f"{item.quantity} x {item.product.sku}" for item in order.items]

    async def invoice(self, order_id: int) -> str:
        """The invoice of an order."""
        order = await self.orders.for_invoice(order_id)
        return render_invoice(order)

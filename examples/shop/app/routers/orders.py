"""Orders of the customer who asks."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, BackgroundTasks
from fastapi.responses import PlainTextResponse

from ..background import record_sale
from ..dependencies import AuditDep, CurrentUser, FactoryDep, OrderServiceDep, SessionDep
from ..models import Order
from ..schemas.orders import OrderBrief, OrderCreate, OrderRead, OrderSummary
from ..services.receipts import send_receipt

router = APIRouter()


@router.get("", response_model=list[OrderRead])
async def list_orders(user: CurrentUser, service: OrderServiceDep) -> Sequence[Order]:
    """All orders of the customer, with their lines."""
    return await service.for_user(user.id)  # error: [response-schema-lazy-field]


@router.post("", response_model=OrderBrief, status_code=201)
async def place_order(
    body: OrderCreate,
    user: CurrentUser,
    session: SessionDep,
    service: OrderServiceDep,
    background: BackgroundTasks,
) -> Order:
    """Order something."""
    order = await service.place(user, body)
    background.add_task(record_sale, session, order.id)  # error: [session-passed-to-background-task]
    return order


@router.get("/{order_id}/summary")
async def summary(order_id: int, service: OrderServiceDep) -> OrderSummary:
    """An order and what it costs."""
    return await service.summary(order_id)


@router.get("/{order_id}/picking-list")
async def picking_list(order_id: int, service: OrderServiceDep) -> list[str]:
    """What the warehouse has to fetch."""
    return await service.picking_list(order_id)


@router.get("/{order_id}/invoice", response_class=PlainTextResponse)
async def invoice(order_id: int, service: OrderServiceDep) -> str:
    """The invoice as plain text."""
    return await service.invoice(order_id)


@router.post("/{order_id}/receipt", status_code=202)
async def receipt(order_id: int, factory: FactoryDep, background: BackgroundTasks) -> dict[str, str]:
    """Send the receipt once more."""
    background.add_task(send_receipt, factory, order_id)
    return {"status": "queued"}


@router.post("/{order_id}/cancel", response_model=OrderBrief)
async def cancel(order_id: int, service: OrderServiceDep, audit: AuditDep) -> Order:
    """Give an order up."""
    order = await service.cancel(order_id)
    await audit.record("order.cancelled", order.number)
    return order


@router.post("/{order_id}/reorder", response_model=OrderBrief, status_code=201)
async def reorder(order_id: int, service: OrderServiceDep) -> Order:
    """Order the same things again."""
    return await service.reorder(order_id)

"""Invoices as plain text."""

from __future__ import annotations

from ..models import Order


def render_invoice(order: Order) -> str:
    """The invoice for an order that was loaded with its lines and its customer."""
    lines = [f"Invoice {order.number} for {order.user.name}"]
    lines += [f"{item.quantity:>4} x {item.unit_price / 100:.2f}" for item in order.items]
    return "\n".join(lines)

"""Two classes; targets are strings, the base comes from a sibling."""

from __future__ import annotations

import sqlalchemy as sa
import sqlalchemy.orm as so

from .base import Base


class Customer(Base):
    __tablename__ = "customer"

    id: so.Mapped[int] = so.mapped_column(sa.Integer, primary_key=True)
    name: so.Mapped[str] = so.mapped_column(sa.String(50))
    purchases: so.Mapped[list[Purchase]] = so.relationship("Purchase", back_populates="customer")


class Purchase(Base):
    __tablename__ = "purchase"

    id: so.Mapped[int] = so.mapped_column(sa.Integer, primary_key=True)
    customer_id: so.Mapped[int] = so.mapped_column(sa.ForeignKey("customer.id"))
    customer: so.Mapped[Customer] = so.relationship("Customer", back_populates="purchases")

"""Customers and orders, and one table per way to generate a value in the database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Optional

from sqlalchemy import Computed, FetchedValue, ForeignKey, String, func, select
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column, relationship


class Base(AsyncAttrs, DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)
    email: Mapped[str | None] = mapped_column(String(50))
    orders: Mapped[list["Order"]] = relationship(back_populates="customer")

    @property
    def label(self) -> str:
        return f"{self.name} <{self.email}>"

    def to_dict(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name}


class Order(Base):
    __tablename__ = "customer_order"

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(20), default="new")
    total: Mapped[int] = mapped_column(default=0)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    customer: Mapped[Optional["Customer"]] = relationship(back_populates="orders")


class Stamped:
    """The mixin of nearly every project."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Document(Stamped, Base):
    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(50))
    pages: Mapped[int] = mapped_column(default=1)
    area: Mapped[int] = mapped_column(Computed("pages * 2", persisted=True))
    edited_at: Mapped[datetime | None] = mapped_column(onupdate=lambda: datetime.now(UTC).replace(tzinfo=None))
    revision: Mapped[int] = mapped_column(default=func.abs(-1))


class Ledger(Stamped, Base):
    """`eager_defaults=True` fetches generated values with every INSERT and UPDATE."""

    __tablename__ = "ledger"
    __mapper_args__ = {"eager_defaults": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(50))


class Legacy(Stamped, Base):
    """`eager_defaults=False` never fetches them."""

    __tablename__ = "legacy"
    __mapper_args__ = {"eager_defaults": False}

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(50))


class Remote(Stamped, Base):
    """A table without RETURNING, as on an old server."""

    __tablename__ = "remote"
    __table_args__ = {"implicit_returning": False}

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(50))


class Triggered(Base):
    __tablename__ = "triggered"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(50))
    stamp: Mapped[str | None] = mapped_column(String(50), server_onupdate=FetchedValue())


class Versioned(Base):
    __tablename__ = "versioned"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(50))
    version: Mapped[int] = mapped_column(nullable=False)
    __mapper_args__ = {"version_id_col": version}


class Person(Base):
    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    first: Mapped[str] = mapped_column(String(50))
    last: Mapped[str] = mapped_column(String(50))


Person.full = column_property(Person.first + " " + Person.last)


class Team(Base):
    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    title_count: Mapped[int] = column_property(select(func.count(Document.id)).scalar_subquery())

"""Figures for the people who run the shop."""

from __future__ import annotations

from pydantic import BaseModel


class Dashboard(BaseModel):
    """The figures of the start page."""

    open_orders: int
    revenue: int
    low_stock: list[str]


class Sales(BaseModel):
    """What was sold so far."""

    revenue: int


class AuditLine(BaseModel):
    """One line of the audit trail."""

    action: str
    subject: str


class AdminStats(BaseModel):
    """Figures of the back office."""

    users: int
    orders: int


class FlagState(BaseModel):
    """Whether a feature is switched on."""

    name: str
    enabled: bool

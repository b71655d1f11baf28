"""Figures for the people who run the shop."""

from __future__ import annotations

from fastapi import APIRouter

from ..dependencies import AuditDep, ReportSessionDep
from ..schemas.reports import AuditLine, Dashboard, Sales
from ..services.reports import ReportService

router = APIRouter()


@router.get("/dashboard")
async def dashboard(session: ReportSessionDep) -> Dashboard:
    """The figures of the start page."""
    return await ReportService(session).dashboard()


@router.get("/sales")
async def sales(session: ReportSessionDep) -> Sales:
    """What was sold so far."""
    return await ReportService(session).sales()


@router.get("/audit")
async def audit_trail(audit: AuditDep) -> list[AuditLine]:
    """Who did what lately."""
    return await audit.recent()

"""Lists for the bookkeeper."""

from __future__ import annotations

from fastapi import APIRouter

from ..dependencies import SettingsDep
from ..schemas.orders import ArchivedOrder
from ..services.exports import archived_orders

router = APIRouter()


@router.get("/orders")
async def export_orders(settings: SettingsDep) -> list[ArchivedOrder]:
    """All orders of past years."""
    return await archived_orders(settings)

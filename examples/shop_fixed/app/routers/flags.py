"""Which features are on."""

from __future__ import annotations

from fastapi import APIRouter

from ..dependencies import SessionDep
from ..schemas.reports import FlagState
from ..services.flags import is_enabled

router = APIRouter()


@router.get("/{name}")
async def flag(name: str, session: SessionDep) -> FlagState:
    """Whether a feature is on."""
    return FlagState(name=name, enabled=await is_enabled(session, name))

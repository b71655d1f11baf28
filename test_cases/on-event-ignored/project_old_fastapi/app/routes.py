"""A router with a start-up handler."""

from fastapi import APIRouter

router = APIRouter()


@router.on_event("startup")  # error: 2 [on-event-ignored]
async def warm_up() -> None:
    """Never called by this version of FastAPI."""
    print("warming up")

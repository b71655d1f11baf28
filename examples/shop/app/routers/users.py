"""The customer's own account."""

from __future__ import annotations

from fastapi import APIRouter

from ..dependencies import AccountServiceDep, CurrentUser
from ..models import User
from ..schemas.users import AddressRead, UserBrief

router = APIRouter()


@router.get("/me", response_model=UserBrief)
async def me(user: CurrentUser) -> User:
    """The customer who asks."""
    return user


@router.get("/me/addresses")
async def my_addresses(user: CurrentUser, service: AccountServiceDep) -> list[AddressRead]:
    """Addresses of the customer who asks."""
    return await service.addresses(user)

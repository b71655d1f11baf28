"""Aliases for the routers."""

from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from .. import db
from ..db import managed_session

DbSession = Annotated[AsyncSession, Depends(db.open_session)]
ManagedSession = Annotated[AsyncSession, Depends(managed_session)]

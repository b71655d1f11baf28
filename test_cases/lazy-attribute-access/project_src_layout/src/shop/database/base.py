"""The declarative base, imported under other names."""

from sqlalchemy import orm
from sqlalchemy.ext import asyncio as sa_asyncio


class Base(sa_asyncio.AsyncAttrs, orm.DeclarativeBase):
    pass

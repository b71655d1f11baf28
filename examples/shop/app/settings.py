"""Configuration, read from the environment once per process."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the three databases of the shop are."""

    database_url: str
    archive_url: str
    stock_url: str


def load_settings() -> Settings:
    """Settings of this process; the defaults serve development."""
    return Settings(
        database_url=os.environ.get("SHOP_DATABASE_URL", "sqlite+aiosqlite:///shop.db"),
        archive_url=os.environ.get("SHOP_ARCHIVE_URL", "sqlite+aiosqlite:///archive.db"),
        stock_url=os.environ.get("SHOP_STOCK_URL", "sqlite+aiosqlite:///stock.db"),
    )

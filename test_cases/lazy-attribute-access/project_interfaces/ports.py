"""What the program asks of its storage; nothing here knows a database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any


class Shelf(ABC):
    """Implemented by inheritance."""

    @abstractmethod
    async def volume(self, key: int) -> Any: ...

"""Callers that know the interface only: no library is named here, nor in what this imports."""

from __future__ import annotations

from ports import Shelf


async def from_shelf(shelf: Shelf) -> list[str]:
    """Fails: what arrives is a row without its pages."""
    volume = await shelf.volume(1)
    return [page.text for page in volume.pages]  # error: [lazy-attribute-access] "pages"


async def title(shelf: Shelf) -> str:
    """Columns are there."""
    volume = await shelf.volume(1)
    return str(volume.title)

"""Names that are read off the bytes of a file."""

from __future__ import annotations

from asyncsa_lint.project.scans import scan

TEXT = b"""
from shop import models as tables, Order as Bought
import shop.base as base

Alias = base.Model

class User(Alias, tables.Mixin):
    async def first(self): return await self.session.execute(select(Bought))

def helper(): ...
"""


def test_names() -> None:
    found = scan(TEXT)
    assert found.called == "execute select"
    assert found.bases == "Alias Mixin tables"
    assert list(found.pairs()) == [
        ("Model", "Alias"),
        ("Order", "Bought"),
        ("base", "base"),
        ("models", "tables"),
    ]
    assert found.capitalised == "Alias Bought Mixin Model Order User"


def test_what_is_no_name() -> None:
    """Text before `as` need not be code; the file need not be text."""
    found = scan(b"# known as Alias, \xff\x00 as Other, x) as Third\n")
    assert list(found.pairs()) == [("known", "Alias")]
    assert found.called == found.bases == ""

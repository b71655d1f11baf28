"""The flag that the branch has decided is handed over in a dict: on this path nothing waits."""

import sqlite3
from typing import Any


class Store:
    def __init__(self, path: str = "store.db", *, shared: bool = False, size: int = 10) -> None:
        self.size = size
        if shared:
            return
        sqlite3.connect(path).close()


async def by_a_setting(settings: dict[str, Any]) -> Store:
    shared = settings.get("shared", False)
    options = {"shared": shared, "size": 20}
    if shared:
        return Store(**options)  # ok: [blocking-database-call]
    return await elsewhere()


async def by_an_argument(shared, size) -> Store:
    options = {"shared": shared, "size": size}
    if not shared:
        return await elsewhere()
    return Store("other.db", **options)  # ok: [blocking-database-call]


async def one_by_one(shared) -> Store:
    options = {"shared": shared}
    if shared:
        return Store(shared=options["shared"])  # ok: [blocking-database-call]
    return Store(shared=True)  # ok: [blocking-database-call]


async def elsewhere() -> Store:
    return Store(shared=True)

"""A flag in a dict of which the branch has said something else, or that has another value by now."""

import sqlite3
from typing import Any


class Store:
    def __init__(self, path: str = "flags.db", *, shared: bool = False) -> None:
        if shared:
            return
        sqlite3.connect(path).close()


async def on_the_other_branch(settings: dict[str, Any]) -> Store:
    shared = settings.get("shared", False)
    options = {"shared": shared}
    if shared:
        return Store(shared=True)
    return Store(**options)  # error: [blocking-database-call]


async def bound_again(settings: dict[str, Any]) -> Store:
    shared = settings.get("shared", False)
    options = {"shared": shared}
    shared = settings.get("remote", False)
    if shared:
        return Store(**options)  # error: [blocking-database-call]
    return Store(shared=True)


async def of_an_earlier_turn(settings: list[dict[str, Any]]) -> None:
    options: dict[str, Any] = {"shared": False}
    for each in settings:
        shared = each.get("shared", False)
        if shared:
            Store(**options)  # error: [blocking-database-call]
        options = {"shared": shared}


async def written_over(settings: dict[str, Any]) -> Store:
    shared = settings.get("shared", False)
    options = {"shared": shared}
    options["shared"] = settings.get("remote", False)
    if shared:
        return Store(**options)  # error: [blocking-database-call]
    return Store(shared=True)


async def of_another_function(settings: dict[str, Any]) -> Store:
    shared = settings.get("shared", False)
    return made({"shared": shared}, not shared)  # error: [blocking-database-call]


def made(options: dict[str, Any], shared: bool) -> Store:
    if shared:
        return Store(**options)
    return Store(shared=True)

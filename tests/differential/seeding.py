"""Rows for any set of tables: enough of them that every relationship leads somewhere."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from random import Random
from typing import Any

from sqlalchemy import Boolean, Column, DateTime, Float, Integer, Table, insert
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Mapper, RelationshipDirection

ROWS = 8
KEYS = (3, 5)
"""What programs get as `key`: rows with something on either side of every relationship."""


LAYOUTS = (1, 2)
"""Which rows the foreign keys lead to: what works in one layout by chance does not in the other."""
WITNESSES = (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17)
"""Further layouts, at random: some keys are NULL, some rows have several or no others that lead to
them or are associated with them, in every second one few rows exist, and in those from the ninth to
the fourteenth one table in six is empty, each in its turn; in the fifteenth all keys are NULL that can
be, and in the last two all of them lead to one row. No key dangles in any of them, and a relationship
that is mapped as one to one is just that.
A program may break here for reasons of its own; but where a read fails in one of them, whoever said that
it can fail was right."""
_EMPTY_FROM = 9
_ALL_NULL = 15
_CROWDED = (16, 17)


async def fill(base: Any, engine: AsyncEngine, layout: int) -> None:
    """Create the tables of a declarative base anew and put rows into them."""
    kinds = {table: _kinds(table, base.registry.mappers) for table in base.metadata.tables.values()}
    alone = singles(base.registry.mappers)
    async with engine.begin() as connection:
        await connection.run_sync(base.metadata.drop_all)
        await connection.run_sync(base.metadata.create_all)
        for table in base.metadata.sorted_tables:
            numbers = [n for n in _numbers(table, kinds) if layout in LAYOUTS or _exists(table, n, layout)]
            if numbers:
                rows = [_row(table, number, kinds[table], layout, alone) for number in numbers]
                await connection.execute(insert(table), rows)


Singles = frozenset[Column[Any]]
"""Foreign keys of which no two rows have the same: the other side holds one row, not a list."""


def singles(mappers: frozenset[Mapper[Any]]) -> Singles:
    """The keys behind every relationship that is mapped as one to one."""
    return frozenset(
        column
        for mapper in mappers
        for each in mapper.relationships
        if each.direction is RelationshipDirection.ONETOMANY and not each.uselist
        for _, column in each.local_remote_pairs or ()
        if isinstance(column, Column)
    )


def _exists(table: Table, number: int, layout: int) -> bool:
    """Whether the row is there in a layout at random; an association has about half of its rows."""
    if _is_empty(table, layout):
        return False
    few = layout % 2 == 0 and layout not in _CROWDED
    if len(table.primary_key.columns) > 1:
        return (not few or number <= len(KEYS) ** 2) and Random(
            f"{layout} {table.name} {number}"
        ).random() < 0.6
    return not few or number in KEYS


def _existing(table: Table, layout: int) -> list[int]:
    return [number for number in range(1, ROWS + 1) if _exists(table, number, layout)]


def _is_empty(table: Table, layout: int) -> bool:
    """The layout leaves out the table, or one that its rows can not do without."""
    needed = {table}
    while more := {each for one in needed for each in _needed(one)} - needed:
        needed |= more
    return any(_turn(each) == layout - _EMPTY_FROM for each in needed if _extended(each) is None)


def _needed(table: Table) -> Iterator[Table]:
    return (_target(column) for column in table.columns if column.foreign_keys and not column.nullable)


def _target(column: Column[Any]) -> Table:
    """The table that a foreign key leads to."""
    return next(iter(column.foreign_keys)).column.table


def _extended(table: Table) -> Table | None:
    """The table of the class above, where a subclass has one of its own."""
    keys = list(table.primary_key.columns)
    return _target(keys[0]) if len(keys) == 1 and keys[0].foreign_keys else None


def _turn(table: Table) -> int:
    """Which of the layouts with an empty table leaves this one empty, counted from the first."""
    return sorted(table.metadata.tables).index(table.name) % 6


Kinds = dict[int, str]
"""Discriminator value by row; empty without inheritance."""


def _kinds(table: Table, mappers: frozenset[Mapper[Any]]) -> Kinds:
    for mapper in mappers:
        if mapper.local_table is table and mapper.polymorphic_on is not None and not mapper.inherits:
            names = sorted(str(name) for name in mapper.polymorphic_map)
            return {number: names[number % len(names)] for number in range(1, ROWS + 1)}
    return {}


def _numbers(table: Table, kinds: dict[Table, Kinds]) -> list[int]:
    """The rows; a table that extends another one has those whose kind is its own."""
    extended = _extended(table)
    if extended is not None and kinds.get(extended):
        return [number for number, kind in kinds[extended].items() if kind == table.name]
    return list(range(1, ROWS + 1))


def _row(table: Table, number: int, kinds: Kinds, layout: int, alone: Singles) -> dict[str, Any]:
    return {
        column.name: kinds[number]
        if column.name == "kind" and kinds
        else _value(table, column, number, layout, alone)
        for column in table.columns
        if column.computed is None and column.server_default is None
    }


def _anywhere(table: Table, column: Column[Any], number: int, layout: int, alone: Singles) -> int | None:
    """The key of some row, or NULL; in a tree of one that comes later."""
    left = column.primary_key and column.name.startswith("left")
    if layout % 4 == 1 and column.primary_key:
        # Few rows with several others each.
        return KEYS[number % 2] if left else number
    if layout % 2 == 0 and layout not in _CROWDED and column.primary_key:
        # Each of the few rows with each.
        return KEYS[number % 2] if left else KEYS[number // 2 % 2]
    if left:
        return number
    random = Random(f"{layout} {table.name} {column.name} {number}")
    foreign = _target(column)
    missing = layout == _ALL_NULL or _is_empty(foreign, layout)
    if column.nullable and (missing or (layout not in _CROWDED and random.random() < 0.3)):
        return None
    rows = _existing(foreign, layout)
    if column in alone and foreign is not table:
        order = Random(f"{layout} {table.name} {column.name}").sample(rows, len(rows))
        return order[_existing(table, layout).index(number) % len(order)]
    upwards = foreign is table
    if upwards and (layout % 4 == 1 or layout in _CROWDED) and number < max(KEYS):
        return max(KEYS)
    if layout in _CROWDED and not upwards:
        return KEYS[layout % 2]
    rows = [row for row in rows if not upwards or row > number]
    return random.choice(rows) if rows else None


def _value(table: Table, column: Column[Any], number: int, layout: int, alone: Singles) -> Any:
    if column.foreign_keys:
        foreign = _target(column)
        if column.primary_key and len(table.primary_key.columns) == 1:
            return number
        if layout in WITNESSES:
            return _anywhere(table, column, number, layout, alone)
        # Different keys of one row lead to different rows.
        keys = [each.name for each in table.columns if each.foreign_keys and not each.primary_key]
        position = keys.index(column.name) if column.name in keys else 0
        step = position + 1 if layout == 1 else 2 * position + 2
        if foreign is table:
            step = position + 1 if layout == 1 else len(keys) - position
            return number + step if number + step <= ROWS else None
        if column.primary_key and column.name.startswith("left"):
            return number
        return (number + step - 1) % ROWS + 1
    if isinstance(column.type, Integer):
        return number
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, Float):
        return float(number)
    if isinstance(column.type, DateTime):
        return datetime.datetime(2024, 1, number)
    return f"{column.name} {number}"

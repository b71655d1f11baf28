"""Frozen records as plain data and back: lists, texts, numbers, true, false, null.

What the cache keeps is JSON, so nothing that is read back can run. The types of a record's
fields say how it is written: a dataclass becomes the list of its fields, a tuple or a set a
list (sets sorted), a mapping a list of pairs, an enumeration its value. A type that holds
several records (`kinds`) is written with the name of the record in front. Reading checks
every value against the type of its field and raises `NotPlain`, whatever was read.
"""

from __future__ import annotations

import dataclasses
import functools
import types
from collections.abc import Callable, Hashable, Mapping
from enum import Enum
from operator import attrgetter
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Plain = Any
"""Lists, texts, numbers, booleans and None, nested: nothing more precise can be said in a type."""

_Convert = Callable[[Any], Any]


class NotPlain(ValueError):
    """The data is not what the type promises."""


def to_plain(kind: Any, value: object) -> Plain:
    """The value, of the given type, as plain data."""
    write = _writer(kind)
    return value if write is None else write(value)


def from_plain(kind: type[T], data: Plain) -> T:
    """The value that was written; raises NotPlain for anything else."""
    try:
        found: T = _reader(cast("Hashable", kind))(data)
    except (TypeError, ValueError, IndexError, KeyError, AttributeError, RecursionError) as error:
        raise NotPlain(f"not a {getattr(kind, '__name__', kind)}") from error
    return found


@functools.cache
def _fields(kind: Any) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(kind)
    return tuple((field.name, hints[field.name]) for field in dataclasses.fields(kind))


@functools.cache
def _writer(kind: Any) -> _Convert | None:
    """How values of the type are written; None: as they are."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in (str, int, bool, type(None)):
        return None
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return _each(_writer(arguments[0]), list)
    if origin is tuple:
        return _positions([_writer(argument) for argument in arguments])
    if origin is frozenset:
        return sorted
    if origin is dict or origin is Mapping:
        return _items(_positions([_writer(argument) for argument in arguments]))
    if origin in (Union, types.UnionType):
        write = _writer(_optional(kind))
        return None if write is None else lambda value: None if value is None else write(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return attrgetter("value")
    if dataclasses.is_dataclass(kind):
        return _record_writer(kind)
    raise TypeError(f"{kind} can not be written as plain data")


def _record_writer(kind: Any) -> _Convert:
    fields = _fields(kind)
    if len(fields) == 1:
        only, write = attrgetter(fields[0][0]), _writer(fields[0][1])
        return lambda value: [only(value) if write is None else write(only(value))]
    values = attrgetter(*(name for name, _ in fields))
    writers = [(index, write) for index, (_, hint) in enumerate(fields) if (write := _writer(hint))]

    def write_record(value: Any) -> list[Any]:
        row = list(values(value))
        for index, write in writers:
            row[index] = write(row[index])
        return row

    return write_record


def _each(convert: _Convert | None, build: Callable[[Any], Any]) -> _Convert:
    return build if convert is None else lambda value: build([convert(item) for item in value])


def _items(convert: _Convert) -> _Convert:
    return lambda value: [convert(item) for item in value.items()]


def _positions(converters: list[_Convert | None]) -> _Convert:
    if not any(converters):
        return list
    return lambda value: [
        item if convert is None else convert(item) for convert, item in zip(converters, value, strict=True)
    ]


def _optional(kind: Any) -> Any:
    """T of `T | None`; other unions are not used in records."""
    others = [argument for argument in get_args(kind) if argument is not type(None)]
    if len(others) != 1:
        raise TypeError(f"{kind} can not be written as plain data")
    return others[0]


@functools.cache
def _reader(kind: Any) -> _Convert:
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in (str, int, bool):
        return functools.partial(_exactly, kind)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        read = _reader(arguments[0])
        return lambda data: tuple([read(item) for item in _exactly(list, data)])
    if origin is tuple:
        readers = [_reader(argument) for argument in arguments]
        return lambda data: tuple(
            [read(item) for read, item in zip(readers, _exactly(list, data), strict=True)]
        )
    if origin is frozenset:
        read = _reader(arguments[0])
        return lambda data: frozenset([read(item) for item in _exactly(list, data)])
    if origin is dict or origin is Mapping:
        read_key, read_value = map(_reader, arguments)
        return lambda data: {read_key(key): read_value(item) for key, item in _exactly(list, data)}
    if origin in (Union, types.UnionType):
        read = _reader(_optional(kind))
        return lambda data: None if data is None else read(data)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if dataclasses.is_dataclass(kind):
        return _record_reader(kind)
    raise TypeError(f"{kind} can not be read from plain data")


def _record_reader(kind: Any) -> _Convert:
    fields = _fields(kind)
    readers = [(name, _reader(hint)) for name, hint in fields]
    keywords = any(field.kw_only for field in dataclasses.fields(kind))

    def read_record(data: Any) -> Any:
        pairs = list(zip(readers, _exactly(list, data), strict=True))
        if keywords:
            return kind(**{name: read(item) for (name, read), item in pairs})
        return kind(*[read(item) for (_, read), item in pairs])

    return read_record


def _exactly(kind: type[Any], data: Any) -> Any:
    if type(data) is not kind:
        raise NotPlain(f"{type(data).__name__} instead of {kind.__name__}")
    return data

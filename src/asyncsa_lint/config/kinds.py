"""What a setting may hold: one value per kind, read by the loader and by the JSON Schema.

Both sides of a kind stand side by side, so that an editor and the loader agree: `problem`
says in words what is wrong with a value, `schema` refuses the same values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

Raw: TypeAlias = object
"""A value as TOML gives it."""
Frozen: TypeAlias = "str | bool | int | tuple[str, ...] | tuple[tuple[str, tuple[str, ...]], ...]"
"""A value as `Config` keeps it."""

_END = r"$(?!\n)"
"""The end of the text, for Python and for ECMAScript alike."""
VERSION = rf"^\d{{1,9}}(\.\d{{1,9}})*{_END}"
PYTHON_VERSION = rf"^(py\d{{2,3}}|\d{{1,9}}(\.\d{{1,9}})*){_END}"
QUALIFIED_NAME = rf"^[^\W\d]\w*(\.[^\W\d]\w*)+{_END}"
PATTERN = rf"^(?!!?{_END})([^\\]|\\[\s\S])+{_END}"
SOMETHING = r"[\s\S]"
SELECTOR = "selector"
"""Name of the schema's definition of rule names and code prefixes."""


def nearest(word: str, known: Sequence[str]) -> str:
    """` (did you mean ...?)` for the known word closest to `word`, or nothing."""
    from difflib import get_close_matches  # only for complaints

    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f" (did you mean `{close[0]}`?)" if close else ""


def freeze(value: Raw) -> Frozen:
    """A value without problems as `Config` keeps it: lists as tuples, tables as pairs."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return tuple((key, tuple(items)) for key, items in value.items())
    assert isinstance(value, str | bool | int)
    return value


class Kind(Protocol):
    """What all values of a setting have in common."""

    def problem(self, value: Raw) -> str:
        """What the value should be instead, for a sentence `... must be`; empty when it is right."""

    def schema(self) -> dict[str, object]:
        """JSON Schema of the values."""


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def problem(self, value: Raw) -> str:
        return "" if isinstance(value, bool) else f"true or false, not {value!r}"

    def schema(self) -> dict[str, object]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Number:
    """An integer between bounds, both included."""

    least: int
    most: int | None = None

    def problem(self, value: Raw) -> str:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if (
            isinstance(value, int)
            and whole
            and self.least <= value
            and (self.most is None or value <= self.most)
        ):
            return ""
        bounds = f"{self.least} or more" if self.most is None else f"{self.least} to {self.most}"
        return f"a whole number, {bounds}, not {value!r}"

    def schema(self) -> dict[str, object]:
        bounds = {"minimum": self.least} | ({} if self.most is None else {"maximum": self.most})
        return {"type": "integer", **bounds}


@dataclass(frozen=True, slots=True)
class Text:
    """A string that a pattern allows; `meant` says in words what that is."""

    pattern: str
    meant: str

    def problem(self, value: Raw) -> str:
        if not isinstance(value, str):
            return f"a string ({self.meant}), not {value!r}"
        return "" if re.search(self.pattern, value) else f"{self.meant}, not `{value}`"

    def schema(self) -> dict[str, object]:
        return {"type": "string", "pattern": self.pattern}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]

    def problem(self, value: Raw) -> str:
        if value in self.words:
            return ""
        said = f"`{value}`{nearest(value, self.words)}" if isinstance(value, str) else repr(value)
        return f"one of {', '.join(self.words)}, not {said}"

    def schema(self) -> dict[str, object]:
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of strings, each as a pattern allows."""

    pattern: str
    meant: str

    def problem(self, value: Raw) -> str:
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            return f"a list of strings ({self.meant}), not {value!r}"
        wrong = next((item for item in value if not re.search(self.pattern, item)), None)
        return "" if wrong is None else f"a list of {self.meant}, not `{wrong}`"

    def schema(self) -> dict[str, object]:
        return {"type": "array", "items": {"type": "string", "pattern": self.pattern}}


@dataclass(frozen=True, slots=True)
class Selectors:
    """A list of rule names and code prefixes; which exist is checked where rules are known."""

    def problem(self, value: Raw) -> str:
        return Texts(SOMETHING, "rule names and code prefixes").problem(value)

    def schema(self) -> dict[str, object]:
        return {"type": "array", "items": {"$ref": f"#/definitions/{SELECTOR}"}}


@dataclass(frozen=True, slots=True)
class SelectorsByPattern:
    """A table from path patterns to selectors."""

    def problem(self, value: Raw) -> str:
        if not isinstance(value, dict):
            return f"a table of path patterns and lists of rules, not {value!r}"
        for pattern, selectors in value.items():
            problem = Text(PATTERN, "a path pattern").problem(pattern)
            if problem:
                return f"a table whose keys are path patterns, not `{pattern}`"
            problem = Selectors().problem(selectors)
            if problem:
                return f"a table of path patterns and lists of rules: `{pattern}` must be {problem}"
        return ""

    def schema(self) -> dict[str, object]:
        return {
            "type": "object",
            "propertyNames": {"pattern": PATTERN},
            "additionalProperties": Selectors().schema(),
        }


@dataclass(frozen=True, slots=True)
class Numbers:
    """A table of named whole numbers, none below zero."""

    names: tuple[str, ...]

    def problem(self, value: Raw) -> str:
        if not isinstance(value, dict):
            return f"a table of numbers, not {value!r}"
        for name, number in value.items():
            if name not in self.names:
                return f"a table with {', '.join(self.names)}, not `{name}`{nearest(name, self.names)}"
            problem = Number(0).problem(number)
            if problem:
                return f"a table of numbers: `{name}` must be {problem}"
        return ""

    def schema(self) -> dict[str, object]:
        properties: Mapping[str, object] = {name: Number(0).schema() for name in self.names}
        return {"type": "object", "properties": properties, "additionalProperties": False}

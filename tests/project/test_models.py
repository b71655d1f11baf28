"""Mapped classes as SQLAlchemy maps them: the linker's answers against real mappers."""

from __future__ import annotations

import importlib.util
import sys
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy.orm import clear_mappers, configure_mappers

from asyncsa_lint.project.mapping.models import AttributeKind, MappedAttribute, ModelInfo, Models
from asyncsa_lint.project.names import Project
from tests.project.small_project import class_named
from tests.project.zoo import ZOO

_COLUMN_KINDS = {AttributeKind.COLUMN, AttributeKind.COLUMN_PROPERTY, AttributeKind.QUERY_EXPRESSION}


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, ModuleType]]:
    folder = tmp_path_factory.mktemp("zoo")
    (folder / "zoo_models.py").write_text(ZOO)
    spec = importlib.util.spec_from_file_location("zoo_models", folder / "zoo_models.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["zoo_models"] = module
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        spec.loader.exec_module(module)
        configure_mappers()
    yield Project([str(folder / "zoo_models.py")], str(folder)), module
    clear_mappers()
    del sys.modules["zoo_models"]


_TABLES = [
    "Parent",
    "Child",
    "Tag",
    "Employee",
    "Manager",
    "Pair",
    "Corner",
    "Mutual",
    "MutualItem",
    "Reflected",
]


def _model(project: Project, name: str) -> ModelInfo:
    info = Models(project).get(class_named(project, name))
    assert info is not None
    return info


@pytest.mark.parametrize("name", _TABLES)
def test_relationships_are_those_of_the_mapper(zoo: tuple[Project, ModuleType], name: str) -> None:
    project, module = zoo
    real = {
        prop.key: (
            prop.mapper.class_.__name__,
            bool(prop.uselist),
            prop.lazy
            if isinstance(prop.lazy, str)
            else {True: "select", False: "joined"}.get(prop.lazy, "noload"),
            prop.join_depth,
            prop.viewonly,
            prop.secondary is not None,
        )
        for prop in getattr(module, name).__mapper__.relationships
    }
    ours = {
        attribute.name: (
            attribute.target and attribute.target.facts.name,
            attribute.collection,
            attribute.lazy,
            attribute.join_depth,
            attribute.viewonly,
            attribute.secondary,
        )
        for attribute in _model(project, name).attributes.values()
        if attribute.kind is AttributeKind.RELATIONSHIP
    }
    assert ours == real


@pytest.mark.parametrize("name", _TABLES)
def test_directions_and_back_references(zoo: tuple[Project, ModuleType], name: str) -> None:
    project, module = zoo
    attributes = _model(project, name).attributes
    for prop in getattr(module, name).__mapper__.relationships:
        ours = attributes[prop.key]
        assert ours.direction.replace("-", "").upper() == prop.direction.name, prop.key
        back = prop.back_populates or (prop.backref[0] if prop.backref else "")
        assert ours.back_populates == back, prop.key
        if ours.direction == "many-to-one":
            assert set(ours.foreign_keys) == {column.key for column in prop.local_columns}, prop.key


@pytest.mark.parametrize("name", _TABLES)
def test_columns_are_those_of_the_mapper(zoo: tuple[Project, ModuleType], name: str) -> None:
    project, module = zoo
    mapper = getattr(module, name).__mapper__
    ours = {
        key: attribute
        for key, attribute in _model(project, name).attributes.items()
        if attribute.kind in _COLUMN_KINDS
    }
    assert set(ours) == {prop.key for prop in mapper.column_attrs}
    for prop in mapper.column_attrs:
        assert ours[prop.key].deferred == prop.deferred, prop.key
        if ours[prop.key].kind is AttributeKind.COLUMN:
            assert _described(ours[prop.key]) == _real(prop.columns[0]), prop.key


def _described(attribute: MappedAttribute) -> tuple[object, ...]:
    return (
        attribute.primary_key,
        attribute.nullable,
        attribute.onupdate,
        attribute.server_generated,
        attribute.computed,
        attribute.python_default,
        attribute.foreign_key,
    )


def _real(column: Any) -> tuple[object, ...]:
    onupdate = "" if column.onupdate is None else "sql" if column.onupdate.is_clause_element else "python"
    return (
        column.primary_key,
        column.nullable,
        onupdate,
        column.server_default is not None,
        column.computed is not None,
        column.default is not None,
        next(
            (
                key.target_fullname
                for key in column.foreign_keys
                if key.constraint.column_keys == [column.key]
            ),
            "",
        ),
    )


@pytest.mark.parametrize("name", _TABLES)
def test_mapper_options(zoo: tuple[Project, ModuleType], name: str) -> None:
    project, module = zoo
    info = _model(project, name)
    mapper = getattr(module, name).__mapper__
    assert info.eager_defaults == str(mapper.eager_defaults).lower()
    assert info.has_returning == mapper.local_table.implicit_returning
    assert info.tablename == ("" if name == "Manager" else mapper.local_table.name)
    assert (info.parent and info.parent.facts.name) == (mapper.inherits and mapper.inherits.class_.__name__)
    assert info.is_table and info.certain and info.has_async_attrs and not info.is_dataclass


def test_members_that_only_python_knows(zoo: tuple[Project, ModuleType]) -> None:
    project, _ = zoo
    attributes = _model(project, "Parent").attributes
    assert attributes["child_names"].kind is AttributeKind.PROXY
    assert (attributes["child_names"].proxy_of, attributes["child_names"].proxy_attribute) == (
        "children",
        "name",
    )
    assert (attributes["title"].kind, attributes["title"].proxy_of) == (AttributeKind.SYNONYM, "name")
    for name, kind in (("first", AttributeKind.HYBRID), ("count", AttributeKind.PROPERTY)):
        function = attributes[name].function
        assert attributes[name].kind is kind
        assert function is not None and [p.name for p in function.facts.parameters] == ["self"]
    assert "method" not in attributes


def test_bases_and_mixins_are_no_tables(zoo: tuple[Project, ModuleType]) -> None:
    project, _ = zoo
    for name in ("Base", "Named", "Stamps", "HasOwner"):
        assert not _model(project, name).is_table


def test_sites_point_at_the_value_or_the_annotation(zoo: tuple[Project, ModuleType]) -> None:
    project, _ = zoo
    lines = ZOO.splitlines()
    attributes = _model(project, "Parent").attributes
    for name, text in (("plain", 'relationship("Child", viewonly=True)'), ("name", "Mapped[Optional[str]]")):
        line, column, end_line, end_column = attributes[name].site
        assert line == end_line and lines[line - 1][column:end_column] == text
        assert lines[attributes[name].line - 1][attributes[name].column :].startswith(name)

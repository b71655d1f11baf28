"""What schemas read, checked against pydantic itself where it can be run."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from asyncsa_lint.project.pydantic.schemas import SchemaField, SchemaInfo, Schemas
from tests.project.small_project import build, class_named


def _schema(folder: Path, name: str, **files: str) -> SchemaInfo:
    project = build(folder, **files)
    info = Schemas(project).get(class_named(project, name))
    assert info is not None
    return info


def _field(info: SchemaInfo, name: str) -> SchemaField:
    return next(field for field in info.fields if field.name == name)


_IMPORTS = """
from typing import Annotated, Any, ClassVar, Generic, Optional, TypeVar
from pydantic import (AliasChoices, AliasGenerator, AliasPath, BaseModel, ConfigDict, Field, RootModel,
                      alias_generators, computed_field, model_validator)
from pydantic.alias_generators import to_camel
KEY = "fromConstant"
"""

_READS = {
    "plain": ("x: Any", ""),
    "default": ("x: Any = 1", ""),
    "alias": ("x: Any = Field(alias='al')", ""),
    "alias_of_constant": ("x: Any = Field(1, alias=KEY)", ""),
    "validation_alias": ("x: Any = Field(1, validation_alias='va')", ""),
    "both_aliases": ("x: Any = Field(1, alias='al', validation_alias='va')", ""),
    "serialization_alias": ("x: Any = Field(1, serialization_alias='sa')", ""),
    "choices": ("x: Any = Field(1, validation_alias=AliasChoices('p', 'q', AliasPath('a', 'b')))", ""),
    "path": ("x: Any = Field(1, validation_alias=AliasPath('a', 'b'))", ""),
    "path_with_index": ("x: Any = Field(1, validation_alias=AliasPath('a', 0))", ""),
    "excluded": ("x: Any = Field(1, exclude=True)", ""),
    "no_init": ("x: Any = Field(1, init=False)", ""),
    "annotated": ("x: Annotated[Any, Field(alias='al')] = 1", ""),
    "by_name": ("x: Any = Field(1, alias='al')", "populate_by_name=True"),
    "validate_by_name": ("x: Any = Field(1, alias='al')", "validate_by_name=True"),
    "not_by_alias": ("x: Any = Field(1, alias='al')", "validate_by_name=True, validate_by_alias=False"),
    "camel": ("foo_bar: Any = 1", "alias_generator=to_camel"),
    "camel_of_one_word": ("foo: Any = 1", "alias_generator=to_camel"),
    "camel_with_digits": ("foo_1b_c2d: Any = 1", "alias_generator=to_camel"),
    "pascal": ("foo_bar: Any = 1", "alias_generator=alias_generators.to_pascal"),
    "camel_and_name": ("foo_bar: Any = 1", "alias_generator=to_camel, populate_by_name=True"),
    "generator_for_output": (
        "foo_bar: Any = 1",
        "alias_generator=AliasGenerator(serialization_alias=to_camel)",
    ),
    "generator_for_input": ("foo_bar: Any = 1", "alias_generator=AliasGenerator(validation_alias=to_camel)"),
    "own_alias_beside_generator": ("foo_bar: Any = Field(1, alias='al')", "alias_generator=to_camel"),
    "class_variable": ("x: ClassVar[int] = 1\n    y: Any = 1", ""),
    "private": ("_x: int = 1\n    y: Any = 1", ""),
}


class _Recorder:
    """An object without attributes that remembers what was asked of it."""

    def __init__(self) -> None:
        self.reads: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        self.reads.append(name)
        raise AttributeError(name)


@pytest.mark.parametrize("case", sorted(_READS))
def test_sources_are_what_pydantic_reads(tmp_path: Path, case: str) -> None:
    body, config = _READS[case]
    text = (
        f"{_IMPORTS}\nclass Schema(BaseModel):\n    {body}\n"
        f"    model_config = ConfigDict(from_attributes=True, {config})\n"
    )
    namespace: dict[str, Any] = {"__name__": "schema_under_test"}
    exec(compile(text, "schemas.py", "exec", dont_inherit=True), namespace)  # the text is ours
    pydantic = pytest.importorskip("pydantic")
    recorder = _Recorder()
    with suppress(pydantic.ValidationError):
        namespace["Schema"].model_validate(recorder)
    info = _schema(tmp_path, "Schema", schemas=text)
    assert info.from_attributes
    read = [path[0] for field in info.fields for path in field.sources]
    assert list(dict.fromkeys(read)) == list(dict.fromkeys(recorder.reads))


def test_unknown_alias_generator_and_alias_read_nothing_we_know_of(tmp_path: Path) -> None:
    info = _schema(
        tmp_path,
        "S",
        schemas="""
        from pydantic import BaseModel, ConfigDict, Field
        from elsewhere import camel, NAME
        class S(BaseModel):
            model_config = ConfigDict(alias_generator=camel)
            a_b: int
            c: int = Field(alias=NAME)
        class T(S):
            model_config = ConfigDict(populate_by_name=True)
        """,
    )
    assert _field(info, "a_b").sources == ()
    assert _field(info, "c").sources == ()
    info = _schema(tmp_path, "T")
    assert _field(info, "a_b").sources == (("a_b",),)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("model_config = ConfigDict(from_attributes=True)", True),
        ("model_config = {'from_attributes': True}", True),
        ("model_config = dict(from_attributes=True)", True),
        ("model_config = ConfigDict(**SHARED)", True),
        ("model_config = SHARED", True),
        ("model_config = SHARED | {'from_attributes': False}", False),
        ("model_config = ConfigDict(from_attributes=False)", False),
        ("model_config = ConfigDict(frozen=True)", False),
        ("class Config:\n        orm_mode = True", True),
        ("class Config:\n        from_attributes = True", True),
        ("class Config(Parent.Config):\n        frozen = True", True),
        ("Config = Shared", True),
        ("pass", False),
    ],
)
def test_from_attributes(tmp_path: Path, config: str, expected: bool) -> None:
    text = f"""
from pydantic import BaseModel, ConfigDict
SHARED = {{"from_attributes": True}}
class Shared:
    orm_mode = True
class Parent(BaseModel):
    class Config:
        orm_mode = True
class S(BaseModel):
    {config}
"""
    assert _schema(tmp_path, "S", schemas=text).from_attributes is expected


def test_from_attributes_is_inherited_and_the_last_base_wins(tmp_path: Path) -> None:
    text = """
    from pydantic import BaseModel, ConfigDict
    class On(BaseModel):
        model_config = ConfigDict(from_attributes=True)
    class Off(BaseModel, from_attributes=False): ...
    class Silent(BaseModel): ...
    class Child(On):
        model_config = ConfigDict(frozen=True)
    class OnOff(On, Off): ...
    class OffOn(Off, On): ...
    class OnSilent(On, Silent): ...
    class Keyword(BaseModel, from_attributes=True): ...
    """
    project = build(tmp_path, schemas=text)
    schemas = Schemas(project)

    def reads(name: str) -> bool:
        info = schemas.get(class_named(project, name))
        assert info is not None
        return info.from_attributes

    assert reads("Child") and reads("OffOn") and reads("OnSilent") and reads("Keyword")
    assert not reads("OnOff")


def test_fields_are_inherited_overridden_and_removed(tmp_path: Path) -> None:
    info = _schema(
        tmp_path,
        "B",
        base="""
        from pydantic import BaseModel
        class Mixin:
            mixed: int
        class A(BaseModel):
            a: int
            b: int
            c: int = 3
        """,
        schemas="""
        from typing import ClassVar
        from pydantic import computed_field, Field
        from base import A, Mixin
        class B(Mixin, A):
            a: str = Field(default_factory=str, exclude=True)
            b: ClassVar[int] = 1
            d: int = ...
            @computed_field
            @property
            def total(self) -> int: return 1
            def method(self) -> int: return 1
        """,
    )
    assert [field.name for field in info.fields] == ["a", "c", "mixed", "d", "total"]
    overridden = _field(info, "a")
    assert overridden.annotation is not None and overridden.annotation.text == "str"
    assert overridden.module.name == "schemas" and overridden.has_default and overridden.excluded
    assert _field(info, "c").has_default and not _field(info, "d").has_default
    total = _field(info, "total")
    assert total.computed is not None and total.computed.symbol == "B.total" and total.sources == ()
    assert info.certain


def test_validators_that_replace_the_input(tmp_path: Path) -> None:
    text = """
    from pydantic import BaseModel, model_validator, root_validator
    class Before(BaseModel):
        x: int
        @model_validator(mode="before")
        @classmethod
        def prepare(cls, data): return {"x": 1}
    class Child(Before): ...
    class After(BaseModel):
        @model_validator(mode="after")
        def check(self): return self
    class Old(BaseModel):
        @root_validator(pre=True)
        def prepare(cls, values): return values
    class Getter(BaseModel):
        class Config:
            orm_mode = True
            getter_dict = dict
    """
    project = build(tmp_path, schemas=text)
    schemas = Schemas(project)
    found = {}
    for name in ("Before", "Child", "After", "Old", "Getter"):
        info = schemas.get(class_named(project, name))
        assert info is not None
        found[name] = info.validators_before
    assert found == {"Before": True, "Child": True, "After": False, "Old": True, "Getter": True}


def test_generics(tmp_path: Path) -> None:
    info = _schema(
        tmp_path,
        "UserPage",
        base="""
        from typing import Generic, TypeVar
        from pydantic import BaseModel
        T = TypeVar("T")
        M = TypeVar("M")
        class Page(BaseModel, Generic[M, T]):
            items: list[T]
            meta: M
        class ListPage(Page[int, list[T]], Generic[T]): ...
        """,
        schemas="""
        from base import ListPage
        class User: ...
        class UserPage(ListPage[User]):
            extra: int
        """,
    )
    items = _field(info, "items")
    assert [(a.parameter, a.value.text, a.module.name) for a in items.arguments] == [
        ("M", "int", "base"),
        ("T", "list[T]", "base"),
        ("T", "User", "schemas"),
    ]
    assert _field(info, "extra").arguments == ()
    assert info.type_parameters == ()
    assert _schema(tmp_path, "Page").type_parameters == ("M", "T")
    assert _schema(tmp_path, "ListPage").type_parameters == ("T",)


def test_root_models(tmp_path: Path) -> None:
    text = """
    from pydantic import BaseModel, RootModel
    class Users(RootModel[list[int]]): ...
    class Written(RootModel):
        root: list[str]
    class Old(BaseModel):
        __root__: list[int]
    """
    info = _schema(tmp_path, "Users", schemas=text)
    root = _field(info, "root")
    assert info.is_root and root.annotation is not None and root.annotation.text == "list[int]"
    assert root.sources == ()
    assert _schema(tmp_path, "Written").is_root
    assert _schema(tmp_path, "Old").is_root


def test_sqlmodel_tables_have_columns_but_no_relationships_as_fields(tmp_path: Path) -> None:
    text = """
    from typing import List, Optional
    from sqlmodel import Field, Relationship, SQLModel
    class TeamBase(SQLModel):
        name: str
    class Team(TeamBase, table=True):
        id: Optional[int] = Field(default=None, primary_key=True)
        heroes: List["Hero"] = Relationship(back_populates="team")
    class TeamRead(TeamBase):
        heroes: List["Hero"] = []
    """
    team = _schema(tmp_path, "Team", models=text)
    assert [field.name for field in team.fields] == ["name", "id"]
    assert team.is_sqlmodel and team.from_attributes
    assert [field.name for field in _schema(tmp_path, "TeamRead").fields] == ["name", "heroes"]


def test_classes_that_are_no_schemas_or_not_fully_known(tmp_path: Path) -> None:
    text = """
    from dataclasses import dataclass
    from pydantic import BaseModel
    from elsewhere import Unknown
    from fastapi_users import schemas
    @dataclass
    class Data:
        x: int
    class Partly(Unknown, BaseModel):
        x: int
    class Foreign(Unknown):
        x: int
    class Cycle(Cycle2): ...
    class Cycle2(Cycle, BaseModel):
        y: int
    class UserRead(schemas.BaseUser[int]):
        posts: list[int]
    """
    project = build(tmp_path, schemas=text)
    schemas = Schemas(project)
    assert schemas.get(class_named(project, "Data")) is None
    assert schemas.get(class_named(project, "Foreign")) is None
    partly = schemas.get(class_named(project, "Partly"))
    assert partly is not None and not partly.certain
    assert schemas.get(class_named(project, "Cycle2")) is not None
    user = schemas.get(class_named(project, "UserRead"))
    assert user is not None and user.from_attributes
    assert [field.name for field in user.fields][-1] == "posts"

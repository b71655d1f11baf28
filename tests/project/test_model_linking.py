"""Models spread over files, and libraries' base classes."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncsa_lint.project.mapping.models import AttributeKind, MappedAttribute, ModelInfo, Models
from tests.project.small_project import build, class_named

BASE = """
from sqlalchemy.orm import DeclarativeBase
class Base(DeclarativeBase): ...
"""
HEAD = """
from __future__ import annotations
from typing import TYPE_CHECKING, Optional
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column, relationship, backref, declared_attr
from base import Base
"""


ITEM = """
class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
"""


def _model(folder: Path, name: str, **files: str) -> ModelInfo:
    project = build(folder, **files)
    info = Models(project).get(class_named(project, name))
    assert info is not None
    return info


def _target(attribute: MappedAttribute) -> str:
    return attribute.target.qualified if attribute.target else ""


def test_targets_in_other_files(tmp_path: Path) -> None:
    users = f"""{HEAD}
if TYPE_CHECKING:
    from posts import Post
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    posts: Mapped[list[Post]] = relationship(back_populates="author")
    by_string = relationship("Post")
    by_path = relationship("posts.Post")
    by_argument = relationship(argument="Post", uselist=False)
    unknown = relationship("Nobody")
"""
    posts = f"""{HEAD}
import users
class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey(f"{{users.User.__tablename__}}.id"))
    author: Mapped["users.User"] = orm.relationship(lazy="joined")
    editor = relationship("User", lazy=[])
"""
    user = _model(tmp_path, "User", base=BASE, users=users, posts=posts)
    attributes = user.attributes
    for name in ("posts", "by_string", "by_path", "by_argument"):
        assert _target(attributes[name]) == "posts.Post", name
    assert attributes["by_string"].collection and not attributes["by_argument"].collection
    assert attributes["unknown"].target is None
    post = _model(tmp_path, "Post").attributes
    assert post["author_id"].foreign_key == "users.id"
    assert _target(post["author"]) == _target(post["editor"]) == "users.User"
    assert post["author"].foreign_keys == ("author_id",) and not post["editor"].collection
    assert post["editor"].lazy == "unknown"


def test_string_targets_of_several_classes_of_one_name(tmp_path: Path) -> None:
    holder = (
        "class Box(Base):\n    __tablename__ = 'boxes'\n"
        "    id: Mapped[int] = mapped_column(primary_key=True)\n"
        "    items = relationship('Item')\n"
    )
    files = {
        "a__base": BASE,
        "b__base": BASE,
        "a__items": HEAD.replace("from base", "from a.base") + ITEM,
        "b__items": HEAD.replace("from base", "from b.base") + ITEM,
        "a__box": HEAD.replace("from base", "from a.base") + holder,
        "b__box": HEAD.replace("from base", "from b.base") + holder,
        "a____init__": "",
        "b____init__": "",
    }
    project = build(tmp_path, **files)
    models = Models(project)
    for side in "ab":
        info = models.get(class_named(project, f"{side}.box.Box"))
        assert info is not None and _target(info.attributes["items"]) == f"{side}.items.Item"
    outside = project.module_at(project.files[0])
    assert outside is not None
    assert models.by_name("a.items.Item", outside) is class_named(project, "a.items.Item")
    assert models.by_name("Absent", outside) is None


def test_ambiguous_names_are_unknown(tmp_path: Path) -> None:
    box = "class Box(Base):\n    __tablename__ = 'box'\n    items = relationship('Item')\n"
    info = _model(tmp_path, "Box", base=BASE, one=HEAD + ITEM, two=HEAD + ITEM, box=HEAD + box)
    assert info.attributes["items"].target is None


def test_back_references_of_mixins_and_other_files(tmp_path: Path) -> None:
    mixins = f"""{HEAD}
class Audited:
    @declared_attr
    def user_id(cls):
        return mapped_column(sa.ForeignKey("users.id"))
    @declared_attr
    def user(cls):
        return relationship("User", backref="audited", foreign_keys=[cls.user_id])
"""
    models = f"""{HEAD}
from mixins import Audited
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
class Admin(User): ...
class Note(Audited, Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
"""
    admin = _model(tmp_path, "Admin", base=BASE, mixins=mixins, models=models)
    audited = admin.attributes["audited"]
    assert (audited.spelling, audited.collection, audited.lazy, audited.back_populates) == (
        "backref",
        True,
        "select",
        "user",
    )
    assert _target(audited) == "models.Note" and audited.owner.facts.name == "Audited"
    assert admin.parent is not None and admin.parent.facts.name == "User" and admin.tablename == "users"
    note = _model(tmp_path, "Note").attributes
    assert note["user"].foreign_keys == ("user_id",)


@pytest.mark.parametrize(
    ("base", "decorator", "bases"),
    [
        ("from sqlalchemy.orm import declarative_base\nBase = declarative_base()", "", "(Base)"),
        ("from sqlalchemy.ext.declarative import declarative_base\nBase = declarative_base()", "", "(Base)"),
        ("from sqlalchemy.orm import registry\nreg = registry()\nBase = reg.generate_base()", "", "(Base)"),
        ("from sqlalchemy.orm import registry\nreg = registry()", "@reg.mapped\n", ""),
        ("from sqlalchemy.orm import registry\nreg = registry()", "@reg.mapped_as_dataclass\n", ""),
        (
            "from sqlalchemy.orm import registry, mapped_as_dataclass\nreg = registry()",
            "@mapped_as_dataclass(reg)\n",
            "",
        ),
        (
            "from sqlalchemy.orm import DeclarativeMeta, registry\n"
            "class Base(metaclass=DeclarativeMeta):\n    __abstract__ = True\n    registry = registry()",
            "",
            "(Base)",
        ),
        ("from sqlalchemy.orm import as_declarative\n@as_declarative()\nclass Base: ...", "", "(Base)"),
        ("from sqlalchemy.orm import DeclarativeBaseNoMeta as D\nclass Base(D): ...", "", "(Base)"),
        ("import advanced_alchemy.base as aa\nBase = aa.UUIDAuditBase", "", "(Base)"),
    ],
)
def test_ways_to_be_mapped(tmp_path: Path, base: str, decorator: str, bases: str) -> None:
    text = (
        f"from sqlalchemy.orm import Mapped, mapped_column\n{base}\n{decorator}"
        f"class User{bases}:\n    __tablename__ = 'users'\n"
        "    id: Mapped[int] = mapped_column(primary_key=True)\n"
    )
    info = _model(tmp_path, "User", models=text)
    assert info.is_table and info.certain and info.attributes["id"].primary_key
    assert info.is_dataclass == ("dataclass" in decorator)


def test_the_class_given_to_declarative_base_is_a_mixin(tmp_path: Path) -> None:
    text = """
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import declarative_base, declared_attr
    class Common:
        id = Column(Integer, primary_key=True)
        @declared_attr
        def __tablename__(cls): return f"{cls.__name__.lower()}s"
    Base = declarative_base(cls=Common)
    class User(Base): ...
    """
    info = _model(tmp_path, "User", models=text)
    assert info.is_table and info.tablename == "users" and info.attributes["id"].primary_key


def test_unresolved_bases_leave_the_model_uncertain(tmp_path: Path) -> None:
    text = """
    from company.db import Base, Mixin
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
    class Known(DeclarativeBase): ...
    class Seen(Base):
        __tablename__ = "seen"
        id: Mapped[int] = mapped_column(primary_key=True)
    class Mixed(Mixin, Known):
        __tablename__ = "mixed"
        id: Mapped[int] = mapped_column(primary_key=True)
    class Nothing(Base):
        __tablename__ = "report"
        columns = ["a"]
    """
    project = build(tmp_path, models=text)
    models = Models(project)
    for name in ("Seen", "Mixed"):
        info = models.get(class_named(project, name))
        assert info is not None and info.is_table and not info.certain
    assert models.get(class_named(project, "Nothing")) is None


def test_classes_that_only_look_mapped(tmp_path: Path) -> None:
    text = """
    from pydantic import BaseModel, Field
    from sqlmodel import SQLModel
    from mylib import relationship, Column, Mapped
    class Schema(BaseModel):
        id: int = Field(default=1)
    class Table:
        __tablename__ = "x"
        id = Column(1)
        others = relationship("Other")
        name: Mapped[int]
    class Data(SQLModel):
        id: int
    """
    project = build(tmp_path, models=text)
    models = Models(project)
    for name in ("Schema", "Table", "Data"):
        assert models.get(class_named(project, name)) is None, name


SQLMODEL = """
    from datetime import datetime
    from typing import ClassVar, List, Optional
    from sqlalchemy import Column, DateTime, String, text
    from sqlmodel import Field, Relationship, SQLModel, func
    from sqlalchemy.orm import relationship
    LOADED = {"lazy": "selectin"}
    class Link(SQLModel, table=True):
        team_id: int = Field(foreign_key="team.id", primary_key=True)
        hero_id: int = Field(foreign_key="hero.id", primary_key=True)
    class TeamBase(SQLModel):
        name: str
        updated: datetime = Field(default_factory=datetime.utcnow, sa_column_kwargs={"onupdate": func.now()})
    class Team(TeamBase, table=True):
        model_config = {"extra": "forbid"}
        kind: ClassVar[str] = "team"
        id: Optional[int] = Field(default=None, primary_key=True)
        note: str | None = None
        code: str = Field(sa_column=Column("code", String, server_default=text("'x'"), nullable=False))
        heroes: List["Hero"] = Relationship(back_populates="team", sa_relationship_kwargs=LOADED)
        many: list["Hero"] = Relationship(link_model=Link)
        own: Optional["Hero"] = Relationship(
            sa_relationship=relationship("Hero", uselist=False, viewonly=True))
    class Hero(SQLModel, table=True):
        __tablename__ = "hero"
        id: int | None = Field(default=None, primary_key=True)
        team_id: int | None = Field(default=None, foreign_key="team.id")
        team: Team | None = Relationship(back_populates="heroes", sa_relationship_kwargs={"lazy": "joined"})
        odd: Team = Relationship(sa_relationship_kwargs=dict(lazy=unknown))
        opaque: Team = Relationship(sa_relationship_kwargs=make())
    """


def test_sqlmodel(tmp_path: Path) -> None:
    project = build(tmp_path, models=SQLMODEL)
    models = Models(project)
    team, hero = (models.get(class_named(project, name)) for name in ("Team", "Hero"))
    assert team is not None and hero is not None
    assert team.is_sqlmodel and team.is_table and team.parent is None and team.tablename == "team"
    assert "kind" not in team.attributes and "model_config" not in team.attributes
    assert (team.attributes["id"].primary_key, team.attributes["note"].nullable) == (True, True)
    assert team.attributes["updated"].onupdate == "sql" and team.attributes["updated"].python_default
    code = team.attributes["code"]
    assert code.server_generated and code.nullable is False
    heroes = team.attributes["heroes"]
    assert (heroes.collection, heroes.lazy, heroes.spelling) == (True, "selectin", "Relationship")
    assert _target(heroes) == "models.Hero"
    assert team.attributes["many"].secondary and team.attributes["many"].direction == "many-to-many"
    assert not team.attributes["own"].collection and team.attributes["own"].viewonly
    assert hero.attributes["team"].lazy == "joined" and hero.attributes["team"].foreign_keys == ("team_id",)
    assert hero.attributes["odd"].lazy == hero.attributes["opaque"].lazy == "unknown"


def test_library_bases_and_mixins(tmp_path: Path) -> None:
    text = """
    from advanced_alchemy.base import UUIDAuditBase, orm_registry
    from advanced_alchemy.mixins import SlugKey
    from fastapi_users.db import SQLAlchemyBaseUserTableUUID, SQLAlchemyBaseOAuthAccountTableUUID
    from sqlalchemy.orm import DeclarativeBase, Mapped, relationship
    class OrderItem(SlugKey, UUIDAuditBase):
        name: Mapped[str]
    class Base(DeclarativeBase): ...
    class User(SQLAlchemyBaseUserTableUUID, Base):
        accounts: Mapped[list["Account"]] = relationship(lazy="joined")
    class Account(SQLAlchemyBaseOAuthAccountTableUUID, Base):
        user = relationship("User")
    """
    item = _model(tmp_path, "OrderItem", models=text)
    assert item.is_table and item.certain and item.has_async_attrs and item.tablename == "order_item"
    assert list(item.attributes) == ["name", "slug", "id", "created_at", "updated_at"]
    assert item.attributes["updated_at"].onupdate == "python"
    user = _model(tmp_path, "User")
    assert (
        user.is_table and user.certain and user.tablename == "user" and "hashed_password" in user.attributes
    )
    account = _model(tmp_path, "Account").attributes["user"]
    assert not account.collection and account.foreign_keys == ("user_id",)


def test_dataclass_defaults(tmp_path: Path) -> None:
    text = """
    from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, relationship
    class Base(MappedAsDataclass, DeclarativeBase): ...
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        bs: Mapped[list["B"]] = relationship(default_factory=list, repr=False, compare=False)
    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        a: Mapped[A | None] = relationship(default=None)
    """
    bs = _model(tmp_path, "A", models=text).attributes["bs"]
    assert (bs.dataclass_default, bs.in_repr, bs.in_compare) == ("default_factory", False, False)
    info = _model(tmp_path, "B")
    assert info.is_dataclass
    assert (info.attributes["a"].dataclass_default, info.attributes["a"].in_repr) == ("default", True)


def test_what_hides_an_inherited_attribute(tmp_path: Path) -> None:
    text = f"""{HEAD}
class Mixin:
    deleted: Mapped[bool] = mapped_column()
    note: Mapped[str] = mapped_column()
    if TYPE_CHECKING:
        phantom: Mapped[int]
class A(Mixin, Base):
    __tablename__ = "a"
    deleted = None
    def note(self): ...
    later: Mapped[int]
    later = mapped_column(sa.ForeignKey("a.id"))
    made: Mapped["A"] = make_it()
    size: Mapped[int] = make_it()
    plain: int
    number = 3
"""
    attributes = _model(tmp_path, "A", base=BASE, models=text).attributes
    assert set(attributes) == {"later", "made", "size"}
    assert attributes["later"].nullable is False
    made = attributes["made"]
    assert (made.kind, made.lazy, _target(made)) == (AttributeKind.RELATIONSHIP, "unknown", "models.A")
    assert attributes["size"].kind is AttributeKind.COLUMN


def test_onupdate_by_constructs_of_the_project(tmp_path: Path) -> None:
    text = f"""{HEAD}
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.schema import FetchedValue
from datetime import datetime
import elsewhere
class utcnow(FunctionElement): ...
NOW = sa.func.now()
def sql_now(): return sa.func.now()
def python_now(): return datetime.now()
class A(Base):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
    a: Mapped[int] = mapped_column(onupdate=utcnow())
    b: Mapped[int] = mapped_column(onupdate=NOW)
    c: Mapped[int] = mapped_column(onupdate=sql_now())
    d: Mapped[int] = mapped_column(onupdate=sa.func.now() + sa.text("1"))
    e: Mapped[int] = mapped_column(server_onupdate=FetchedValue())
    f: Mapped[int] = mapped_column(onupdate=python_now)
    g: Mapped[int] = mapped_column(onupdate=elsewhere.now)
    h: Mapped[int] = mapped_column(onupdate=elsewhere.now())
    i: Mapped[int] = mapped_column(onupdate=sa.func.timezone("utc", sa.func.now()).op("at")(1))
    j: Mapped[int] = mapped_column(onupdate=None)
    k: Mapped[int] = mapped_column(default=sa.func.now())
"""
    attributes = _model(tmp_path, "A", base=BASE, models=text).attributes
    found = {name: attribute.onupdate for name, attribute in attributes.items() if attribute.onupdate}
    assert found == {**dict.fromkeys("abcdei", "sql"), **dict.fromkeys("fg", "python")}
    assert attributes["k"].server_generated and not attributes["k"].python_default

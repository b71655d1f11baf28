"""Mapped classes in every spelling that the linker knows, for test_models.

The test imports this text under SQLAlchemy and compares what the mappers say with what
the linker read off the source.
"""

from __future__ import annotations

ZOO = """
import datetime
import functools
from typing import Annotated, Any, Dict, List, Optional, Sequence, Set, Union

import sqlalchemy as sa
from sqlalchemy import Column, Computed, ForeignKey, ForeignKeyConstraint, Identity, Integer
from sqlalchemy import String, Table, func, text
from sqlalchemy import orm
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (DeclarativeBase, DynamicMapped, Mapped, WriteOnlyMapped, attribute_keyed_dict,
                            backref, column_property, declared_attr, deferred, mapped_column,
                            query_expression, relationship, synonym)

EAGER = {"lazy": "selectin"}
LAZY = "raise"
intpk = Annotated[int, mapped_column(primary_key=True)]
stamp = Annotated[datetime.datetime, mapped_column(server_default=func.now(), onupdate=func.now())]
short = Annotated[Optional[str], mapped_column(String(10))]
raising = functools.partial(relationship, lazy="raise_on_sql", viewonly=True)


def utcnow():
    return datetime.datetime.now(datetime.timezone.utc)


def reference(table, **options):
    return mapped_column(ForeignKey(f"{table}.id"), **options)


def to_parent(lazy="joined"):
    return relationship("Parent", lazy=lazy, viewonly=True)


class Base(AsyncAttrs, DeclarativeBase):
    pass


class Stamps:
    created: Mapped[datetime.datetime] = mapped_column(server_default=func.now())
    updated: Mapped[datetime.datetime] = mapped_column(default=utcnow, onupdate=func.now())


class HasOwner:
    @declared_attr
    def owner_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("parent.id"))

    @declared_attr
    def owner(cls) -> Mapped["Parent"]:
        return relationship("Parent", foreign_keys=[cls.owner_id], lazy="selectin")


class Named(Base):
    __abstract__ = True
    __mapper_args__ = {"eager_defaults": True}

    @declared_attr.directive
    def __tablename__(cls):
        return cls.__name__.lower()

    id: Mapped[intpk]


links = Table(
    "links",
    Base.metadata,
    Column("left_id", ForeignKey("parent.id"), primary_key=True),
    Column("right_id", ForeignKey("tag.id"), primary_key=True),
)


class Parent(Base):
    __tablename__ = "parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[Optional[str]]
    size = mapped_column(Integer)
    old = Column(String, nullable=False)
    label: Mapped["str | None"] = mapped_column(deferred=True)
    text: Mapped[str] = mapped_column(sa.Text, server_default=text("''"), deferred_group="big")
    body = deferred(Column(String))
    total: Mapped[int] = mapped_column(Computed("size + 1"))
    number: Mapped[int] = mapped_column(Identity())

    children: Mapped[List["Child"]] = relationship(back_populates="parent", **EAGER)
    plain = relationship("Child", viewonly=True)
    one = relationship("Child", uselist=False, viewonly=True)
    wrong: Mapped[List["Child"]] = relationship(uselist=False, viewonly=True)
    still_one: Mapped["Child"] = relationship(uselist=True, viewonly=True)
    maybe: Mapped[Optional[List["Child"]]] = relationship(viewonly=True, lazy=LAZY)
    union: Mapped[Union["Child", None]] = relationship(viewonly=True, lazy=None)
    ordered: Mapped[Sequence["Child"]] = relationship(viewonly=True, lazy=False, collection_class=list)
    group: Mapped[Set["Child"]] = relationship(viewonly=True, lazy=True)
    keyed: Mapped[Dict[int, "Child"]] = relationship(
        viewonly=True, collection_class=attribute_keyed_dict("id"))
    by_lambda = relationship(lambda: Child, viewonly=True)
    by_call: Mapped[List["Child"]] = orm.relationship("Child", viewonly=True, lazy="subquery", join_depth=3)
    writes: WriteOnlyMapped["Child"] = relationship(viewonly=True)
    grows: DynamicMapped["Child"] = relationship(viewonly=True)
    tags = relationship("Tag", secondary=links, backref="parents")
    partial: Mapped[List["Child"]] = raising()
    child_names: AssociationProxy[List[str]] = association_proxy("children", "name")
    title = synonym("name")
    expr: Mapped[int] = query_expression()

    @hybrid_property
    def first(self):
        return self.children[0]

    @first.expression
    def first(cls):
        return cls.id

    @property
    def count(self):
        return len(self.children)

    @count.setter
    def count(self, value):
        pass

    def method(self):
        return self.children


class Child(Stamps, Base):
    __tablename__ = "child"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    parent_id = Column(ForeignKey("parent.id"))
    other_id: Mapped[Optional[int]] = reference("tag")
    must_id: Mapped[int] = reference("tag", onupdate=1)
    updated_2: Mapped[stamp]
    updated_3: Mapped[stamp] = mapped_column(nullable=True)
    updated_4: Mapped[datetime.datetime] = mapped_column(onupdate=utcnow)
    updated_5: Mapped[datetime.datetime] = mapped_column(onupdate=lambda: utcnow())
    updated_6: Mapped[datetime.datetime] = mapped_column(onupdate=datetime.datetime.utcnow)
    updated_7: Mapped[datetime.datetime] = mapped_column(onupdate=sa.select(func.now()).scalar_subquery())
    updated_8: Mapped[datetime.datetime] = mapped_column(onupdate=sa.text("now()"))
    nick: Mapped[short]

    parent: Mapped["Parent"] = relationship(back_populates="children", foreign_keys=parent_id)
    by_helper = to_parent(lazy="selectin")


class Tag(Named):
    name: Mapped[str]


class Employee(HasOwner, Named):
    boss_id = mapped_column(ForeignKey("employee.id"))
    kind: Mapped[str]
    boss = relationship("Employee", remote_side="Employee.id", backref=backref("staff", lazy="raise"))
    staff_2 = relationship("Employee", viewonly=True, overlaps="staff,boss")
    staff_3 = relationship("Employee", remote_side=[boss_id], viewonly=True)
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "employee"}


class Manager(Employee):
    __tablename__ = None
    bonus: Mapped[Optional[int]] = mapped_column()
    __mapper_args__ = {"polymorphic_identity": "manager", "eager_defaults": False}


class Pair(Base):
    __tablename__ = "pair"
    __table_args__ = (ForeignKeyConstraint(["left", "right"], ["corner.left", "corner.right"]),
                      {"implicit_returning": False})
    id: Mapped[int] = mapped_column(primary_key=True)
    left = mapped_column(Integer)
    right = mapped_column(Integer)
    corner = relationship("Corner", backref=backref("pair", uselist=False))


class Corner(Base):
    __tablename__ = "corner"
    left: Mapped[int] = mapped_column(primary_key=True)
    right: Mapped[int] = mapped_column(primary_key=True)


class Mutual(Base):
    __tablename__ = "mutual"
    id: Mapped[int] = mapped_column(primary_key=True)
    best_id = mapped_column(ForeignKey("mutual_item.id"))
    items = relationship("MutualItem", foreign_keys="MutualItem.owner_id")
    best = relationship("MutualItem", foreign_keys=best_id, post_update=True)
    joined = relationship("MutualItem", primaryjoin="Mutual.best_id == MutualItem.id", viewonly=True)


class MutualItem(Base):
    __tablename__ = "mutual_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id = mapped_column(ForeignKey(Mutual.id))


class Reflected(Base):
    __table__ = Table("reflected", Base.metadata, Column("id", Integer, primary_key=True),
                      Column("tag_id", ForeignKey("tag.id"), nullable=False))
    tag = relationship("Tag", backref="reflections", lazy="joined")


Parent.later = relationship("Child", viewonly=True, order_by="Child.id")
Child.upper = column_property(func.upper(Child.name), deferred=True)
"""

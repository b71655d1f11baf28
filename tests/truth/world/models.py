"""Parents with children and a profile, children with toys and tags; the same in every program."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncSession, async_sessionmaker
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

Keeping = async_sessionmaker(expire_on_commit=False)
"""Every session opens a connection of its own, as on a cold pool."""
Expiring = async_sessionmaker()
Pooled = async_sessionmaker(expire_on_commit=False)
"""Its engine has a pool, which counts what is not returned."""


class Base(AsyncAttrs, DeclarativeBase):
    pass


link = Table(
    "link",
    Base.metadata,
    Column("child_id", ForeignKey("child.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class Parent(Base):
    __tablename__ = "parent"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    children: Mapped[list[Child]] = relationship(back_populates="parent")
    profile: Mapped[Profile | None] = relationship(back_populates="parent", uselist=False)
    child_names: AssociationProxy[list[str]] = association_proxy(
        "children", "name", creator=lambda name: Child(name=name)
    )

    @property
    def n_children(self) -> int:
        return len(self.children)

    @hybrid_property
    def has_children(self) -> bool:
        return bool(self.children)


class Profile(Base):
    __tablename__ = "profile"

    id: Mapped[int] = mapped_column(primary_key=True)
    bio: Mapped[str] = mapped_column(String(50))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))
    parent: Mapped[Parent | None] = relationship(back_populates="profile")


class Child(Base):
    __tablename__ = "child"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    note: Mapped[str | None] = mapped_column(String(50))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))
    parent: Mapped[Parent | None] = relationship(back_populates="children")
    toys: Mapped[list[Toy]] = relationship(back_populates="child")
    tags: Mapped[list[Tag]] = relationship(secondary=link, back_populates="children")
    parent_name: AssociationProxy[str] = association_proxy("parent", "name")


class Toy(Base):
    __tablename__ = "toy"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    child_id: Mapped[int | None] = mapped_column(ForeignKey("child.id"))
    child: Mapped[Child | None] = relationship(back_populates="toys")


class Tag(Base):
    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    children: Mapped[list[Child]] = relationship(secondary=link, back_populates="tags")


async def seed(session: AsyncSession) -> None:
    """Two parents, the first with two children; then a child without parent."""
    first = Child(name="c1", toys=[Toy(name="t1")], tags=[Tag(name="g1")])
    session.add(Parent(name="p1", children=[first, Child(name="c2")], profile=Profile(bio="b1")))
    session.add(Parent(name="p2"))
    await session.flush()
    session.add(Child(name="orphan"))

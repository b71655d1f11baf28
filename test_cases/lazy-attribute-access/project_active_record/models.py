"""Nodes and revisions."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from record import Base


class Node(Base):
    __tablename__ = "node"

    revisions: Mapped[list["Revision"]] = relationship(back_populates="node")
    links: Mapped[list["Link"]] = relationship()

    def link_ids(self) -> list[int]:
        return [link.id for link in self.links]


class Revision(Base):
    __tablename__ = "revision"

    node_id: Mapped[int] = mapped_column(ForeignKey("node.id"))
    node: Mapped["Node"] = relationship(back_populates="revisions")
    columns: Mapped[list["Column"]] = relationship()


class Column(Base):
    __tablename__ = "column"

    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))


class Link(Base):
    __tablename__ = "link"

    node_id: Mapped[int] = mapped_column(ForeignKey("node.id"))

"""The same relationship in every spelling, and inherited columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import (
    Mapped,
    MappedAsDataclass,
    declared_attr,
    mapped_column,
    registry,
    relationship,
    synonym,
)

from models import Base


class Unannotated(Base):
    __tablename__ = "unannotated"

    id: Mapped[int] = mapped_column(primary_key=True)
    parts = relationship("UnannotatedPart", back_populates="whole")


class UnannotatedPart(Base):
    __tablename__ = "unannotated_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    whole_id: Mapped[int | None] = mapped_column(ForeignKey("unannotated.id"))
    whole = relationship("Unannotated", back_populates="parts")


class Owner(Base):
    __tablename__ = "owner"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))


class Titled(Base):
    """Its text reads a relationship, its `__repr__` does not."""

    __tablename__ = "titled"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("owner.id"))
    owner: Mapped[Owner | None] = relationship()

    def __str__(self) -> str:
        return f"of {self.owner}"


class Owned:
    """A mixin with a relationship made by `declared_attr`."""

    @declared_attr
    def owner_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("owner.id"))

    @declared_attr
    def owner(cls) -> Mapped[Owner | None]:
        return relationship("Owner")


class Car(Owned, Base):
    __tablename__ = "car"

    id: Mapped[int] = mapped_column(primary_key=True)
    wheels = relationship("Wheel", backref="car")


class Wheel(Base):
    __tablename__ = "wheel"

    id: Mapped[int] = mapped_column(primary_key=True)
    car_id: Mapped[int | None] = mapped_column(ForeignKey("car.id"))


class Late(Base):
    __tablename__ = "late"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("owner.id"))


Owner.late = relationship(Late)


class Animal(Base):
    """Joined-table inheritance."""

    __tablename__ = "animal"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    kennel_id: Mapped[int | None] = mapped_column(ForeignKey("kennel.id"))


class Dog(Animal):
    __tablename__ = "dog"
    __mapper_args__ = {"polymorphic_identity": "dog"}

    id: Mapped[int] = mapped_column(ForeignKey("animal.id"), primary_key=True)
    breed: Mapped[str] = mapped_column(String(20))
    toys: Mapped[list["Toy"]] = relationship()


class Walk(Base):
    """Two relationships by one key."""

    __tablename__ = "walk"

    id: Mapped[int] = mapped_column(primary_key=True)
    animal_id: Mapped[int | None] = mapped_column(ForeignKey("animal.id"))
    animal: Mapped["Animal"] = relationship()
    quiet_animal: Mapped["Animal"] = relationship(
        primaryjoin="and_(Animal.id == Walk.animal_id, Animal.kind != 'parrot')", viewonly=True
    )


class Cat(Animal):
    """Single-table inheritance."""

    __mapper_args__ = {"polymorphic_identity": "cat"}

    lives: Mapped[int | None] = mapped_column()


class Toy(Base):
    __tablename__ = "toy"

    id: Mapped[int] = mapped_column(primary_key=True)
    dog_id: Mapped[int | None] = mapped_column(ForeignKey("dog.id"))


class Kennel(Base):
    __tablename__ = "kennel"

    id: Mapped[int] = mapped_column(primary_key=True)
    animals: Mapped[list[Animal]] = relationship()
    guests = synonym("animals")


class DataBase(MappedAsDataclass, Base):
    __abstract__ = True


class Bill(DataBase):
    """The generated `__repr__` reads every field, `__eq__` at least the first one that takes part."""

    __tablename__ = "data_bill"

    id: Mapped[int] = mapped_column(primary_key=True, init=False, compare=False)
    number: Mapped[str] = mapped_column(String(20), compare=False)
    lines: Mapped[list["Line"]] = relationship(init=False)


class Line(DataBase):
    __tablename__ = "data_line"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    bill_id: Mapped[int | None] = mapped_column(ForeignKey("data_bill.id"), default=None)


class Receipt(DataBase):
    """Its relationship is kept out of both."""

    __tablename__ = "receipt"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(String(20))
    stamps: Mapped[list["Stamp"]] = relationship(init=False, repr=False, compare=False)


class Stamp(DataBase):
    __tablename__ = "stamp"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"), default=None)


class Shown(Base):
    """A hand-written `__repr__`, `__len__` and `__iter__` that read a relationship."""

    __tablename__ = "shown"

    id: Mapped[int] = mapped_column(primary_key=True)
    pieces: Mapped[list["Piece"]] = relationship()

    def __repr__(self) -> str:
        return f"Shown({len(self.pieces)})"

    def __len__(self) -> int:
        return len(self.pieces)

    def to_data(self) -> dict[str, Any]:
        return {"pieces": self._piece_ids()}

    def _piece_ids(self) -> list[int]:
        return [piece.id for piece in self.pieces]


class Piece(Base):
    __tablename__ = "piece"

    id: Mapped[int] = mapped_column(primary_key=True)
    shown_id: Mapped[int | None] = mapped_column(ForeignKey("shown.id"))


mapper_registry = registry(metadata=Base.metadata)


@mapper_registry.mapped
class Decorated:
    """Mapped by the registry's decorator."""

    __tablename__ = "decorated"

    id: Mapped[int] = mapped_column(primary_key=True)
    bits: Mapped[list["Bit"]] = relationship()


@mapper_registry.mapped
class Bit:
    __tablename__ = "bit"

    id: Mapped[int] = mapped_column(primary_key=True)
    decorated_id: Mapped[int | None] = mapped_column(ForeignKey("decorated.id"))

"""However the relationship is declared: unloaded is unloaded."""

from __future__ import annotations

import dataclasses
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectin_polymorphic, selectinload

from spellings import (
    Animal,
    Bill,
    Car,
    Cat,
    Decorated,
    Dog,
    Kennel,
    Owner,
    Shown,
    Unannotated,
    UnannotatedPart,
    Walk,
    Wheel,
)


async def unannotated(session: AsyncSession, whole_id: int) -> int:
    """`parts = relationship("Part")`: a collection by its foreign key."""
    whole = await session.get_one(Unannotated, whole_id)
    return len(whole.parts)  # error: [lazy-attribute-access] "parts"


async def unannotated_reference(session: AsyncSession, part_id: int) -> int:
    """The other side of it."""
    part = await session.get_one(UnannotatedPart, part_id)
    return int(part.whole.id)  # error: [lazy-attribute-access] "whole"


async def from_a_mixin(session: AsyncSession, car_id: int) -> str:
    """Declared by a mixin's `declared_attr`."""
    car = await session.get_one(Car, car_id)
    return car.owner.name if car.owner else ""  # error: [lazy-attribute-access] "owner"


async def from_a_backref(session: AsyncSession, wheel_id: int) -> int:
    """Created by `backref=` on the other class."""
    wheel = await session.get_one(Wheel, wheel_id)
    return wheel.car.id  # type: ignore[attr-defined, no-any-return]  # made by backref  # error: [lazy-attribute-access] "car"


async def assigned_outside(session: AsyncSession, owner_id: int) -> int:
    """`Owner.late = relationship(Late)` after the class."""
    owner = await session.get_one(Owner, owner_id)
    return len(owner.late)  # type: ignore[attr-defined]  # assigned  # error: [lazy-attribute-access] "late"


async def by_registry(session: AsyncSession, row_id: int) -> int:
    """Mapped by `@registry.mapped`."""
    row = await session.get_one(Decorated, row_id)
    return len(row.bits)  # error: [lazy-attribute-access] "bits"


async def joined_subclass_column(session: AsyncSession) -> list[str]:
    """Selecting the base leaves the columns of a joined subclass unloaded."""
    animals = (await session.scalars(select(Animal))).all()
    return [animal.breed for animal in animals if isinstance(animal, Dog)]  # error: [lazy-attribute-access] "breed"


async def joined_subclass_by_type(session: AsyncSession) -> list[str]:
    """`type(...) is` says as much."""
    animals = (await session.scalars(select(Animal))).all()
    return [
        animal.breed if type(animal) is Dog else ""  # error: [lazy-attribute-access] "breed"
        for animal in animals
    ]


def _breed_of(animal: Dog | None = None) -> str:
    """Callers that have an animal give it as it is."""
    if animal is not None and type(animal) is Dog:
        return animal.breed
    return ""


async def joined_subclass_in_a_helper(session: AsyncSession) -> list[str]:
    """What the parameter declares loads nothing."""
    animals = (await session.scalars(select(Animal))).all()
    return [_breed_of(animal=animal) for animal in animals]  # error: [lazy-attribute-access] "breed"


async def joined_subclass_by_the_same_key(session: AsyncSession) -> list[str]:
    """The row that another relationship has loaded, of which the base class's columns are there."""
    walks = (await session.scalars(select(Walk).options(joinedload(Walk.quiet_animal)))).all()
    return [
        walk.animal.breed if type(walk.animal) is Dog else ""  # error: [lazy-attribute-access] "breed"
        for walk in walks
    ]


async def joined_subclass_by_pattern(session: AsyncSession) -> str:
    """A class pattern with a look at an attribute."""
    for animal in (await session.scalars(select(Animal))).all():
        match animal:
            case Dog(breed=breed):  # error: [lazy-attribute-access] "breed"
                return breed
            case _:
                continue
    return ""


async def single_table_subclass_column(session: AsyncSession) -> list[int | None]:
    """Even those of a subclass in the same table."""
    animals = (await session.scalars(select(Animal))).all()
    return [animal.lives for animal in animals if isinstance(animal, Cat)]  # error: [lazy-attribute-access] "lives"


async def generated_repr(session: AsyncSession, bill_id: int) -> str:
    """A dataclass's `__repr__` reads its relationships."""
    bill = await session.get_one(Bill, bill_id)
    return repr(bill)  # error: [lazy-attribute-access] "lines"


async def generated_repr_formatted(session: AsyncSession, bill_id: int) -> str:
    """So does an f-string."""
    bill = await session.get_one(Bill, bill_id)
    return f"loaded {bill}"  # error: [lazy-attribute-access] "lines"


async def generated_equality(session: AsyncSession, bill_id: int) -> bool:
    """`==` compares fields."""
    bill = await session.get_one(Bill, bill_id)
    return bill == Bill(number="1")  # error: [lazy-attribute-access] "lines"


async def as_dictionary(session: AsyncSession, bill_id: int) -> dict[str, Any]:
    """`dataclasses.asdict()` reads all fields."""
    bill = await session.get_one(Bill, bill_id)
    return dataclasses.asdict(bill)  # error: [lazy-attribute-access] "lines"


async def written_repr(session: AsyncSession, shown_id: int) -> str:
    """A hand-written `__repr__`."""
    shown = await session.get_one(Shown, shown_id)
    return f"{shown!r}"  # error: [lazy-attribute-access] "pieces"


async def written_len(session: AsyncSession, shown_id: int) -> int:
    """A hand-written `__len__`."""
    shown = await session.get_one(Shown, shown_id)
    return len(shown)  # error: [lazy-attribute-access] "pieces"


async def two_methods_deep(session: AsyncSession, shown_id: int) -> dict[str, Any]:
    """A method that calls a method."""
    shown = await session.get_one(Shown, shown_id)
    return shown.to_data()  # error: [lazy-attribute-access] "pieces"


async def generated_equality_in_a_list(session: AsyncSession) -> bool:
    """`in` compares each element with `==`."""
    bills = (await session.scalars(select(Bill))).all()
    return Bill(number="other") in bills  # error: [lazy-attribute-access] "lines"


async def relationship_of_the_subclass(session: AsyncSession) -> list[int]:
    """`selectin_polymorphic` loads columns, not what is mapped to load on access."""
    animals = (await session.scalars(select(Animal).options(selectin_polymorphic(Animal, [Dog])))).all()
    return [len(animal.toys) for animal in animals if isinstance(animal, Dog)]  # error: [lazy-attribute-access] "toys"


async def subclass_below(session: AsyncSession, kennel_id: int) -> list[str]:
    """A plain path selects the columns of the base class."""
    kennel = await session.get_one(Kennel, kennel_id, options=[selectinload(Kennel.animals)])
    return [animal.breed for animal in kennel.animals if isinstance(animal, Dog)]  # error: [lazy-attribute-access] "breed"


async def matched_subclass(session: AsyncSession) -> str:
    """A class pattern narrows as `isinstance` does."""
    animal = (await session.scalars(select(Animal).where(Animal.kind == "dog"))).one()
    match animal:
        case Dog():
            return animal.breed  # error: [lazy-attribute-access] "breed"
        case _:
            return ""


async def matched_column_of_subclass(session: AsyncSession) -> bool:
    """And reads what it names."""
    animal = (await session.scalars(select(Animal).where(Animal.kind == "dog"))).one()
    match animal:
        case Dog(breed="poodle"):  # error: [lazy-attribute-access] "breed"
            return True
        case _:
            return False


async def by_a_synonym(session: AsyncSession, kennel_id: int) -> int:
    """Another name of the relationship."""
    kennel = await session.get_one(Kennel, kennel_id)
    return len(kennel.guests)  # error: [lazy-attribute-access] "guests"


async def replaced_by_a_synonym(session: AsyncSession) -> None:
    """Replacing the collection of a flushed object loads it, by whatever name."""
    kennel = Kennel()
    session.add(kennel)
    await session.flush()
    kennel.guests = []  # error: [lazy-attribute-access] "guests"

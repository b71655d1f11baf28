"""Same declarations, loaded or not touched."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectin_polymorphic, selectinload, with_polymorphic

from spellings import Animal, Car, Decorated, Dog, Kennel, Owner, Receipt, Unannotated, Walk, Wheel


async def unannotated(session: AsyncSession, whole_id: int) -> int:
    """Loaded by an option."""
    whole = await session.get_one(Unannotated, whole_id, options=[selectinload(Unannotated.parts)])
    return len(whole.parts)


async def from_a_mixin(session: AsyncSession, car_id: int) -> str:
    """The mixin's attribute on the subclass."""
    car = await session.get_one(Car, car_id, options=[joinedload(Car.owner), selectinload(Car.wheels)])
    return (car.owner.name if car.owner else "") + str(len(car.wheels))


async def from_a_backref(session: AsyncSession, wheel_id: int) -> int:
    """The backref's attribute."""
    wheel = await session.get_one(Wheel, wheel_id, options=[joinedload(Wheel.car)])  # type: ignore[attr-defined]  # made by backref
    return wheel.car.id  # type: ignore[attr-defined, no-any-return]  # as above


async def assigned_outside(session: AsyncSession, owner_id: int) -> int:
    """The attribute assigned after the class."""
    owner = await session.get_one(Owner, owner_id, options=[selectinload(Owner.late)])  # type: ignore[attr-defined]  # assigned
    return len(owner.late)  # type: ignore[attr-defined]  # as above


async def by_registry(session: AsyncSession, row_id: int) -> int:
    """A class mapped by decorator."""
    row = await session.get_one(Decorated, row_id, options=[selectinload(Decorated.bits)])
    return len(row.bits)


async def subclass_selected(session: AsyncSession) -> list[str]:
    """Selecting the subclass loads its columns."""
    return [dog.breed for dog in await session.scalars(select(Dog))]


async def polymorphic_option(session: AsyncSession) -> list[str]:
    """`selectin_polymorphic` loads them with a second query."""
    animals = (await session.scalars(select(Animal).options(selectin_polymorphic(Animal, [Dog])))).all()
    return [animal.breed for animal in animals if isinstance(animal, Dog)]


async def polymorphic_option_by_type(session: AsyncSession) -> list[str]:
    """The same for `type(...) is` and for a class pattern."""
    animals = (await session.scalars(select(Animal).options(selectin_polymorphic(Animal, [Dog])))).all()
    found = [animal.breed for animal in animals if type(animal) is Dog]
    for animal in animals:
        match animal:
            case Dog(breed=breed):
                found.append(breed)
    return found


async def polymorphic_relationship(session: AsyncSession) -> list[str]:
    """`of_type` brings the columns of the subclass along, also for another relationship by the same key."""
    entity = with_polymorphic(Animal, [Dog], flat=True)
    option = joinedload(Walk.quiet_animal.of_type(entity))
    walks = (await session.scalars(select(Walk).options(option))).all()
    return [walk.animal.breed for walk in walks if type(walk.animal) is Dog]


async def other_type(session: AsyncSession) -> list[str]:
    """Nothing of the subclass is read of what is none."""
    animals = (await session.scalars(select(Animal))).all()
    return [animal.kind for animal in animals if type(animal) is not Dog]


async def polymorphic_entity(session: AsyncSession) -> list[str]:
    """`with_polymorphic` selects them all."""
    animals = (await session.scalars(select(with_polymorphic(Animal, "*")))).all()
    return [animal.breed for animal in animals if isinstance(animal, Dog)]


async def base_columns(session: AsyncSession) -> list[str]:
    """The base class's own columns."""
    return [animal.kind for animal in await session.scalars(select(Animal))]


async def quiet_repr(session: AsyncSession, receipt_id: int) -> str:
    """`repr=False` and `compare=False` keep the relationship out."""
    receipt = await session.get_one(Receipt, receipt_id)
    return f"{receipt} {receipt == Receipt(number='1')}"


async def refreshed_subclass(session: AsyncSession) -> str:
    """A refresh knows the class of the row, and loads all its columns."""
    animal = (await session.scalars(select(Animal).where(Animal.kind == "dog"))).one()
    await session.refresh(animal)
    return animal.breed if isinstance(animal, Dog) else ""


async def polymorphic_option_and_relationship(session: AsyncSession) -> list[int]:
    """Every row, and an option that names a relationship of the subclass."""
    options = (selectin_polymorphic(Animal, [Dog]), selectinload(Dog.toys))
    animals = (await session.scalars(select(Animal).options(*options))).all()
    return [len(animal.toys) for animal in animals if isinstance(animal, Dog)]


async def of_the_subclass(session: AsyncSession, kennel_id: int) -> list[str]:
    """`of_type()` selects the rows as the subclass, with its columns."""
    option = selectinload(Kennel.animals.of_type(Dog))
    kennel = await session.get_one(Kennel, kennel_id, options=[option])
    return [animal.breed for animal in kennel.animals if isinstance(animal, Dog)]


async def of_the_subclass_further(session: AsyncSession, kennel_id: int) -> list[int]:
    """From there the path goes on."""
    option = selectinload(Kennel.animals.of_type(Dog)).selectinload(Dog.toys)
    kennel = await session.get_one(Kennel, kennel_id, options=[option])
    return [len(animal.toys) for animal in kennel.animals if isinstance(animal, Dog)]


async def polymorphic_below(session: AsyncSession, kennel_id: int) -> list[str]:
    """`selectin_polymorphic` at the end of a path."""
    option = selectinload(Kennel.animals).selectin_polymorphic([Dog])
    kennel = await session.get_one(Kennel, kennel_id, options=[option])
    return [animal.breed for animal in kennel.animals if isinstance(animal, Dog)]


async def loaded_by_a_synonym(session: AsyncSession, kennel_id: int) -> int:
    """The option names the synonym, the read the relationship."""
    kennel = await session.get_one(Kennel, kennel_id, options=[selectinload(Kennel.guests)])
    return len(kennel.animals)


async def read_by_a_synonym(session: AsyncSession, kennel_id: int) -> int:
    """The option names the relationship, the read the synonym."""
    kennel = await session.get_one(Kennel, kennel_id, options=[selectinload(Kennel.animals)])
    return len(kennel.guests)


async def given_by_a_synonym(session: AsyncSession) -> int:
    """The constructor got the collection under its other name."""
    kennel = Kennel(guests=[])
    session.add(kennel)
    await session.flush()
    kennel.guests = []
    return len(kennel.animals)


async def refreshed_for_a_synonym(session: AsyncSession, kennel_id: int) -> int:
    """The refresh names the relationship."""
    kennel = await session.get_one(Kennel, kennel_id)
    await session.refresh(kennel, ["animals"])
    return len(kennel.guests)

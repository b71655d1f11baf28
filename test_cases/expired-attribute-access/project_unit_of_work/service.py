"""Users of both units of work."""

from __future__ import annotations

from unit_of_work import Members, OwningUnitOfWork, SessionFactory, UnitOfWork, organization
from models import Member


async def committed_at_exit(member_id: int) -> str:
    """Fails: `__aexit__` commits the session the member came from."""
    async with SessionFactory() as session:
        member = await session.get_one(Member, member_id)
        async with UnitOfWork(session):
            member.email = "new@example.org"
        return member.email  # error: [expired-attribute-access] "email"


async def committed_inside(member_id: int) -> str:
    """Fails: `uow.commit()` is the session's commit."""
    async with SessionFactory() as session:
        org = await organization(session, 1)
        async with UnitOfWork(session) as uow:
            uow.session.add(Member(email="x@example.org", organization_id=org.id))
            await uow.commit()
        return f"{member_id} joined {org.name}"  # error: [expired-attribute-access] "name"


async def created_inside() -> int:
    """Fails: the row was made inside and is read after the block."""
    async with SessionFactory() as session:
        async with UnitOfWork(session) as uow:
            member = await Members(uow.session).add("y@example.org")
        return member.id  # error: [expired-attribute-access] "id"


async def read_inside(member_id: int) -> str:
    """Read before the block ends."""
    async with SessionFactory() as session:
        async with UnitOfWork(session) as uow:
            member = await Members(uow.session).get(member_id)
            return member.email


async def refreshed(member_id: int) -> str:
    """Refreshed after the block."""
    async with SessionFactory() as session:
        member = await session.get_one(Member, member_id)
        async with UnitOfWork(session):
            member.email = "new@example.org"
        await session.refresh(member)
        return member.email


async def owned_and_committed(member_id: int) -> str:
    """Fails: inside the block, after its commit."""
    async with OwningUnitOfWork() as uow:
        member = await uow.members.get(member_id)
        member.email = "new@example.org"
        await uow.commit()
        return member.email  # error: [expired-attribute-access] "email"


async def owned_and_read_first(member_id: int) -> str:
    """The value was taken before."""
    async with OwningUnitOfWork() as uow:
        member = await uow.members.get(member_id)
        email = member.email
        await uow.commit()
        return email


async def owned_without_commit(member_id: int) -> str:
    """Closed without a commit: columns stay."""
    async with OwningUnitOfWork() as uow:
        member = await uow.members.get(member_id)
    return member.email

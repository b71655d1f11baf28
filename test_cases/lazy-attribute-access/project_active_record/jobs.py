"""Callers of the class methods."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from models import Node, Revision


async def one(session: AsyncSession, node_id: int) -> int:
    """Fails: no options."""
    node = await Node.one_by_id(session, node_id)
    return len(node.revisions) if node else 0  # error: [lazy-attribute-access] "revisions"


async def one_loaded(session: AsyncSession, node_id: int) -> int:
    """With options."""
    node = await Node.one_by_id(session, node_id, options=[selectinload(Node.revisions)])
    return len(node.revisions) if node else 0


async def two_hops(session: AsyncSession, node_id: int) -> int:
    """Fails: the option stops one hop before the read."""
    node = await Node.one_by_id(session, node_id, options=[selectinload(Node.revisions)])
    return sum(len(revision.columns) for revision in node.revisions) if node else 0  # error: [lazy-attribute-access] "columns"


async def refreshed_with_wrong_names(session: AsyncSession, node_id: int) -> list[int]:
    """Fails: the refresh names `revisions`, the method reads `links`."""
    node = await Node.one_by_id(session, node_id)
    assert node is not None
    await session.refresh(node, ["revisions"])
    return node.link_ids()  # error: [lazy-attribute-access] "links"


async def refreshed_with_right_names(session: AsyncSession, node_id: int) -> list[int]:
    """The refresh names what the method reads."""
    node = await Node.one_by_id(session, node_id)
    assert node is not None
    await session.refresh(node, ["links"])
    return node.link_ids()


async def saved(session: AsyncSession) -> int:
    """Fails: `save()` flushes and returns the object itself."""
    node = await Node().save(session)
    return len(node.revisions)  # error: [lazy-attribute-access] "revisions"


async def saved_with_collection(session: AsyncSession) -> int:
    """The collection was given."""
    node = await Node(revisions=[]).save(session)
    return len(node.revisions)


async def filtered(session: AsyncSession, node_id: int) -> list[int]:
    """Fails: `all_by()` takes no options at all."""
    revisions = await Revision.all_by(session, node_id=node_id)
    return [len(revision.columns) for revision in revisions]  # error: [lazy-attribute-access] "columns"

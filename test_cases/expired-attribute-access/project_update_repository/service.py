"""Callers of the generic update."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from repository import ArticleRepository


async def renamed(session: AsyncSession, article_id: int) -> str:
    """Fails: the UPDATE made `updated_at` unknown."""
    articles = ArticleRepository(session)
    article = await articles.update(await articles.get(article_id), {"title": "new"})
    return article.updated_at.isoformat()  # error: [expired-attribute-access] "updated_at"


async def renamed_and_refreshed(session: AsyncSession, article_id: int) -> str:
    """The flag refreshes."""
    articles = ArticleRepository(session)
    article = await articles.update(await articles.get(article_id), {"title": "new"}, refresh=True)
    return article.updated_at.isoformat()


async def title_only(session: AsyncSession, article_id: int) -> str:
    """Other columns are known."""
    articles = ArticleRepository(session)
    return (await articles.update(await articles.get(article_id), {"title": "new"})).title


async def untouched(session: AsyncSession, article_id: int) -> str:
    """Only read."""
    return (await ArticleRepository(session).get(article_id)).updated_at.isoformat()

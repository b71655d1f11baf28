"""What the shop offers."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from textwrap import shorten

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import selectinload

from ..models import Product, Tag
from ..repositories import ProductRepository
from ..schemas.products import PriceChange, ProductRating, ProductTeaser


async def load_categories(factory: async_sessionmaker[AsyncSession]) -> Sequence[str]:
    """Categories for the navigation bar; they change with a deployment only."""
    async with factory() as session:
        return await ProductRepository(session).categories()


class CatalogService:
    """What customers see of products and what editors do with them."""

    def __init__(self, session: AsyncSession) -> None:
        """Service on the request's session."""
        self.session = session
        self.products = ProductRepository(session)

    async def by_category(self, category: str) -> Sequence[Product]:
        """Products of a category."""
        return await self.products.by_category(category)

    async def teasers(self, category: str) -> list[ProductTeaser]:
        """Products of a category with the beginning of their descriptions."""
        teasers = []
        for product in await self.products.described(category):
            teasers.append(ProductTeaser(sku=product.sku, teaser=shorten(product.description, 80)))
        return teasers

    async def ratings(self) -> list[ProductRating]:
        """All products with their average rating."""
        ratings = []
        for product in await self.products.with_reviews():
            stars = [review.rating for review in product.reviews]
            rating = fmean(stars) if stars else None
            ratings.append(ProductRating(sku=product.sku, reviews=len(stars), rating=rating))
        return ratings

    async def change_price(self, product_id: int, price: int) -> PriceChange:
        """Sell a product for another price from now on."""
        product = await self.products.require(product_id)
        product.price = price
        await self.session.commit()
        return PriceChange(sku=product.sku, price=product.price, changed_at=product.updated_at)

    async def tag(self, product_id: int, name: str) -> Product:
        """Let a product be found by one more word."""
        product = await self.products.require(product_id, [selectinload(Product.tags)])
        product.tags.append(Tag(name=name))
        await self.session.commit()
        return product

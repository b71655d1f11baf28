"""The catalog."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request

from ..dependencies import CatalogServiceDep, FactoryDep, StockDep
from ..models import Product
from ..schemas.products import (
    LowStock,
    PriceChange,
    PriceUpdate,
    ProductBrief,
    ProductRating,
    ProductTeaser,
    Units,
)
from ..services.inventory import low_stock

router = APIRouter()


@router.get("", response_model=list[ProductBrief])
async def list_products(category: str, service: CatalogServiceDep) -> Sequence[Product]:
    """Products of a category."""
    return await service.by_category(category)


@router.get("/categories")
async def list_categories(request: Request) -> list[str]:
    """Categories for the navigation bar."""
    categories: list[str] = request.app.state.categories
    return categories


@router.get("/teasers")
async def list_teasers(category: str, service: CatalogServiceDep) -> list[ProductTeaser]:
    """Products of a category with the beginning of their descriptions."""
    return await service.teasers(category)


@router.get("/ratings")
async def list_ratings(service: CatalogServiceDep) -> list[ProductRating]:
    """All products with their average rating."""
    return await service.ratings()


@router.get("/low-stock")
async def list_low_stock(factory: FactoryDep, threshold: int = 5) -> list[LowStock]:
    """Products that run out."""
    return await low_stock(factory, threshold)


@router.get("/{sku}/units")
async def units(sku: str, stock: StockDep) -> Units:
    """What the warehouse holds of a product."""
    return Units(sku=sku, units=await stock.units(sku))


@router.put("/{product_id}/price")
async def change_price(product_id: int, body: PriceUpdate, service: CatalogServiceDep) -> PriceChange:
    """Sell a product for another price."""
    return await service.change_price(product_id, body.price)


@router.put("/{product_id}/tags/{name}", response_model=ProductBrief)
async def tag_product(product_id: int, name: str, service: CatalogServiceDep) -> Product:
    """Let a product be found by one more word."""
    return await service.tag(product_id, name)

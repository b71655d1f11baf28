"""An object of `app.state` is what the annotation says of it: who has put it there is out of sight."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import selectinload

from container import Container
from models import Plan


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    engine = create_async_engine("sqlite+aiosqlite://")
    app.state.container = Container(async_sessionmaker(engine, expire_on_commit=False))
    try:
        yield
    finally:
        await engine.dispose()


app = FastAPI(lifespan=lifespan)


def get_container(request: Request) -> Container:
    container: Any = request.app.state.container
    return container


@app.get("/default")
async def by_default(container: Container = Depends(get_container)) -> list[int]:
    async with container.unit_of_work() as work:
        plans = await work.plans.all()
        return [len(plan.prices) for plan in plans]  # error: [lazy-attribute-access] "prices"


@app.get("/annotated")
async def annotated(container: Annotated[Container, Depends(get_container)]) -> list[int]:
    async with container.factory() as session:
        plans = (await session.scalars(select(Plan))).all()
        return [len(plan.prices) for plan in plans]  # error: [lazy-attribute-access] "prices"


@app.get("/variable")
async def in_a_variable(request: Request) -> list[int]:
    container: Container = request.app.state.container
    async with container.unit_of_work() as work:
        return [len(plan.prices) for plan in await work.plans.all()]  # error: [lazy-attribute-access] "prices"


@app.get("/loaded")
async def loaded(container: Annotated[Container, Depends(get_container)]) -> list[int]:
    """The query of the route loads what it reads."""
    async with container.factory() as session:
        plans = (await session.scalars(select(Plan).options(selectinload(Plan.prices)))).all()
        return [len(plan.prices) for plan in plans]


@app.get("/unknown")
async def unknown(request: Request, container: Any = Depends(get_container)) -> list[int]:
    """Nothing says what these are."""
    other = request.app.state.container
    async with container.unit_of_work() as work, other.unit_of_work() as second:
        return [len(plan.prices) for plan in [*await work.plans.all(), *await second.plans.all()]]

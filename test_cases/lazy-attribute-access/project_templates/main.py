"""Pages made of templates: what a template reads must have been loaded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.templating import Jinja2Templates
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import joinedload, selectinload

from models import Customer, Item, Order

app = FastAPI()
templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
factory = async_sessionmaker(expire_on_commit=False)
expiring = async_sessionmaker()


async def get_session() -> AsyncIterator[AsyncSession]:
    async with factory() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]


@app.get("/unloaded/{order_id}")
async def unloaded(request: Request, order_id: int, session: SessionDep) -> Response:
    """Fails: the items of the loop are not loaded."""
    order = await session.get(Order, order_id)
    return templates.TemplateResponse(request, "order.html", {"order": order})  # error: [lazy-attribute-access] "order.items"


@app.get("/half/{order_id}")
async def half_loaded(request: Request, order_id: int, session: SessionDep) -> Response:
    """Fails: the macro reads the product of each item."""
    order = await session.get_one(Order, order_id, options=[selectinload(Order.items)])
    return templates.TemplateResponse(request, "order.html", {"order": order})  # error: [lazy-attribute-access] "product"


@app.get("/whole/{order_id}")
async def loaded(request: Request, order_id: int, session: SessionDep) -> Response:
    """Everything that the template and its macro read; the block of the parent is replaced."""
    option = selectinload(Order.items).joinedload(Item.product)
    order = await session.get_one(Order, order_id, options=[option])
    return templates.TemplateResponse(request, "order.html", {"order": order})  # ok: [lazy-attribute-access]


@app.get("/older/{order_id}")
async def older_signature(request: Request, order_id: int, session: SessionDep) -> Response:
    """Fails: names instead of places."""
    order = await session.get_one(Order, order_id)
    context = {"order": order, "detailed": False}
    return templates.TemplateResponse(name="summary.html", context=context, request=request)  # error: [lazy-attribute-access] "customer"


@app.get("/detailed/{order_id}")
async def detailed(request: Request, order_id: int, session: SessionDep) -> Response:
    """Fails: the filter maps the items."""
    order = await session.get_one(Order, order_id, options=[joinedload(Order.customer)])
    return templates.TemplateResponse(request, "summary.html", {"order": order, "detailed": True})  # error: [lazy-attribute-access] "items"


@app.get("/brief/{order_id}")
async def brief(request: Request, order_id: int, session: SessionDep) -> Response:
    """The branch that reads the items is not taken."""
    order = await session.get_one(Order, order_id, options=[joinedload(Order.customer)])
    return templates.TemplateResponse(request, "summary.html", {"order": order, "detailed": False})


@app.get("/either/{order_id}")
async def either(request: Request, order_id: int, session: SessionDep, full: bool = True) -> Response:
    """The template asks what the query was built by."""
    query = select(Order).where(Order.id == order_id).options(joinedload(Order.customer))
    if full:
        query = query.options(selectinload(Order.items))
    order = (await session.scalars(query)).one()
    return templates.TemplateResponse(request, "summary.html", {"order": order, "detailed": full})


@app.get("/counted/{customer_id}")
async def counted(request: Request, customer_id: int, session: SessionDep) -> Response:
    """Fails: a property of the mapped class."""
    customer = await session.get_one(Customer, customer_id)
    return templates.TemplateResponse(request, "customer.html", {"customer": customer, "counted": True})  # error: [lazy-attribute-access] "orders"


@app.get("/label/{customer_id}")
async def labelled(request: Request, customer_id: int, session: SessionDep) -> Response:
    """A method that reads columns; a name that is not in the context is undefined."""
    customer = await session.get_one(Customer, customer_id)
    return templates.TemplateResponse(request, "customer.html", {"customer": customer, "counted": False})


@app.get("/list")
async def listed(request: Request, session: SessionDep) -> Response:
    """Columns of a list."""
    orders = (await session.scalars(select(Order))).all()
    return templates.TemplateResponse(request, "list.html", {"orders": orders})


@app.get("/expired")
async def expired(request: Request) -> Response:
    """Fails: the commit has expired the columns."""
    async with expiring() as session:
        orders = (await session.scalars(select(Order))).all()
        await session.commit()
        return templates.TemplateResponse(request, "list.html", {"orders": orders})  # error: [expired-attribute-access] "note"


@app.get("/closed/{order_id}")
async def closed(request: Request, order_id: int) -> Response:
    """Fails: the session is gone when the template is rendered."""
    async with factory() as session:
        order = await session.get_one(Order, order_id)
    return templates.TemplateResponse(request, "order.html", {"order": order})  # error: [detached-instance-access] "items"


@app.get("/missing")
async def missing(request: Request, session: SessionDep) -> Response:
    """A template that is made at run time is not known (not run)."""
    order = await session.get_one(Order, 1)
    return templates.TemplateResponse(request, "made.html", {"order": order})


async def page(
    session: AsyncSession, request: Request, template: str, values: dict[str, Any] | None = None
) -> Response:
    """What all pages have, and what is given to this one."""
    total = await session.scalar(select(func.count(Order.id)))
    return templates.TemplateResponse(request, template, {"total": total, **(values or {})})


def named(request: Request, name: str, **values: Any) -> Response:
    return templates.TemplateResponse(request, name, values)


@app.get("/wrapped/{order_id}")
async def by_a_wrapper(request: Request, order_id: int, session: SessionDep) -> Response:
    """Fails: the wrapper gets the name of the template and what it shows."""
    order = await session.get_one(Order, order_id)
    return await page(session, request, "order.html", {"order": order})  # error: [lazy-attribute-access] "items"


@app.get("/named/{order_id}")
async def by_keywords(request: Request, order_id: int, session: SessionDep) -> Response:
    """Fails: the values are keywords of the wrapper."""
    order = await session.get_one(Order, order_id)
    return named(request, "order.html", order=order)  # error: [lazy-attribute-access] "items"


@app.get("/wrapped-whole/{order_id}")
async def by_a_wrapper_loaded(request: Request, order_id: int, session: SessionDep) -> Response:
    """Everything that the template reads is loaded."""
    option = selectinload(Order.items).joinedload(Item.product)
    order = await session.get_one(Order, order_id, options=[option])
    return await page(session, request, "order.html", {"order": order})


@app.get("/wrapped-other/{order_id}")
async def by_a_wrapper_other(request: Request, order_id: int, session: SessionDep) -> Response:
    """The template of this page does not read the items."""
    order = await session.get_one(Order, order_id, options=[joinedload(Order.customer)])
    return await page(session, request, "summary.html", {"order": order, "detailed": False})

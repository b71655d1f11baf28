"""The trail alone tells where an object was loaded, how it got to the reader, and what spoilt it."""

from __future__ import annotations

from pathlib import Path

from asyncsa_lint.config import Config
from asyncsa_lint.pipeline.run import Workspace, lint

MODELS = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    tags: Mapped[list["Tag"]] = relationship()


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))


class Order(Base):
    __tablename__ = "order"
    id: Mapped[int] = mapped_column(primary_key=True)
    items: Mapped[list[Item]] = relationship()
"""
STORE = """
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from models import Item, Order


class Orders:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def find(self, key: int) -> Order:
        result = await self.session.execute(  # loads
            select(Order).where(Order.id == key)
        )
        return result.scalar_one()

    async def whole(self, key: int) -> Order:
        statement = select(Order).options(selectinload(Order.items))
        return (await self.session.scalars(statement)).one()  # loads

    async def give_up(self) -> None:
        await self.session.rollback()  # rolls back
"""
SERVICE = """
from store import Orders
from models import Order


class Service:
    def __init__(self, orders: Orders) -> None:
        self.orders = orders

    async def order(self, key: int) -> Order:
        return await self.orders.find(key)  # passes on

    async def undo(self) -> None:
        await self.orders.give_up()  # undoes


def count(order: Order) -> int:
    return size(order)  # hands on


def size(order: Order) -> int:
    return len(order.items)  # reads
"""


def trail(root: Path, function: str) -> tuple[str, list[str]]:
    """Of the only finding of a project: its place, and the steps in the order in which they are told.

    Places are what the comments call them.
    """
    main = f"""
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from models import Order
from service import Service, count
from store import Orders

factory = async_sessionmaker(expire_on_commit=False)

{function}
"""
    files = {"models": MODELS, "store": STORE, "service": SERVICE, "main": main}
    for name, text in files.items():
        (root / f"{name}.py").write_text(text)
    result = lint([str(root)], workspace=Workspace(Config(), root=str(root)))
    (finding,) = result.findings

    def called(path: str, line: int) -> str:
        return Path(path).read_text().splitlines()[line - 1].partition("# ")[2]

    steps = [
        f"{called(step.span.path, step.span.line)}: {'then ' * step.after}{step.message}"
        for step in finding.related
    ]
    return called(finding.span.path, finding.span.line), steps


def test_every_call_between_the_load_and_the_read_is_a_step(tmp_path: Path) -> None:
    source = """
async def show(session: AsyncSession) -> int:
    service = Service(Orders(session))
    order = await service.order(1)  # asks
    return count(order)  # reported
"""
    assert trail(tmp_path, source) == (
        "reported",
        [
            "loads: `Order` is loaded here, without `items`",
            "passes on: it comes out of `Orders.find` here",
            "asks: it comes out of `Service.order` here",
            "hands on: then handed to `size` here",
            "reads: then `order.items` is read here",
        ],
    )


def test_what_is_missing_is_named_from_the_loaded_object_on(tmp_path: Path) -> None:
    source = """
async def show(session: AsyncSession) -> int:
    order = await Orders(session).whole(1)  # asks
    return sum(len(item.tags) for item in order.items)  # reported
"""
    assert trail(tmp_path, source) == (
        "reported",
        [
            "loads: `Order` is loaded here, without `items.tags`",
            "asks: it comes out of `Orders.whole` here",
        ],
    )


def test_the_calls_around_a_rollback_are_steps(tmp_path: Path) -> None:
    source = """
async def show(session: AsyncSession) -> int:
    service = Service(Orders(session))
    order = await service.order(1)  # asks
    await service.undo()  # spoils
    return order.id  # reported
"""
    assert trail(tmp_path, source) == (
        "reported",
        [
            "loads: `Order` is obtained here",
            "passes on: it comes out of `Orders.find` here",
            "asks: it comes out of `Service.order` here",
            "rolls back: this rollback expires every instance of the session",
            "undoes: which `Orders.give_up`, called here, leads to",
            "spoils: which `Service.undo`, called here, leads to",
        ],
    )


def test_what_a_function_spoils_it_was_handed_from_elsewhere(tmp_path: Path) -> None:
    source = """
async def show(session: AsyncSession) -> int:
    order = await Orders(session).find(1)  # asks
    return await number(order, session)  # hands over


async def number(order: Order, session: AsyncSession) -> int:
    await session.rollback()  # spoils
    return order.id  # reported
"""
    assert trail(tmp_path, source) == (
        "reported",
        [
            "loads: `Order` is obtained here",
            "asks: it comes out of `Orders.find` here",
            "hands over: it is handed to `number` here",
            "spoils: this rollback expires every instance of the session",
        ],
    )


def test_what_happens_later_in_the_file_has_happened_in_an_earlier_turn(tmp_path: Path) -> None:
    source = """
async def show(session: AsyncSession) -> None:
    order = await Orders(session).find(1)  # asks
    for _ in range(2):
        print(order.id)  # reported
        await Orders(session).give_up()  # spoils
"""
    place, steps = trail(tmp_path, source)
    assert place == "reported"
    assert steps[-1] == "spoils: which `Orders.give_up`, called here in an earlier turn of the loop, leads to"


def test_the_load_is_that_of_the_caller_at_hand(tmp_path: Path) -> None:
    """One summary serves both callers; what it reached from their orders was loaded by each."""
    source = """
def first(order: Order):
    return order.items[0]  # goes on


async def fine(session: AsyncSession) -> None:
    first(await Orders(session).whole(1))


async def show(session: AsyncSession) -> int:
    order = await Orders(session).whole(2)  # asks
    item = first(order)
    return len(item.tags)  # reported
"""
    assert trail(tmp_path, source) == (
        "reported",
        [
            "loads: `Order` is loaded here, without `items.tags`",
            "asks: it comes out of `Orders.whole` here",
        ],
    )


def test_a_commit_that_fails_is_not_called_a_rollback(tmp_path: Path) -> None:
    source = """
async def show(session: AsyncSession) -> None:
    order = await Orders(session).find(1)  # asks
    order.id = 2
    try:
        await session.commit()  # fails
    except Exception:
        print(order.id)  # reported
"""
    assert trail(tmp_path, source) == (
        "reported",
        [
            "loads: `Order` is obtained here",
            "asks: it comes out of `Orders.find` here",
            "fails: when this fails, the session rolls back and every instance expires",
        ],
    )


def test_the_tasks_that_share_a_session_are_steps(tmp_path: Path) -> None:
    source = """
import asyncio


async def show(session: AsyncSession) -> None:
    orders = Orders(session)
    await asyncio.gather(  # reported
        orders.find(1),  # one
        orders.whole(2),  # two
    )
"""
    assert trail(tmp_path, source) == (
        "reported",
        [
            "one: `Orders.find` uses the session in a task",
            "two: `Orders.whole` uses the session in a task",
        ],
    )


def test_a_task_that_runs_already_is_a_step(tmp_path: Path) -> None:
    source = """
import asyncio


async def show(session: AsyncSession) -> None:
    orders = Orders(session)
    first = asyncio.create_task(orders.find(1))  # starts
    second = asyncio.create_task(orders.whole(2))  # reported
    await first
    await second
"""
    assert trail(tmp_path, source) == (
        "reported",
        [
            "starts: a task that was started here uses the session and may be running",
            "reported: `Orders.whole` uses the session in a task",
        ],
    )


def test_both_sessions_of_a_foreign_refresh_are_told(tmp_path: Path) -> None:
    source = """
async def show() -> None:
    async with factory() as session:
        order = await Orders(session).find(1)  # asks
    async with factory() as other:  # opens
        await again(other, order)  # reported


async def again(session: AsyncSession, order: Order) -> None:
    await session.refresh(order)  # refreshes
"""
    assert trail(tmp_path, source) == (
        "reported",
        [
            "loads: `Order` is obtained here",
            "asks: it comes out of `Orders.find` here",
            "opens: the session is opened here",
            "refreshes: then refreshed here",
        ],
    )


def test_the_plain_functions_between_a_coroutine_and_a_driver_are_steps(tmp_path: Path) -> None:
    source = """
import sqlite3


def ask(path: str) -> None:
    sqlite3.connect(path)  # waits


def prepare(path: str) -> None:
    ask(path)  # calls


async def show() -> None:
    prepare("orders.db")  # reported
"""
    assert trail(tmp_path, source) == (
        "reported",
        [
            "calls: then `ask` is called here",
            "waits: then `sqlite3.connect()` waits for the database here",
        ],
    )

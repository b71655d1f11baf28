"""What a repair writes: the files after it, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixes.repairing import repair, repaired

MODELS = """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class Product(Base):
    __tablename__ = "products"


class Order(Base):
    __tablename__ = "orders"
    name: Mapped[str]
    items: Mapped[list["Item"]] = relationship()
    notes: Mapped[list["Note"]] = relationship(lazy="raise")


class Item(Base):
    __tablename__ = "items"
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    product: Mapped[Product] = relationship()


class Note(Base):
    __tablename__ = "notes"
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
"""

HEAD = """\
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
{orm}
from shop.models import Order
"""


def after(tmp_path: Path, body: str, orm: str = "", unsafe: bool = True) -> str:
    """The repaired body of a module that imports what queries need."""
    text = HEAD.format(orm=orm) + body
    files = {"shop/__init__.py": "", "shop/models.py": MODELS, "shop/query.py": text}
    changed = repaired(tmp_path, files, unsafe=unsafe)
    assert set(changed) <= {"shop/query.py"}
    return changed.get("shop/query.py", text).partition("import Order\n")[2]


ORM = "from sqlalchemy.orm import joinedload, raiseload, selectinload\n"


@pytest.mark.parametrize(
    ("query", "repaired_query"),
    [
        pytest.param("select(Order)", "select(Order).options(selectinload(Order.items))", id="appended"),
        pytest.param(
            "select(Order).options(selectinload(Order.notes)).limit(5)",
            "select(Order).options(selectinload(Order.notes), selectinload(Order.items)).limit(5)",
            id="beside others",
        ),
        pytest.param(
            "(\n        select(Order)\n        .where(Order.id > 1)  # new ones\n    )",
            "(\n        select(Order)\n        .where(Order.id > 1)\n"
            "        .options(selectinload(Order.items))  # new ones\n    )",
            id="a line of its own",
        ),
        pytest.param(
            "select(Order).options(\n        selectinload(Order.notes),  # for the page\n    )",
            "select(Order).options(\n        selectinload(Order.notes),  # for the page\n"
            "        selectinload(Order.items),\n    )",
            id="an argument on a line of its own",
        ),
        pytest.param(
            "select(Order).options(raiseload(Order.items))",
            "select(Order).options(selectinload(Order.items))",
            id="in the place of one that forbids it",
        ),
    ],
)
def test_an_option_is_added_to_the_statement(tmp_path: Path, query: str, repaired_query: str) -> None:
    body = (
        "\n\nasync def count(session: AsyncSession) -> int:\n    query = {}\n"
        "    return sum(len(order.items) for order in await session.scalars(query))\n"
    )
    assert after(tmp_path, body.format(query), ORM) == body.format(repaired_query)


def test_nested_paths_grow_from_round_to_round(tmp_path: Path) -> None:
    body = (
        "\n\nasync def products(session: AsyncSession) -> list[int]:\n"
        "    orders = (await session.scalars(select(Order))).all()\n"
        "    return [item.product.id for order in orders for item in order.items]\n"
    )
    option = ".options(selectinload(Order.items).joinedload(Item.product))"
    text = HEAD.format(orm=ORM) + body
    changed = repaired(tmp_path, {"shop/__init__.py": "", "shop/models.py": MODELS, "shop/query.py": text})
    assert changed["shop/query.py"] == text.replace("select(Order)", f"select(Order){option}").replace(
        "import Order\n", "import Item, Order\n"
    )


def test_a_get_takes_a_list_of_options(tmp_path: Path) -> None:
    body = (
        "\n\nasync def count(session: AsyncSession, key: int) -> int:\n"
        "    order = await session.get_one(Order, key)\n    return len(order.items)\n"
    )
    repaired_call = "get_one(Order, key, options=[selectinload(Order.items)])"
    assert after(tmp_path, body, ORM) == body.replace("get_one(Order, key)", repaired_call)


def test_several_findings_of_one_statement_are_repaired_together(tmp_path: Path) -> None:
    body = (
        "\n\nasync def count(session: AsyncSession) -> int:\n"
        "    order = (await session.scalars(select(Order))).one()\n"
        "    return len(order.items) + len(order.notes)\n"
    )
    options = ".options(selectinload(Order.items), selectinload(Order.notes))"
    assert after(tmp_path, body, ORM) == body.replace("select(Order)", f"select(Order){options}")


def test_a_locking_statement_gets_no_outer_join(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/models.py": MODELS,
        "shop/query.py": HEAD.format(orm=ORM).replace("import Order", "import Item")
        + "\n\nasync def product(session: AsyncSession) -> int:\n"
        "    item = (await session.scalars(select(Item).with_for_update())).one()\n"
        "    return item.product.id\n",
    }
    changed = repaired(tmp_path, files)
    assert ".with_for_update().options(selectinload(Item.product))" in changed["shop/query.py"]


GENERIC = """\
from collections.abc import Sequence
from typing import Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.base import ExecutableOption

from shop.models import Base, Order

T = TypeVar("T", bound=Base)


class Repository(Generic[T]):
    model: type[T]

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def one(self, key: int, options: Sequence[ExecutableOption] = ()) -> T:
        query = select(self.model).where(self.model.id == key).options(*options)
        return (await self.session.scalars(query)).one()


class Orders(Repository[Order]):
    model = Order
"""


def test_a_generic_repository_is_left_alone_and_its_caller_repaired(tmp_path: Path) -> None:
    service = (
        "from sqlalchemy.ext.asyncio import AsyncSession\n\nfrom shop.models import Order\n"
        "from shop.repository import Orders\n\n\nasync def count(session: AsyncSession, key: int) -> int:\n"
        "    order: Order = await Orders(session).one(key)\n    return len(order.items)\n"
    )
    files = {"shop/__init__.py": "", "shop/models.py": MODELS}
    changed = repaired(tmp_path, files | {"shop/repository.py": GENERIC, "shop/service.py": service})
    assert set(changed) == {"shop/service.py"}
    assert ".one(key, options=[selectinload(Order.items)])" in changed["shop/service.py"]
    assert "from sqlalchemy.orm import selectinload\n" in changed["shop/service.py"]


@pytest.mark.parametrize(
    ("line", "repaired_line"),
    [
        ("session.commit()", "await session.commit()"),
        (
            "rows = session.execute(select(Order)).scalars()",
            "rows = (await session.execute(select(Order))).scalars()",
        ),
        ("if session.get(Order, 1): pass", "if await session.get(Order, 1): pass"),
        ("await session.add(Order())", "session.add(Order())"),
        ("with session.begin(): pass", "async with session.begin(): pass"),
    ],
)
def test_await_stands_where_it_belongs(tmp_path: Path, line: str, repaired_line: str) -> None:
    body = "\n\nasync def work(session: AsyncSession) -> None:\n    {}  # why\n"
    assert after(tmp_path, body.format(line), unsafe=False) == body.format(repaired_line)


def test_a_plain_function_gets_no_await(tmp_path: Path) -> None:
    body = "\n\ndef work(session: AsyncSession) -> None:\n    session.commit()\n"
    assert after(tmp_path, body) == body


def test_a_refresh_stands_before_the_statement(tmp_path: Path) -> None:
    body = (
        "\n\nasync def rename(session: AsyncSession, key: int) -> str:\n"
        "    order = await session.get_one(Order, key)\n    await session.rollback()\n{}"
        "    return order.name  # as it was\n"
    )
    assert after(tmp_path, body.format("")) == body.format("    await session.refresh(order)\n")


def test_what_is_not_always_evaluated_is_not_refreshed(tmp_path: Path) -> None:
    body = (
        "\n\nasync def names(session: AsyncSession) -> list[str]:\n"
        "    orders = (await session.scalars(select(Order))).all()\n    await session.rollback()\n"
        "    return [order.name for order in orders]\n"
    )
    assert after(tmp_path, body) == body


@pytest.mark.parametrize(
    ("read", "is_refreshed"),
    [
        ("order.name and key", True),
        ("key and order.name", False),
        ("1 if order.name else 2", True),
        ("order.name if key else 2", False),
        ("[each for each in order.name]", True),
        ("[order.name for each in 'ab']", False),
        ("lambda: order.name", False),
    ],
)
def test_only_what_the_statement_always_reads_is_refreshed(
    tmp_path: Path, read: str, is_refreshed: bool
) -> None:
    body = (
        "\n\nasync def rename(session: AsyncSession, key: int) -> object:\n"
        "    order = await session.get_one(Order, key)\n    await session.rollback()\n"
        f"    return {read}\n"
    )
    assert (after(tmp_path, body) != body) is is_refreshed


@pytest.mark.parametrize(("undo", "is_refreshed"), [("", False), ("    await session.rollback()\n", True)])
def test_a_refresh_drops_no_changes(tmp_path: Path, undo: str, is_refreshed: bool) -> None:
    body = (
        "\n\nasync def rename(session: AsyncSession, key: int) -> int:\n"
        "    order = await session.get_one(Order, key)\n    await session.rollback()\n"
        f'    order.name = "new"\n{undo}    return order.id\n'
    )
    assert ("session.refresh(order)" in after(tmp_path, body)) is is_refreshed


def test_unsafe_repairs_are_asked_for(tmp_path: Path) -> None:
    body = (
        "\n\nasync def count(session: AsyncSession, key: int) -> int:\n    session.flush()\n"
        "    return len((await session.get_one(Order, key)).items)\n"
    )
    assert after(tmp_path, body, ORM, unsafe=False) == body.replace("session.flush", "await session.flush")


@pytest.mark.parametrize(
    "comment",
    [
        "# asyncsa: ignore[ASA609] a test",
        "# noqa: ASA609",
        "# noqa",
        "# asyncsa: ignore[ASA501] of another rule",
    ],
)
def test_a_suppressed_line_is_never_touched(tmp_path: Path, comment: str) -> None:
    body = f"\n\nasync def work(session: AsyncSession) -> None:\n    session.commit()  {comment}\n"
    assert after(tmp_path, body) == body


def test_a_repair_does_not_reach_into_a_suppressed_line(tmp_path: Path) -> None:
    body = (
        "\n\nasync def count(session: AsyncSession) -> int:\n"
        "    query = select(Order)  # asyncsa: ignore[ASA207] reviewed\n"
        "    return len((await session.scalars(query)).one().items)\n"
    )
    assert after(tmp_path, body, ORM) == body


def test_comments_strings_and_line_ends_survive_moving(tmp_path: Path) -> None:
    text = (
        "from sqlalchemy import text\n"
        "from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker\n\n\n"
        "async def count(factory: async_sessionmaker[AsyncSession]) -> int:\n"
        "    # one session\n"
        "    session = factory()  # opened\n"
        "    query = '''\n"
        "  select 1\n"
        "'''\n"
        "    # then\n"
        "    return (await session.execute(text(query))).scalar_one()  # done\n"
        "    # the end\n"
    ).replace("\n", "\r\n")
    (tmp_path / "pyproject.toml").touch()
    path = tmp_path / "work.py"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    repair(tmp_path)
    assert (
        path.read_bytes()
        == b"\xef\xbb\xbf"
        + (
            "from sqlalchemy import text\n"
            "from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker\n\n\n"
            "async def count(factory: async_sessionmaker[AsyncSession]) -> int:\n"
            "    # one session\n"
            "    async with factory() as session:  # opened\n"
            "        query = '''\n"
            "  select 1\n"
            "'''\n"
            "        # then\n"
            "        return (await session.execute(text(query))).scalar_one()  # done\n"
            "    # the end\n"
        )
        .replace("\n", "\r\n")
        .encode()
    )


def test_other_encodings_are_kept(tmp_path: Path) -> None:
    text = (
        "# -*- coding: latin-1 -*-\nfrom sqlalchemy.ext.asyncio import AsyncSession\n\n\n"
        "async def work(session: AsyncSession) -> None:\n    name = 'J\xfcrgen'; session.commit()\n"
    )
    (tmp_path / "pyproject.toml").touch()
    path = tmp_path / "work.py"
    path.write_bytes(text.encode("latin-1"))
    repair(tmp_path)
    assert path.read_bytes() == text.replace("session.commit", "await session.commit").encode("latin-1")


def test_repairing_twice_changes_nothing_more(tmp_path: Path) -> None:
    body = (
        "\n\nasync def products(session: AsyncSession) -> list[int]:\n    session.flush()\n"
        "    order = (await session.scalars(select(Order))).one()\n"
        "    return [item.product.id for item in order.items]\n"
    )
    once = after(tmp_path, body, ORM)
    assert once != body
    assert repair(tmp_path).repaired.texts == {}


def test_no_handler_is_left_behind(tmp_path: Path) -> None:
    text = (
        "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
        '@app.on_event("startup")\nasync def start() -> None: ...\n\n\n'
        '@app.on_event("shutdown")  # asyncsa: ignore[ASA401] later\nasync def stop() -> None: ...\n'
    )
    assert repaired(tmp_path, {"main.py": text}) == {}

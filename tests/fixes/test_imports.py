"""Where an import goes, and how the file calls what it has already."""

from __future__ import annotations

import ast

import pytest

from asyncsa_lint.fixes.changes import NotFixable
from asyncsa_lint.fixes.imports import spelling, with_imports, without_import

ORM = "sqlalchemy.orm"


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("from sqlalchemy.orm import joinedload\n", ("joinedload", False)),
        ("from sqlalchemy.orm import joinedload as jl\n", ("jl", False)),
        ("from sqlalchemy import orm\n", ("orm.joinedload", False)),
        ("import sqlalchemy.orm as so\n", ("so.joinedload", False)),
        ("from sqlalchemy import select\n", ("joinedload", True)),
    ],
)
def test_a_name_is_spelled_as_the_file_does(text: str, spelled: tuple[str, bool]) -> None:
    assert spelling(ast.parse(text), ORM, "joinedload") == spelled


@pytest.mark.parametrize(
    "text", ["joinedload = 1\n", "def f(joinedload): ...\n", "from x import joinedload\n"]
)
def test_a_name_that_means_something_else_is_not_taken(text: str) -> None:
    with pytest.raises(NotFixable):
        spelling(ast.parse(text), ORM, "joinedload")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "from sqlalchemy.orm import Mapped, selectinload\n",
            "from sqlalchemy.orm import Mapped, joinedload, selectinload\n",
            id="sorted, classes first",
        ),
        pytest.param(
            "from sqlalchemy.orm import selectinload, Mapped\n",
            "from sqlalchemy.orm import selectinload, Mapped, joinedload\n",
            id="unsorted",
        ),
        pytest.param(
            "from sqlalchemy.orm import (\n    Mapped,\n    selectinload\n)\n",
            "from sqlalchemy.orm import (\n    Mapped,\n    joinedload,\n    selectinload,\n)\n",
            id="one a line",
        ),
        pytest.param(
            "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload\n",
            "from sqlalchemy.orm import (\n    DeclarativeBase,\n    Mapped,\n    joinedload,\n"
            "    mapped_column,\n    relationship,\n    selectinload,\n)\n",
            id="too long for a line",
        ),
        pytest.param(
            '"""Doc."""\n\nfrom __future__ import annotations\n\nimport os\n\nfrom sqlalchemy import select\n'
            "from sqlalchemy.ext.asyncio import AsyncSession\n\nfrom app.models import Order\n",
            '"""Doc."""\n\nfrom __future__ import annotations\n\nimport os\n\nfrom sqlalchemy import select\n'
            "from sqlalchemy.ext.asyncio import AsyncSession\nfrom sqlalchemy.orm import joinedload\n\n"
            "from app.models import Order\n",
            id="beside its package",
        ),
        pytest.param(
            "from sqlalchemy.orm import selectinload  # noqa: F401\n",
            "from sqlalchemy.orm import selectinload  # noqa: F401\nfrom sqlalchemy.orm import joinedload\n",
            id="a line with a comment is left alone",
        ),
        pytest.param(
            "import os\n\nfrom . import models\n\nx = 1\n",
            "import os\n\nfrom sqlalchemy.orm import joinedload\n\nfrom . import models\n\nx = 1\n",
            id="a group of its own",
        ),
        pytest.param(
            '"""Doc."""\n\nx = 1\n',
            '"""Doc."""\n\nfrom sqlalchemy.orm import joinedload\n\nx = 1\n',
            id="the first import",
        ),
        pytest.param(
            "from sqlalchemy import select\r\n\r\nx = 1\r\n",
            "from sqlalchemy import select\r\nfrom sqlalchemy.orm import joinedload\r\n\r\nx = 1\r\n",
            id="line ends stay",
        ),
        pytest.param(
            "from sqlalchemy.orm import joinedload\n", "from sqlalchemy.orm import joinedload\n", id="there"
        ),
    ],
)
def test_an_import_goes_where_the_style_of_the_file_puts_it(before: str, after: str) -> None:
    assert with_imports(before, [(ORM, "joinedload")]) == after
    assert with_imports(after, [(ORM, "joinedload")]) == after


def test_several_imports() -> None:
    text = "import asyncio\n\nfrom fastapi import FastAPI\n"
    wanted = [("collections.abc", "AsyncIterator"), ("contextlib", "AsyncExitStack")]
    wanted.append(("contextlib", "asynccontextmanager"))
    assert with_imports(text, wanted) == (
        "import asyncio\nfrom collections.abc import AsyncIterator\n"
        "from contextlib import AsyncExitStack, asynccontextmanager\n\nfrom fastapi import FastAPI\n"
    )


def test_an_import_without_use_goes() -> None:
    text = "from sqlalchemy.orm import DynamicMapped, Mapped\n\nx: Mapped[int]\n"
    without = "from sqlalchemy.orm import Mapped\n\nx: Mapped[int]\n"
    assert without_import(text, ORM, "DynamicMapped") == without
    assert without_import(text, ORM, "Mapped") == text
    assert without_import("from sqlalchemy.orm import Mapped\nx = 1\n", ORM, "Mapped") == "x = 1\n"

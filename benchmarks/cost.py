"""What the analysis costs by the size of a project: time and memory for 1,000 functions.

A synthetic project is doubled again and again; if the cost is linear, each doubling costs about
twice as much. Give-ups are counted beside it: a bound that is reached makes a cost look smaller.
"""

from __future__ import annotations

import ast
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

MODULE = """
class Item{n}(Base):
    __tablename__ = "item{n}"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("item{m}.id"))
    owner: Mapped["Item{m}"] = relationship()


async def load{n}(session: AsyncSession, key: int) -> Item{n}:
    statement = select(Item{n}).where(Item{n}.id == key){options}
    return (await session.execute(statement)).scalar_one()


@router.get("/item{n}/{{key}}")
async def show{n}(key: int, session: AsyncSession = Depends(get_session)) -> int:
    item = await load{n}(session, key)
    return item.owner.id
"""
HEAD = """
from fastapi import APIRouter, Depends
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from shop.base import Base, get_session
{imports}

router = APIRouter()
"""
BASE = """
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


factory = async_sessionmaker(create_async_engine("sqlite+aiosqlite://"))


async def get_session():
    async with factory() as session:
        yield session
"""


def module(number: int) -> str:
    """The text of one module of the synthetic project, without what it imports."""
    options = f".options(selectinload(Item{number}.owner))" if number % 2 else ""
    return MODULE.format(n=number, m=max(number - 1, 0), options=options)


def synthetic(folder: Path, modules: int) -> Path:
    """A project of so many modules, each of which uses the one before it."""
    package = folder / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "base.py").write_text(BASE, encoding="utf-8")
    for number in range(modules):
        imports = f"from shop.m{number - 1} import Item{number - 1}" if number else ""
        text = HEAD.format(imports=imports) + module(number)
        (package / f"m{number}.py").write_text(text, encoding="utf-8")
    return folder


def functions_in(folder: Path) -> int:
    """How many functions there are."""
    count = 0
    for path in folder.rglob("*.py"):
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue
        count += sum(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree))
    return count


def analyse(folder: Path) -> None:
    """In a process of its own: analyse and print seconds, peak memory and give-ups as JSON."""
    from asyncsa_lint.config import Config
    from asyncsa_lint.pipeline.run import lint

    start = time.process_time()
    result = lint([str(folder)], Config(), root=str(folder))
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    figures = {
        "seconds": time.process_time() - start,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit,
        "give_ups": sum(result.give_ups.values()),
    }
    print(json.dumps(figures))


def measured(folder: Path) -> dict[str, float]:
    """Figures of one cold analysis in one process, without cache."""
    command = [sys.executable, "-m", "benchmarks.cost", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def cost_table(packages: Sequence[Path], scratch: Path, sizes: Sequence[int]) -> None:
    """Print the cost of each package and of each size of the synthetic project."""
    print("cost                          functions   s/1,000  MiB/1,000  growth  give-ups")
    for folder in packages:
        _line(folder.name, measured(folder), functions_in(folder))
    before = 0.0
    for size in sizes:
        folder = synthetic(scratch / str(size), size)
        figures, functions = measured(folder), functions_in(folder)
        each = figures["seconds"] / functions
        growth = f"{each / before:6.2f}" if before else ""
        _line(f"synthetic, {size} modules", figures, functions, growth)
        before = each


def _line(label: str, figures: dict[str, float], functions: int, growth: str = "") -> None:
    thousands = max(functions, 1) / 1000
    seconds, mib = figures["seconds"] / thousands, figures["mib"] / thousands
    print(
        f"{label:28}{functions:11}{seconds:10.2f}{mib:11.1f}  {growth:6}{figures['give_ups']:10.0f}",
        flush=True,
    )


if __name__ == "__main__":
    analyse(Path(sys.argv[1]))

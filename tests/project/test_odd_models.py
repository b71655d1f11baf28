"""Model code that makes little sense is survived."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncsa_lint.project.mapping.models import Models
from tests.project.small_project import build

BASE = """
from sqlalchemy.orm import DeclarativeBase
class Base(DeclarativeBase): ...
"""
HEAD = """
from typing import TYPE_CHECKING, Optional
import sqlalchemy as sa
from sqlalchemy import ForeignKey, orm
from sqlalchemy.orm import Mapped, mapped_column, relationship, backref, declared_attr
from base import Base
"""


def _class(*lines: str) -> str:
    return "\n    ".join(("class A(Base):", *lines)) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        "class A(A):\n    __tablename__ = 'a'\n",
        "class A(B): ...\nclass B(A): ...\n",
        "Base = Base\nclass A(Base): ...\n",
        "x = y\ny = x\nclass A(x):\n    r = relationship(**x)\n    c = mapped_column(**y)\n",
        "X = {**X, 'lazy': 'joined'}\nclass A(Base):\n    r = relationship('A', **X)\n",
        "def f(): return f()\nclass A(Base):\n    r = f()\n    __tablename__ = f()\n",
        "def f(a): return relationship(a)\nclass A(Base):\n    r = f(*x)\n    s = f(a=f)\n    t = f()\n",
        _class(
            "r = relationship()",
            "s = relationship(1)",
            "t = relationship('')",
            "u = relationship('[')",
        ),
        _class(
            "r = relationship(lambda: lambda: 'A')",
            "s = relationship('\\'A\\'')",
        ),
        _class(
            "r: Mapped = relationship('A')",
            "s: Mapped[()]",
            "t: Mapped[list] = relationship()",
        ),
        _class(
            "r: Mapped['Mapped[A'] = relationship()",
            "s: Mapped[Mapped[A]] = relationship()",
        ),
        _class(
            "a, b = relationship('A'), 2",
            "(c, d) = relationship('A')",
            "for e in x: f = relationship('A')",
        ),
        _class(
            "__mapper_args__ = 3",
            "__table_args__ = x()",
            "__tablename__ = 5",
            "__table__ = 1",
        ),
        _class(
            "r = relationship('A', backref=3)",
            "s = relationship('A', backref=backref())",
        ),
        _class("r = relationship('A', remote_side=3, foreign_keys={}, primaryjoin='(', lazy=None)"),
        _class("c = mapped_column(ForeignKey(), ForeignKey(3), ForeignKey(a.b.c), *x)"),
        _class(
            "x: Mapped['A'] = relationship('A')",
            "A = 3",
            "__tablename__ = f'{A.__tablename__}'",
        ),
        "class A(Base, Base, *Bases, **kw): ...\n",
        _class(
            "@declared_attr",
            "def r(cls):",
            "    if x: return relationship('A')",
            "    return None",
        ),
        "A.b = relationship('A')\nA.c.d = relationship('A')\nclass A(Base): ...\n",
        _class(
            "x = " + " + ".join(["'a'"] * 500) + "",
            "__tablename__ = x",
        ),
        _class("x: " + " | ".join(["int"] * 500) + ""),
    ],
)
def test_odd_code_is_survived(tmp_path: Path, text: str) -> None:
    project = build(tmp_path, base=BASE, models=HEAD + text)
    models = Models(project)
    for path in project.files:
        module = project.module_at(path)
        assert module is not None
        for cls in project.classes(module):
            models.get(cls)
        models.by_name("A", module)

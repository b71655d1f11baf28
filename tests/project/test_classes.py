"""Base classes, their order, members and subclasses."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from asyncsa_lint.project.symbols import ClassInfo
from tests.project.building import Built, describe

Build = Callable[[dict[str, str]], Built]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return lambda files: Built(tmp_path, files)


def test_order_across_files_ends_outside(build: Build) -> None:
    built = build(
        {
            "base.py": "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): ...\n",
            "mixins.py": "class Stamped: ...\n",
            "user.py": "from base import Base\nimport mixins\nclass User(mixins.Stamped, Base): ...\n",
        }
    )
    assert built.order("user.py", "User") == [
        "class user.py User",
        "class mixins.py Stamped",
        "class base.py Base",
        "external sqlalchemy.orm.DeclarativeBase",
    ]
    user = built.cls("user.py", "User")
    assert built.project.is_subclass(user, frozenset({"sqlalchemy.orm.DeclarativeBase"}))
    assert not built.project.is_subclass(user, frozenset({"sqlmodel.SQLModel"}))


def test_diamond_has_the_order_of_python(build: Build) -> None:
    text = "class A: ...\nclass B(A): ...\nclass C(A): ...\nclass D(B, C): ...\n"
    built = build({"m.py": text})
    namespace: dict[str, type] = {}
    exec(text, namespace)
    expected = [f"class m.py {cls.__name__}" for cls in namespace["D"].__mro__[:-1]]
    assert built.order("m.py", "D") == expected


def test_impossible_orders_and_cycles_have_some_order(build: Build) -> None:
    built = build(
        {
            "m.py": """
                class A: ...
                class B(A): ...
                class Bad(A, B): ...
                class Self(Self): ...
                class X(Y): ...
                class Y(X): ...
                class Inner(Inner.Part): ...
            """
        }
    )
    assert built.order("m.py", "Bad") == ["class m.py Bad", "class m.py A", "class m.py B"]
    assert built.order("m.py", "Self") == ["class m.py Self"]
    assert built.order("m.py", "X")[0] == "class m.py X"
    assert set(built.order("m.py", "Y")) == {"class m.py X", "class m.py Y"}
    assert built.order("m.py", "Inner") == ["class m.py Inner"]


def test_class_may_extend_an_imported_one_of_its_name(build: Build) -> None:
    built = build({"a.py": "class User: ...\n", "b.py": "from a import User\nclass User(User): ...\n"})
    assert built.order("b.py", "User") == ["class b.py User", "class a.py User"]


def test_generic_arguments_of_bases(build: Build) -> None:
    built = build(
        {
            "m.py": """
                class User: ...
                class Base: ...
                UserBase = Base[User, int]
                class One(Base[User]): ...
                class Two(UserBase): ...
                class Three(make_base(), Base): ...
            """
        }
    )

    def arguments(name: str) -> list[tuple[str, list[str]]]:
        found = built.project.base_arguments(built.cls("m.py", name))
        return [
            (describe(symbol, built.root), [ast.unparse(node) for node in nodes]) for symbol, nodes in found
        ]

    assert arguments("One") == [("class m.py Base", ["User"])]
    assert arguments("Two") == [("class m.py Base", ["User", "int"])]
    assert arguments("Three") == [("nothing", []), ("class m.py Base", [])]
    assert built.order("m.py", "Three") == ["class m.py Three", "class m.py Base"]


def test_members_come_from_the_first_class_that_has_them(build: Build) -> None:
    built = build(
        {
            "m.py": """
                class A:
                    size = 1
                    def run(self): ...
                class B(A):
                    size = 2
                    size = 3
                class C(B):
                    @property
                    def name(self): ...
                    @name.setter
                    def name(self, value): ...
            """
        }
    )
    cls = built.cls("m.py", "C")
    found = built.project.member(cls, "size")
    assert found is not None
    owner, binding = found
    assert owner is built.cls("m.py", "B")
    assert binding.value is not None and binding.value.text == "3"
    run = built.project.method(cls, "run")
    assert run is built.function("m.py", "A.run")
    assert built.project.owner(run) is built.cls("m.py", "A")
    getter = built.project.method(cls, "name")
    assert getter is not None and len(getter.facts.parameters) == 1
    assert built.project.method(cls, "size") is None
    assert built.project.member(cls, "missing") is None


def test_subclasses_over_all_files(build: Build) -> None:
    built = build(
        {
            "a.py": "class Base: ...\n",
            "b.py": "from a import Base as Root\nclass Mid(Root): ...\ndef f():\n    class Local(Mid): ...\n",
            "c.py": "import b\nclass Leaf(b.Mid): ...\nclass Leaf2(Leaf): ...\n",
            "broken.py": "class (",
        }
    )
    found = built.project.subclasses(built.cls("a.py", "Base"))
    assert [cls.qualified for cls in found] == ["b.Mid", "b.f.Local", "c.Leaf", "c.Leaf2"]


def test_long_chains_of_classes(build: Build) -> None:
    count = 1500
    text = "class C0: ...\n" + "".join(f"class C{n}(C{n - 1}): ...\n" for n in range(1, count))
    built = build({"m.py": text})
    order = built.project.mro(built.cls("m.py", f"C{count - 1}"))
    assert len(order) == count
    assert isinstance(order[-1], ClassInfo) and order[-1].facts.name == "C0"


def test_bases_that_are_looked_up_in_each_other(build: Build) -> None:
    lines = ["class C0:\n    class Inner: ...\n"]
    lines += [f"class C{n}(C{n - 1}.Inner):\n    class Inner(C{n - 1}.Inner): ...\n" for n in range(1, 40)]
    built = build({"m.py": "".join(lines)})
    assert built.order("m.py", "C3") == [
        "class m.py C3",
        "class m.py C2.Inner",
        "class m.py C1.Inner",
        "class m.py C0.Inner",
    ]
    assert len(built.order("m.py", "C39")) == 40

"""What a name means, followed through the files of a project."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from asyncsa_lint.project import trees
from tests.project.building import Built, describe

Build = Callable[[dict[str, str]], Built]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return lambda files: Built(tmp_path, files)


def test_imports_lead_to_definitions(build: Build) -> None:
    built = build(
        {
            "app/__init__.py": "",
            "app/models.py": "class User:\n    def name(self): ...\nLIMIT = 3\ndef helper(): ...\n",
            "app/main.py": """
                import app.models
                import app.models as m
                from app import models
                from . import models as rel
                from .models import User as U, LIMIT
            """,
        }
    )
    for spelling in ("app.models.User", "m.User", "models.User", "rel.User", "U"):
        assert built.resolve("app/main.py", spelling) == "class app/models.py User"
    assert built.resolve("app/main.py", "U.name") == "function app/models.py User.name"
    assert built.resolve("app/main.py", "LIMIT") == "value app/models.py LIMIT"
    assert built.resolve("app/main.py", "m.helper") == "function app/models.py helper"
    assert built.resolve("app/main.py", "app") == "module app/__init__.py"
    assert built.resolve("app/main.py", "m.missing") == "nothing"
    assert built.resolve("app/main.py", "LIMIT.real") == "nothing"


def test_names_that_lead_outside(build: Build) -> None:
    built = build(
        {
            "main.py": """
                import sqlalchemy as sa
                import sqlalchemy.orm
                from sqlalchemy.orm import selectinload as load
                select = sa.select
            """
        }
    )
    assert built.resolve("main.py", "sa.select") == "external sqlalchemy.select"
    assert built.resolve("main.py", "select") == "external sqlalchemy.select"
    assert built.resolve("main.py", "sqlalchemy.orm.joinedload") == "external sqlalchemy.orm.joinedload"
    assert built.resolve("main.py", "load") == "external sqlalchemy.orm.selectinload"
    assert built.resolve("main.py", "len") == "external builtins.len"
    assert built.resolve("main.py", "unknown") == "nothing"


def test_missing_module_of_the_project_is_not_a_library(build: Build) -> None:
    built = build(
        {"app/__init__.py": "", "app/main.py": "from app.generated import X\nfrom .gone import Y\n"}
    )
    assert built.resolve("app/main.py", "X") == "nothing"
    assert built.resolve("app/main.py", "Y") == "nothing"


def test_reexports_with_and_without_stars(build: Build) -> None:
    built = build(
        {
            "db/__init__.py": "from .session import *\nfrom .base import Base\n",
            "db/session.py": """
                from sqlalchemy.ext.asyncio import AsyncSession
                __all__ = ["AsyncSession", "get_db"]
                __all__ += ["late"]
                def get_db(): ...
                def hidden(): ...
                late = 1
            """,
            "db/base.py": "class Base: ...\n",
            "main.py": "from db import *\n",
        }
    )
    assert built.resolve("main.py", "AsyncSession") == "external sqlalchemy.ext.asyncio.AsyncSession"
    assert built.resolve("main.py", "get_db") == "function db/session.py get_db"
    assert built.resolve("main.py", "late") == "value db/session.py late"
    assert built.resolve("main.py", "Base") == "class db/base.py Base"
    assert built.resolve("main.py", "hidden") == "nothing"


def test_star_import_leaves_private_names_behind(build: Build) -> None:
    built = build({"a.py": "def _private(): ...\n", "main.py": "from a import *\n"})
    assert built.resolve("main.py", "_private") == "nothing"


def test_only_star_import_from_outside_gives_the_unbound_names(build: Build) -> None:
    built = build({"one.py": "from sqlalchemy import *\n", "two.py": "from a import *\nfrom b import *\n"})
    assert built.resolve("one.py", "select") == "external sqlalchemy.select"
    assert built.resolve("one.py", "print") == "external builtins.print"
    assert built.resolve("two.py", "select") == "nothing"


def test_cycles_have_an_end(build: Build) -> None:
    built = build(
        {
            "a.py": "from b import *\nfrom b import x\nfrom b import y\ny2 = y\n",
            "b.py": "from a import *\nfrom a import x\nfrom c import *\n",
            "c.py": "from a import *\nclass y: ...\n",
            "d.py": "z = z2\nz2 = z\n",
        }
    )
    assert built.resolve("a.py", "x") == "nothing"
    assert built.resolve("a.py", "y") == "class c.py y"
    assert built.resolve("b.py", "y") == "class c.py y"
    assert built.resolve("b.py", "y2") == "class c.py y"
    assert built.resolve("d.py", "z").startswith("value d.py z")


def test_modules_that_all_import_each_other_with_a_star(build: Build) -> None:
    count = 40
    stars = "".join(f"from m{number} import *\n" for number in range(count))
    built = build({f"m{number}.py": f"{stars}class C{number}: ...\n" for number in range(count)})
    assert built.resolve("m0.py", "C39") == "class m39.py C39"
    assert built.resolve("m0.py", "missing") == "nothing"


def test_package_and_its_submodule_of_the_same_name(build: Build) -> None:
    built = build(
        {
            "app/__init__.py": "from . import db\nfrom .make import make\n",
            "app/db.py": "engine = 1\n",
            "app/make.py": "def make(): ...\n",
            "main.py": "import app\n",
        }
    )
    assert built.resolve("main.py", "app.db.engine") == "value app/db.py engine"
    assert built.resolve("main.py", "app.make") == "function app/make.py make"


def test_folders_without_init(build: Build) -> None:
    built = build(
        {
            "app/db/session.py": "def get_db(): ...\n",
            "app/main.py": """
                import app.db.session
                import app.db as d
                from app.db import session
                from .db.session import get_db
            """,
        }
    )
    expected = "function app/db/session.py get_db"
    for spelling in ("app.db.session.get_db", "d.session.get_db", "session.get_db", "get_db"):
        assert built.resolve("app/main.py", spelling) == expected


def test_folder_that_shares_its_name_with_a_library(build: Build) -> None:
    built = build({"alembic/env.py": "from alembic import op\n", "alembic/versions/one.py": ""})
    assert built.resolve("alembic/env.py", "op.execute") == "external alembic.op.execute"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("try:\n    from orjson import f\nexcept ImportError:\n    from own import f\n", "function own.py f"),
        ("try:\n    from fast import f\nexcept ImportError:\n    from slow import f\n", "external fast.f"),
        ("try:\n    from fast import f\nexcept ImportError:\n    f = None\n", "external fast.f"),
        ("try:\n    from fast import f\nexcept ImportError:\n    def f(): ...\n", "external fast.f"),
        ("f = None\ntry:\n    from fast import f\nexcept ImportError:\n    pass\n", "external fast.f"),
        ("from own import f\nf = wrap(f)\n", "value main.py f"),
        ("from own import f\ndef f(): ...\n", "function main.py f"),
        ("if TYPE_CHECKING:\n    from own import f\n", "function own.py f"),
        ("if typing.TYPE_CHECKING:\n    from own import f\nelse:\n    f = make()\n", "value main.py f"),
        ("if not TYPE_CHECKING:\n    f = make()\nelse:\n    from own import f\n", "value main.py f"),
        ("import own.f as own\n", "nothing"),
    ],
)
def test_which_binding_counts(build: Build, text: str, expected: str) -> None:
    built = build({"own.py": "def f(): ...\n", "main.py": text})
    assert built.resolve("main.py", "f") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X = User", "class models.py User"),
        ("X: TypeAlias = models.User", "class models.py User"),
        ("X: type[User] = User", "class models.py User"),
        ("X = User()", "value main.py X"),
        ("X = Annotated[User, 1]", "value main.py X"),
        ("X = None", "value main.py X"),
        ("X: User", "value main.py X"),
        ("X: Base = instance", "value main.py X"),
        ("X = unknown", "value main.py X"),
        ("X = a\nX = User", "value main.py X"),
        ("X, Y = User, 1", "class models.py User"),
        ("X = User\nfor X in []: ...", "value main.py X"),
        ("X = User\ndef f():\n    global X\n    X = 1", "value main.py X"),
        ("X, Y = pair()", "value main.py X"),
        ("for X in []: ...", "value main.py X"),
        ("with a as X: ...", "value main.py X"),
        ("if (X := User): ...", "class models.py User"),
        ("match a:\n    case [X]: ...", "value main.py X"),
    ],
)
def test_assigned_names(build: Build, text: str, expected: str) -> None:
    imports = "import models\nfrom models import User\n"
    built = build({"models.py": "class User: ...\n", "main.py": f"{imports}{text}\n"})
    assert built.resolve("main.py", "X") == expected


def test_members_of_classes(build: Build) -> None:
    built = build(
        {
            "base.py": """
                class Base:
                    kind = 1
                    class Meta:
                        depth = 2
                    def save(self): ...
            """,
            "main.py": """
                from base import Base
                class User(Base):
                    name: str
                    alias = Base.Meta
            """,
        }
    )
    assert built.resolve("main.py", "User.save") == "function base.py Base.save"
    assert built.resolve("main.py", "User.kind") == "value base.py Base.kind"
    assert built.resolve("main.py", "User.name") == "value main.py User.name"
    assert built.resolve("main.py", "User.Meta.depth") == "value base.py Base.Meta.depth"
    assert built.resolve("main.py", "User.alias") == "class base.py Base.Meta"
    assert built.resolve("main.py", "User.missing") == "nothing"


def test_names_inside_functions(build: Build) -> None:
    built = build(
        {
            "models.py": "class User: ...\nclass Order: ...\n",
            "main.py": """
                from models import User, Order
                import services
                def outer(User, flag):
                    from models import Order as O
                    import sqlalchemy as sa
                    def inner():
                        nonlocal services
                        return services
                    class Local:
                        Order = 1
                        def method(self): ...
                    services = 1
                    for flag in []: ...
                    return [Order for Order in []]
                def other():
                    global User
                    User = 1
            """,
        }
    )
    outer = built.function("main.py", "outer")

    def meaning(qualname: str, dotted: str) -> str:
        scope = built.function("main.py", qualname)
        return describe(built.project.resolve_in(scope, dotted), built.root)

    assert meaning("outer", "User") == "nothing"
    assert meaning("outer", "flag") == "nothing"
    assert meaning("outer", "services") == "nothing"
    assert meaning("outer", "O") == "class models.py Order"
    assert meaning("outer", "Order") == "class models.py Order"
    assert meaning("outer", "sa.select") == "external sqlalchemy.select"
    assert meaning("outer", "inner") == "function main.py outer.inner"
    assert meaning("outer", "Local.method") == "function main.py outer.Local.method"
    assert meaning("outer.inner", "sa.select") == "external sqlalchemy.select"
    assert meaning("outer.inner", "services") == "nothing"
    assert meaning("outer.Local.method", "Order") == "class models.py Order"
    assert meaning("outer.Local.method", "inner") == "function main.py outer.inner"
    assert meaning("other", "User") == "class models.py User"
    assert built.project.enclosing(outer) is built.module("main.py")


def test_names_in_the_scope_of_a_class(build: Build) -> None:
    built = build(
        {"main.py": "class Item: ...\nclass Box:\n    class Item: ...\n    def get(self) -> Item: ...\n"}
    )
    method = built.function("main.py", "Box.get")
    scope = built.project.enclosing(method)
    assert describe(built.project.resolve_in(scope, "Item"), built.root) == "class main.py Box.Item"
    assert describe(built.project.resolve_in(method, "Item"), built.root) == "class main.py Item"


def test_expressions_and_forward_references(build: Build) -> None:
    built = build({"main.py": "class User:\n    class Meta: ...\n"})
    module = built.module("main.py")

    def meaning(text: str) -> str:
        node = ast.parse(text, mode="eval").body
        return describe(built.project.resolve_expr(module, node), built.root)

    assert meaning("User.Meta") == "class main.py User.Meta"
    assert meaning("'User'") == "class main.py User"
    assert meaning("' User.Meta '") == "class main.py User.Meta"
    assert meaning("f().Meta") == "nothing"
    assert meaning("'not an (expression'") == "nothing"
    assert meaning("''") == "nothing"


def test_importers_of_a_module(build: Build) -> None:
    built = build(
        {
            "app/__init__.py": "",
            "app/db.py": "",
            "app/a.py": "from . import db\n",
            "app/b.py": "def f():\n    from app.db import engine\n",
            "app/c.py": "from .db import *\n",
            "app/d.py": "import app.db\n",
            "app/e.py": "import app\n",
        }
    )
    found = [module.name for module in built.project.importers(built.module("app/db.py"))]
    assert found == ["app.a", "app.b", "app.c", "app.d"]


def test_broken_files_are_noted_and_unknown(build: Build) -> None:
    built = build({"bad.py": "def (:\n", "main.py": "from bad import x\nfrom gone import y\n"})
    assert built.resolve("main.py", "x") == "nothing"
    assert [Path(path).name for path in built.project.broken] == ["bad.py"]
    assert built.project.source(built.path("bad.py")) is None


def test_bytes_are_searched_without_parsing(build: Build) -> None:
    built = build({"bad.py": "def ( AsyncSession\n"})
    path = built.path("bad.py")
    assert built.project.mentions(path, (b"Engine", b"AsyncSession"))
    assert not built.project.mentions(path, (b"Engine",))
    assert not built.project.mentions(built.path("gone.py"), (b"Engine",))
    assert path not in built.project.broken


def test_dropped_trees_come_back_with_the_same_definitions(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trees, "TREE_BUDGET", 1)
    built = build({"a.py": "def f():\n    return select(x)\n", "b.py": "class C: ...\n"})
    function, cls = built.function("a.py", "f"), built.cls("b.py", "C")
    (built.root / "a.py").write_text("changed = 1\n")
    node = built.project.node(function)
    assert node is not None and node.name == "f"
    assert built.project.class_node(cls) is not None
    assert built.project.calls(function) == {"select"}
    assert built.project.names(function) == {"select", "x"}


def test_same_name_is_the_same_object(build: Build) -> None:
    built = build({"a.py": "class C:\n    x = f()\n", "b.py": "from a import C\n"})
    first = built.project.resolve(built.module("a.py"), "C.x")
    assert first is built.project.resolve(built.module("b.py"), "C.x")
    assert built.cls("a.py", "C") is built.cls("b.py", "C")

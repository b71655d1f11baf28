"""Files made to break a linter: one clear diagnostic each, and all other findings come out."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from tests.sandbox import FOUND, PROJECT, findings, lint, places, write

LIMIT = 60
"""Seconds that no run on a small project may take, however odd it is."""

BROKEN: dict[str, str | bytes] = {
    "syntax": "def (\n",
    "indentation": "def f():\nx = 1\n",
    "unclosed": "x = (1,\n",
    "string": 'x = """\n',
    "nul": b"x = 1\0\n",
    "not_utf8": b"x = '\xe9\xff'\n",
    "unknown_encoding": b"# -*- coding: klingon -*-\nx = 1\n",
    "not_a_text_encoding": b"# -*- coding: rot13 -*-\nx = 1\n",
    "bom_contradicts": b"\xef\xbb\xbf# -*- coding: latin-1 -*-\nx = 1\n",
    "utf16": "x = 1\n".encode("utf-16"),
    "parentheses": "x = " + "(" * 10_000 + ")" * 10_000 + "\n",
    "brackets": "x = " + "[" * 10_000 + "]" * 10_000 + "\n",
    "indents": "".join(f"{' ' * n}if x:\n" for n in range(200)) + " " * 200 + "pass\n",
    "surrogate": b"x = '\xed\xa0\x80'\n",
    "python2": 'print "hello"\n',
    "binary": bytes(range(256)) * 100,
}

ODD: dict[str, str | bytes] = {
    "empty": "",
    "only_bom": b"\xef\xbb\xbf",
    "no_final_newline": "x = 1",
    "carriage_returns": b"x = 1\ry = 2\r",
    "form_feeds": "x = 1\n\x0c\ny = 2\n",
    "latin": b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
    "literal": 'x = "' + "a" * 10_000_000 + '"\n',
    "number": "x = 0x" + "f" * 1_000_000 + "\n",
    "many_elements": "x = [" + "1, " * 100_000 + "]\n",
    "sum": "x = 1" + " + 1" * 900 + "\n",
    "attributes": "x = a" + ".b" * 900 + "\n",
    "calls": "x = a" + "()" * 900 + "\n",
    "else_ifs": "if x:\n    pass\n" + "elif x:\n    pass\n" * 900,
    "nested_functions": "".join(f"{' ' * n}def f():\n" for n in range(90)) + " " * 90 + "pass\n",
    "self_import": "from app import self_import\nfrom app.self_import import *\n",
    "circle_one": "from app.circle_two import *\nfrom app.circle_two import b as a\n",
    "circle_two": "from app.circle_one import *\nfrom app.circle_one import a as b\n",
    "manager_without_receiver": (
        "from sqlalchemy.ext.asyncio import AsyncSession\n"
        "class Unit:\n    session: AsyncSession | None = None\n"
        "    async def __aenter__():\n        if unit.session is None: return\n"
        "async def work(unit: Unit):\n    async with unit: await unit.session.commit()\n"
    ),
    "own_base": "class A(A):\n    def f(self): return self.f()\n",
    "circular_bases": "class A(B): ...\nclass B(A): ...\nclass C(A, B): ...\n",
    "no_mro": "class A: ...\nclass B(A): ...\nclass C(A, B): ...\n",
    "own_value": "x = x\na = b\nb = a\n",
    "recursion": (
        "async def odd(n): return await even(n - 1)\nasync def even(n): return await odd(n - 1)\n"
        "async def deep(s): return await deep([s])\n"
    ),
    "too_far_up": "from ...... import x\nfrom .. import y\n",
    "own_model": (
        "from app.models import Base\nfrom sqlalchemy.orm import Mapped, relationship\n"
        "class Own(Own, Base):\n    own: Mapped['Own'] = relationship('Own', back_populates='own')\n"
    ),
    "deep_sum": "x = 1" + " + 1" * 50_000 + "\n",
    "deep_attributes": "x = a" + ".b" * 50_000 + "\n",
}

DEPTH_OF_PYTHON = {"deep_sum", "deep_attributes"}
"""Whether Python parses these depends on its version; we have to survive both."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", PROJECT)


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file(project: Path, name: str) -> None:
    write(project, {f"app/zzz_{name}.py": BROKEN[name]})
    start = time.monotonic()
    *others, broken = findings(folder=project)
    assert time.monotonic() - start < LIMIT
    assert (broken["code"], broken["path"]) == ("ASA001", f"app/zzz_{name}.py")
    assert places(others) == FOUND
    done = lint(f"app/zzz_{name}.py", folder=project)
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout.count("ASA001") == 1


def test_broken_file_that_is_not_asked_for(project: Path) -> None:
    write(project, {"app/broken.py": "def (\n"})
    done = lint("app/service.py", folder=project)
    assert done.returncode == 1
    assert "ASA001" not in done.stdout


def test_all_broken_files_together(project: Path) -> None:
    write(project, {f"app/zzz_{name}.py": content for name, content in BROKEN.items()})
    found = findings(folder=project)
    assert [each["code"] for each in found].count("ASA001") == len(BROKEN)
    assert [place for place in places(found) if place[2] != "ASA001"] == FOUND


@pytest.mark.parametrize("name", ODD)
def test_odd_file(project: Path, name: str) -> None:
    write(project, {f"app/{name}.py": ODD[name]})
    start = time.monotonic()
    found = findings(folder=project)
    assert time.monotonic() - start < LIMIT
    if name in DEPTH_OF_PYTHON:
        found = [each for each in found if each["code"] != "ASA001"]
    assert places(found) == FOUND


def test_all_odd_files_together(project: Path) -> None:
    names = ODD.keys() - DEPTH_OF_PYTHON
    write(project, {f"app/{name}.py": ODD[name] for name in names})
    assert places(findings(folder=project)) == FOUND


def test_file_that_can_not_be_read(project: Path) -> None:
    write(project, {"app/secret.py": ""})
    (project / "app/secret.py").chmod(0)
    if os.access(project / "app/secret.py", os.R_OK):
        (project / "app/secret.py").unlink()  # root reads everything; a dangling link, nobody
        (project / "app/secret.py").symlink_to("nowhere.py")
        assert places(findings(folder=project)) == FOUND
        return
    found = findings(folder=project)
    assert ("app/secret.py", 1, "ASA001") in places(found)


def test_odd_names(project: Path) -> None:
    names = [
        "with space.py",
        "a-b.py",
        "caf\u00e9.py",
        "\u4f60.py",
        "new\nline.py",
        "esc\x1b[31m.py",
        "-x.py",
    ]
    names += ["class.py", "1.py", "a.b.py", ".hidden.py", "'quote\".py", "%s{0}.py"]
    write(project, {f"app/{name}": PROJECT["app/main.py"] for name in names})
    found = findings("app", folder=project)
    assert sorted(each["path"] for each in found if each["code"] == "ASA401") == sorted(
        ["app/main.py", *(f"app/{name}" for name in names)]
    )
    text = lint("app", folder=project).stdout
    assert "\x1b" not in text
    assert "app/new\\x0aline.py:6:2 ASA401" in text


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="these file systems demand Unicode names")
def test_names_that_are_not_unicode(project: Path) -> None:
    path = os.fsencode(project) + b"/app/\xff\xfe.py"
    Path(os.fsdecode(path)).write_text(PROJECT["app/main.py"], encoding="utf-8")
    found = findings(folder=project)
    assert [each["code"] for each in found].count("ASA401") == 2
    done = lint(folder=project)
    assert (done.returncode, done.stderr) == (1, "")
    assert "\\udcff\\udcfe.py:6:2 ASA401" in done.stdout


def test_symlink_loops(project: Path) -> None:
    (project / "app" / "again").symlink_to(project, target_is_directory=True)
    (project / "app" / "self.py").symlink_to("self.py")
    assert places(findings(folder=project)) == FOUND


def test_analysed_code_is_never_imported(project: Path) -> None:
    trap = "import pathlib\npathlib.Path(__file__).with_suffix('.ran').touch()\nraise SystemExit(3)\n"
    traps = ["conftest.py", "sitecustomize.py", "ast.py", "pathspec.py", "json.py", "app/__init__.py"]
    write(project, dict.fromkeys(traps, trap))
    assert set(FOUND) <= set(places(findings(folder=project)))
    assert not list(project.rglob("*.ran"))

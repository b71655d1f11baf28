"""Versions are read from whatever file says them, and nonsense says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncsa_lint.project.versions import NEWEST, Versions, detect, newest_allowed, parse_version


def _detect(folder: Path, **files: str) -> Versions:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return detect(str(folder))


@pytest.mark.parametrize(
    ("specifier", "newest"),
    [
        ("", NEWEST),
        ("==2.0.30", (2, 0, 30)),
        ("===2.0.30", (2, 0, 30)),
        ("== 2.0.*", (2, 0, 99)),
        ("~=2.0.30", (2, 0, 99)),
        ("~=2.0", (2, 99)),
        (">=2.0", NEWEST),
        (">=2.0,<2.1", (2, 0, 99)),
        (">=2.0, <3", (2, 99)),
        ("<2.0", (1, 99)),
        ("<=2.0.4", (2, 0, 4)),
        ("!=2.0.3", NEWEST),
        ("^2.0.30", (2, 99)),
        ("^0.110.0", (0, 110, 99)),
        ("~2.0.30", (2, 0, 99)),
        (">=2.0 <2.1", (2, 0, 99)),
        ("^1.4 || ^2.0", (2, 99)),
        ("2.0.1", (2, 0, 1)),
        ("*", NEWEST),
        ("@ git+https://example.org/x", NEWEST),
        ("<0", (0,)),
    ],
)
def test_newest_allowed(specifier: str, newest: tuple[int, ...]) -> None:
    assert newest_allowed(specifier) == newest


def test_pre_releases_and_local_versions_count_as_their_release() -> None:
    assert parse_version("2.1.0b1") == (2, 1, 0)
    assert parse_version("v0.110.0.post1") == (0, 110, 0)
    assert parse_version("1!2.0") == (2, 0)
    assert parse_version("latest") is None


@pytest.mark.parametrize("name", ["uv.lock", "poetry.lock", "pdm.lock"])
def test_lock_files_win_over_requirements(tmp_path: Path, name: str) -> None:
    lock = """
[[package]]
name = "SQLAlchemy"
version = "2.0.41"
[[package]]
name="fastapi"
version="0.115.0"
"""
    found = _detect(tmp_path, **{name: lock, "requirements.txt": "fastapi==0.90.0\n"})
    assert found == Versions(fastapi=(0, 115, 0), sqlalchemy=(2, 0, 41))


def test_pylock_lists_packages_under_another_key(tmp_path: Path) -> None:
    lock = '[[packages]]\nname = "fastapi"\nversion = "0.117.1"\n'
    assert _detect(tmp_path, **{"pylock.toml": lock}).fastapi == (0, 117, 1)


def test_requirement_files(tmp_path: Path) -> None:
    found = _detect(
        tmp_path,
        **{
            "requirements/base.txt": "-r other.txt\nSQLAlchemy[asyncio]==2.0.30 --hash=sha256:ab\n",
            "requirements-dev.txt": "# fastapi==0.1\nfastapi[all]==0.110.0 ; python_version > '3.8'\n",
        },
    )
    assert found == Versions(fastapi=(0, 110, 0), sqlalchemy=(2, 0, 30))


def test_pyproject_of_pep_621(tmp_path: Path) -> None:
    text = """
[project]
requires-python = ">=3.11,<3.13"
dependencies = ["fastapi>=0.100", "sqlalchemy[asyncio]>=2.0,<2.1"]
[dependency-groups]
test = ["fastapi~=0.115.2", {include-group = "other"}]
"""
    found = _detect(tmp_path, **{"pyproject.toml": text})
    assert found == Versions(python=(3, 12, 99), fastapi=NEWEST, sqlalchemy=(2, 0, 99))


def test_pyproject_of_poetry(tmp_path: Path) -> None:
    text = """
[tool.poetry.dependencies]
python = "^3.11"
fastapi = {version = "^0.110", extras = ["all"]}
[tool.poetry.group.db.dependencies]
sqlalchemy = [{version = "2.0.1", python = "<3.12"}, {version = "2.0.30", python = ">=3.12"}]
"""
    found = _detect(tmp_path, **{"pyproject.toml": text})
    assert found == Versions(python=(3, 99), fastapi=(0, 110, 99), sqlalchemy=(2, 0, 30))


def test_python_version_file(tmp_path: Path) -> None:
    assert _detect(tmp_path, **{".python-version": "3.12.4\n"}).python == (3, 12, 4)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("uv.lock", "[[package"),
        ("uv.lock", "package = 3\n"),
        ("uv.lock", 'package = [1, "x"]\n'),
        ("poetry.lock", "[[package]]\nname = 3\nversion = 4\n"),
        ("pyproject.toml", "project = 1\ntool = []\n"),
        ("pyproject.toml", "[project]\ndependencies = 5\nrequires-python = 3\n"),
        ("pyproject.toml", "[tool.poetry.group]\nx = 3\n[tool.poetry.dependencies]\nfastapi = true\n"),
        ("requirements.txt", "\x00\n==2\n[\nfastapi @ file:///x\n"),
        ("pyproject.toml", "x = " + "[" * 5000),
    ],
)
def test_nonsense_says_nothing(tmp_path: Path, name: str, text: str) -> None:
    assert _detect(tmp_path, **{name: text}) == Versions()


def test_missing_folder_and_directories_in_place_of_files(tmp_path: Path) -> None:
    assert detect(str(tmp_path / "absent")) == Versions()
    (tmp_path / "uv.lock").mkdir()
    (tmp_path / "requirements.txt").mkdir()
    (tmp_path / ".python-version").mkdir()
    assert detect(str(tmp_path)) == Versions()

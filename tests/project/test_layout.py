"""Which file an import means, for the layouts that projects have."""

from __future__ import annotations

import pytest

from asyncsa_lint.project.layout import Layout

PACKAGE = ["app/__init__.py", "app/main.py", "app/db.py", "app/api/__init__.py", "app/api/users.py"]
MONOREPO = [
    "services/orders/app/__init__.py",
    "services/orders/app/main.py",
    "services/orders/app/db.py",
    "services/orders/tests/test_main.py",
    "services/users/app/__init__.py",
    "services/users/app/main.py",
    "services/users/app/db.py",
    "tests/test_all.py",
]


def layout(files: list[str], *src: str) -> Layout:
    return Layout([f"/p/{file}" for file in files], "/p", src)


def find(built: Layout, module: str, importer: str) -> str | None:
    found = built.find(module, f"/p/{importer}")
    return found.removeprefix("/p/") if found else None


@pytest.mark.parametrize(
    ("files", "path", "name"),
    [
        (PACKAGE, "app/api/users.py", "app.api.users"),
        (PACKAGE, "app/api/__init__.py", "app.api"),
        (["src/app/__init__.py", "src/app/db.py"], "src/app/db.py", "app.db"),
        (["src/ns/app/__init__.py", "src/ns/app/db.py"], "src/ns/app/db.py", "ns.app.db"),
        (["app/main.py"], "app/main.py", "app.main"),
        (["main.py"], "main.py", "main"),
        (MONOREPO, "services/users/app/db.py", "app.db"),
    ],
)
def test_module_names(files: list[str], path: str, name: str) -> None:
    assert layout(files).module_name(f"/p/{path}") == name


@pytest.mark.parametrize(
    ("files", "module", "importer", "found"),
    [
        pytest.param(PACKAGE, "app.db", "app/api/users.py", "app/db.py", id="package"),
        pytest.param(PACKAGE, "app.api", "app/main.py", "app/api/__init__.py", id="subpackage"),
        pytest.param(PACKAGE, "app.missing", "app/main.py", None, id="missing submodule"),
        pytest.param(PACKAGE, "sqlalchemy", "app/main.py", None, id="library"),
        pytest.param(["app/main.py", "app/db.py"], "app.db", "app/main.py", "app/db.py", id="no __init__"),
        pytest.param(
            ["run/a.py", "run/models.py"], "models", "run/a.py", "run/models.py", id="script sibling"
        ),
        pytest.param(
            ["src/app/__init__.py", "src/app/db.py", "tests/test_a.py"],
            "app.db",
            "tests/test_a.py",
            "src/app/db.py",
            id="tests beside src",
        ),
        pytest.param(
            ["backend/app/__init__.py", "backend/app/db.py", "tests/test_a.py"],
            "app.db",
            "tests/test_a.py",
            "backend/app/db.py",
            id="tests beside a folder with the package",
        ),
        pytest.param(
            ["src/models.py", "tests/t.py"], "models", "tests/t.py", "src/models.py", id="module in src"
        ),
        pytest.param(
            ["a/shared/ns/db.py", "b/main.py"], "shared.ns.db", "b/main.py", None, id="unrelated folder"
        ),
        pytest.param(
            ["backend/__init__.py", "backend/core/db.py", "backend/core/api/a.py"],
            "core.db",
            "backend/core/api/a.py",
            "backend/core/db.py",
            id="stray init above a folder of the program",
        ),
        pytest.param(
            ["app/__init__.py", "app/redis/__init__.py", "app/redis/client.py", "app/redis/keys.py"],
            "redis.client",
            "app/redis/keys.py",
            None,
            id="package inside a package does not hide a library",
        ),
        pytest.param(
            ["app/__init__.py", "app/api/a.py", "app/redis/client.py"],
            "redis.client",
            "app/api/a.py",
            None,
            id="folder inside a package does not hide a library from its neighbours",
        ),
    ],
)
def test_found_file(files: list[str], module: str, importer: str, found: str | None) -> None:
    assert find(layout(files), module, importer) == found


@pytest.mark.parametrize(
    ("importer", "found"),
    [
        ("services/orders/app/main.py", "services/orders/app/db.py"),
        ("services/users/app/main.py", "services/users/app/db.py"),
        ("services/orders/tests/test_main.py", "services/orders/app/db.py"),
        pytest.param("tests/test_all.py", None, id="equally close: nobody knows"),
    ],
)
def test_service_of_a_monorepo_finds_itself(importer: str, found: str | None) -> None:
    assert find(layout(MONOREPO), "app.db", importer) == found


def test_configured_source_directory() -> None:
    files = ["python/lib/db.py", "tests/test_a.py"]
    assert find(layout(files), "lib.db", "tests/test_a.py") is None
    assert find(layout(files, "python"), "lib.db", "tests/test_a.py") == "python/lib/db.py"


def test_script_elsewhere_does_not_hide_a_library() -> None:
    built = layout(["deploy/redis.py", "deploy/run.py", "app/__init__.py", "app/main.py", "app/redis.py"])
    assert find(built, "redis", "app/main.py") is None
    assert find(built, "redis", "deploy/run.py") == "deploy/redis.py"


def test_module_in_a_folder_without_init_does_not_hide_the_standard_library() -> None:
    built = layout(["app/logging.py", "app/main.py"])
    assert find(built, "logging", "app/main.py") is None
    assert find(built, "app.logging", "app/main.py") == "app/logging.py"


def test_script_does_not_import_itself() -> None:
    built = layout(["celery.py", "main.py"])
    assert find(built, "celery", "celery.py") is None
    assert find(built, "celery", "main.py") == "celery.py"


def test_package_wins_over_folder_and_module() -> None:
    built = layout(["app.py", "app/__init__.py", "x/app/db.py", "app/db.py", "x/main.py"])
    assert find(built, "app", "x/main.py") == "app/__init__.py"
    assert find(built, "app.db", "x/main.py") == "app/db.py"


@pytest.mark.parametrize(
    ("module", "level", "importer", "found"),
    [
        ("", 1, "app/api/users.py", "app/api/__init__.py"),
        ("db", 2, "app/api/users.py", "app/db.py"),
        ("users", 1, "app/api/__init__.py", "app/api/users.py"),
        ("db", 3, "app/api/users.py", None),
        ("db", 30, "app/api/users.py", None),
        ("main", 2, "app/main.py", None),
    ],
)
def test_relative_import(module: str, level: int, importer: str, found: str | None) -> None:
    result = layout([*PACKAGE, "main.py", "db.py"]).find_relative(module, level, f"/p/{importer}")
    assert result == (f"/p/{found}" if found else None)


def test_relative_import_between_folders_without_init() -> None:
    built = layout(["app/api/users.py", "app/db.py"])
    assert built.find_relative("db", 2, "/p/app/api/users.py") == "/p/app/db.py"
    assert built.find_relative("db", 3, "/p/app/api/users.py") is None


def test_root_may_be_a_package_itself() -> None:
    built = layout(["__init__.py", "db.py", "main.py"])
    assert find(built, "db", "main.py") == "db.py"
    assert built.find_relative("db", 1, "/p/main.py") == "/p/db.py"

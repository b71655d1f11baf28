"""What functions are to the framework."""

from __future__ import annotations

import pytest

from asyncsa_lint.config import Config
from asyncsa_lint.project.callgraph import CallGraph
from asyncsa_lint.project.inference import Inference
from asyncsa_lint.project.roles import Roles
from tests.project.building import Built

APP = """
    from contextlib import asynccontextmanager
    from typing import Annotated

    import click
    import typer
    from celery import Celery
    from fastapi import APIRouter, BackgroundTasks, Depends as D, FastAPI
    from starlette.background import BackgroundTask
    from starlette.middleware import Middleware
    from starlette.middleware.base import BaseHTTPMiddleware
    from starlette.routing import Route

    from other import make_router, unknown


    @asynccontextmanager
    async def life(app): yield

    async def on_start(): ...
    async def on_value_error(request, error): ...

    class Timing(BaseHTTPMiddleware):
        async def dispatch(self, request, call_next): ...

    class Raw:
        async def __call__(self, scope, receive, send): ...

    app = FastAPI(
        lifespan=life,
        on_startup=[on_start],
        exception_handlers={ValueError: on_value_error},
        middleware=[Middleware(Raw)],
    )
    router = make_router()
    celery = Celery()
    cli = typer.Typer()

    async def session(): yield
    async def guard(): ...
    async def in_include(): ...

    class Query:
        def __init__(self, q: str = "") -> None: ...

    class Provider:
        def __call__(self) -> int: return 1

    Session = Annotated[object, D(session)]

    @app.get("/", dependencies=[D(guard)])
    async def read(s: Session, query: Annotated[Query, D()], value=D(Provider())):
        helper()

    @router.websocket("/ws")
    async def socket(websocket): ...

    @unknown.get("/")
    async def nothing(): ...

    async def added(): ...
    app.add_api_route("/added", added)
    routes = [Route("/listed", added)]
    app.include_router(router, dependencies=[D(in_include)])

    async def work(): ...
    async def later(): ...

    async def post(tasks: BackgroundTasks, progress):
        tasks.add_task(work)
        progress.add_task(helper)
        return BackgroundTask(later)

    app.post("/by-call")(post)

    @app.middleware("http")
    async def timing(request, call_next): ...

    @app.exception_handler(KeyError)
    async def on_key_error(request, error): ...

    @app.on_event("startup")
    async def started(): ...

    @celery.task
    def job(): ...

    @cli.command()
    def command(): ...

    @click.group()
    def group(): ...

    @group.command()
    def sub(): ...

    def helper():
        deeper()

    def deeper(): ...
    def lonely(): ...
"""
OTHER = """
    from fastapi import APIRouter

    def make_router() -> APIRouter:
        return APIRouter()
"""
TESTS = """
    import pytest

    @pytest.fixture
    def engine(): ...

    def test_one(engine): ...
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    files = {
        "app.py": APP,
        "other.py": OTHER,
        "tests/test_app.py": TESTS,
        "migrations/env.py": "def run(): ...\n",
    }
    return Built(tmp_path_factory.mktemp("roles"), files)


@pytest.fixture(scope="module")
def roles(built: Built) -> Roles:
    return Roles(built.project, CallGraph(Inference(built.project)), Config())


@pytest.mark.parametrize(
    ("path", "function", "expected"),
    [
        ("app.py", "life", ["lifespan"]),
        ("app.py", "on_start", ["startup handler"]),
        ("app.py", "started", ["startup handler"]),
        ("app.py", "on_value_error", ["exception handler"]),
        ("app.py", "on_key_error", ["exception handler"]),
        ("app.py", "Timing.dispatch", ["middleware"]),
        ("app.py", "Raw.__call__", ["middleware"]),
        ("app.py", "timing", ["middleware"]),
        ("app.py", "session", ["dependency"]),
        ("app.py", "guard", ["dependency"]),
        ("app.py", "in_include", ["dependency"]),
        ("app.py", "Query.__init__", ["dependency"]),
        ("app.py", "Provider.__call__", ["dependency"]),
        ("app.py", "read", ["path operation"]),
        ("app.py", "added", ["path operation"]),
        ("app.py", "post", ["path operation"]),
        ("app.py", "socket", ["websocket"]),
        ("app.py", "nothing", []),
        ("app.py", "work", ["background task"]),
        ("app.py", "later", ["background task"]),
        ("app.py", "job", ["worker task"]),
        ("app.py", "command", ["script"]),
        ("app.py", "sub", ["script"]),
        ("app.py", "helper", []),
        ("tests/test_app.py", "engine", ["fixture", "test"]),
        ("tests/test_app.py", "test_one", ["test"]),
        ("migrations/env.py", "run", ["migration"]),
    ],
)
def test_role(built: Built, roles: Roles, path: str, function: str, expected: list[str]) -> None:
    assert [str(role) for role in roles.of(built.function(path, function))] == expected


@pytest.mark.parametrize(
    ("function", "expected"),
    [("deeper", ["read", "helper", "deeper"]), ("read", ["read"]), ("lonely", None), ("job", None)],
)
def test_request_trail(built: Built, roles: Roles, function: str, expected: list[str] | None) -> None:
    trail = roles.request_trail(built.function("app.py", function))
    assert (None if trail is None else [each.symbol for each in trail]) == expected


def test_patterns(built: Built, roles: Roles) -> None:
    assert roles.matches(built.path("tests/test_app.py"), ("tests/",))
    assert roles.matches(built.path("tests/test_app.py"), ("test_*.py",))
    assert not roles.matches(built.path("app.py"), ("tests/", "test_*.py"))

"""Events of small projects: what the fixtures of test_cases can not show one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncsa_lint.config import Config
from asyncsa_lint.flow.events import EngineAbandoned, EngineCreated, Event, ScopedSessionBuilt, StartupHandler
from asyncsa_lint.flow.lifecycle import Lifecycle
from asyncsa_lint.project.mapping.models import Models
from asyncsa_lint.project.versions import NEWEST, Version, Versions
from tests.project.building import Built

HEAD = """from sqlalchemy.ext.asyncio import create_async_engine
from fastapi import APIRouter, Depends, FastAPI
"""


def events(
    root: Path, files: dict[str, str], config: Config | None = None, fastapi: Version = NEWEST
) -> list[Event]:
    """All events of a project, by file."""
    built = Built(root, files)
    lifecycle = Lifecycle(built.project, Models(built.project), Versions(fastapi=fastapi), config or Config())
    return [event for name in sorted(files) for event in lifecycle.events(built.module(name))]


def created(root: Path, text: str, config: Config | None = None) -> list[tuple[int, str]]:
    """Line and context of engines that are made per request."""
    found = events(root, {"main.py": HEAD + text}, config)
    return [(event.span.line, event.context) for event in found if isinstance(event, EngineCreated)]


def test_trail_names_each_call(tmp_path: Path) -> None:
    text = """
app = FastAPI()

def build():
    return create_async_engine("postgresql+asyncpg://x")

def factory():
    return build()

@app.get("/")
async def read():
    return factory()
"""
    found = [each for each in events(tmp_path, {"main.py": HEAD + text}) if isinstance(each, EngineCreated)]
    assert [(step.span.line, step.message) for each in found for step in each.trail] == [
        (13, "path operation `read` runs for every request"),
        (14, "`factory` is called here"),
        (10, "`build` is called here"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "    return create_async_engine(URL, poolclass=NullPool)",
        "    global engine\n    if engine is None:\n        engine = create_async_engine(URL)",
        "    if 'x' in engines:\n        return engines['x']\n    engines['x'] = create_async_engine(URL)",
        "    try:\n        return engines['x']\n    except E:\n        engines['x'] = create_async_engine(U)",
        "    if engine is None:\n        init()\n    return engine",
    ],
)
def test_cached_or_unpooled(tmp_path: Path, body: str) -> None:
    text = f"""
from sqlalchemy.pool import NullPool
URL = "postgresql+asyncpg://x"
engine = None
engines = {{}}

def init():
    global engine
    engine = create_async_engine(URL)

app = FastAPI()

@app.get("/")
async def read():
{body}
"""
    assert created(tmp_path, text) == []


@pytest.mark.parametrize("name", ["make_app", "lifespan", "build_engine"])
def test_bootstrap_functions_of_the_configuration(tmp_path: Path, name: str) -> None:
    text = f"""
app = FastAPI()

def {name}():
    return create_async_engine("postgresql+asyncpg://x")

@app.get("/")
async def read():
    return {name}()
"""
    assert created(tmp_path, text) == []
    assert created(tmp_path, text, Config(bootstrap_functions=())) == [(7, "path operation")]


def test_engine_that_only_some_callers_need_is_not_shown(tmp_path: Path) -> None:
    text = """
app = FastAPI()

class Database:
    def __init__(self, engine=None):
        self.engine = engine if engine is not None else create_async_engine("postgresql+asyncpg://x")

@app.get("/")
async def read():
    return Database(shared)
"""
    assert created(tmp_path, text) == []


def test_connection_test_is_silent(tmp_path: Path) -> None:
    text = """
app = FastAPI()

@app.post("/check")
async def check(url: str):
    engine = create_async_engine(url)
    try:
        async with engine.connect():
            return True
    finally:
        await engine.dispose()
"""
    assert created(tmp_path, text) == []


def abandoned(root: Path, files: dict[str, str]) -> list[tuple[str, int, str, str]]:
    """File, line, constructor and owner of engines that nothing disposes."""
    return [
        (Path(event.span.path).name, event.span.line, event.constructor, event.owner)
        for event in events(root, files)
        if isinstance(event, EngineAbandoned)
    ]


def test_helper_in_another_module(tmp_path: Path) -> None:
    files = {
        "db.py": "from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine\n\n"
        "def build(url):\n    engine = create_async_engine(url)\n    return wrap(engine)\n\n"
        "def wrap(engine):\n    return async_sessionmaker(engine)\n",
        "jobs.py": "from db import build\n\ndef job():\n    return build('x')()\n",
    }
    assert abandoned(tmp_path, files) == [("jobs.py", 4, "build", "local variable")]


@pytest.mark.parametrize(
    "use",
    [
        "register(engine)",
        "stack.push_async_callback(engine.dispose)",
        "self.engine = engine",
        "engines.append(engine)\nfor each in engines:\n    await each.dispose()",
    ],
)
def test_out_of_sight_or_disposed(tmp_path: Path, use: str) -> None:
    lines = "".join(f"    {line}\n" for line in use.splitlines())
    text = f"{HEAD}from library import register, stack\n\nasync def job(self, engines):\n"
    text += f"    engine = create_async_engine('postgresql+asyncpg://x')\n{lines}"
    assert abandoned(tmp_path, {"jobs.py": text}) == []


def test_disposed_through_a_local_import(tmp_path: Path) -> None:
    files = {
        "db.py": HEAD + "engine = create_async_engine('x')\n",
        "main.py": "from fastapi import FastAPI\n\nasync def life(app):\n    yield\n"
        "    from db import engine\n    await engine.dispose()\n\napp = FastAPI(lifespan=life)\n",
    }
    assert abandoned(tmp_path, files) == []
    files["main.py"] = files["main.py"].replace("await engine.dispose()", "print(engine)")
    assert abandoned(tmp_path, files) == [("db.py", 3, "create_async_engine", "module")]


ROUTER = """
router = APIRouter()

async def life(app): yield

@router.on_event("startup")
async def start(): ...

app = FastAPI(lifespan=life)
app.include_router(router)
"""


@pytest.mark.parametrize(("fastapi", "ignored"), [((0, 112, 0), True), ((0, 112, 4), False), (NEWEST, False)])
def test_router_events_by_version(tmp_path: Path, fastapi: Version, ignored: bool) -> None:
    found = events(tmp_path, {"main.py": HEAD + ROUTER}, fastapi=fastapi)
    handlers = [event for event in found if isinstance(event, StartupHandler)]
    assert [(event.target, event.ignored) for event in handlers] == [("APIRouter", ignored)]


def test_application_handed_to_a_function(tmp_path: Path) -> None:
    files = {
        "main.py": HEAD + "from events import register\n\nasync def life(app): yield\n\n"
        "app = FastAPI(lifespan=life)\nregister(app)\n",
        "events.py": "from fastapi import FastAPI\n\ndef register(app: FastAPI):\n"
        "    app.router.add_event_handler('startup', print)\n",
    }
    handlers = [event for event in events(tmp_path, files) if isinstance(event, StartupHandler)]
    assert [(event.registration, event.ignored) for event in handlers] == [
        ("app.router.add_event_handler('startup')", True)
    ]


def test_allowed_registry(tmp_path: Path) -> None:
    text = "from asyncio import current_task\nfrom sqlalchemy.ext.asyncio import async_scoped_session\n"
    text += "Session = async_scoped_session(factory, scopefunc=current_task)\n"
    text += "One = async_scoped_session(factory)\n"

    def lines(config: Config) -> list[int]:
        found = events(tmp_path, {"main.py": text}, config)
        return [event.span.line for event in found if isinstance(event, ScopedSessionBuilt)]

    assert lines(Config()) == [3, 4]
    assert lines(Config(allow_async_scoped_session=True)) == [4]


def test_hostile_shapes_end(tmp_path: Path) -> None:
    text = f"""
app = FastAPI()
x = app{".router" * 400}.on_event("startup")
y = app{".f()" * 400}
a = b = a.b.c(b.a, a.a)

class A(A):
    a = a

    def f(self):
        self.a = self.a.a.a
        return self.f().f().a

@app.get("/")
async def read(a=Depends(read)):
    return read(a)(lambda: create_async_engine(create_async_engine("u")))
"""
    events(tmp_path, {"main.py": HEAD + text})

"""Cold, warm, serial, parallel, in any order, after any edit: the same findings."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asyncsa_lint.config import Config
from asyncsa_lint.flow.analysis import AnalysisContext
from asyncsa_lint.pipeline import prefetch
from asyncsa_lint.pipeline.crew import Crew
from asyncsa_lint.pipeline.modules import Modules
from asyncsa_lint.pipeline.stack import with_deep_stack
from asyncsa_lint.project.names import Project
from tests.cache.projects import VARIANTS, make, run, write

ROOT = Path(__file__).parent.parent.parent
CORPUS = ("test_cases/lazy-attribute-access", "test_cases/request-scoped-engine", "examples/shop")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    for name in CORPUS:
        shutil.copytree(
            ROOT / name, folder / name.replace("-", "_"), ignore=shutil.ignore_patterns("__pycache__")
        )
    return folder


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefetch, "WORTH_IT", 1)


def no_child_is_left() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG)[0] == 0 and False
    except ChildProcessError:
        return True


def test_corpus_cold_warm_parallel_serial(corpus: Path, tmp_path: Path, workers: None) -> None:
    serial = run(corpus)
    assert len(serial.findings) > 50
    assert run(corpus, tmp_path / "cache", jobs=2) == serial
    assert run(corpus, tmp_path / "cache") == serial
    # With one more file the findings of the whole are not known, but those of the modules are.
    write(corpus, "more.py", "import asyncio\n\n\nasync def main() -> None:\n    await asyncio.sleep(1)\n")
    assert run(corpus, tmp_path / "cache").findings == serial.findings
    assert no_child_is_left()


def test_workers_without_a_cache(tmp_path: Path, workers: None) -> None:
    project = make(tmp_path)
    assert run(project, jobs=2) == run(project)


def test_any_order(tmp_path: Path) -> None:
    project = make(tmp_path)
    paths = [str(path) for path in sorted(project.rglob("*.py"))]

    def analyses(order: list[str]) -> list[object]:
        modules = Modules(AnalysisContext(Project(paths, str(project)), Config()), None)
        first = {path: modules.first(path) for path in order}
        then = {path: modules.then(path) for path in order}
        return [*sorted(first.items()), *sorted(then.items())]

    assert with_deep_stack(lambda: analyses(paths)) == with_deep_stack(lambda: analyses(paths[::-1]))


def test_a_file_that_comes_to_reach_a_database(tmp_path: Path) -> None:
    """Two files on the way say nothing of one themselves."""
    project = tmp_path / "project"
    write(
        project, "api.py", "from jobs import total\n\n\nasync def show() -> int:\n    return await total()\n"
    )
    write(
        project,
        "jobs.py",
        "from rows import newest\n\n\nasync def total() -> int:\n    return len((await newest()).items)\n",
    )
    write(project, "rows.py", "async def newest() -> object:\n    return None\n")
    assert not run(project, tmp_path / "cache").findings
    write(project, "rows.py", ROWS)
    found = run(project, tmp_path / "cache")
    assert found == run(project)
    assert [(Path(each.span.path).name, each.code) for each in found.findings] == [("jobs.py", "ASA504")]


ROWS = """
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

engine = create_async_engine("sqlite+aiosqlite://")


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))


class Order(Base):
    __tablename__ = "order"
    id: Mapped[int] = mapped_column(primary_key=True)
    items: Mapped[list[Item]] = relationship()


async def newest() -> Order:
    async with AsyncSession(engine) as session:
        return (await session.scalars(select(Order))).one()
"""


STEPS = st.lists(
    st.sampled_from([(name, text) for name, texts in VARIANTS.items() for text in texts]),
    min_size=1,
    max_size=4,
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_edits(steps: list[tuple[str, str | None]], tmp_path: Path) -> None:
    project, cache = make(tmp_path / "project"), tmp_path / "cache"
    run(project, cache)
    for name, text in steps:
        write(project, name, text)
        assert run(project, cache) == run(project), name


def test_each_edit_alone(tmp_path: Path) -> None:
    """Every variant of every file after the first ones, against a run that remembers nothing."""
    cache = tmp_path / "cache"
    for name, texts in VARIANTS.items():
        for text in texts[1:]:
            project = make(tmp_path / "project")
            run(project, cache)
            write(project, name, text)
            assert run(project, cache) == run(project), name


def test_lines_that_move(tmp_path: Path) -> None:
    """What was found in one file is told where its parts stand now, in the order in which they stand."""
    project, cache = make(tmp_path / "project"), tmp_path / "cache"
    before = run(project, cache)
    for path in sorted(project.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        head, found, tail = text.partition("\n\n\n")
        path.write_text(f"{head}\n\n\ndef added() -> None: ...{found}{tail}", encoding="utf-8")
        assert run(project, cache) == run(project), path
        path.write_text(f"# é\n{head}{found}{tail}", encoding="utf-8")
        assert run(project, cache) == run(project), path
    assert [each.code for each in run(project).findings] == [each.code for each in before.findings]
    assert {each.span for each in run(project).findings} != {each.span for each in before.findings}


def test_another_place(tmp_path: Path) -> None:
    """What was found in one checkout holds in another; the paths are those of the other."""
    one, other = make(tmp_path / "one" / "p"), make(tmp_path / "other" / "p")
    run(one, tmp_path / "cache")
    found = run(other, tmp_path / "cache")
    assert found == run(other)
    assert found.findings and all(f.span.path.startswith(str(other)) for f in found.findings)


def test_template(tmp_path: Path) -> None:
    """A file that is no Python is asked for again too."""
    project, cache = make(tmp_path / "project"), tmp_path / "cache"
    main = "from fastapi import FastAPI, Request\nfrom fastapi.templating import Jinja2Templates\n"
    main += "from sqlalchemy import select\nfrom app.models import User\nfrom app.routes import factory\n"
    main += "app = FastAPI()\ntemplates = Jinja2Templates(directory='templates')\n\n\n@app.get('/')\n"
    main += "async def page(request: Request):\n    async with factory() as session:\n"
    main += "        user = (await session.scalars(select(User))).first()\n"
    main += "        return templates.TemplateResponse(request, 'page.html', {'user': user})\n"
    write(project, "app/main.py", main)
    counts = set()
    for text in ("{{ user.posts }}", "{{ user.id }}", None):
        write(project, "app/templates/page.html", text)
        found = run(project, cache)
        assert found == run(project)
        counts.add(len(found.findings))
    assert len(counts) > 1


class TestWorkers:
    def test_killed(self, tmp_path: Path, workers: None, monkeypatch: pytest.MonkeyPatch) -> None:
        """The first process that is started is killed before it can answer."""
        project = make(tmp_path)
        start = Crew._new
        killed: list[object] = []

        def new(self: Crew) -> object:
            process = start(self)
            if not killed and process is not None:
                killed.append(process)
                process.kill()
            return process

        monkeypatch.setattr(Crew, "_new", new)
        assert run(project, tmp_path / "cache", jobs=2) == run(project)
        assert killed and no_child_is_left()

    def test_all_killed(self, tmp_path: Path, workers: None, monkeypatch: pytest.MonkeyPatch) -> None:
        """A module that every process dies of is reported, once; the others are analysed."""
        project = make(tmp_path)
        start = Crew._new

        def new(self: Crew) -> object:
            process = start(self)
            if process is not None:
                process.kill()
            return process

        monkeypatch.setattr(Crew, "_new", new)
        found = run(project, tmp_path / "cache", jobs=2)
        broken = [finding for finding in found.findings if finding.code == "ASA009"]
        assert broken and all("ended with status -9" in finding.message for finding in broken)
        assert found.exit_status == 2
        assert run(project, tmp_path / "cache") == run(project), "nothing of it is remembered"

    def test_can_not_be_started(self, tmp_path: Path, workers: None, monkeypatch: pytest.MonkeyPatch) -> None:
        project = make(tmp_path)
        expected = run(project)
        monkeypatch.setattr("sys.executable", str(tmp_path / "no-python"))
        assert run(project, tmp_path / "cache", jobs=2) == expected

    def test_end_with_their_parent(self, tmp_path: Path) -> None:
        project = make(tmp_path)
        crew = Crew(Project([str(project / "app/main.py")], str(project)), Config(), str(tmp_path), 1)
        process = crew._new()
        assert process is not None and process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0
        crew.close()

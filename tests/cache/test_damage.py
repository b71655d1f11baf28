"""Whatever happens to the cache: a miss or a plain warning, never another answer, never a crash."""

from __future__ import annotations

import random
import re
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from asyncsa_lint.pipeline.cache import database as module
from asyncsa_lint.pipeline.cache import environment, kept
from asyncsa_lint.pipeline.cache.database import FILE, Database, key_of
from asyncsa_lint.pipeline.run import RunResult
from tests.cache.projects import VARIANTS, make, run, write

SOURCE = Path(module.__file__).parent.parent.parent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make(tmp_path / "project")


@pytest.fixture
def cache(project: Path, tmp_path: Path) -> Path:
    run(project, tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def expected(project: Path) -> RunResult:
    return run(project)


def changed(project: Path) -> None:
    """So that parts are looked up, not only the whole."""
    write(project, "app/special.py", VARIANTS["app/special.py"][1])


@pytest.mark.parametrize("size", [0, 1, 100, 5_000, 20_000])
def test_truncated(project: Path, cache: Path, expected: RunResult, size: int) -> None:
    data = (cache / FILE).read_bytes()
    (cache / FILE).write_bytes(data[:size])
    told: list[str] = []
    assert run(project, cache, warnings=told) == expected
    assert run(project, cache, warnings=told) == expected


@pytest.mark.parametrize("seed", range(12))
def test_garbled(project: Path, cache: Path, seed: int) -> None:
    generator = random.Random(seed)
    data = bytearray((cache / FILE).read_bytes())
    for _ in range(generator.choice([1, 20, 400])):
        data[generator.randrange(len(data))] = generator.randrange(256)
    (cache / FILE).write_bytes(data)
    changed(project)
    told: list[str] = []
    assert run(project, cache, warnings=told) == run(project)
    assert all("\n" not in line for line in told)


def test_something_else(project: Path, cache: Path, expected: RunResult) -> None:
    (cache / FILE).write_text("no database\n" * 1000)
    told: list[str] = []
    assert run(project, cache, warnings=told) == expected
    assert run(project, cache) == expected and not told


def test_values_exchanged(project: Path, cache: Path) -> None:
    """A value under the key of another one is none."""
    with sqlite3.connect(cache / FILE) as connection:
        rows = connection.execute("SELECT key, variant FROM entries").fetchall()
        values = connection.execute("SELECT value FROM entries").fetchall()
        for (key, variant), (value,) in zip(rows, values[1:] + values[:1], strict=True):
            connection.execute(
                "UPDATE entries SET value = ? WHERE key = ? AND variant = ?", (value, key, variant)
            )
    connection.close()
    changed(project)
    assert run(project, cache) == run(project)


def test_another_version(
    project: Path, cache: Path, expected: RunResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its entries are not ours, though they can be read."""
    monkeypatch.setattr(kept, "tool", lambda: "another")
    monkeypatch.setattr("asyncsa_lint.pipeline.modules.tool", lambda: "another")
    entries = Database(str(cache), print).count()
    assert run(project, cache) == expected
    assert Database(str(cache), print).count() > entries


def test_another_layout(project: Path, cache: Path, expected: RunResult) -> None:
    with sqlite3.connect(cache / FILE) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.execute("DROP TABLE entries")
        connection.execute("CREATE VIEW entries AS SELECT 1 AS key")
    connection.close()
    told: list[str] = []
    assert run(project, cache, warnings=told) == expected


def test_folder_is_a_file(project: Path, tmp_path: Path, expected: RunResult) -> None:
    (tmp_path / "file").write_text("")
    told: list[str] = []
    assert run(project, tmp_path / "file", warnings=told) == expected
    assert len(told) == 1 and told[0].startswith(f"the cache in {tmp_path / 'file'} is not used: ")


def test_full_disk(
    project: Path, tmp_path: Path, expected: RunResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_TABLE", "PRAGMA max_page_count = 3; " + module._TABLE)
    connect = sqlite3.connect

    class Small(sqlite3.Connection):
        def execute(self, sql: str, *rest: object) -> sqlite3.Cursor:
            for part in sql.split("; ")[:-1]:
                super().execute(part)
            return super().execute(sql.split("; ")[-1], *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(sqlite3, "connect", lambda *args, **options: connect(*args, **options, factory=Small))
    told: list[str] = []
    assert run(project, tmp_path / "cache", warnings=told) == expected
    assert told == [f"the cache in {tmp_path / 'cache'} is not used: database or disk is full"]


def test_read_only(project: Path, cache: Path, expected: RunResult, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root every folder can be written; so the answer of the system is given instead."""
    (cache / FILE).chmod(stat.S_IRUSR)
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert run(project, cache) == expected
    changed(project)
    told: list[str] = []
    assert run(project, cache, warnings=told) == run(project)


def test_two_runs_at_once(project: Path, tmp_path: Path, expected: RunResult) -> None:
    cache = tmp_path / "shared"
    command = [sys.executable, "-c", _RUN.format(project=str(project), cache=str(cache))]
    runs = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=SOURCE.parent.parent)
        for _ in range(3)
    ]
    counts = {process.communicate(timeout=120)[0] for process in runs}
    assert counts == {f"{len(expected.findings)}\n"}
    assert run(project, cache) == expected


def test_killed_at_any_moment(project: Path, tmp_path: Path) -> None:
    cache, generator = tmp_path / "cache", random.Random(7)
    command = [sys.executable, "-c", _RUN.format(project=str(project), cache=str(cache))]
    for number in range(4):
        write(project, "app/more.py", f"number = {number}\n")
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=SOURCE.parent.parent)
        try:
            process.wait(generator.uniform(0.3, 1.5))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        told: list[str] = []
        assert run(project, cache, warnings=told) == run(project)
        assert not told


_RUN = """
import sys
import time
from pathlib import Path
sys.path.insert(0, ".")
from tests.cache.projects import run
print(len(run(Path({project!r}), Path({cache!r}), warnings=[]).findings))
"""


class TestDatabase:
    def test_bounded(self, tmp_path: Path) -> None:
        database = Database(str(tmp_path), print, limit=200_000)
        for number in range(30):
            text = "".join(random.Random(number).choices("abcdefgh", k=20_000))
            database.put([(key_of(str(number)), b"", text)])
        assert (tmp_path / FILE).stat().st_size <= 200_000
        assert database.count() > 0

    def test_variants_are_bounded(self, tmp_path: Path) -> None:
        database = Database(str(tmp_path), print)
        for number in range(20):
            database.put([(key_of("one"), str(number).encode(), number)])
        assert database.count() == module.VARIANTS

    def test_of_many_variants_the_last_stay(self, tmp_path: Path) -> None:
        database = Database(str(tmp_path), print)
        numbers = list(range(3 * module.VARIANTS))
        for number in numbers:
            database.put([(key_of("a"), key_of(str(number)), number)])
        assert database.get(key_of("a")) == numbers[: -module.VARIANTS - 1 : -1]

    def test_of_much_what_was_read_stays(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        database = Database(str(tmp_path), print, limit=100_000)
        values = [
            (key_of(str(number)), b"", random.Random(number).randbytes(500).hex()) for number in range(120)
        ]
        database.put(values[:80])
        later = time.time_ns() + 2 * 60 * 60 * 1_000_000_000
        monkeypatch.setattr(time, "time_ns", lambda: later)
        assert database.get(values[0][0])
        database.put(values[80:])
        left = [bool(database.get(key)) for key, _, _ in values]
        assert left[0] and not left[1] and all(left[80:])

    def test_folder_ignores_itself(self, tmp_path: Path) -> None:
        Database(str(tmp_path / "cache"), print).put([(key_of("one"), b"", 1)])
        assert (tmp_path / "cache" / ".gitignore").read_text() == "*\n"
        tag = (tmp_path / "cache" / "CACHEDIR.TAG").read_text()
        assert tag.startswith("Signature: 8a477f597d28d172789f06886806bc55")

    def test_nothing_is_executed(self) -> None:
        """No module of ours knows a format that can hold code."""
        for path in SOURCE.rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"^\s*(import|from) (pickle|marshal|shelve|dill)\b", text, re.M), path
            assert path.parent.name != "cache" or not re.search(r"(?<![\w.])(exec|eval|compile)\(", text), (
                path
            )

    def test_no_layer_above_trees_reads_files(self) -> None:
        """What is read past them is not noted, so a change of it would not be seen."""
        for layer in ("flow", "rules", "facts", "knowledge", "project"):
            for path in (SOURCE / layer).rglob("*.py"):
                text = path.read_text(encoding="utf-8")
                allowed = path.name in {"versions.py"}  # part of the environment of every entry
                assert allowed or not re.search(
                    r"(?<![\w.])open\(|read_text|read_bytes|os\.walk|scandir", text
                ), path


def test_the_tool_is_its_files(tmp_path: Path) -> None:
    assert re.fullmatch("[0-9a-f]{32}", environment.tool())

"""The rule that says when a bug counts as found, on a repository made here."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tasks import recall
from tasks.corpus import CorpusError
from tasks.linting import Found, LintRun
from tasks.recall import Bug, Place, Results, judge, read_bugs
from tasks.revisions import Revision, Trees

BUG = Bug(
    "me/app",
    "p" * 40,
    "f" * 40,
    (Place("app.py", 10), Place("models.py", 3)),
    "concurrent-session",
    "same-function",
)
FOUND = Found("ASA601", "app.py", 10, "stats", "gather(a(db), b(db))", "shared")


def state(before: tuple[Found, ...], after: tuple[Found, ...] = (), bug: Bug = BUG, failure: str = "") -> str:
    runs = {bug.rev: LintRun(before, 0.0), bug.fix: LintRun(after, 0.0, failure)}
    return judge(bug, lambda revision: runs[revision.commit]).state


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (FOUND, "found"),
        (replace(FOUND, line=12), "found"),
        (replace(FOUND, line=13), "missed"),
        (replace(FOUND, path="models.py", line=1), "found"),
        (replace(FOUND, path="other.py"), "missed"),
        (replace(FOUND, code="ASA501"), "missed"),
    ],
)
def test_place_and_family_decide(found: Found, expected: str) -> None:
    assert state((found,)) == expected


def test_what_the_fix_still_shows_does_not_count() -> None:
    moved = replace(FOUND, line=40)
    assert state((FOUND,), (moved,)) == "stays"
    assert state((FOUND,), (replace(FOUND, source="gather(a(db))"),)) == "found"
    assert state((FOUND, replace(FOUND, symbol="other")), (moved,)) == "found"


def test_without_a_fix_nothing_has_to_be_gone() -> None:
    assert state((FOUND,), bug=replace(BUG, fix="")) == "found"


def test_a_tree_that_can_not_be_linted_is_no_miss() -> None:
    assert state((FOUND,), failure="no answer") == "failed"


def test_an_unknown_class_is_an_error() -> None:
    with pytest.raises(CorpusError, match="unknown class"):
        state((), bug=replace(BUG, cls="nonsense"))


def test_files_of_all_three_kinds_are_read(tmp_path: Path) -> None:
    records = [
        {"repo": "me/app", "fix": "f", "parent": "p", "file": "a.py", "lines": [1, 2], "cls": "unawaited"},
        {"repo": "me/app", "rev": "r", "file": "a.py", "lines": [1], "naive_cls": "unawaited", "why": "no"},
    ]
    path = tmp_path / "bugs.jsonl"
    path.write_text("\n".join(map(json.dumps, records)) + "\n", encoding="utf-8")
    bug, trap = read_bugs(path)
    assert (bug.rev, bug.fix, bug.places) == ("p", "f", (Place("a.py", 1), Place("a.py", 2)))
    assert (trap.rev, trap.fix, trap.cls, trap.note) == ("r", "", "unawaited", "no")


@pytest.fixture
def repository(tmp_path: Path) -> tuple[Path, str, str]:
    """A mirror folder with one repository; commits of the parent and of the fix."""
    work = tmp_path / "mirror" / "me+app.py" / "repo"
    work.mkdir(parents=True)

    def git(*arguments: str) -> str:
        identity = ("-c", "user.name=me", "-c", "user.email=me@example.org")
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=work, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    git("init", "--quiet")
    commits = []
    for source in ("bug\n", "fixed\n"):
        (work / "app.py").write_text(source, encoding="utf-8")
        (work / "logo.png").write_text("?", encoding="utf-8")
        git("add", ".")
        git("commit", "--quiet", "--message", source)
        commits.append(git("rev-parse", "HEAD"))
    return tmp_path / "mirror", commits[0], commits[1]


def test_trees_hold_the_sources_of_a_revision(repository: tuple[Path, str, str], tmp_path: Path) -> None:
    mirror, parent, fix = repository
    trees = Trees(mirror, tmp_path / "trees")
    tree = trees.tree(Revision("me/app.py", parent))
    assert [path.name for path in tree.iterdir()] == ["app.py"]
    assert (tree / "app.py").read_text(encoding="utf-8") == "bug\n"
    assert (trees.tree(Revision("me/app.py", fix)) / "app.py").read_text(encoding="utf-8") == "fixed\n"


def test_unknown_repositories_and_commits_are_named(
    repository: tuple[Path, str, str], tmp_path: Path
) -> None:
    trees = Trees(repository[0], tmp_path / "trees")
    with pytest.raises(CorpusError, match="no git repository for me/other"):
        trees.tree(Revision("me/other", repository[1]))
    with pytest.raises(CorpusError, match="0000"):
        trees.tree(Revision("me/app.py", "0" * 40))


def test_a_commit_is_linted_once(repository: tuple[Path, str, str], tmp_path: Path) -> None:
    mirror, parent, fix = repository
    seen: list[Path] = []

    def linter(folder: Path) -> LintRun:
        seen.append(folder)
        wrong = "bug" in (folder / "app.py").read_text(encoding="utf-8")
        return LintRun((Found("ASA609", "app.py", 1, "", "bug", "lost"),) if wrong else (), 0.1)

    bug = Bug("me/app.py", parent, fix, (Place("app.py", 1),), "unawaited")
    for _ in range(2):
        results = Results(Trees(mirror, tmp_path / "trees"), tmp_path / "results", linter)
        results.prepare([bug, bug], jobs=2)
        assert judge(bug, results).state == "found"
    assert len(seen) == 2


def test_a_reported_trap_fails_the_run(
    repository: tuple[Path, str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mirror, parent, _ = repository
    trap = {
        "repo": "me/app.py",
        "rev": parent,
        "file": "app.py",
        "lines": [1],
        "naive_cls": "unawaited",
        "why": "",
    }
    path = tmp_path / "traps.jsonl"
    path.write_text(json.dumps(trap), encoding="utf-8")
    monkeypatch.setattr(
        recall, "lint", lambda folder: LintRun((Found("ASA609", "app.py", 1, "", "", ""),), 0.1)
    )
    assert (
        recall.main(["--mirror", str(mirror), "--traps", str(path), "--cache", str(tmp_path / "cache")]) == 1
    )
    assert "1/1" in capsys.readouterr().out


def test_mined_bugs_are_readable_and_of_a_known_class() -> None:
    bugs = recall.read_bugs(Path(recall.__file__).with_name("recall_mined.jsonl"))
    assert len(bugs) >= 5
    assert all(bug.family and bug.fix and bug.note and bug.places for bug in bugs)


def test_of_two_calls_written_alike_each_makes_a_claim_of_its_own() -> None:
    bug = recall.Bug("me/app.py", "before", "after", (recall.Place("app.py", 1),), "bg-session")
    runs = {
        "before": LintRun((Found("ASA602", "app.py", 1, "f", "add_task(", "gets the session"),), 0.1),
        "after": LintRun(
            (Found("ASA602", "app.py", 1, "f", "add_task(", "gets an instance of `Order`"),), 0.1
        ),
    }
    assert judge(bug, lambda revision: runs[revision.commit]).state == "found"
    runs["after"] = runs["before"]
    assert judge(bug, lambda revision: runs[revision.commit]).state == "stays"

"""`--since REV`: what a range of git touched, and what it caused elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.baseline.running import baseline, commit, complaint, edit, findings, git, lint
from tests.sandbox import MAIN, PROJECT, REPOSITORY, places, write

LOADED = REPOSITORY.replace("select(Order)", "select(Order).options(selectinload(Order.items))").replace(
    "import AsyncSession", "import AsyncSession\nfrom sqlalchemy.orm import selectinload"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with two old findings; the third is prevented by a loader option."""
    write(tmp_path, {**PROJECT, "app/repository.py": LOADED})
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path)
    return tmp_path


def since(revision: str, *arguments: str, folder: Path) -> list[tuple[str, int, str]]:
    return places(findings("--since", revision, *arguments, folder=folder))


def contents(folder: Path) -> dict[Path, bytes]:
    """All files but those of the cache."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in files if ".asyncsa_cache" not in path.parts}


def test_nothing_is_new_when_nothing_has_changed(project: Path) -> None:
    assert len(findings(folder=project)) == 2
    assert since("HEAD", folder=project) == []


def test_what_a_change_breaks_in_a_file_that_was_not_touched_is_new(project: Path) -> None:
    write(project, {"app/repository.py": REPOSITORY})
    assert since("HEAD", folder=project) == [("app/service.py", 8, "ASA501")]
    commit(project)
    assert since("HEAD~1", folder=project) == [("app/service.py", 8, "ASA501")]
    assert since("HEAD", folder=project) == []


def test_old_findings_on_touched_lines_are_reported(project: Path) -> None:
    edit(project, "app/loads.py", lambda text: "# new\n" + text)
    assert since("HEAD", folder=project) == []
    edit(project, "app/loads.py", lambda text: text.replace("await asyncio", "_ = await asyncio"))
    assert since("HEAD", folder=project) == [("app/loads.py", 11, "ASA601")]


def test_untracked_and_staged_files_count_as_touched(project: Path) -> None:
    write(project, {"app/more.py": MAIN, "app/staged.py": MAIN})
    git(project, "add", "app/staged.py")
    assert since("HEAD", folder=project) == [("app/more.py", 6, "ASA401"), ("app/staged.py", 6, "ASA401")]


def test_files_may_be_renamed_and_functions_moved(project: Path) -> None:
    git(project, "mv", "app/loads.py", "app/pairs.py")
    edit(project, "app/pairs.py", lambda text: text + "\n\nX = 1\n")
    assert since("HEAD", folder=project) == []
    commit(project)
    assert since("HEAD~1", folder=project) == []


def test_comments_in_a_renamed_file_are_old(project: Path) -> None:
    write(project, {"app/notes.py": "x = 1  # asyncsa: ignore[ASA6] why\n"})
    commit(project)
    git(project, "mv", "app/notes.py", "app/remarks.py")
    assert since("HEAD", folder=project) == []
    edit(project, "app/service.py", lambda text: text + "x = 1  # asyncsa: ignore[ASA6] why\n")
    assert since("HEAD", folder=project) == [("app/service.py", 9, "ASA002")]


def test_a_second_instance_is_new(project: Path) -> None:
    write(project, {"app/repository.py": REPOSITORY})
    commit(project)
    more = "    print(order.items)\n    order = await OrderRepository(session).get(1)\n    return"
    edit(project, "app/service.py", lambda text: text.replace("    return", more))
    assert since("HEAD", folder=project) == [("app/service.py", 8, "ASA501")]


def test_only_the_files_asked_for_are_reported(project: Path) -> None:
    write(project, {"app/repository.py": REPOSITORY})
    assert since("HEAD", "app/main.py", folder=project) == []
    assert len(since("HEAD", "app/service.py", folder=project)) == 1


def test_three_dots_mean_where_the_branch_left(project: Path) -> None:
    git(project, "switch", "-q", "-c", "work")
    write(project, {"app/more.py": MAIN})
    commit(project)
    git(project, "switch", "-q", "main")
    edit(project, "app/loads.py", lambda text: text[: text.index("async def")])
    commit(project)
    git(project, "switch", "-q", "work")
    assert since("main...", folder=project) == [("app/more.py", 6, "ASA401")]
    assert since("main", folder=project) == [("app/loads.py", 10, "ASA601"), ("app/more.py", 6, "ASA401")]


def test_a_project_below_the_top_of_its_repository(tmp_path: Path) -> None:
    write(tmp_path / "services" / "shop", {**PROJECT, "app/repository.py": LOADED})
    write(tmp_path, {".gitignore": "generated/\n", "services/shop/pyproject.toml": "[tool.asyncsa-lint]\n"})
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    write(tmp_path / "services" / "shop", {"app/repository.py": REPOSITORY, "generated/x.py": MAIN})
    assert since("HEAD", folder=tmp_path / "services" / "shop" / "app") == [("service.py", 8, "ASA501")]
    assert since("HEAD", folder=tmp_path) == [("services/shop/app/service.py", 8, "ASA501")]


@pytest.mark.parametrize("name", ["two words.py", 'quo"te.py', "ключ.py", "tab\there.py", "new\nline.py"])
def test_odd_names(project: Path, name: str) -> None:
    path = f"app/{name}"
    write(project, {path: MAIN})
    commit(project)
    assert since("HEAD", folder=project) == []
    edit(project, path, lambda text: text.replace("@app", "@ app"))
    assert since("HEAD", folder=project) == [(path, 6, "ASA401")]
    git(project, "mv", path, f"app/new {name}")
    assert [place[1:] for place in since("HEAD", folder=project)] == [(6, "ASA401")]


def test_settings_of_git_do_not_matter(project: Path) -> None:
    for setting in ("diff.noprefix=true", "diff.external=false", "color.ui=always", "diff.context=5"):
        git(project, "config", *setting.split("="))
    write(project, {".gitattributes": "*.py -diff\n"})
    edit(project, "app/loads.py", lambda text: text.replace("await asyncio", "_ = await asyncio"))
    assert since("HEAD", folder=project) == [("app/loads.py", 10, "ASA601")]


def test_code_that_looks_like_a_heading_of_a_diff(project: Path) -> None:
    edit(project, "app/main.py", lambda text: "++ app\n-- app\n" + text.replace("@app", "@ app"))
    assert since("HEAD", folder=project) == [("app/main.py", 8, "ASA401")]


def test_nothing_of_the_user_is_changed(project: Path) -> None:
    edit(project, "app/service.py", lambda text: text + "\n")
    edit(project, "app/main.py", lambda text: text + "\n")
    git(project, "add", "app/main.py")
    os.utime(project / "app" / "models.py", (1, 1))
    before = contents(project)
    since("HEAD", folder=project)
    assert contents(project) == before


def test_the_baseline_counts_as_well(project: Path) -> None:
    write(project, {"app/repository.py": REPOSITORY})
    baseline("create", folder=project)
    assert since("HEAD", folder=project) == []
    assert since("HEAD", "--no-baseline", folder=project) == [("app/service.py", 8, "ASA501")]


def test_a_suppression_taken_away_makes_news(project: Path) -> None:
    edit(
        project,
        "app/loads.py",
        lambda text: text.replace("\n    await", "\n    # asyncsa: ignore[ASA601] a\n    await"),
    )
    commit(project)
    edit(project, "app/loads.py", lambda text: text.replace("    # asyncsa: ignore[ASA601] a\n", ""))
    assert since("HEAD", folder=project) == [("app/loads.py", 10, "ASA601")]


def test_links_do_not_lead_out_of_the_past(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = write(tmp_path_factory.mktemp("outside"), {"m.py": MAIN})
    (project / "app" / "out.py").symlink_to(outside / "m.py")
    (project / "app" / "main_too.py").symlink_to("main.py")
    commit(project)
    edit(project, "app/service.py", lambda text: text + "\n")
    assert since("HEAD", folder=project) == [("app/out.py", 6, "ASA401")]


class TestRefusal:
    def test_of_an_unknown_revision(self, project: Path) -> None:
        for revision in ("nowhere", "-x", "--help", "HEAD:app", ""):
            said = complaint(lint(f"--since={revision}", folder=project)) if revision else "unknown revision"
            assert "unknown revision" in said

    def test_of_a_range(self, project: Path) -> None:
        assert "is a range" in complaint(lint("--since", "HEAD~1..HEAD", folder=project))

    def test_outside_of_git(self, tmp_path: Path) -> None:
        write(tmp_path, PROJECT)
        assert "is not in a git repository" in complaint(lint("--since", "HEAD", folder=tmp_path))

    def test_without_git(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "")
        assert "git can not be run" in complaint(lint("--since", "HEAD", folder=project))

    def test_in_a_repository_without_commits(self, tmp_path: Path) -> None:
        write(tmp_path, PROJECT)
        git(tmp_path, "init", "-q")
        assert "unknown revision" in complaint(lint("--since", "HEAD", folder=tmp_path))

    def test_in_a_shallow_clone(self, project: Path) -> None:
        edit(project, "app/main.py", lambda text: text + "\n")
        commit(project)
        clone = project / "clone"
        git(project, "clone", "-q", "--depth", "1", f"file://{project}", str(clone))
        assert since("HEAD", folder=clone) == []
        said = complaint(lint("--since", "HEAD~1", folder=clone))
        assert "unknown revision; this clone is shallow: `git fetch --unshallow`" in said

    def test_of_unrelated_histories(self, project: Path) -> None:
        git(project, "switch", "-q", "--orphan", "other")
        write(project, PROJECT)
        commit(project)
        assert "has no common ancestor with HEAD" in complaint(lint("--since", "main...", folder=project))


class TestSubmodules:
    """The models are a repository of their own, `app` is a submodule of a project around it."""

    @pytest.fixture
    def around(self, tmp_path: Path) -> Path:
        """`shop/` with the submodule `shop/app`; one finding is prevented in the submodule."""
        write(tmp_path / "origin", {"repository.py": LOADED, "models.py": PROJECT["app/models.py"]})
        write(tmp_path / "origin", {"__init__.py": "", "loads.py": PROJECT["app/loads.py"]})
        git(tmp_path / "origin", "init", "-q", "-b", "main")
        commit(tmp_path / "origin")
        shop = write(tmp_path / "shop", {"pyproject.toml": "", "service.py": PROJECT["app/service.py"]})
        git(shop, "init", "-q", "-b", "main")
        commit(shop)
        add = ("submodule", "--quiet", "add", str(tmp_path / "origin"), "app")
        git(shop, "-c", "protocol.file.allow=always", *add)
        commit(shop)
        return shop

    def test_were_what_the_superproject_says(self, around: Path) -> None:
        assert places(findings(folder=around)) == [("app/loads.py", 10, "ASA601")]
        assert since("HEAD", folder=around) == []
        assert since("HEAD~1", folder=around) == [("app/loads.py", 10, "ASA601")]

    def test_break_what_uses_them(self, around: Path) -> None:
        write(around, {"app/repository.py": REPOSITORY})
        assert since("HEAD", folder=around) == [("service.py", 8, "ASA501")]
        commit(around / "app")
        assert since("HEAD", folder=around) == [("service.py", 8, "ASA501")]
        commit(around)
        assert since("HEAD", folder=around) == []
        assert since("HEAD~1", folder=around) == [("service.py", 8, "ASA501")]

    def test_have_revisions_of_their_own_from_within(self, around: Path) -> None:
        write(around, {"app/more.py": MAIN})
        commit(around / "app")
        assert since("HEAD", folder=around / "app") == []
        assert since("HEAD~1", folder=around / "app") == [("more.py", 6, "ASA401")]

    def test_that_lack_the_commit(self, around: Path) -> None:
        edit(around, "app/models.py", lambda text: text + "\n")
        commit(around / "app")
        commit(around)
        git(around / "app", "reset", "-q", "--hard", "HEAD~1")
        git(around / "app", "reflog", "expire", "--expire=now", "--all")
        git(around / "app", "gc", "-q", "--prune=now")
        said = complaint(lint("--since", "HEAD", folder=around))
        assert "unknown revision in " in said and said.endswith("/shop/app")


def test_a_repository_inside_of_another_is_named_in_complaints(project: Path) -> None:
    inner = write(project / "vendor", {"main.py": MAIN})
    git(inner, "init", "-q", "-b", "trunk")
    commit(inner)
    said = complaint(lint("--since", "main", folder=project))
    assert said.endswith(f"--since main: unknown revision in {inner.as_posix()}")

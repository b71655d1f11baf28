"""Old findings are listed once; what is new, gone or moved is told apart from them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.baseline.running import baseline, commit, complaint, edit, findings, git, lint
from tests.sandbox import FOUND, MAIN, PROJECT, SERVICE, places, run, write

NAME = "asyncsa-baseline.jsonl"
HEADER = '{"asyncsa-lint baseline": 1}'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose findings are all in its baseline."""
    write(tmp_path, PROJECT)
    assert baseline("create", folder=tmp_path).returncode == 0
    return tmp_path


def entries(folder: Path) -> list[tuple[str, str, str, str]]:
    """Path, code, symbol and source of each line of the baseline."""
    first, *lines = (folder / NAME).read_text(encoding="utf-8").splitlines()
    assert first == HEADER
    loaded = [json.loads(line) for line in lines]
    return [(each["path"], each["code"], each["symbol"], each["source"]) for each in loaded]


class TestFile:
    def test_lists_findings_by_place_rule_symbol_and_source(self, project: Path) -> None:
        gather = "asyncio.gather(session.execute(select(Order)), session.execute(select(Item)))"
        assert entries(project) == [
            ("app/loads.py", "ASA601", "both", gather),
            ("app/main.py", "ASA401", "connect", 'app.on_event("startup")'),
            ("app/service.py", "ASA501", "count_items", "order.items"),
        ]
        assert '"rule": "lazy-attribute-access"' in (project / NAME).read_text(encoding="utf-8")

    def test_hides_what_it_lists_and_nothing_else(self, project: Path) -> None:
        done = lint(folder=project)
        assert (done.returncode, done.stdout) == (0, "No findings in 6 files (3 suppressed).\n")
        assert places(findings("--no-baseline", folder=project)) == FOUND

    def test_is_not_replaced_by_accident(self, project: Path) -> None:
        text = (project / NAME).read_text(encoding="utf-8")
        assert "baseline update" in complaint(baseline("create", folder=project))
        assert (project / NAME).read_text(encoding="utf-8") == text
        assert baseline("create", "--force", folder=project).returncode == 0

    def test_may_have_another_name(self, tmp_path: Path) -> None:
        write(tmp_path, PROJECT)
        assert (
            "baseline = 'old.jsonl'" in baseline("create", "--baseline", "old.jsonl", folder=tmp_path).stdout
        )
        assert places(findings(folder=tmp_path)) == FOUND
        assert findings("--baseline", "old.jsonl", folder=tmp_path) == []
        edit(tmp_path, "pyproject.toml", lambda text: text + '[tool.asyncsa-lint]\nbaseline = "old.jsonl"\n')
        assert findings(folder=tmp_path) == []

    def test_holds_in_other_hosts(self, project: Path) -> None:
        done = run("flake8", "--select", "ASA", "app", folder=project)
        assert (done.returncode, done.stdout) == (0, "")
        edit(
            project,
            "app/service.py",
            lambda text: text + "\n" + text[text.index("async def") :].replace("count", "c"),
        )
        done = run("flake8", "--select", "ASA", "app", folder=project)
        assert done.stdout.startswith("app/service.py:12:16: ASA501")
        assert len(done.stdout.splitlines()) == 1

    def test_can_be_limited_to_some_files_and_rules(self, tmp_path: Path) -> None:
        write(tmp_path, PROJECT)
        assert baseline("create", "--select", "ASA5", "app", folder=tmp_path).returncode == 0
        assert [entry[1] for entry in entries(tmp_path)] == ["ASA501"]
        assert baseline("create", "--force", "app/main.py", folder=tmp_path).returncode == 0
        assert [entry[1] for entry in entries(tmp_path)] == ["ASA401"]

    def test_odd_names_and_sources_stay_on_one_line(self, tmp_path: Path) -> None:
        odd = SERVICE.replace("order.items", 'order.items  # "\u202e\n    ')
        write(tmp_path, {**PROJECT, "app/a\u202e\n'b.py": odd})
        assert baseline("create", folder=tmp_path).returncode == 0
        text = (tmp_path / NAME).read_text(encoding="utf-8")
        assert "\u202e" not in text
        assert len(text.splitlines()) == 5
        assert findings(folder=tmp_path) == []


class TestProjects:
    @pytest.fixture
    def two(self, tmp_path: Path) -> Path:
        for name in ("a", "b"):
            write(tmp_path / name, {**PROJECT, "pyproject.toml": "[tool.asyncsa-lint]\nroot = true\n"})
        return tmp_path

    def test_have_a_baseline_each(self, two: Path) -> None:
        baseline("create", folder=two)
        assert len(entries(two / "a")) == len(entries(two / "b")) == 3
        assert findings(folder=two) == []

    def test_may_share_one(self, two: Path) -> None:
        baseline("create", "--baseline", NAME, folder=two)
        assert {entry[0].split("/")[0] for entry in entries(two)} == {"a", "b"}
        (two / "b" / "app" / "service.py").unlink()
        assert places(findings("--baseline", NAME, folder=two)) == [(NAME, 7, "ASA005")]
        assert places(findings("--baseline", NAME, "a", folder=two)) == []
        baseline("update", "--baseline", NAME, folder=two)
        assert len(entries(two)) == 5
        assert findings("--baseline", NAME, folder=two) == []


EDITS = {
    "lines above": ("app/service.py", lambda text: "# new\nX = 1\n\n\n" + text),
    "another function above": (
        "app/service.py",
        lambda text: text.replace("async def", "def f():\n    ...\n\n\nasync def"),
    ),
    "other quotes": ("app/main.py", lambda text: text.replace('"startup"', "'startup'")),
    "parentheses and lines": (
        "app/service.py",
        lambda text: text.replace("order.items", "(\n  (order) .items  # why\n  )"),
    ),
    "trailing comma": ("app/loads.py", lambda text: text.replace("select(Item)))", "\n  select(Item),),)")),
    "windows line ends": ("app/service.py", lambda text: text.replace("\n", "\r\n")),
    "a comment": ("app/service.py", lambda text: text.replace("items)", "items)  # seen")),
}


class TestMatching:
    @pytest.mark.parametrize("what", EDITS)
    def test_survives(self, project: Path, what: str) -> None:
        name, change = EDITS[what]
        edit(project, name, change)
        assert findings(folder=project) == []
        assert len(findings("--no-baseline", folder=project)) == 3

    def test_follows_a_renamed_file_and_a_moved_function(self, project: Path) -> None:
        (project / "app" / "service.py").rename(project / "app" / "counting.py")
        edit(project, "app/main.py", lambda text: text[: text.index("@")])
        edit(project, "app/models.py", lambda text: text + MAIN.replace("connect", "connect"))
        assert findings(folder=project) == []
        assert baseline("check", folder=project).returncode == 0
        done = baseline("update", folder=project)
        assert done.stdout == f"{NAME} lists 3 findings: followed 2 that moved.\n"
        assert [entry[0] for entry in entries(project)] == [
            "app/counting.py",
            "app/loads.py",
            "app/models.py",
        ]

    def test_a_copy_is_new_wherever_it_stands(self, project: Path) -> None:
        write(project, {"app/a_copy.py": SERVICE})
        assert places(findings(folder=project)) == [("app/a_copy.py", 8, "ASA501")]
        assert places(findings("app/a_copy.py", folder=project)) == [("app/a_copy.py", 8, "ASA501")]

    def test_repaired_here_and_copied_there_is_new(self, project: Path) -> None:
        write(project, {"app/a_copy.py": SERVICE})
        edit(project, "app/service.py", lambda text: text.replace(".get(order_id)", ".get(order_id), None"))
        found = findings(folder=project)
        assert places(found) == [("app/a_copy.py", 8, "ASA501"), (NAME, 4, "ASA005")]

    def test_a_second_instance_in_the_same_function_is_new(self, project: Path) -> None:
        again = "    order = await OrderRepository(session).get(1)\n    return len(order.items)"
        edit(
            project,
            "app/service.py",
            lambda text: text.replace(
                "    return len(order.items)", f"    if order_id:\n        return len(order.items)\n{again}"
            ),
        )
        assert places(findings(folder=project)) == [("app/service.py", 11, "ASA501")]

    def test_another_function_is_new(self, project: Path) -> None:
        edit(project, "app/service.py", lambda text: text.replace("count_items", "count"))
        assert places(findings(folder=project)) == [("app/service.py", 8, "ASA501"), (NAME, 4, "ASA005")]


class TestStale:
    @pytest.fixture
    def repaired(self, project: Path) -> Path:
        edit(project, "app/service.py", lambda text: text.replace("order.items", "[order.id]"))
        return project

    def test_fails_the_run_and_names_the_command_that_mends_it(self, repaired: Path) -> None:
        done = lint(folder=repaired)
        assert done.returncode == 1
        assert f"{NAME}:4:1 ASA005 `order.items` in `count_items` of service.py is no longer" in done.stdout
        assert "`asyncsa-lint baseline update` removes this line" in done.stdout
        update = baseline("update", folder=repaired)
        assert (update.returncode, update.stdout) == (0, f"{NAME} lists 2 findings: removed 1.\n")
        assert lint(folder=repaired).returncode == 0
        assert baseline("update", folder=repaired).stdout == f"{NAME} lists 2 findings, unchanged.\n"

    def test_update_adds_nothing(self, repaired: Path) -> None:
        write(repaired, {"app/other.py": SERVICE.replace("count_items", "count")})
        baseline("update", folder=repaired)
        assert places(findings(folder=repaired)) == [("app/other.py", 8, "ASA501")]

    def test_is_told_of_the_files_asked_for(self, repaired: Path) -> None:
        assert lint("app/main.py", folder=repaired).returncode == 0
        assert places(findings("app/service.py", folder=repaired)) == [(NAME, 4, "ASA005")]
        assert baseline("update", "app/main.py", folder=repaired).stdout.endswith("unchanged.\n")

    def test_of_a_file_that_is_no_more(self, project: Path) -> None:
        (project / "app" / "service.py").unlink()
        assert places(findings(folder=project)) == [(NAME, 4, "ASA005")]

    def test_is_one_line_whatever_the_source(self, tmp_path: Path) -> None:
        odd = PROJECT["app/loads.py"].replace("gather(", "gather(  # both\n        ")
        write(tmp_path, {**PROJECT, "app/loads.py": odd})
        baseline("create", "app/loads.py", folder=tmp_path)
        assert "\n" in entries(tmp_path)[0][3]
        (tmp_path / "app" / "loads.py").unlink()
        (found,) = findings("--select", "ASA005", folder=tmp_path)
        assert found["message"].startswith(
            "`asyncio.gather( # both session.execute(select(Order)), ...` in `both`"
        )

    def test_does_not_depend_on_the_selection(self, repaired: Path) -> None:
        assert places(findings("--select", "ASA4,ASA005", folder=repaired)) == [(NAME, 4, "ASA005")]
        edit(repaired, "app/service.py", lambda text: text.replace("[order.id]", "order.items"))
        assert findings("--select", "ASA4,ASA005", folder=repaired) == []

    def test_nothing_is_stale_in_a_file_that_can_not_be_read(self, project: Path) -> None:
        edit(project, "app/service.py", lambda text: text + "(")
        assert [each["code"] for each in findings(folder=project)] == ["ASA001"]
        assert baseline("update", folder=project).returncode == 2
        assert len(entries(project)) == 3

    def test_the_command_names_what_was_chosen(self, repaired: Path) -> None:
        (repaired / NAME).rename(repaired / "my old.jsonl")
        (found,) = findings("--baseline", "my old.jsonl", folder=repaired)
        assert "`asyncsa-lint baseline update --baseline 'my old.jsonl'`" in found["message"]
        (repaired / "my old.jsonl").rename(repaired / NAME)
        elsewhere = repaired.parent / "elsewhere"
        elsewhere.mkdir()
        (found,) = findings(str(repaired), folder=elsewhere)
        assert f"`asyncsa-lint baseline update ../{repaired.name}`" in found["message"]


class TestCheck:
    def test_is_content_when_file_and_findings_agree(self, project: Path) -> None:
        done = baseline("check", folder=project)
        assert (done.returncode, done.stdout) == (0, f"{NAME} lists 3 findings.\n")

    def test_tells_what_is_gone_and_what_is_new(self, project: Path) -> None:
        edit(project, "app/service.py", lambda text: text.replace("count_items", "count"))
        done = baseline("check", folder=project)
        assert done.returncode == 1
        assert done.stdout.splitlines() == [
            f"{NAME}:4: gone: ASA501 app/service.py count_items: order.items",
            f"{NAME} lists 3 findings, 1 of them gone (`asyncsa-lint baseline update` removes them),"
            " 1 finding not listed (`asyncsa-lint check` shows them).",
        ]
        assert len(entries(project)) == 3


class TestWrongFile:
    @pytest.mark.parametrize(
        ("content", "what"),
        [
            ("", "is not a baseline: its first line has to be"),
            ("order.items\n", "is not a baseline: its first line has to be"),
            (b"\xff\xfe\x00", "is not valid UTF-8"),
            (f"{HEADER}\n[1]\n", f"{NAME}:2: is not a baseline entry, an object with the texts path, code,"),
            (f'{HEADER}\n\n{{"path": 1}}\n', f"{NAME}:3: is not a baseline entry"),
            (
                f"{HEADER}\n<<<<<<< ours\n",
                f"{NAME}:2: is a conflict of a merge: keep the lines of both sides",
            ),
            ('{"asyncsa-lint baseline": 2}\n', "has version 2 of the baseline format"),
            (HEADER + "\n" + "[" * 100_000, "is not a baseline entry"),
        ],
    )
    def test_is_refused_in_one_line(self, tmp_path: Path, content: str | bytes, what: str) -> None:
        write(tmp_path, {**PROJECT, NAME: content})
        for done in (lint(folder=tmp_path), baseline("update", folder=tmp_path)):
            assert what in complaint(done)

    def test_that_is_named_must_exist(self, tmp_path: Path) -> None:
        write(tmp_path, PROJECT)
        for done in (
            lint("--baseline", "x.jsonl", folder=tmp_path),
            baseline("update", folder=tmp_path),
            baseline("check", folder=tmp_path),
        ):
            assert "does not exist; `asyncsa-lint baseline create`" in complaint(done)
        edit(tmp_path, "pyproject.toml", lambda text: text + '[tool.asyncsa-lint]\nbaseline = "old.jsonl"\n')
        assert "old.jsonl: does not exist" in complaint(lint(folder=tmp_path))

    def test_that_can_not_be_written(self, tmp_path: Path) -> None:
        write(tmp_path, PROJECT)
        assert "can not be written" in complaint(
            baseline("create", "--baseline", "no/x.jsonl", folder=tmp_path)
        )


class TestMerge:
    def test_branches_that_repair_and_add_merge(self, project: Path) -> None:
        """One repairs the first finding, the other tolerates a new one in a further file."""
        write(project, {".gitattributes": f"{NAME} merge=union\n"})
        git(project, "init", "-q", "-b", "main")
        commit(project)
        git(project, "switch", "-q", "-c", "repair")
        edit(project, "app/loads.py", lambda text: text[: text.index("async def")])
        assert baseline("update", folder=project).returncode == 0
        commit(project)
        git(project, "switch", "-q", "-c", "other", "main")
        write(project, {"app/main2.py": MAIN})
        assert baseline("create", "--force", folder=project).returncode == 0
        commit(project)
        git(project, "merge", "-q", "--no-edit", "repair")
        assert [entry[0] for entry in entries(project)] == ["app/main.py", "app/main2.py", "app/service.py"]
        assert lint(folder=project).returncode == 0

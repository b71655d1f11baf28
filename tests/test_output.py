"""The reports as a user asks for them: formats on standard output and in files, of real projects."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import pytest

from asyncsa_lint.frontends.cli import main
from asyncsa_lint.reporters.formats import FORMATS
from tests.reporters.test_github import commands
from tests.reporters.test_sarif import run_of
from tests.sandbox import FOUND, MAIN, PROJECT, lint, write

MACHINE = sorted(set(FORMATS) - {"text", "concise"})


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project, as working directory."""
    folder = write(tmp_path / "shop", PROJECT)
    monkeypatch.chdir(folder)
    return folder


class Checked(NamedTuple):
    """What a run said."""

    status: int
    out: str
    err: str


Check = Callable[..., Checked]


@pytest.fixture
def check(project: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Run `asyncsa-lint check` in the project, in this process."""

    def run(*options: str) -> Checked:
        status = main(["check", *options])
        return Checked(status, *capsys.readouterr())

    return run


def sarif_place(result: dict[str, Any]) -> tuple[str, int, str]:
    """File, line and code of a SARIF result."""
    physical = result["locations"][0]["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"], result["ruleId"]


def test_sarif_of_a_project(check: Check) -> None:
    done = check("--output-format", "sarif")
    run = run_of(done.out)
    assert (done.status, done.err) == (1, "")
    assert [sarif_place(result) for result in run["results"]] == FOUND
    (lazy,) = [rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == "ASA501"]
    assert "## Why is this bad?" in lazy["help"]["markdown"]
    (read,) = [result for result in run["results"] if result["ruleId"] == "ASA501"]
    steps = read["codeFlows"][0]["threadFlows"][0]["locations"]
    uris = [step["location"]["physicalLocation"]["artifactLocation"]["uri"] for step in steps]
    # Loaded there, got out of a call here, and read.
    assert uris == ["app/repository.py", "app/service.py", "app/service.py"]


def test_suppressed_findings_are_in_sarif_with_their_reason(project: Path, check: Check) -> None:
    handler = '@app.on_event("startup")'
    comment = "# asyncsa: ignore[on-event-handler] until 2.0"
    write(project, {"app/main.py": MAIN.replace(handler, f"{handler}  {comment}")})
    done = check("--output-format", "sarif", "app/main.py")
    (result,) = run_of(done.out)["results"]
    assert done.status == 0
    assert result["suppressions"] == [{"kind": "inSource", "justification": "until 2.0"}]


def test_findings_of_the_baseline_are_in_sarif(check: Check) -> None:
    assert main(["baseline", "create"]) == 0
    done = check("--output-format", "sarif")
    run = run_of(done.out[done.out.index("{") :])
    assert done.status == 0
    assert [result["suppressions"] for result in run["results"]] == [[{"kind": "external"}]] * 3


def test_the_fix_in_sarif_mends_the_finding(project: Path, check: Check) -> None:
    (result,) = run_of(check("--output-format", "sarif", "--unsafe-fixes", "app/service.py").out)["results"]
    (fix,) = result["fixes"]
    for change in fix["artifactChanges"]:
        path = project / change["artifactLocation"]["uri"]
        path.write_text(replaced(path.read_text(), change["replacements"]))
    assert path.name == "repository.py"
    assert check("app/service.py").status == 0


def replaced(text: str, replacements: list[dict[str, Any]]) -> str:
    """A text with the replacements of a SARIF fix, each within one line."""
    lines = text.splitlines(keepends=True)
    for replacement in reversed(replacements):
        region, new = replacement["deletedRegion"], replacement["insertedContent"]["text"]
        assert region["startLine"] == region["endLine"]
        line = lines[region["startLine"] - 1]
        lines[region["startLine"] - 1] = (
            line[: region["startColumn"] - 1] + new + line[region["endColumn"] - 1 :]
        )
    return "".join(lines)


def test_a_call_that_is_read_inside_is_a_step_before_the_read(project: Path, check: Check) -> None:
    service = (project / "app/service.py").read_text().replace("len(order.items)", "count(order)")
    helper = "from app.models import Order\n\ndef count(order: Order) -> int:\n    return len(order.items)\n"
    write(project, {"app/helper.py": helper, "app/service.py": f"from app.helper import count\n{service}"})
    (result,) = run_of(check("--output-format", "sarif", "--unsafe-fixes", "app/service.py").out)["results"]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    uris = [step["location"]["physicalLocation"]["artifactLocation"]["uri"] for step in steps]
    assert uris == ["app/repository.py", "app/service.py", "app/service.py", "app/helper.py"]


@pytest.mark.parametrize("name", FORMATS)
def test_a_second_run_reports_the_same(check: Check, name: str) -> None:
    assert check("--output-format", name) == check("--output-format", name)


class TestFiles:
    def test_several_at_once(self, project: Path, check: Check) -> None:
        done = check(*(f"--output={name}:reports/{name}.out" for name in FORMATS))
        assert (done.status, done.err) == (1, "")
        assert done.out == check().out
        for name in FORMATS:
            written = (project / "reports" / f"{name}.out").read_text(encoding="utf-8")
            assert written == check("--output-format", name).out

    def test_files_are_never_coloured(self, project: Path) -> None:
        done = lint("--output", "text:report.txt", folder=project, env={"FORCE_COLOR": "1"})
        assert "\x1b[" in done.stdout
        assert "\x1b" not in (project / "report.txt").read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        ("options", "problem"),
        [
            (["sarif"], "--output sarif: must be FORMAT:FILE, where FORMAT is one of text, concise, json"),
            (["sarif:"], "--output sarif:: must be FORMAT:FILE"),
            (["sarif:app"], "--output sarif:app: is a folder"),
            (["sarif:-"], "--output sarif:-: --output-format is for standard output; allowed is a file"),
            (["html:x"], "--output html:x: must be FORMAT:FILE"),
            (["json:x", "sarif:./x"], "is asked for twice"),
            (["json:app/main.py/x"], "--output app/main.py/x: can not be written: "),
        ],
    )
    def test_refused(self, check: Check, options: list[str], problem: str) -> None:
        done = check("app/models.py", *(f"--output={option}" for option in options))
        assert done.status == 2
        (line,) = done.err.splitlines()
        assert problem in line


class TestStandardOutput:
    @pytest.mark.parametrize("name", MACHINE)
    def test_figures_do_not_disturb_programs(self, check: Check, name: str) -> None:
        plain = check("--output-format", name)
        counted = check("--output-format", name, "--statistics")
        assert counted.out == plain.out
        assert "1 ASA501 lazy-attribute-access" in counted.err

    @pytest.mark.parametrize("name", ["json", "json-lines", "sarif", "gitlab", "rdjson", "junit"])
    def test_any_encoding_will_do(self, project: Path, check: Check, name: str) -> None:
        write(project, {"app/m\xe4in.py": MAIN.replace("connect", "verbinde_M\xfcller_\U00010400")})
        found = check("--output-format", name).out
        assert "main.py" in found
        assert found.isascii()


HOSTILE_NAMES = [
    b"a::error file=b::c.py",
    b"100%0A%25.py",
    b"two\nlines\r.py",
    b"\x1b[2J\x07.py",
    b"<b>&amp;'\"]]>.py",
    b"| `x` | [y](z).py",
    b"not-utf8-\xff\xfe.py",
    b"-- -x.py",
    "\ud55c\U0001f600\u202e.py".encode(),
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every report on a project of hostile names."""
    folder = write(tmp_path_factory.mktemp("hostile"), {"pyproject.toml": '[project]\nname = "shop"\n'})
    for name in HOSTILE_NAMES:
        with open(os.path.join(os.fsencode(folder), name), "w", encoding="utf-8") as file:
            file.write(MAIN)
    done = lint(*(f"--output={name}:{name}.report" for name in FORMATS), folder=folder)
    assert (done.returncode, done.stderr) == (1, "")
    return folder


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names there are Unicode")
class TestFileNames:
    """Files that only Linux lets one make, each with the same finding."""

    def read(self, folder: Path, name: str) -> str:
        with open(folder / f"{name}.report", encoding="utf-8", newline="") as file:
            return file.read()

    def test_sarif_has_their_bytes(self, hostile: Path) -> None:
        found = [sarif_place(result) for result in run_of(self.read(hostile, "sarif"))["results"]]
        assert sorted(unquote_to_bytes(uri) for uri, _, _ in found) == sorted(HOSTILE_NAMES)

    def test_workflow_commands_have_them(self, hostile: Path) -> None:
        found = [properties["file"] for _, properties, _ in commands(self.read(hostile, "github"))]
        assert len(found) == len(HOSTILE_NAMES)
        assert {"a::error file=b::c.py", "100%0A%25.py", "two\nlines\r.py"} <= set(found)

    def test_xml_is_well_formed(self, hostile: Path) -> None:
        root = ElementTree.fromstring(self.read(hostile, "junit"))
        names = {suite.attrib["name"] for suite in root}
        assert len(names) == len(HOSTILE_NAMES)
        assert {"<b>&amp;'\"]]>.py", "| `x` | [y](z).py"} <= names

    @pytest.mark.parametrize("name", ["json", "gitlab"])
    def test_json_has_every_file(self, hostile: Path, name: str) -> None:
        found = json.loads(self.read(hostile, name))
        paths = {each["path"] if name == "json" else each["location"]["path"] for each in found}
        assert len(paths) == len(HOSTILE_NAMES)
        assert "not-utf8-\\udcff\\udcfe.py" in paths

    @pytest.mark.parametrize("name", ["text", "concise", "markdown"])
    def test_one_finding_each_for_people(self, hostile: Path, name: str) -> None:
        report = self.read(hostile, name)
        assert report.count("ASA401") == len(HOSTILE_NAMES)
        assert all(char.isprintable() or char == "\n" for char in report)

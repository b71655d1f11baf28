"""The command line as a user meets it: output, exit status, complaints."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from asyncsa_lint import __version__
from asyncsa_lint.config import SETTINGS
from asyncsa_lint.findings import Severity
from asyncsa_lint.flow.analysis import AnalysisContext, ModuleAnalysis, analyse_module
from asyncsa_lint.flow.events import StartupHandler
from asyncsa_lint.frontends import checking
from asyncsa_lint.frontends.cli import main
from asyncsa_lint.pipeline import analysis, modules
from asyncsa_lint.rules.registry import Report, Rule, all_rules, rule
from tests.sandbox import FOUND, PROJECT, findings, lint, places, run, write

PLACE = {
    "path": {"type": "string", "pattern": r"^[^\\]+$"},
    "line": {"type": "integer", "minimum": 1},
    "column": {"type": "integer", "minimum": 1},
}
END = {"end_line": {"type": "integer", "minimum": 1}, "end_column": {"type": "integer", "minimum": 1}}


def strict_object(properties: dict[str, Any]) -> dict[str, Any]:
    """Schema of an object with exactly these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


SCHEMA = {
    "type": "array",
    "items": strict_object(
        {
            "code": {"type": "string", "pattern": r"^ASA\d{3}$"},
            "rule": {"type": "string", "pattern": r"^[a-z-]+$"},
            "severity": {"enum": ["error", "warning", "advice"]},
            "confidence": {"enum": ["high", "medium"]},
            "message": {"type": "string", "minLength": 1},
            **PLACE,
            **END,
            "symbol": {"type": "string"},
            "related": {
                "type": "array",
                "items": strict_object({**PLACE, "message": {"type": "string"}}),
            },
            "fix": {
                "oneOf": [
                    {"type": "null"},
                    strict_object(
                        {
                            "message": {"type": "string"},
                            "safe": {"type": "boolean"},
                            "edits": {
                                "type": "array",
                                "items": strict_object({**PLACE, **END, "text": {"type": "string"}}),
                            },
                        }
                    ),
                ]
            },
        }
    ),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", PROJECT)


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """The one line on standard error of a run that was refused."""
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("asyncsa-lint: ")
    return line


class TestFindings:
    def test_of_the_whole_project(self, project: Path) -> None:
        assert places(findings(folder=project)) == FOUND

    def test_only_of_the_files_asked_for_but_with_facts_of_all(self, project: Path) -> None:
        (found,) = findings("app/service.py", folder=project)
        assert (found["code"], found["symbol"]) == ("ASA501", "count_items")
        assert {related["path"] for related in found["related"]} >= {"app/repository.py"}

    def test_as_json(self, project: Path) -> None:
        found = findings(folder=project)
        jsonschema.validate(found, SCHEMA)
        (read,) = [each for each in found if each["code"] == "ASA501"]
        assert [read[key] for key in ("line", "column", "end_line", "end_column")] == [8, 16, 8, 27]

    def test_paths_are_relative_to_the_working_directory(self, project: Path) -> None:
        assert {each["path"] for each in findings("..", folder=project / "app")} == {
            "loads.py",
            "main.py",
            "service.py",
        }
        assert {each["path"] for each in findings("../app/main.py", folder=project / "app")} == {"main.py"}
        write(project, {"elsewhere/x.py": ""})
        assert {each["path"] for each in findings("../app/main.py", folder=project / "elsewhere")} == {
            "../app/main.py"
        }

    def test_as_text(self, project: Path) -> None:
        done = lint("app/service.py", folder=project)
        lines = done.stdout.splitlines()
        assert re.fullmatch(r"app/service\.py:8:16 ASA501 .+ \[lazy-attribute-access\]", lines[0])
        assert lines[1:3] == ["  8 |     return len(order.items)", "    |                ^^^^^^^^^^^"]
        assert any(re.match(r"    app/repository\.py:\d+:\d+ ", line) for line in lines)
        assert lines[-1] == "Found 1 error in 1 file."
        assert "\x1b" not in done.stdout
        assert done.stderr == ""

    def test_do_not_depend_on_hash_seed_or_order(self, project: Path) -> None:
        files = sorted(str(path.relative_to(project)) for path in project.rglob("*.py"))
        seeds = [lint(*files, folder=project, env={"PYTHONHASHSEED": seed}).stdout for seed in "0123"]
        assert len(set(seeds)) == 1
        assert lint(*files[::-1], *files, "app", folder=project).stdout == seeds[0]


class TestExitStatus:
    def test_findings(self, project: Path) -> None:
        assert lint(folder=project).returncode == 1

    def test_clean(self, project: Path) -> None:
        done = lint("app/models.py", folder=project)
        assert (done.returncode, done.stdout) == (0, "No findings in 1 file.\n")

    def test_exit_zero(self, project: Path) -> None:
        assert lint("--exit-zero", folder=project).returncode == 0
        write(project, {"app/broken.py": "def ("})
        assert lint("--exit-zero", folder=project).returncode == 2

    def test_advisory_rules_do_not_fail(self, project: Path) -> None:
        write(project, {"pyproject.toml": '[tool.asyncsa-lint]\nadvisory = ["ASA5"]\nselect = ["ASA5"]\n'})
        done = lint(folder=project)
        assert (done.returncode, "ASA501" in done.stdout) == (0, True)
        with (project / "pyproject.toml").open("a") as file:
            file.write('critical-paths = ["app/serv*"]\n')
        assert lint(folder=project).returncode == 1


class TestSelection:
    @pytest.mark.parametrize(
        ("arguments", "codes"),
        [
            (["--select", "ASA5"], ["ASA501"]),
            (["--select", "lazy-attribute-access,ASA401"], ["ASA401", "ASA501"]),
            (["--select", "ASA", "--ignore", "ASA5"], ["ASA401", "ASA601"]),
            (["--ignore", "ASA5", "--extend-select", "ASA501"], ["ASA401", "ASA501", "ASA601"]),
            (["--ignore", "ASA501", "--ignore", "on-event-handler"], ["ASA601"]),
            (["--select", "asa6"], ["ASA601"]),
        ],
    )
    def test_by_prefix_and_name(self, project: Path, arguments: list[str], codes: list[str]) -> None:
        assert sorted(each["code"] for each in findings(*arguments, folder=project)) == codes

    def test_profile(self, project: Path) -> None:
        registry = (
            "from sqlalchemy.ext.asyncio import AsyncSession, async_scoped_session, async_sessionmaker\n"
            "factory = async_sessionmaker(expire_on_commit=False)\n"
            "registry = async_scoped_session(factory, scopefunc=lambda: 1)\n"
        )
        write(project, {"app/registry.py": registry})
        assert findings("app/registry.py", folder=project) == []
        (found,) = findings("--profile", "strict", "app/registry.py", folder=project)
        assert (found["code"], found["severity"]) == ("ASA206", "warning")
        write(project, {"pyproject.toml": '[tool.asyncsa-lint]\nprofile = "strict"\n'})
        assert places(findings("app/registry.py", folder=project)) == [("app/registry.py", 3, "ASA206")]
        assert findings("--profile", "bugs", "app/registry.py", folder=project) == []

    def test_command_line_replaces_the_selection_of_the_project(self, project: Path) -> None:
        write(project, {"pyproject.toml": '[tool.asyncsa-lint]\nselect = ["ASA4"]\nignore = ["ASA501"]\n'})
        assert [each["code"] for each in findings(folder=project)] == ["ASA401"]
        assert [each["code"] for each in findings("--select", "ASA501", folder=project)] == ["ASA501"]

    def test_config_file(self, project: Path) -> None:
        write(project, {"other.toml": '[tool.asyncsa-lint]\nignore = ["ASA4", "ASA6"]\n'})
        assert [each["code"] for each in findings("--config", "other.toml", folder=project)] == ["ASA501"]


class TestComplaints:
    def test_path_that_does_not_exist(self, project: Path) -> None:
        assert "nowhere.py: does not exist" in complaint(lint("nowhere.py", folder=project))

    def test_unknown_rule(self, project: Path) -> None:
        line = complaint(lint("--select", "lazy-atribute-access", folder=project))
        assert "unknown rule `lazy-atribute-access`" in line
        assert "did you mean `lazy-attribute-access`?" in line

    @pytest.mark.parametrize("key", ["--select", "--ignore", "--extend-select"])
    def test_unknown_code(self, project: Path, key: str) -> None:
        assert "unknown rule code `ASA599`" in complaint(lint(key, "ASA599", folder=project))

    def test_planned_rule(self, project: Path) -> None:
        for selector in ("ASA301", "uncommitted-writes"):
            done = lint("--select", selector, folder=project)
            assert done.returncode == 0
            (line,) = done.stderr.splitlines()
            assert line.startswith(f"asyncsa-lint: note: command line: `select`: `{selector}`")
            assert line.endswith("is planned, not built yet")
        write(project, {"asyncsa-lint.toml": 'ignore = ["ASA302"]\n'})
        told = lint("--ignore", "ASA301", "--ignore", "ASA302", folder=project).stderr.splitlines()
        assert [line.split("`")[:4:3] for line in told] == [
            ["asyncsa-lint: note: asyncsa-lint.toml: ", "ASA302"],
            ["asyncsa-lint: note: command line: ", "ASA301"],
        ]

    def test_unknown_option(self, project: Path) -> None:
        assert "--selec" in complaint(lint("--selec", "ASA5", folder=project))

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (
                ("check", "--slect=ASA5"),
                "unknown option `--slect` (did you mean `--select`?); see `asyncsa-lint check",
            ),
            (("baseline", "create", "--forse"), "unknown option `--forse` (did you mean `--force`?)"),
            (("rule", "ASA501", "ASA502"), "unknown argument `ASA502`; see `asyncsa-lint rule --help`"),
            (("check", "--since", ""), "--since: must be a revision of git, not nothing"),
            (("check", "--select", ","), "--select: must be rule names or code prefixes"),
        ],
    )
    def test_arguments_that_are_not_understood(
        self, project: Path, arguments: tuple[str, ...], words: str
    ) -> None:
        assert words in complaint(run("asyncsa_lint", *arguments, folder=project))

    def test_unknown_format(self, project: Path) -> None:
        line = complaint(lint("--output-format", "xml", folder=project))
        assert "text" in line
        assert "json" in line

    def test_no_command(self, project: Path) -> None:
        complaint(run("asyncsa_lint", folder=project))

    def test_bad_configuration(self, project: Path) -> None:
        write(project, {"pyproject.toml": '[tool.asyncsa-lint]\nprofile = "strickt"\n'})
        line = complaint(lint(folder=project))
        assert "pyproject.toml: `profile` must be one of bugs, strict, all" in line
        assert "did you mean `strict`?" in line

    def test_unknown_rule_in_configuration(self, project: Path) -> None:
        write(project, {"pyproject.toml": '[tool.asyncsa-lint]\nignore = ["lazy-attribute"]\n'})
        assert "`ignore`: unknown rule `lazy-attribute`" in complaint(lint(folder=project))

    def test_config_file_without_our_table(self, project: Path) -> None:
        assert "has no [tool.asyncsa-lint] table" in complaint(
            lint("--config", "pyproject.toml", folder=project)
        )

    def test_unknown_rule_page(self, project: Path) -> None:
        assert "did you mean `on-event-handler`?" in complaint(
            run("asyncsa_lint", "rule", "on-event-handlr", folder=project)
        )

    def test_control_characters_are_escaped(self, project: Path) -> None:
        assert "\\x1b" in complaint(lint("no\x1b[31m\nwhere", folder=project))


class TestPages:
    def test_version_loads_nothing_else(self) -> None:
        program = (
            "import sys\nsys.argv = ['asyncsa-lint', '--version']\n"
            "from asyncsa_lint.frontends.entry import main\nassert main() == 0\n"
            "print(sorted(name for name in sys.modules if name.startswith(('asyncsa_lint.', 'argparse'))))\n"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        version, modules = done.stdout.splitlines()
        assert version == f"asyncsa-lint {__version__}"
        assert modules == "['asyncsa_lint.frontends', 'asyncsa_lint.frontends.entry']"

    def test_help_loads_neither_rules_nor_interpreter(self) -> None:
        program = (
            "import sys\nfrom asyncsa_lint.frontends.cli import main\n"
            "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
            "print([name for name in sys.modules if name.startswith(('asyncsa_lint.', 'pathspec'))])\n"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        modules = done.stdout.splitlines()[-1]
        assert "asyncsa_lint.config" in modules
        assert "pipeline" not in modules
        assert "pathspec" not in modules

    def test_list_of_rules(self, tmp_path: Path) -> None:
        lines = run("asyncsa_lint", "rule", folder=tmp_path).stdout.splitlines()
        assert {line.split()[0] for line in lines} >= {each.code for each in all_rules()} | {
            "ASA001",
            "ASA009",
        }

    @pytest.mark.parametrize("selector", ["ASA501", "asa501", "lazy-attribute-access"])
    def test_page_of_a_rule(self, tmp_path: Path, selector: str) -> None:
        text = run("asyncsa_lint", "rule", selector, folder=tmp_path).stdout
        assert text.startswith("ASA501 lazy-attribute-access (error, ")
        assert "## Why is this bad?" in text

    def test_configuration(self, project: Path) -> None:
        write(project, {"pyproject.toml": '[tool.asyncsa-lint]\nprofile = "strict"\nignore = ["ASA4"]\n'})
        text = run("asyncsa_lint", "config", "app", folder=project).stdout
        printed = tomllib.loads(text)["tool"]["asyncsa-lint"]
        assert (printed["profile"], printed["ignore"]) == ("strict", ["ASA4"])
        assert set(SETTINGS) >= set(printed)

    def test_configuration_with_origins(self, project: Path) -> None:
        ignores = '{ "a\\u202e.py" = ["ASA5", "ASA6"] }'
        write(project, {"asyncsa-lint.toml": f'src = ["lib"]\nper-file-ignores = {ignores}\nphase = 0\n'})
        own = 'extend = "../asyncsa-lint.toml"\nprofile = "all"\nfastapi-version = "0.1"\n'
        write(
            project, {"app/asyncsa-lint.toml": own, "requirements.txt": "fastapi==0.115.2\nsqlalchemy<2.1\n"}
        )
        lines = run("asyncsa_lint", "config", "app/main.py", folder=project).stdout.splitlines()
        assert lines[:3] == [
            f"# project: {project}",
            f"# configuration: {project}/app/asyncsa-lint.toml",
            f"# configuration of the project: {project}/asyncsa-lint.toml",
        ]
        expected = [
            'profile = "all"  # app/asyncsa-lint.toml',
            "phase = 0  # asyncsa-lint.toml",
            'per-file-ignores = { "a\\U0000202e.py" = ["ASA5", "ASA6"] }  # asyncsa-lint.toml',
            'src = ["lib"]  # asyncsa-lint.toml',
            "# fastapi-version is not set: 0.115.2, by lock files and requirements",
            "# sqlalchemy-version is not set: 2.0.*, by lock files and requirements",
            'fail-on = "warning"  # default',
        ]
        assert [line for line in expected if line not in lines] == []
        notes = [line for line in lines if line.startswith("# note: app/asyncsa-lint.toml: ")]
        assert any("no effect of `fastapi-version`" in note for note in notes)
        assert any("phase 0: planned, not built yet: ASA" in note for note in notes)

    def test_schema_of_the_configuration(self, tmp_path: Path) -> None:
        schema = json.loads(run("asyncsa_lint", "config", "--schema", folder=tmp_path).stdout)
        assert set(SETTINGS) <= set(schema["properties"])

    def test_statistics(self, project: Path) -> None:
        lines = lint("--statistics", folder=project).stdout.splitlines()
        assert "     1 ASA501 lazy-attribute-access" in lines

    @pytest.mark.parametrize("between", [(), ("--",)])
    def test_paths_may_stand_anywhere(self, project: Path, between: tuple[str, ...]) -> None:
        arguments = ("app/main.py", "--select", "ASA", "app/loads.py", "--jobs=1", *between, "app/service.py")
        assert places(findings(*arguments, folder=project)) == FOUND


class TestTerminal:
    def test_colour(self, project: Path) -> None:
        assert "\x1b[" in lint(folder=project, env={"FORCE_COLOR": "1"}).stdout
        assert "\x1b[" not in lint(folder=project, env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout

    @pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
    def test_colour_on_a_terminal(self, project: Path) -> None:
        import pty

        ours, theirs = pty.openpty()
        environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
        command = [sys.executable, "-m", "asyncsa_lint", "check", "app/service.py"]
        with subprocess.Popen(
            command, cwd=project, stdout=theirs, env={**environment, "TERM": "xterm"}
        ) as process:
            os.close(theirs)
            first = os.read(ours, 100)
            process.wait(60)
        os.close(ours)
        assert b"\x1b[1mapp/service.py\x1b[0m:8:16" in first

    def test_progress_only_on_a_terminal(
        self, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(checking, "_QUIET_SECONDS", -1)
        monkeypatch.setattr(checking, "_PAUSE_SECONDS", -1)
        main(["check", "--no-cache", str(project)])
        assert capsys.readouterr().err == ""
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        main(["check", "--no-cache", str(project)])
        shown = capsys.readouterr().err
        assert "\r6 of 6 files" in shown
        assert shown.endswith("\r\x1b[K")

    def test_encoding_that_lacks_characters(self, project: Path) -> None:
        write(project, {"app/main.py": PROJECT["app/main.py"].replace('"startup")', '"startup")  # \u4f60')})
        done = lint("app/main.py", folder=project, env={"PYTHONIOENCODING": "ascii"})
        assert (done.returncode, done.stderr) == (1, "")
        assert "\\u4f60" in done.stdout

    def test_reader_that_stops_early(self, project: Path) -> None:
        command = [sys.executable, "-m", "asyncsa_lint", "check"]
        with subprocess.Popen(
            command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert process.stderr.read() == ""
        assert process.returncode == 1

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
    def test_disk_that_is_full(self, project: Path) -> None:
        command = [sys.executable, "-m", "asyncsa_lint", "check"]
        with open("/dev/full", "w") as full:
            done = subprocess.run(command, cwd=project, stdout=full, stderr=subprocess.PIPE, text=True)
        problem = "standard output can not be written: No space left on device"
        assert (done.returncode, done.stderr) == (2, f"asyncsa-lint: {problem}\n")

    @pytest.mark.skipif(sys.platform == "win32", reason="the command is one of a POSIX shell")
    def test_streams_that_are_closed(self, project: Path) -> None:
        command = f'"{sys.executable}" -m asyncsa_lint check >&- 2>&-'
        assert subprocess.run(command, shell=True, cwd=project).returncode == 1

    def test_interrupt(
        self, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def interrupt(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(checking, "lint", interrupt)
        assert main(["check", str(project)]) == 130
        assert capsys.readouterr().err == "asyncsa-lint: interrupted\n"


class TestOwnDefects:
    def test_a_rule_that_crashes_is_one_finding(
        self, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def crashing_rule(event: StartupHandler) -> Iterator[Report]:
            """Crashes."""
            raise ValueError("a\nb")

        crash: Rule = rule(
            StartupHandler, code="ASA999", severity=Severity.ERROR, since="0.1.0", message="never"
        )(crashing_rule)
        monkeypatch.setattr(analysis, "all_rules", lambda: (*all_rules(), crash))
        assert main(["check", str(project), "--output-format", "json"]) == 2
        found = json.loads(capsys.readouterr().out)
        assert [each["code"] for each in found] == ["ASA601", "ASA009", "ASA401", "ASA501"]
        assert "crashing-rule" in found[1]["message"]
        assert found[1]["path"].endswith("app/main.py")

    def test_an_analysis_that_crashes_is_one_finding(
        self, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def crash_on_main(context: AnalysisContext, path: str) -> ModuleAnalysis:
            if path.endswith("main.py"):
                raise KeyError("lost")
            return analyse_module(context, path)

        monkeypatch.setattr(modules, "analyse_module", crash_on_main)
        assert main(["check", str(project), "--output-format", "json"]) == 2
        found = json.loads(capsys.readouterr().out)
        assert [each["code"] for each in found] == ["ASA601", "ASA009", "ASA401", "ASA501"]

    def test_anything_else_is_one_line(
        self, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def crash(*_: object, **__: object) -> None:
            raise RuntimeError("first\nsecond")

        monkeypatch.setattr(checking, "lint", crash)
        assert main(["check", str(project)]) == 2
        assert capsys.readouterr().err == (
            "asyncsa-lint: internal error: RuntimeError: first second; please report it\n"
        )

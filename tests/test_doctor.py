"""`asyncsa-lint doctor`: each thing that bites is told, and nothing is told of a sound project."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from asyncsa_lint import __version__
from asyncsa_lint.frontends.cli import main
from tests.sandbox import MODELS, PROJECT, write

TABLE = "[tool.asyncsa-lint]\n"
HOOK = """\
repos:
  - repo: https://example.org/asyncsa-lint
    rev: {rev}  # a comment
    hooks:
      - id: asyncsa-lint
        args: [--profile, strict]
  - repo: https://example.org/other
    rev: v0.0.1
    hooks:
      - id: other
"""
FLAKE8_HOOK = """\
repos:
-   repo: https://example.org/flake8
    rev: 7.0.0
    hooks:
    -   id: flake8
        additional_dependencies: [{dependencies}]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", {".git/HEAD": "", **PROJECT})


def examined(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> tuple[int, list[str]]:
    """Exit status, and the lines that tell of problems and notes, with their cures."""
    monkeypatch.chdir(folder)
    status = main(["doctor", *arguments])
    printed = capsys.readouterr()
    assert printed.err == ""
    return status, [line.strip() for line in printed.out.splitlines() if line.startswith("  ")]


class Doctor:
    """Bound to a folder by the fixture below."""

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.folder, self._capsys, self._monkeypatch = folder, capsys, monkeypatch

    def __call__(self, files: dict[str, str], *arguments: str) -> tuple[int, list[str]]:
        write(self.folder, files)
        return examined(self.folder, self._capsys, self._monkeypatch, *arguments)


@pytest.fixture
def doctor(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Doctor:
    return Doctor(project, capsys, monkeypatch)


def test_sound_project(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "pyproject.toml": f'{TABLE}[tool.ruff.lint]\nselect = ["ALL"]\nexternal = ["ASA"]\n',
        ".flake8": "[flake8]\nrequire_plugins = asyncsa_lint\nselect = E,ASA\n",
        ".pre-commit-config.yaml": HOOK.format(rev=f"v{__version__}"),
    }
    write(project, files)
    monkeypatch.chdir(project)
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"asyncsa-lint {__version__}, project {project}\n")
    assert "\nruff: ok\n" in out
    assert "\nanalysis: 6 of 6 files analysed (100.0 %), " in out
    assert out.endswith("\n0 problems, 0 notes.\n")


def test_place_that_does_not_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", str(tmp_path / "nowhere")]) == 2
    assert "does not exist" in capsys.readouterr().err


def test_broken_configuration(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, {"app/asyncsa-lint.toml": "profil = 1\n"})
    assert main(["doctor", str(project)]) == 2
    assert "unknown key `profil`" in capsys.readouterr().err


class TestRuff:
    MISSING = '`external` lacks "ASA": the fix of RUF100 and RUF102 deletes `# noqa: ASA...` comments'

    @pytest.mark.parametrize(
        ("files", "told"),
        [
            ({"ruff.toml": '[lint]\nselect = ["RUF"]\n'}, "problem: ruff.toml"),
            ({"ruff.toml": '[lint]\nselect = ["E"]\nextend-select = ["ALL"]\n'}, "problem: ruff.toml"),
            ({"pyproject.toml": '[tool.ruff.lint]\nselect = ["RUF1"]\n'}, "problem: pyproject.toml"),
            (
                {"pyproject.toml": '[tool.ruff]\nselect = ["RUF"]\nexternal = ["V"]\n'},
                "problem: pyproject.toml",
            ),
            ({"ruff.toml": '[lint]\nselect = ["RUF"]\nexternal = ["ASA5"]\n'}, "problem: ruff.toml"),
            (
                {"ruff.toml": 'extend = "b.toml"\n', "b.toml": '[lint]\nselect = ["RUF"]\n'},
                "problem: ruff.toml",
            ),
            ({"app/ruff.toml": '[lint]\nselect = ["RUF"]\n'}, "problem: app/ruff.toml"),
            ({"ruff.toml": '[lint]\nselect = ["E"]\n'}, "note: ruff.toml"),
            ({"ruff.toml": '[lint]\nselect = ["ALL"]\nignore = ["RUF1"]\n'}, "note: ruff.toml"),
            ({"ruff.toml": '[lint]\nselect = ["RUF"]\nexternal = ["ASA"]\n'}, ""),
            ({"ruff.toml": 'external = ["A"]\n[lint]\nselect = ["RUF"]\n'}, ""),
            ({"ruff.toml": 'extend = "b.toml"\n', "b.toml": '[lint]\nexternal = ["ASA"]\n'}, ""),
            ({"ruff.toml": 'extend = "ruff.toml"\n[lint]\nexternal = ["ASA"]\n'}, ""),
            ({"pyproject.toml": "[tool.other]\n"}, ""),
        ],
    )
    def test_external(self, doctor: Doctor, files: dict[str, str], told: str) -> None:
        status, lines = doctor(files)
        assert status == told.startswith("problem")
        if not told:
            assert lines == []
            return
        assert lines[0].startswith(f'{told}: `external` lacks "ASA": ')
        assert lines[1].startswith('write `external = ["ASA"]` under [')

    def test_what_the_rules_would_do(self, doctor: Doctor) -> None:
        _, lines = doctor({"ruff.toml": '[lint]\nselect = ["RUF"]\n'})
        assert lines == [f"problem: ruff.toml: {self.MISSING}", 'write `external = ["ASA"]` under [lint]']

    @pytest.mark.parametrize(
        ("settings", "kept"),
        [
            ('select = ["RUF"]', False),
            ('select = ["RUF"]\nexternal = ["ASA"]', True),
            ('select = ["E"]', True),
        ],
    )
    def test_ruff_does_so(self, doctor: Doctor, settings: str, kept: bool) -> None:
        text = "x = 1  # noqa: ASA501\n"
        status, _ = doctor({"ruff.toml": f"[lint]\n{settings}\n", "app/extra.py": text})
        assert status == (not kept)
        command = [sys.executable, "-m", "ruff", "check", "--fix", "--quiet", "--no-cache", "app/extra.py"]
        subprocess.run(command, cwd=doctor.folder, check=False, capture_output=True)
        assert ((doctor.folder / "app/extra.py").read_text(encoding="utf-8") == text) is kept

    def test_above_the_project(self, doctor: Doctor) -> None:
        files = {"ruff.toml": '[lint]\nselect = ["RUF"]\n', "app/asyncsa-lint.toml": ""}
        assert doctor(files, "app")[0] == 1
        assert doctor({"app/ruff.toml": '[lint]\nexternal = ["ASA"]\n'}, "app")[0] == 0


class TestFlake8:
    REQUIRED = "[flake8]\nrequire-plugins = pycodestyle, asyncsa-lint[flake8]>=0.1\n"

    @pytest.mark.parametrize("name", ["setup.cfg", "tox.ini", ".flake8"])
    def test_required_plugins(self, doctor: Doctor, name: str) -> None:
        status, lines = doctor({name: "[flake8]\nmax-line-length = 100\n"})
        assert status == 1
        assert lines[0].startswith(f"problem: {name}: without `require-plugins` flake8 finds nothing of ours")
        assert lines[1] == "write `require-plugins = asyncsa-lint` under [flake8]"
        assert doctor({name: self.REQUIRED}) == (0, [])

    def test_only_the_first_file_counts(self, doctor: Doctor) -> None:
        assert doctor({"setup.cfg": "[metadata]\n", "tox.ini": self.REQUIRED, ".flake8": "[flake8]\n"}) == (
            0,
            [],
        )

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ("select = E,F,A", ["`select = A` selects ASA as well"]),
            (
                "extend-select =\n  # all of them\n  E  # style\n  AS\n",
                ["`extend-select = AS` selects ASA as well"],
            ),
            ("extend-ignore = A", ["`extend-ignore = A` hides all codes of ours"]),
            ("ignore = E501 as", ["`ignore = as` hides all codes of ours"]),
            ("per-file-ignores =\n  a.py, A: E501,A\n  b.py: A", ["`per-file-ignores = A` hides all codes"]),
            ("select = E,F,ASYNC", ["`select` names no code of ours, so flake8 shows none: E, F, ASYNC"]),
            ("select = E,ASA5", []),
            ("select = E\nextend-select = ASA", []),
            ("ignore = ASA", []),
            ("extend-select = ANN", []),
        ],
    )
    def test_prefixes(self, doctor: Doctor, options: str, words: list[str]) -> None:
        status, lines = doctor({".flake8": f"{self.REQUIRED}{options}\n"})
        problems = [line for line in lines if line.startswith("problem: ")]
        assert status == bool(words)
        assert len(problems) == len(words)
        assert all(word in problem for word, problem in zip(words, problems, strict=True))


class TestPreCommit:
    @pytest.mark.parametrize(
        ("rev", "told"),
        [
            (f"v{__version__}", ""),
            (__version__, ""),
            (
                "v0.0.9",
                "problem: .pre-commit-config.yaml: the hook is pinned to `v0.0.9`, installed is "
                f"{__version__}",
            ),
            ("'v0.0.9'", "problem: .pre-commit-config.yaml: the hook is pinned to `v0.0.9`"),
            ("v99.0", "problem: .pre-commit-config.yaml: the hook is pinned to `v99.0`"),
            ("main", "note: .pre-commit-config.yaml: `rev: main` is no version"),
            ("0123abc", "note: .pre-commit-config.yaml: `rev: 0123abc` is no version"),
            ("", "problem: .pre-commit-config.yaml: hook `asyncsa-lint` has no `rev`"),
        ],
    )
    def test_revision(self, doctor: Doctor, rev: str, told: str) -> None:
        status, lines = doctor({".pre-commit-config.yaml": HOOK.format(rev=rev)})
        assert status == told.startswith("problem")
        assert lines == [] if not told else lines[0].startswith(told)
        if "0.0.9" in rev:
            assert lines[1] == "run `pre-commit autoupdate --repo https://example.org/asyncsa-lint`"
        if rev == "v99.0":
            assert lines[1] == "install `asyncsa-lint==99.0`"

    def test_local_hook_is_the_installed_version(self, doctor: Doctor) -> None:
        text = "repos:\n  - repo: local\n    hooks:\n      - id: asyncsa-lint\n"
        assert doctor({".pre-commit-config.yaml": text}) == (0, [])

    def test_pinned_beside_flake8(self, doctor: Doctor) -> None:
        files = {".flake8": TestFlake8.REQUIRED}
        for dependencies, told in (
            (f"'asyncsa-lint[flake8]=={__version__}', flake8-bugbear", ""),
            ("asyncsa-lint", ""),
            ("asyncsa_lint == 0.0.9", "hook `flake8` pins `asyncsa-lint==0.0.9`"),
            ("flake8-bugbear", "hook `flake8` has an environment of its own, without our plugin"),
        ):
            text = FLAKE8_HOOK.format(dependencies=dependencies)
            status, lines = doctor({**files, ".pre-commit-config.yaml": text})
            assert status == bool(told)
            assert told in "".join(lines[:1])

    def test_flake8_that_does_not_count_on_us(self, doctor: Doctor) -> None:
        text = FLAKE8_HOOK.format(dependencies="flake8-bugbear")
        status, lines = doctor({".flake8": "[flake8]\n", ".pre-commit-config.yaml": text})
        assert status == 1
        assert not any("pre-commit" in line for line in lines)

    @pytest.mark.parametrize(
        "text", ["", "repos: [{repo: x, hooks: [{id: asyncsa-lint}]}]\n", "\x00", "- id\n"]
    )
    def test_what_is_not_in_block_style_is_left_alone(self, doctor: Doctor, text: str) -> None:
        assert doctor({".pre-commit-config.yaml": text}) == (0, [])


class TestConfigurations:
    def test_two_in_one_folder(self, doctor: Doctor) -> None:
        status, lines = doctor({"pyproject.toml": TABLE, "asyncsa-lint.toml": ""})
        assert status == 1
        assert lines == [
            "problem: pyproject.toml: [tool.asyncsa-lint] is not read:"
            " there is an asyncsa-lint.toml beside it",
            "keep one of them",
        ]

    def test_several_in_one_project(self, doctor: Doctor) -> None:
        status, lines = doctor({"pyproject.toml": TABLE, "app/asyncsa-lint.toml": 'profile = "all"\n'})
        assert status == 0
        (line,) = lines
        assert line.startswith("note: app/asyncsa-lint.toml: holds for its folder instead of the project's")

    def test_settings_in_the_wrong_file(self, doctor: Doctor) -> None:
        status, lines = doctor({"pyproject.toml": TABLE, "app/asyncsa-lint.toml": 'src = ["lib"]\n'})
        assert status == 1
        assert any("app/asyncsa-lint.toml: no effect of `src`" in line for line in lines)

    def test_settings_and_rules_that_are_not_built_yet(self, doctor: Doctor) -> None:
        status, lines = doctor({"asyncsa-lint.toml": 'health-paths = ["/"]\n'})
        assert (status, len(lines)) == (0, 1)
        assert lines[0].startswith("note: asyncsa-lint.toml: `health-paths` has no effect yet")

    def test_source_folder_that_does_not_exist(self, doctor: Doctor) -> None:
        status, lines = doctor({"asyncsa-lint.toml": 'src = ["app", "lib"]\n'})
        assert (status, lines) == (1, ["problem: asyncsa-lint.toml: `src`: lib is not a folder"])

    @pytest.mark.parametrize(
        ("name", "problem"),
        [
            ("app.tools.load", ""),
            ("app.tools.Unit.load", ""),
            ("app.tools.value", ""),
            ("vendor.load", ""),
            ("app.load", "`app.load` is defined as `app.tools.load`: name that"),
            ("app.tools.lod", "`app.tools.lod` is no callable of app.tools"),
            ("app.tool.load", "`app.tool.load` is no callable of app"),
        ],
    )
    def test_qualified_names(self, doctor: Doctor, name: str, problem: str) -> None:
        tools = "import vendor\ndef load(): ...\nvalue = vendor.get()\nclass Unit:\n    def load(self): ...\n"
        files = {"app/tools.py": tools, "app/__init__.py": "from app.tools import load\n"}
        status, lines = doctor({**files, "asyncsa-lint.toml": f'loaders = ["{name}"]\n'})
        assert status == bool(problem)
        told = f"problem: asyncsa-lint.toml: `loaders`: {problem}, so it has no effect"
        assert lines == ([told] if problem else [])


class TestImports:
    def test_folder_that_nobody_named(self, doctor: Doctor) -> None:
        files = {"backend/lib/models.py": MODELS, "app/extra.py": "from models import Order\nimport models\n"}
        status, lines = doctor(files)
        assert status == 1
        assert lines == [
            "problem: app/extra.py: `models` is not found (2 imports of `models` in all);"
            " it may be backend/lib/models.py",
            'name the folder that imports start from, for example `src = ["backend/lib"]`',
        ]
        assert doctor({"asyncsa-lint.toml": 'src = ["backend/lib"]\n'}) == (0, [])

    @pytest.mark.parametrize(
        ("files", "line"),
        [
            ({"a/shop/x.py": "", "b/shop/x.py": "", "c/y.py": "import shop.x\n"}, "import shop.x"),
            ({"a/shop/x.py": "y = 1\n", "c/y.py": "from shop.x import y\n"}, "from shop.x"),
            ({"a/shop/x.py": "y = 1\n", "c/y.py": "from shop import x\n"}, "from shop"),
        ],
    )
    def test_namespace_packages(self, doctor: Doctor, files: dict[str, str], line: str) -> None:
        status, lines = doctor(files)
        assert status == 1
        assert lines[0].startswith("problem: c/y.py: `shop")
        assert "a/shop/x.py" in lines[0]

    @pytest.mark.parametrize(
        "files",
        [
            {"deploy/redis/client.py": "", "app/extra.py": "from redis.client import Redis\n"},
            {"deploy/celery.py": "", "app/extra.py": "from celery import Celery\nimport json.decoder\n"},
            {"lib/json/decoder.py": "", "app/extra.py": "import json.decoder\n"},
            {"app/oci/__init__.py": "", "app/oci/errors.py": "", "app/extra.py": "import oci.errors\n"},
            {"app/extra.py": "from .nowhere import x\nfrom app.models import Order\nimport unknown.thing\n"},
        ],
    )
    def test_libraries_are_no_problem(self, doctor: Doctor, files: dict[str, str]) -> None:
        assert doctor(files) == (0, [])


class TestAnalysis:
    def test_unreadable_files(self, doctor: Doctor) -> None:
        status, lines = doctor({"app/broken.py": "x = 1\ndef\n"})
        assert status == 1
        assert lines == ["problem: app/broken.py:2: can not be read: syntax error: invalid syntax"]

    def test_share(self, doctor: Doctor, capsys: pytest.CaptureFixture[str]) -> None:
        write(doctor.folder, {"app/a.py": "def", "app/b.py": "def"})
        assert main(["doctor", str(doctor.folder)]) == 1
        assert "\nanalysis: 6 of 8 files analysed (75.0 %), " in capsys.readouterr().out

    def test_what_is_not_followed(self, doctor: Doctor, capsys: pytest.CaptureFixture[str]) -> None:
        chain = "from sqlalchemy.ext.asyncio import AsyncSession\n"
        for number in range(20):
            after = f"await f{number + 1}(session)" if number < 19 else "await session.commit()"
            chain += f"async def f{number}(session: AsyncSession):\n    {after}\n"
        status, lines = doctor({"app/deep.py": chain})
        assert status == 0
        assert any("not followed: calls nested deeper than are followed" in line for line in lines)
        assert main(["doctor", str(doctor.folder)]) == 0
        assert "0 places not followed to the end" not in capsys.readouterr().out


def test_hostile_names_are_escaped(doctor: Doctor) -> None:
    _, lines = doctor({"app/a\x1b[31m.py": "def"})
    assert any("a\\x1b[31m.py:1" in line for line in lines)

"""Which files are linted, and which project they belong to."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from asyncsa_lint.pipeline.discovery import is_excluded, python_files
from asyncsa_lint.pipeline.roots import Roots, common_root
from asyncsa_lint.pipeline.run import Workspace
from tests.sandbox import write

SECTION = "[tool.asyncsa-lint]\n"


def names(folder: Path, exclude: tuple[str, ...] = ()) -> list[str]:
    """Files found below a folder, relative to it."""
    return [os.path.relpath(path, folder) for path in python_files(str(folder), exclude, str(folder))]


class TestFiles:
    def test_python_only(self, tmp_path: Path) -> None:
        write(tmp_path, {"b.py": "", "a/c.py": "", "a.pyi": "", "README.md": "", "d.py/e.py": ""})
        assert names(tmp_path) == ["a/c.py", "b.py", "d.py/e.py"]

    def test_folders_of_tools_and_environments(self, tmp_path: Path) -> None:
        foreign = ["node_modules", "build", ".tox", "__pycache__", "x.egg-info", ".venv", "lib/site-packages"]
        write(tmp_path, {f"{name}/a.py": "" for name in foreign})
        write(tmp_path, {"my-env/pyvenv.cfg": "", "my-env/lib/a.py": "", "kept/a.py": ""})
        assert names(tmp_path) == ["kept/a.py"]

    def test_what_git_ignores(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            {
                ".gitignore": "/generated/\n*_pb2.py\n# comment\n\n!kept_pb2.py\n",
                ".git/info/exclude": "private.py\n",
                "a.py": "",
                "generated/a.py": "",
                "x_pb2.py": "",
                "kept_pb2.py": "",
                "private.py": "",
                "app/generated/a.py": "",
                "app/.gitignore": "local.py\n!x_pb2.py\n",
                "app/local.py": "",
                "app/x_pb2.py": "",
                "local.py": "",
            },
        )
        expected = ["a.py", "app/generated/a.py", "app/x_pb2.py", "kept_pb2.py", "local.py"]
        assert names(tmp_path) == expected
        assert names(tmp_path / "app") == ["generated/a.py", "x_pb2.py"]

    def test_agrees_with_git(self, tmp_path: Path) -> None:
        files = ["out/a.py", "tmp/a.py", "tmp/keep.py", "s/tmp/keep.py", "ab.py", "ad.py", "docs/x.py"]
        files += ["docs/1/2/x.py", "s/out/b.py", "s/out.py", "s/docs/x.py"]
        write(tmp_path, dict.fromkeys(files, ""))
        write(tmp_path, {".gitignore": "out/\n**/tmp/*.py\n!tmp/keep.py\na[bc].py\ndocs/**/x.py\n"})
        git = ["git", "-C", str(tmp_path)]
        subprocess.run([*git, "init", "-q"], check=True)
        listed = subprocess.run(
            [*git, "ls-files", "--others", "--exclude-standard", "*.py"],
            check=True,
            capture_output=True,
            text=True,
        )
        assert names(tmp_path) == sorted(listed.stdout.splitlines())

    def test_ignored_folder_that_is_asked_for(self, tmp_path: Path) -> None:
        write(tmp_path, {".git/HEAD": "", ".gitignore": "vendored/\n", "vendored/a/b.py": ""})
        assert names(tmp_path) == []
        assert names(tmp_path / "vendored") == ["a/b.py"]
        assert names(tmp_path / "vendored" / "a") == ["b.py"]

    def test_patterns_that_are_not_patterns(self, tmp_path: Path) -> None:
        (tmp_path / ".gitignore").write_bytes(b"!\n\xff\n/\na.py\n")
        write(tmp_path, {"a.py": "", "b.py": ""})
        assert names(tmp_path) == ["b.py"]

    def test_exclude_setting(self, tmp_path: Path) -> None:
        write(tmp_path, {"a.py": "", "legacy/a.py": "", "app/legacy/a.py": "", "app/x_test.py": ""})
        exclude = ("/legacy/", "*_test.py")
        assert names(tmp_path, exclude) == ["a.py", "app/legacy/a.py"]
        assert is_excluded(f"{tmp_path}/legacy/a.py", str(tmp_path), exclude)
        assert not is_excluded(f"{tmp_path}/app/legacy/a.py", str(tmp_path), exclude)
        assert not is_excluded(f"{tmp_path}x/legacy/a.py", str(tmp_path), exclude)

    def test_symlinks(self, tmp_path: Path) -> None:
        write(tmp_path, {"app/a.py": ""})
        (tmp_path / "app" / "loop").symlink_to(tmp_path)
        (tmp_path / "app" / "self.py").symlink_to("self.py")
        (tmp_path / "app" / "gone.py").symlink_to("nowhere.py")
        (tmp_path / "app" / "alias.py").symlink_to("a.py")
        assert names(tmp_path) == ["app/a.py", "app/alias.py"]

    def test_things_that_are_not_files(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.py")
        assert names(tmp_path) == []

    def test_deeply_nested_folders(self, tmp_path: Path) -> None:
        folder = tmp_path
        for _ in range(400):
            folder /= "d"
        folder.mkdir(parents=True)
        (folder / "a.py").touch()
        assert len(names(tmp_path)) == 1


class TestRoots:
    @pytest.mark.parametrize(
        ("files", "root"),
        [
            (["pyproject.toml"], ""),
            ([".git/HEAD", "packages/api/pyproject.toml"], ""),
            (["pyproject.toml", "packages/api/pyproject.toml"], ""),
            (["packages/api/setup.cfg"], "packages/api"),
            ([".git/HEAD", "packages/setup.py"], ""),
        ],
    )
    def test_marked_by(self, tmp_path: Path, files: list[str], root: str) -> None:
        write(tmp_path, dict.fromkeys(files, ""))
        path = write(tmp_path, {"packages/api/app/main.py": ""}) / "packages/api/app/main.py"
        assert Roots().of(str(path)) == str(tmp_path / root).rstrip("/")

    @pytest.mark.parametrize(
        ("files", "root"),
        [
            ({".git/HEAD": "", "api/pyproject.toml": SECTION}, "api"),
            ({".git/HEAD": "", "api/asyncsa-lint.toml": ""}, "api"),
            ({".git/HEAD": "", "pyproject.toml": "[tool.ruff]\n", "api/asyncsa-lint.toml": ""}, "api"),
            ({".git/HEAD": "", "pyproject.toml": SECTION, "api/pyproject.toml": SECTION}, ""),
            ({"asyncsa-lint.toml": "", "api/pyproject.toml": "", "api/.git/HEAD": ""}, "api"),
            ({".git/HEAD": "", "pyproject.toml": SECTION, "api/asyncsa-lint.toml": "root = true\n"}, "api"),
            ({"asyncsa-lint.toml": "root = true\n", "api/asyncsa-lint.toml": ""}, ""),
            ({"asyncsa-lint.toml": "", "api/asyncsa-lint.toml": "broken ="}, ""),
        ],
    )
    def test_outermost_configured_folder(self, tmp_path: Path, files: dict[str, str], root: str) -> None:
        write(tmp_path, {**files, "api/a.py": ""})
        assert Roots().of(f"{tmp_path}/api/a.py") == f"{tmp_path}/{root}".rstrip("/")

    def test_nearest_table_is_the_configuration(self, tmp_path: Path) -> None:
        write(tmp_path, {"pyproject.toml": f'{SECTION}profile = "strict"\n', "api/pyproject.toml": ""})
        write(tmp_path, {"jobs/asyncsa-lint.toml": 'profile = "all"\n', "jobs/pyproject.toml": SECTION})
        roots = Roots()
        found = {name: roots.settings(f"{tmp_path}/{name}", str(tmp_path)) for name in ("api", "jobs/x", "x")}
        assert {name: each.config.profile for name, each in found.items()} == {
            "api": "strict",
            "jobs/x": "all",
            "x": "strict",
        }
        assert found["jobs/x"].path == f"{tmp_path}/jobs/asyncsa-lint.toml"

    def test_ignored_folders_are_not_part_of_the_repository(self, tmp_path: Path) -> None:
        write(tmp_path, {".git/HEAD": "", ".gitignore": "/cache/\n", "cache/one-1.0/pyproject.toml": ""})
        write(tmp_path, {"cache/one-1.0/one/a.py": "", "cache/two/a.py": ""})
        roots = Roots()
        assert roots.of(f"{tmp_path}/cache/one-1.0/one/a.py") == f"{tmp_path}/cache/one-1.0"
        assert roots.of(f"{tmp_path}/cache/two/a.py") == ""

    def test_the_home_directory_is_no_project(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        write(tmp_path, {"pyproject.toml": SECTION, ".git/HEAD": "", "shop/a.py": ""})
        assert Roots().of(f"{tmp_path}/shop/a.py") == ""
        assert Roots().of(str(tmp_path)) == str(tmp_path)

    def test_a_stray_file_among_temporary_files(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        write(tmp_path, {"asyncsa-lint.toml": "", "shop/a.py": "", "shop/pyproject.toml": ""})
        assert Roots().of(f"{tmp_path}/shop/a.py") == f"{tmp_path}/shop"

    def test_unmarked_places(self, tmp_path: Path) -> None:
        write(tmp_path, {"app/__init__.py": "", "app/db/__init__.py": "", "app/db/a.py": "", "jobs/b.py": ""})
        assert Roots().of(f"{tmp_path}/app/db/a.py") == ""
        assert common_root([f"{tmp_path}/app/db/a.py"]) == str(tmp_path)
        assert common_root([f"{tmp_path}/jobs/b.py", f"{tmp_path}/jobs"]) == f"{tmp_path}/jobs"
        assert common_root([f"{tmp_path}/app", f"{tmp_path}/jobs"]) == str(tmp_path)


class TestUnmarkedPlaces:
    def test_the_folder_of_temporary_files_is_no_project(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        write(tmp_path, {"one.py": "", "two.py": "", "app/a.py": "", "jobs/b.py": ""})
        space = Workspace()
        asked = [f"{tmp_path}/{name}" for name in ("one.py", "app/a.py", "jobs/b.py")]
        fallback = space.fallback_root(asked)
        roots = [space.root_of(path, fallback) for path in asked]
        assert roots == [str(tmp_path), f"{tmp_path}/app", f"{tmp_path}/jobs"]
        found = space.analyse(str(tmp_path), asked[:1])
        assert [os.path.basename(path) for path in found.project.files] == ["one.py", "two.py"]

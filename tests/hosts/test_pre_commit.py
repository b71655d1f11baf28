"""The pre-commit hook, by starting the real pre-commit on real repositories.

One test installs the hook as pre-commit does, from a repository into an environment of its own;
the packages for it are those that are installed here, so no network is needed. The others run the
same entry in the environment of the tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sandbox import PROJECT, REPOSITORY, run, write
from tests.wheels import pack

ROOT = Path(__file__).parents[2]
HOOKS = ROOT / ".pre-commit-hooks.yaml"
PACKAGE = ("src", "pyproject.toml", "README.md", "LICENSE", HOOKS.name)

QUERY = "select(Order).where(Order.id == order_id)"
LOADED = "from sqlalchemy.orm import selectinload\n" + REPOSITORY.replace(
    QUERY, f"{QUERY}.options(selectinload(Order.items))"
)
CAUSED = {
    "id": "asyncsa-lint",
    "alias": "caused",
    "args": ["--since", "HEAD"],
    "pass_filenames": False,
    "always_run": True,
    "stages": ["manual"],
}
"""The hook as docs/ci.md has it for findings in any file that the change causes."""
LEAK = """\
from sqlalchemy.ext.asyncio import create_async_engine


async def ping(url: str) -> None:
    engine = create_async_engine(url)
    engine.dispose()
"""


def the_hook() -> dict[str, Any]:
    (hook,) = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    assert (hook["id"], hook["language"]) == ("asyncsa-lint", "python")
    return dict(hook)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    hook = the_hook()
    program, _, arguments = hook["entry"].partition(" ")
    assert program == "asyncsa-lint"
    hook |= {"language": "system", "entry": f"{sys.executable} -m asyncsa_lint {arguments}"}
    config = {"repos": [{"repo": "local", "hooks": [hook]}]}
    write(tmp_path, {**PROJECT, ".pre-commit-config.yaml": yaml.safe_dump(config), "notes.txt": "x"})
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    return tmp_path


def hook(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = {"PRE_COMMIT_HOME": str(folder / ".git" / "pre-commit")}
    return run("pre_commit", "run", "asyncsa-lint", *arguments, folder=folder, env=env)


def test_all_files(repository: Path) -> None:
    done = hook("--all-files", folder=repository)
    assert done.returncode == 1
    assert all(code in done.stdout for code in ("ASA401", "ASA501", "ASA601"))


def test_findings_only_of_the_files_handed_over_but_with_facts_of_all(repository: Path) -> None:
    done = hook("--files", "app/service.py", folder=repository)
    assert done.returncode == 1
    assert "app/service.py:8:16 ASA501" in done.stdout
    assert "ASA401" not in done.stdout


def test_clean_files_pass(repository: Path) -> None:
    assert hook("--files", "app/models.py", folder=repository).returncode == 0
    assert "Skipped" in hook("--files", "notes.txt", folder=repository).stdout


def test_the_exclude_setting_holds(repository: Path) -> None:
    write(repository, {"pyproject.toml": '[tool.asyncsa-lint]\nexclude = ["app/main.py"]\n'})
    assert hook("--files", "app/main.py", folder=repository).returncode == 0


class Clone:
    """A team's repository with the hook installed from ours, and nothing of the tests' environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "team"
        self.home = folder / "home"
        identity = {
            f"GIT_{role}_{what}": "dev" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PIP_", "GIT_"))
        }
        self.env = {
            **kept,
            **identity,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "PRE_COMMIT_HOME": str(self.home),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(pack(folder / "wheels", ["hatchling", "pathspec"])),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "VIRTUALENV_NO_PERIODIC_UPDATE": "1",
        }
        revision = self._publish(folder / "tool")
        hooks = [{"id": the_hook()["id"]}, CAUSED]
        config = {"repos": [{"repo": str(folder / "tool"), "rev": revision, "hooks": hooks}]}
        clean = {name: text for name, text in PROJECT.items() if name not in ("app/main.py", "app/loads.py")}
        configuration = {".pre-commit-config.yaml": yaml.safe_dump(config)}
        write(self.folder, {**clean, "app/repository.py": LOADED, **configuration})
        self.git("init", "-q")
        self.command(sys.executable, "-m", "pre_commit", "install")

    def _publish(self, folder: Path) -> str:
        """A repository with the package as it is now; the result is the commit."""
        folder.mkdir()
        for name in PACKAGE:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
            else:
                shutil.copy(source, folder / name)
        for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "release"]):
            subprocess.run(["git", *arguments], cwd=folder, env=self.env, check=True)
        found = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=folder, env=self.env, check=True, capture_output=True, text=True
        )
        return found.stdout.strip()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program in the team's repository."""
        return subprocess.run(
            arguments, cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=300, check=False
        )

    def git(self, *arguments: str) -> str:
        """What git says on standard output; it must succeed."""
        done = self.command("git", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def commit(self, **files: str) -> tuple[bool, str]:
        """Commit changed files, with the hook; whether that succeeded, and what was said."""
        write(self.folder, {f"app/{name}.py": text for name, text in files.items()})
        self.git("add", ".")
        done = self.command("git", "commit", "-m", "change")
        return done.returncode == 0, done.stdout + done.stderr

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `pre-commit run` by hand."""
        return self.command(sys.executable, "-m", "pre_commit", "run", *arguments)

    @property
    def environment(self) -> Path:
        """The programs of the environment that pre-commit has made for the hook."""
        (found,) = self.home.glob("repo*/py_env-*/*/asyncsa-lint*")
        return found.parent


def test_installed_from_a_repository_into_its_own_environment(tmp_path: Path) -> None:
    clone = Clone(tmp_path)
    committed, said = clone.commit()
    assert committed, said
    assert "Passed" in said
    imported = clone.command(str(clone.environment / "python"), "-c", "import sqlalchemy")
    assert "ModuleNotFoundError" in imported.stderr

    committed, said = clone.commit(leak=LEAK)
    assert not committed
    assert "app/leak.py:6:5 ASA104" in said
    assert "service.py" not in said
    (clone.folder / "app" / "leak.py").unlink()

    write(clone.folder, {"app/repository.py": REPOSITORY})
    clone.git("add", ".")
    caused = clone.pre_commit("caused", "--hook-stage", "manual")
    assert caused.returncode == 1
    assert "app/service.py:8:16 ASA501" in caused.stdout
    committed, said = clone.commit()
    assert committed, "only app/repository.py has changed, and nothing is wrong there"
    everything = clone.pre_commit("--all-files")
    assert everything.returncode == 1
    assert "app/service.py:8:16 ASA501" in everything.stdout
    newly = clone.command(str(clone.environment / "asyncsa-lint"), "check", "--since", "HEAD~1")
    assert newly.returncode == 1
    assert "app/service.py:8:16 ASA501" in newly.stdout
    assert clone.command(str(clone.environment / "asyncsa-lint"), "check", "--since", "HEAD").returncode == 0

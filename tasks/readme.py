"""Run the commands that README.md shows, and put what they print below them; `--check` only compares.

python -m tasks.readme
python -m tasks.readme --check

The introduction shows a project of the tests, the section on the way to the gate a copy of
`examples/shop` in a new repository. There, blocks of other languages are steps too: one that
begins with `# name` is written to that file, a `diff` is applied.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.sandbox import PROJECT, write

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
TOUR = "## From the first run to the gate"
BLOCK = re.compile(r"^```(?P<language>[a-z]+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (?P<name>[\w./-]+)\n")
DIFF = re.compile(r"--- (?P<name>\S+)\n\+\+\+ .*\n@@.*\n(?:-(?P<old>.*)\n)(?:\+(?P<new>.*)\n)")


def render(text: str) -> str:
    """The text with what its commands really print."""
    introduction, rest = text[: text.index("\n## ")], text[text.index("\n## ") :]
    before, heading, tour = rest.partition(f"\n{TOUR}\n")
    assert heading, f"README.md has no section {TOUR!r}"
    end = tour.index("\n## ")
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder) / "shop"
        shutil.copytree(ROOT / "examples" / "shop", shop, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "shop"]):
            subprocess.run(["git", *arguments], cwd=shop, env=_environment(shop), check=True)
        small = write(Path(folder) / "small", PROJECT)
        shown = BLOCK.sub(_step(small), introduction)
        return shown + before + heading + BLOCK.sub(_step(shop), tour[:end]) + tour[end:]


def _step(folder: Path) -> Callable[[re.Match[str]], str]:
    def step(block: re.Match[str]) -> str:
        language, body = block["language"], block["body"]
        if language == "console":
            commands = [line for line in body.splitlines() if line.startswith("$ ")]
            body = "".join(f"{command}\n{_printed(command[2:], folder)}" for command in commands)
        elif language == "diff":
            _apply(body, folder)
        elif named := FILE.match(body):
            write(folder, {named["name"]: body})
        return f"```{language}\n{body}```"

    return step


def _printed(command: str, folder: Path) -> str:
    """What a command prints, standard error last; `cd` is for the reader, who starts elsewhere."""
    if command.startswith("cd "):
        return ""
    done = subprocess.run(
        ["bash", "-c", f'asyncsa-lint() {{ "{sys.executable}" -m asyncsa_lint "$@"; }}; {command}'],
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def _apply(diff: str, folder: Path) -> None:
    change = DIFF.fullmatch(diff)
    assert change is not None, diff
    path = folder / change["name"]
    text = path.read_text(encoding="utf-8")
    assert text.count(change["old"]) == 1, diff
    path.write_text(text.replace(change["old"], change["new"]), encoding="utf-8")


def _environment(folder: Path) -> dict[str, str]:
    """Without colours, and without the settings of whoever runs this."""
    kept = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR")}
    identity = {f"GIT_{role}_{what}": "dev" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    source = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]))
    return {**kept, **identity, "PYTHONPATH": source, "GIT_CONFIG_GLOBAL": os.devnull}


def main() -> int:
    """Write README.md anew, or say whether that would change it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="fail when README.md shows something else")
    options = parser.parse_args()
    old = README.read_text(encoding="utf-8")
    new = render(old)
    if old == new:
        return 0
    if options.check:
        print(
            "README.md does not show what its commands print: run `python -m tasks.readme`", file=sys.stderr
        )
        return 1
    README.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The command line: `asyncsa-lint check`, `baseline`, `rule`, `config`.

Imports of the analyser stand inside the commands, so that `--version` and `--help` answer
at once. Exit status: 0 clean, 1 findings at or above the failing severity, 2 usage or
configuration error or a file that could not be analysed, 130 interrupted.
"""

from __future__ import annotations

import argparse
import errno
import os
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from asyncsa_lint import __version__
from asyncsa_lint.config import FAIL_ON, PHASES, PROFILES, ConfigError, nearest
from asyncsa_lint.reporters.formats import FORMATS

if TYPE_CHECKING:
    from asyncsa_lint.pipeline.cache.replay import Inputs

PROGRAM = "asyncsa-lint"
USAGE_ERROR = 2
INTERRUPTED = 130


class _Parser(argparse.ArgumentParser):
    """Complains in one line, as everything else here does."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As in argparse, but paths may stand anywhere, and the rest is an error of the command."""
        options, unknown = super().parse_known_args(args, namespace)
        if hasattr(options, "paths"):
            end = unknown.index("--") if "--" in unknown else len(unknown)
            options.paths += [each for each in unknown[:end] if not each.startswith("-")] + unknown[end + 1 :]
            unknown = [each for each in unknown[:end] if each.startswith("-")]
        if unknown:
            option = str(unknown[0]).partition("=")[0]
            close = nearest(option, re.findall(r"--[\w-]+", self.format_usage()))
            self.error(f"unknown {'option' if option.startswith('-') else 'argument'} `{option}`{close}")
        return options, unknown

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE_ERROR, f"{PROGRAM}: {_one_line(message)}; see `{self.prog} --help`\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the result is the exit status."""
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        options = _parser().parse_args(arguments)
        options.arguments = sys.argv[1:] if arguments is None else list(arguments)
        status = _run(options)
        sys.stdout.flush()
    except ConfigError as error:
        print(f"{PROGRAM}: {_one_line(str(error))}", file=sys.stderr)
        return USAGE_ERROR
    except BrokenPipeError:
        # Whoever read has enough; keep the interpreter from complaining when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print(f"{PROGRAM}: interrupted", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a defect of ours is one line too, never a traceback
        print(f"{PROGRAM}: {_one_line(_described(error))}", file=sys.stderr)
        return USAGE_ERROR
    return status


def _described(error: Exception) -> str:
    """What stopped a run: a full disk behind standard output (of files it is told otherwise), or a defect."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return f"standard output can not be written: {error.strerror}"
    return f"internal error: {type(error).__name__}: {error}; please report it"


def _open_streams() -> None:
    """A stream that whoever started us has closed takes what is written, to no avail."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as we run


def _one_line(text: str) -> str:
    from asyncsa_lint.reporters.display import printable

    return printable(" ".join(text.split("\n")))


def _run(options: argparse.Namespace) -> int:
    if options.command == "rule":
        from asyncsa_lint.frontends.pages import show_rules

        return show_rules(options.rule)
    if options.command == "config":
        from asyncsa_lint.frontends.pages import show_config, show_schema

        return show_schema() if options.schema else show_config(options.path, options.config)
    if options.command == "doctor":
        from asyncsa_lint.frontends.doctor import doctor

        return doctor(options.path, options.config)
    if options.command == "baseline":
        from asyncsa_lint.frontends.baseline import baseline

        return baseline(options)
    if options.command == "cache":
        from asyncsa_lint.frontends.caching import show_cache

        return show_cache(options)
    from asyncsa_lint.frontends.caching import once, replayed, warn

    options.warn = once(warn)
    return replayed(options, options.arguments, lambda: _check(options))


def _check(options: argparse.Namespace) -> tuple[int, Inputs | None]:
    from asyncsa_lint.frontends.checking import check

    return check(options)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=PROGRAM,
        description="Finds the bugs of FastAPI on SQLAlchemy asyncio that tests do not show.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_check(commands.add_parser("check", help="report findings", allow_abbrev=False))
    _add_baseline(commands.add_parser("baseline", help="tolerate what is found today", allow_abbrev=False))
    _add_cache(commands.add_parser("cache", help="where the cache is, or remove it", allow_abbrev=False))
    rule = commands.add_parser("rule", help="explain a rule, or list all rules", allow_abbrev=False)
    rule.add_argument("rule", nargs="?", metavar="NAME|CODE", help="lazy-attribute-access or ASA501")
    config = commands.add_parser("config", help="print the effective configuration", allow_abbrev=False)
    config.add_argument("path", nargs="?", default=".", metavar="PATH", help="file or folder of the project")
    config.add_argument("--config", metavar="FILE", help="TOML file to use instead of all others")
    config.add_argument("--schema", action="store_true", help="print the JSON Schema of the configuration")
    doctor = commands.add_parser(
        "doctor", help="say what in a project's set-up will bite", allow_abbrev=False
    )
    doctor.add_argument("path", nargs="?", default=".", metavar="PATH", help="file or folder of the project")
    doctor.add_argument("--config", metavar="FILE", help="TOML file to use instead of all others")
    return parser


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"must be a whole number, 0 or more, not `{text}`")
    return int(text)


def _revision(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("must be a revision of git, not nothing")
    return text


def _add_cache(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("info", "clean"))
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="file or folder of the project")
    parser.add_argument("--cache-dir", metavar="DIR", help="folder of the cache")


def _add_baseline(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    create = actions.add_parser("create", help="list all that is found now", allow_abbrev=False)
    create.add_argument("--force", action="store_true", help="replace a baseline that exists")
    _add_choice(create)
    for name, what in (
        ("update", "follow what has moved, remove what is gone; never adds a finding"),
        ("check", "fail when the baseline lists what is gone, or not all that is there"),
    ):
        _add_choice(actions.add_parser(name, help=what, allow_abbrev=False))


def _add_check(parser: argparse.ArgumentParser) -> None:
    _add_choice(parser)
    parser.add_argument(
        "--since",
        type=_revision,
        metavar="REV",
        help="only what is new or touched since a revision of git (`main...`)",
    )
    parser.add_argument("--add-ignore", action="store_true", help="silence what is found by comments")
    parser.add_argument("--fix", action="store_true", help="repair what can be repaired beyond doubt")
    parser.add_argument("--diff", action="store_true", help="show what --fix would change, write nothing")
    parser.add_argument(
        "--unsafe-fixes", action="store_true", help="with --fix, --diff and reports with edits: all repairs"
    )
    parser.add_argument("--reason", metavar="TEXT", help="what the comments of --add-ignore say")
    parser.add_argument(
        "--output-format", choices=FORMATS, default="text", help="what to print (default: text)"
    )
    parser.add_argument(
        "--output", action="append", metavar="FORMAT:FILE", help="write a report too; may be repeated"
    )
    parser.add_argument(
        "--jobs", type=_count, default=0, metavar="N", help="processes (default: 0, one for each processor)"
    )
    parser.add_argument("--no-cache", action="store_true", help="neither use nor write the cache")
    parser.add_argument("--cache-dir", metavar="DIR", help="folder of the cache (default: in the project)")
    parser.add_argument("--statistics", action="store_true", help="count findings and give-ups")
    parser.add_argument("--exit-zero", action="store_true", help="exit with 0 in spite of findings")
    parser.add_argument(
        "--force-exclude",
        action="store_true",
        help="apply the `exclude` setting to files named on the command line too",
    )


def _add_choice(parser: argparse.ArgumentParser) -> None:
    """What is linted, by which rules, under which configuration and baseline."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders (default: .)")
    selectors = "rule names or code prefixes, separated by commas"
    parser.add_argument(
        "--select", action="append", metavar="RULES", help=f"run these instead of the profile: {selectors}"
    )
    parser.add_argument("--extend-select", action="append", metavar="RULES", help="run these as well")
    parser.add_argument("--ignore", action="append", metavar="RULES", help="do not run these")
    parser.add_argument("--profile", choices=PROFILES, help="bugs (default), strict, all")
    parser.add_argument(
        "--phase", type=int, choices=range(PHASES), help="rules of a staged modernisation, up to this stage"
    )
    parser.add_argument("--fail-on", choices=FAIL_ON, help="least severity that fails (default: warning)")
    parser.add_argument("--config", metavar="FILE", help="TOML file to use instead of all others")
    baselines = parser.add_mutually_exclusive_group()
    baselines.add_argument(
        "--baseline", metavar="FILE", help="findings to tolerate, instead of the project's"
    )
    baselines.add_argument("--no-baseline", action="store_true", help="tolerate no findings")

"""The `baseline` command: create, update and check the file of tolerated findings."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping

from asyncsa_lint.config import Config
from asyncsa_lint.frontends.caching import Folders, is_on, warn
from asyncsa_lint.frontends.checking import overrides, update_command
from asyncsa_lint.frontends.hosting import configuration_file
from asyncsa_lint.pipeline.cache.kept import Cache
from asyncsa_lint.pipeline.run import Workspace
from asyncsa_lint.pipeline.upkeep import Upkeep, create, update
from asyncsa_lint.reporters.display import printable, relative


def baseline(options: argparse.Namespace) -> int:
    """Run `baseline create`, `update` or `check`; the result is the exit status."""
    cache = Cache(Folders().of, warn) if is_on() else None
    configuration, adjust = configuration_file(options.config), overrides(options).applied
    workspace = Workspace(configuration, adjust, cache=cache)
    paths = options.paths or ["."]
    if options.action == "create":
        return _create(create(paths, workspace, force=options.force), options)
    done = update(paths, workspace, write=options.action == "update")
    return _updated(done) if options.action == "update" else _checked(done, update_command(options))


def _create(done: Mapping[str, Upkeep], options: argparse.Namespace) -> int:
    for path, upkeep in done.items():
        print(f"Wrote {_findings(upkeep.entries)} to {_shown(path)}.")
    if options.baseline and options.baseline != Config().baseline:
        print(f"Name it in the configuration: baseline = {options.baseline!r}, relative to that file.")
    return _status(done)


def _updated(done: Mapping[str, Upkeep]) -> int:
    for path, upkeep in done.items():
        removed, moved = len(upkeep.removed), upkeep.moved
        what = [f"removed {removed}"] if removed else []
        what += [f"followed {moved} that moved"] if moved else []
        change = f": {', '.join(what)}" if what else ", unchanged"
        print(f"{_shown(path)} lists {_findings(upkeep.entries)}{change}.")
    return _status(done)


def _checked(done: Mapping[str, Upkeep], command: str) -> int:
    """1 when the baseline lists what is gone, or not what is there."""
    for path, upkeep in done.items():
        for entry in upkeep.removed:
            identity = entry.placed.identity
            where = f"{_shown(entry.placed.path)} {identity.symbol}".rstrip()
            print(f"{_shown(path)}:{entry.line}: gone: {identity.code} {where}: {printable(identity.source)}")
        listed = f"{_shown(path)} lists {_findings(upkeep.entries + len(upkeep.removed))}"
        gone = f", {len(upkeep.removed)} of them gone (`{command}` removes them)" if upkeep.removed else ""
        new = f", {_findings(upkeep.new)} not listed (`asyncsa-lint check` shows them)" if upkeep.new else ""
        print(f"{listed}{gone}{new}.")
    stepped = any(upkeep.removed or upkeep.new for upkeep in done.values())
    return _status(done) or int(stepped)


def _status(done: Mapping[str, Upkeep]) -> int:
    if any(upkeep.incomplete for upkeep in done.values()):
        print("Some files can not be analysed; see `asyncsa-lint check`.")
        return 2
    return 0


def _findings(number: int) -> str:
    return f"{number} finding{'s'[: number != 1]}"


def _shown(path: str) -> str:
    return printable(relative(path, os.getcwd()))

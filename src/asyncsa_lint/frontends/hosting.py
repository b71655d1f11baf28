"""What all hosts share: from their two options of ours to a workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from asyncsa_lint.config import SECTION, Config, ConfigError, parse, read_section
from asyncsa_lint.pipeline.run import Workspace
from asyncsa_lint.pipeline.selection import validate


def host_workspace(
    config_file: str | None,
    profile: str | None,
    *,
    asked: Sequence[str],
    overlay: Mapping[str, bytes] | None = None,
) -> Workspace:
    """A workspace under a host's options; `asked` are the paths that the host was given."""

    def adjust(config: Config) -> Config:
        return replace(config, profile=profile, select=()) if profile else config

    return Workspace(configuration_file(config_file), adjust, overlay, asked=asked)


def configuration_file(name: str | None) -> Config | None:
    """The configuration in a file that was named; it must have a table of ours."""
    if name is None:
        return None
    section = read_section(Path(name))
    if section is None:
        raise ConfigError(f"{name}: has no [tool.{SECTION}] table")
    config = parse(section, name)
    validate(config, name)
    return config

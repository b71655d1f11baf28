"""What all hosts share: options that override the configuration, and the way to a workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from asyncsa_lint.config import PHASES, PROFILES, SECTION, Config, ConfigError, Settings, load, read_section
from asyncsa_lint.frontends.caching import Folders, is_on, warn
from asyncsa_lint.pipeline.cache.kept import Cache
from asyncsa_lint.pipeline.run import Workspace
from asyncsa_lint.pipeline.selection import validate


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the options of a host say instead of the configuration; None and empty: nothing.

    A profile, a phase or a selection replaces all that the project says about selection;
    `extend_select` and `ignore` add to it.
    """

    profile: str | None = None
    phase: int | None = None
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str | None = None
    baseline: str | None = None
    """A file, or empty for none."""

    def applied(self, config: Config) -> Config:
        """The configuration with the overrides."""
        if self.profile or self.phase is not None or self.select:
            config = replace(
                config,
                profile=self.profile or config.profile,
                phase=self.phase,
                select=self.select or None,
                extend_select=(),
                ignore=(),
            )
        return replace(
            config,
            extend_select=(*config.extend_select, *self.extend_select),
            ignore=(*config.ignore, *self.ignore),
            fail_on=self.fail_on or config.fail_on,
            baseline=config.baseline if self.baseline is None else self.baseline,
        )

    def check(self, origin: str) -> None:
        """Raise ConfigError when an option names what does not exist; `origin` says where it stands."""
        validate(self.applied(Config()), origin)


def host_overrides(
    profile: str | None,
    phase: int | None,
    select: Sequence[str] | None,
    extend_select: Sequence[str] | None,
    ignore: Sequence[str] | None,
) -> Overrides:
    """The options that flake8 and pylint offer; raises ConfigError when one is wrong."""
    if profile is not None and profile not in PROFILES:
        raise ConfigError(f"options: `asyncsa-profile` must be one of {', '.join(PROFILES)}, not `{profile}`")
    if phase is not None and not 0 <= phase < PHASES:
        raise ConfigError(f"options: `asyncsa-phase` must be a whole number, 0 to {PHASES - 1}, not {phase}")
    overrides = Overrides(
        profile, phase, tuple(select or ()), tuple(extend_select or ()), tuple(ignore or ())
    )
    overrides.check("options")
    return overrides


def host_workspace(
    config_file: str | None,
    overrides: Overrides,
    *,
    asked: Sequence[str],
    overlay: Mapping[str, bytes] | None = None,
) -> Workspace:
    """A workspace under a host's options; `asked` are the paths that the host was given."""
    cache = Cache(Folders().of, warn) if is_on() else None
    return Workspace(configuration_file(config_file), overrides.applied, overlay, asked=asked, cache=cache)


def configuration_file(name: str | None) -> Settings | None:
    """What a file that was named says; a pyproject.toml must have a table of ours."""
    if name is None:
        return None
    if read_section(Path(name)) is None:
        raise ConfigError(f"{name}: has no [tool.{SECTION}] table")
    settings = load(Path(name))
    validate(settings.config, name)
    return settings

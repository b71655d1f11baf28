"""The checked configuration of projects and files, and what it says about a finding.

The project's own configuration decides how its files are analysed; the one nearest to a
file decides what is reported there (see `pipeline.roots`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace

from asyncsa_lint.config import PHASES, Config, Settings, key_of
from asyncsa_lint.findings import Finding
from asyncsa_lint.pipeline.discovery import is_excluded
from asyncsa_lint.pipeline.roots import Roots
from asyncsa_lint.pipeline.selection import fails, ignored_in, notes, selected_codes, validate
from asyncsa_lint.rules.registry import all_rules
from asyncsa_lint.source import normalise


class Configurations:
    """What holds where; each configuration file is read and checked once.

    `given` stands in for all configuration files, and `adjust` changes what they say. Everything
    here raises ConfigError when a file that it needs is wrong.
    """

    def __init__(self, roots: Roots, given: Settings | None, adjust: Callable[[Config], Config]) -> None:
        self._roots = roots
        self._given = given
        self._adjust = adjust
        self._by_folder: dict[tuple[str, str], Settings] = {}
        self._read: dict[str, Settings] = {}
        self._checked: dict[str, Settings] = {}
        """As they were read, and as they were adjusted, by file."""
        self._codes: dict[Config, frozenset[str]] = {}
        self._projects: dict[str, str] = {}

    def of_file(self, path: str, root: str) -> Settings:
        """What holds for a file of a project."""
        return self.of(os.path.dirname(path), root)

    def of(self, folder: str, root: str) -> Settings:
        """What holds for the files of a folder, or for the project itself when it is the root."""
        settings = self._by_folder.get((folder, root))
        if settings is None:
            settings = self._by_folder[folder, root] = self._find(folder, root)
        return settings

    def _find(self, folder: str, root: str) -> Settings:
        found = self._given if self._given is not None else self._roots.settings(folder, root)
        known = self._checked.get(found.path)
        if known is None:
            validate(found.config, found.path)
            self._read[found.path] = found
            known = self._checked[found.path] = replace(found, config=self._adjust(found.config))
        if found.path and os.path.dirname(found.path) != root:
            self._projects[found.path] = root
        return known

    def used(self) -> tuple[Settings, ...]:
        """All that was asked for so far."""
        return tuple(self._checked.values())

    def _folder(self, settings: Settings, name: str, root: str) -> str:
        """What the paths in a field are relative to; the project's root for a file named by the user."""
        return root if self._given is not None else settings.folder(name, root)

    def shown_codes(self, path: str, root: str) -> frozenset[str]:
        """Codes whose findings are shown in a file."""
        settings = self.of_file(path, root)
        codes = self._selected(settings.config)
        folder = self._folder(settings, "per_file_ignores", root)
        return codes - ignored_in(path, codes, settings.config, folder)

    def project_codes(self, root: str) -> frozenset[str]:
        """Codes whose findings are shown where they are about the project, not about a file."""
        return self._selected(self.of(root, root).config)

    def _selected(self, config: Config) -> frozenset[str]:
        codes = self._codes.get(config)
        if codes is None:
            codes = self._codes[config] = selected_codes(config, all_rules())
        return codes

    def fails(self, finding: Finding, root: str) -> bool:
        """Whether a finding that is shown makes the run fail."""
        settings = self.of_file(finding.span.path, root)
        paths = settings.config.critical_paths
        critical = is_excluded(finding.span.path, self._folder(settings, "critical_paths", root), paths)
        return fails(finding, settings.config, critical=critical)

    def is_excluded(self, path: str, root: str) -> bool:
        """Whether the project leaves the file out."""
        settings = self.of(root, root)
        return is_excluded(path, self._folder(settings, "exclude", root), settings.config.exclude)

    def exclude(self, root: str) -> tuple[tuple[str, ...], str]:
        """Patterns of files that the project leaves out, and the folder that they are relative to."""
        settings = self.of(root, root)
        return settings.config.exclude, self._folder(settings, "exclude", root)

    def baseline(self, root: str) -> tuple[str, bool]:
        """The baseline file of the project, empty for none, and whether somebody has named it.

        The last phase of a modernisation has none.
        """
        settings = self.of(root, root)
        name = settings.config.baseline
        if not name or settings.config.phase == PHASES - 1:
            return "", False
        path = os.path.join(self._folder(settings, "baseline", root), name)
        return normalise(path), name != Config().baseline

    def source_roots(self, root: str) -> tuple[str, ...]:
        """The folders of the `src` setting."""
        settings = self.of(root, root)
        folder = self._folder(settings, "src", root)
        return tuple(os.path.normpath(os.path.join(folder, entry)) for entry in settings.config.src)

    def notes(self) -> Iterator[str]:
        """What the configurations used so far say that has no effect, one line each."""
        of_options: dict[str, None] = {}
        for path, settings in sorted(self._read.items()):
            where = os.path.relpath(path) if path else "command line"
            own = list(notes(settings))
            yield from (f"{where}: {note}" for note in own)
            adjusted = notes(self._checked[path])
            of_options.update(dict.fromkeys(note for note in adjusted if note not in own))
            ignored = settings.of_project() if path in self._projects and self._given is None else []
            if ignored:
                keys = ", ".join(f"`{key_of(name)}`" for name in ignored)
                yield (
                    f"{where}: no effect of {keys}: the project is {os.path.relpath(self._projects[path])};"
                    " `root = true` would make this folder one of its own"
                )
        yield from (f"command line: {note}" for note in of_options)

"""pre-commit pins its own copy of the tool, which nobody updates together with the installed one.

The configuration is read line by line, in the block style that pre-commit itself writes: the core of
the tool has no YAML parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from asyncsa_lint.pipeline.doctor.flake8 import configuration, mentions_us
from asyncsa_lint.pipeline.doctor.symptoms import Symptom
from asyncsa_lint.project.versions import Version, parse_version

_NAME = ".pre-commit-config.yaml"
_PLUGIN = "asyncsa-lint"
_KEY = re.compile(r"""^\s*(?:-\s+)?(repo|rev|id|additional_dependencies)\s*:\s*(.*)$""")
_PINNED = re.compile(r"""asyncsa[-_.]lint(?:\[[^\]]*\])?\s*==\s*([0-9][\w.]*)""", re.IGNORECASE)
_VERSION = re.compile(r"v?\d+(\.\d+)+([abrc.]|dev|post|\d)*")


@dataclass(slots=True)
class _Hook:
    name: str
    repository: str
    revision: str
    text: list[str] = field(default_factory=list)
    """The lines of the hook, its dependencies among them."""

    @property
    def has_plugin(self) -> bool:
        return any(re.search(r"asyncsa[-_.]lint", line, re.IGNORECASE) for line in self.text)


def examine(upwards: Sequence[str], installed: str) -> Iterator[Symptom]:
    """Symptoms of the pre-commit configuration of a repository; `installed` is our own version.

    `upwards` leads from the project to the repository, where that configuration stands.
    """
    path = f"{upwards[-1].rstrip('/')}/{_NAME}"
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            hooks = list(_hooks(file.read().splitlines()))
    except OSError:
        return
    for hook in hooks:
        if hook.name == _PLUGIN and hook.repository != "local":
            yield from _revision(path, hook, installed)
        for line in hook.text:
            for pinned in _PINNED.findall(line):
                yield from _compared(
                    path, f"hook `{hook.name}` pins `{_PLUGIN}=={pinned}`", pinned, installed, ""
                )
    _, options = configuration(upwards)
    for hook in hooks:
        if hook.name == "flake8" and mentions_us(options) and not hook.has_plugin:
            yield Symptom(
                "pre-commit",
                path,
                "hook `flake8` has an environment of its own, without our plugin",
                f'write `additional_dependencies: ["{_PLUGIN}[flake8]=={installed}"]` below it',
            )


def _hooks(lines: list[str]) -> Iterator[_Hook]:
    repository = revision = ""
    current: _Hook | None = None
    for line in lines:
        found = _KEY.match(line)
        key, value = (found[1], _bare(found[2])) if found else ("", "")
        if key in {"repo", "id"} and current is not None:
            yield current
            current = None
        if key == "repo":
            repository, revision = value, ""
        elif key == "rev":
            revision = value
        elif key == "id":
            current = _Hook(value, repository, revision)
        elif current is not None:
            current.text.append(line.partition(" #")[0])
    if current is not None:
        yield current


def _bare(value: str) -> str:
    """A plain or quoted scalar without its comment."""
    value = value.strip()
    if value[:1] in {'"', "'"}:
        return value[1:].partition(value[0])[0]
    return re.split(r"(?:^|\s)#", value)[0].strip()


def _revision(path: str, hook: _Hook, installed: str) -> Iterator[Symptom]:
    update = f"pre-commit autoupdate --repo {hook.repository}"
    if not hook.revision:
        yield Symptom("pre-commit", path, f"hook `{_PLUGIN}` has no `rev`", f"run `{update}`")
    elif not _VERSION.fullmatch(hook.revision):
        text = f"`rev: {hook.revision}` is no version: which one runs can not be told"
        yield Symptom("pre-commit", path, text, f"run `{update}`", serious=False)
    else:
        yield from _compared(
            path, f"the hook is pinned to `{hook.revision}`", hook.revision, installed, update
        )


def _compared(path: str, what: str, pinned: str, installed: str, update: str) -> Iterator[Symptom]:
    there, here = parse_version(pinned), parse_version(installed)
    if there is None or here is None or _same(there, here):
        return
    text = f"{what}, installed is {installed}: they find different things"
    cure = f"run `{update}`" if update else f"pin `{installed}`"
    if there > here:
        cure = f"install `{_PLUGIN}=={pinned.removeprefix('v')}`"
    yield Symptom("pre-commit", path, text, cure)


def _same(one: Version, other: Version) -> bool:
    """`0.1` is `0.1.0`."""
    length = max(len(one), len(other))
    return one + (0,) * (length - len(one)) == other + (0,) * (length - len(other))

"""Classes by name, for relationship targets written as strings.

SQLAlchemy looks strings up in the registry of the declarative base, by class name or by
a dotted path that ends in it. Here the registry is all mapped classes of the project; a
monorepo may hold several classes of one name, so the same file, then the same
declarative base, then the same top package decide. What stays ambiguous is unknown.
"""

from __future__ import annotations

from collections.abc import Callable

from asyncsa_lint.project.mapping.lineage import Lineages
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.recording import Tracked
from asyncsa_lint.project.symbols import ClassInfo, ModuleInfo


class ClassNames:
    """Finds mapped classes by name."""

    def __init__(self, project: Project, lineages: Lineages, is_mapped: Callable[[ClassInfo], bool]) -> None:
        self._project = project
        self._lineages = lineages
        self._is_mapped = is_mapped
        self._candidates: Tracked[str, tuple[ClassInfo, ...]] = Tracked(project.recorder)

    def find(self, name: str, near: ModuleInfo, model: ClassInfo | None) -> ClassInfo | None:
        """The mapped class of that name which code in `near`, or `model`, would get."""
        found = [cls for cls in self._named(name.rpartition(".")[2]) if _ends_with(cls, name)]
        for choice in (
            lambda cls: cls.module is near,
            lambda cls: model is not None and self._base(cls) is self._base(model),
            lambda cls: cls.module.name.partition(".")[0] == near.name.partition(".")[0],
        ):
            if len(found) > 1:
                found = [cls for cls in found if choice(cls)] or found
        return found[0] if len(found) == 1 else None

    def _named(self, word: str) -> tuple[ClassInfo, ...]:
        return self._candidates.get(word, lambda: self._find_named(word))

    def _find_named(self, word: str) -> tuple[ClassInfo, ...]:
        return tuple(
            cls
            for path in self._project.mentioning((f"class {word}".encode(),))
            for cls in self._project.classes_at(path)
            if cls.facts.name == word and self._is_mapped(cls)
        )

    def _base(self, cls: ClassInfo) -> ClassInfo:
        """The farthest mapped ancestor: the declarative base."""
        return next(
            (entry for entry in reversed(self._lineages.of(cls).classes) if self._is_mapped(entry)), cls
        )


def _ends_with(cls: ClassInfo, name: str) -> bool:
    return "." not in name or f".{cls.qualified}".endswith(f".{name}")

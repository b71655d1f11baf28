"""What a name can mean once it has been resolved across the files of the project.

`Project` hands out one object per function, class and module, so these compare by
identity; an `External` is only its dotted name and compares by it.
"""

from __future__ import annotations

from dataclasses import dataclass

from asyncsa_lint.facts.records import Binding, ClassFacts, FunctionFacts, ModuleFacts


@dataclass(frozen=True, slots=True, eq=False)
class ModuleInfo:
    """A file of the project under the name by which others import it."""

    name: str
    path: str
    unrecorded: ModuleFacts
    """Its facts, for `Project`, which notes what of them somebody sees."""
    is_package: bool

    @property
    def exports(self) -> tuple[str, ...] | None:
        """What `__all__` names, None without one."""
        return self.unrecorded.exports

    @property
    def star_imports(self) -> tuple[tuple[str, int], ...]:
        """Each `from module import *` by its module and level."""
        return self.unrecorded.star_imports

    @property
    def global_names(self) -> frozenset[str]:
        """Names that a function declares `global`."""
        return self.unrecorded.global_names

    def __repr__(self) -> str:
        return f"ModuleInfo({self.name})"


@dataclass(frozen=True, slots=True)
class External:
    """A dotted name that leads out of the project: `sqlalchemy.orm.selectinload`."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class FunctionInfo:
    """A function or method of the project, at any level of nesting."""

    module: ModuleInfo
    facts: FunctionFacts

    @property
    def qualified(self) -> str:
        """Name with its module: `pkg.mod.Repo.get`."""
        return f"{self.module.name}.{self.facts.qualname}"

    @property
    def symbol(self) -> str:
        """Name inside its module: `Repo.get`."""
        return self.facts.qualname

    def __repr__(self) -> str:
        return f"FunctionInfo({self.qualified})"


@dataclass(frozen=True, slots=True, eq=False)
class ClassInfo:
    """A class of the project, at any level of nesting."""

    module: ModuleInfo
    facts: ClassFacts

    @property
    def qualified(self) -> str:
        """Name with its module: `pkg.mod.Repo`."""
        return f"{self.module.name}.{self.facts.qualname}"

    def __repr__(self) -> str:
        return f"ClassInfo({self.qualified})"


@dataclass(frozen=True, slots=True)
class ModuleSymbol:
    """A name that stands for a module of the project."""

    module: ModuleInfo


@dataclass(frozen=True, slots=True, eq=False)
class ValueInfo:
    """A name of a module or class that is bound by assignments, in their order."""

    module: ModuleInfo
    owner: ClassInfo | None
    bindings: tuple[Binding, ...]

    def __repr__(self) -> str:
        where = self.owner.qualified if self.owner else self.module.name
        return f"ValueInfo({where}.{self.bindings[-1].name})"


Symbol = External | FunctionInfo | ClassInfo | ModuleSymbol | ValueInfo

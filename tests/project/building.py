"""Small projects for tests: a folder of files given as text."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from asyncsa_lint.project.names import Project
from asyncsa_lint.project.symbols import (
    ClassInfo,
    External,
    FunctionInfo,
    ModuleInfo,
    ModuleSymbol,
    Symbol,
    ValueInfo,
)


class Built:
    """A project on disk, asked by relative paths and answering in words."""

    def __init__(self, root: Path, files: dict[str, str], src: tuple[str, ...] = ()) -> None:
        self.root = root
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")
        self.project = Project([str(root / name) for name in files], str(root), src)

    def path(self, name: str) -> str:
        return (self.root / name).as_posix()

    def module(self, name: str) -> ModuleInfo:
        found = self.project.module_at(self.path(name))
        assert found is not None, self.project.broken
        return found

    def resolve(self, name: str, dotted: str) -> str:
        return describe(self.project.resolve(self.module(name), dotted), self.root)

    def cls(self, name: str, dotted: str) -> ClassInfo:
        found = self.project.resolve(self.module(name), dotted)
        assert isinstance(found, ClassInfo), found
        return found

    def function(self, name: str, qualname: str) -> FunctionInfo:
        found = self.project.function(self.module(name), qualname)
        assert found is not None
        return found

    def order(self, name: str, dotted: str) -> list[str]:
        return [describe(base, self.root) for base in self.project.mro(self.cls(name, dotted))]


def describe(symbol: Symbol | None, root: Path) -> str:
    """Kind, file and name of what a name means."""
    if symbol is None:
        return "nothing"
    if isinstance(symbol, External):
        return f"external {symbol.name}"
    file = Path(symbol.module.path).relative_to(root.as_posix()).as_posix()
    if isinstance(symbol, ModuleSymbol):
        return f"module {file}"
    if isinstance(symbol, ValueInfo):
        owner = f"{symbol.owner.facts.qualname}." if symbol.owner else ""
        return f"value {file} {owner}{symbol.bindings[0].name}"
    kind = "function" if isinstance(symbol, FunctionInfo) else "class"
    return f"{kind} {file} {symbol.facts.qualname}"

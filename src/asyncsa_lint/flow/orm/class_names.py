"""How a file can name a mapped class: under a name it has, or by an import it may add."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from asyncsa_lint.facts.records import Binding, BindingKind
from asyncsa_lint.project.symbols import ClassInfo, ModuleInfo, ModuleSymbol

if TYPE_CHECKING:
    from asyncsa_lint.flow.context import AnalysisContext
    from asyncsa_lint.flow.lifecycle.scene import Tree


def name_of(
    context: AnalysisContext, tree: Tree, node: ast.expr, cls: ClassInfo, known: ClassInfo
) -> tuple[str, str] | None:
    """How the file names a class, and the import it needs for that (`module:name`); None: not at all."""
    module, name = tree.module, cls.facts.name
    if context.lifecycle.scene.inference.symbol(tree.scope(node), ast.Name(name, ast.Load())) is cls:
        return (name, "") if not _for_types_only(context, module, name) else None
    for binding in _imports(context, module):
        symbol = context.project.resolve(module, binding.name)
        if symbol is cls:
            return binding.name, ""
        if (
            isinstance(symbol, ModuleSymbol)
            and context.project.resolve_in(symbol.module, cls.facts.qualname) is cls
        ):
            return f"{binding.name}.{cls.facts.qualname}", ""
    for binding in sorted(_imports(context, module), key=lambda each: each.imported != known.facts.name):
        if binding.imported and _exports(context, module, binding, cls):
            return name, f"{'.' * binding.level}{binding.module}:{name}"
    return None


def _imports(context: AnalysisContext, module: ModuleInfo) -> Iterator[Binding]:
    for binding in context.project.facts(module).bindings:
        if binding.kind is BindingKind.IMPORT and not binding.type_checking:
            yield binding


def _for_types_only(context: AnalysisContext, module: ModuleInfo, name: str) -> bool:
    bindings = context.project.module_bindings(module, name)
    return bool(bindings) and all(binding.type_checking for binding in bindings)


def _exports(context: AnalysisContext, module: ModuleInfo, binding: Binding, cls: ClassInfo) -> bool:
    layout = context.project.layout
    path = (
        layout.find_relative(binding.module, binding.level, module.path)
        if binding.level
        else layout.find(binding.module, module.path)
    )
    source = context.project.module_at(path) if path else None
    return source is not None and context.project.resolve(source, cls.facts.name) is cls

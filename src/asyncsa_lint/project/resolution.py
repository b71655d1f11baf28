"""What a dotted name means at some place in the project.

A name is followed from binding to binding: through imports, re-exports, star imports
and plain aliases, into class bodies and along base classes. The answer is a `Symbol`, or
None when the program does not tell. None is never an error and never a guess.

Which of several bindings of a name counts:

* what runs beats what only type checkers see, which beats nothing;
* what stands in an `except` block, and a lone `None`, count when there is nothing else:
  they are what is left when the import failed;
* of several imports, the first that leads to something in the project, otherwise the
  first that leads out of it; of other bindings, the last.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from asyncsa_lint.facts.bindings import LocalScope, group_by_name, local_scope
from asyncsa_lint.facts.records import Binding, BindingKind
from asyncsa_lint.project.recording import Recorder, Tracked
from asyncsa_lint.project.symbols import (
    ClassInfo,
    External,
    FunctionInfo,
    ModuleInfo,
    ModuleSymbol,
    Symbol,
    ValueInfo,
)

if TYPE_CHECKING:
    from asyncsa_lint.project.names import Project

Scope = ModuleInfo | ClassInfo | FunctionInfo

_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))
_CHAIN = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_CONSTANTS = frozenset({"None", "True", "False"})
_ALIAS_ANNOTATION = re.compile(r"(\w+\.)?(TypeAlias|Final|[Tt]ype\[.*)", re.DOTALL)
_DEPTH = 60
_STEPS = 20_000
_VALUES = frozenset({BindingKind.ASSIGN, BindingKind.ANNOTATION, BindingKind.OTHER})


class Memo:
    """Answers by question; a question met while it is being answered has no answer.

    An answer that was cut short by such a cycle is only true for the question asked from
    outside, so those found on the way to it are not kept.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._known: Tracked[Hashable, Symbol | None] = Tracked(recorder)
        self._active: set[Hashable] = set()
        self.cuts = 0
        """How often a question was met inside itself, by this memo or by `Hierarchy`."""
        self._steps = 0

    def get(self, key: Hashable, compute: Callable[[], Symbol | None]) -> Symbol | None:
        known = self._known.known(key)
        if known is not None:
            return known[0]
        if not self._active:
            self._steps = 0
        self._steps += 1
        if key in self._active or len(self._active) > _DEPTH or self._steps > _STEPS:
            self.cuts += 1
            return None
        before = self.cuts
        self._active.add(key)
        try:
            answer = self._known.compute(compute)
        finally:
            self._active.discard(key)
        if self.cuts == before or not self._active:
            self._known.remember(key, answer)
        return answer[0]


class Resolver:
    """Follows names for a `Project`, which owns the modules, functions and classes."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.memo = Memo(project.recorder)
        self._class_names: dict[ClassInfo, dict[str, tuple[Binding, ...]]] = {}
        self._local_scopes: dict[FunctionInfo, LocalScope | None] = {}

    def resolve(self, scope: Scope, dotted: str) -> Symbol | None:
        """The symbol of `a.b.c` as written in a scope."""
        first, *rest = dotted.split(".")
        module = scope if isinstance(scope, ModuleInfo) else scope.module
        symbol = self._name(scope, first)
        for name in rest:
            if symbol is None:
                return None
            symbol = self.attribute(symbol, name, module)
        return symbol

    def attribute(self, symbol: Symbol, name: str, importer: ModuleInfo) -> Symbol | None:
        """`symbol.name`, as far as it is not the attribute of some object."""
        if isinstance(symbol, External):
            return self._external_attribute(symbol, name, importer)
        if isinstance(symbol, ModuleSymbol):
            return self._module_attribute(symbol.module, name)
        if isinstance(symbol, ClassInfo):
            return self.memo.get((symbol, name), lambda: self._class_attribute(symbol, name))
        return None

    def class_bindings(self, cls: ClassInfo, name: str) -> tuple[Binding, ...]:
        """All bindings of a name in the body of one class."""
        known = self._class_names.get(cls)
        if known is None:
            known = self._class_names[cls] = group_by_name(cls.facts.bindings)
        return known.get(name, ())

    def earlier(self, scope: Scope, name: str, line: int) -> Symbol | None:
        """What a name meant before a line: `class User(User)` extends the imported one."""
        if isinstance(scope, ModuleInfo):
            bindings = self._project.module_bindings(scope, name)
        else:
            bindings = self.class_bindings(scope, name) if isinstance(scope, ClassInfo) else ()
        before = tuple(binding for binding in bindings if binding.line < line)
        return self._choose(scope, before) if before else None

    # names in scopes

    def _name(self, scope: Scope, name: str) -> Symbol | None:
        while not isinstance(scope, ModuleInfo):
            if isinstance(scope, ClassInfo):
                if self.class_bindings(scope, name):
                    return self._own_attribute(scope, name)
            else:
                local = self._local_scope(scope)
                if local is None:
                    return None
                if name in local.bindings:
                    return self._local(scope, local.bindings[name])
                if name in local.global_names:
                    scope = scope.module
                    break
            scope = self._outer(scope)
        found = self._module_name(scope, name)
        if found is None and name in _BUILTINS and not self._project.module_bindings(scope, name):
            return External(f"builtins.{name}")
        return found

    def _outer(self, scope: ClassInfo | FunctionInfo) -> Scope:
        """The next scope outwards; bodies of classes are no scope for what is in them."""
        parent = scope.facts.parent
        if parent:
            enclosing = self._project.function(scope.module, parent)
            if enclosing is not None:
                return enclosing
        return scope.module

    def _local_scope(self, function: FunctionInfo) -> LocalScope | None:
        self._project.recorder.note(("body", function.module.path, function.facts.qualname))
        if function not in self._local_scopes:
            node = self._project.node(function)
            source = self._project.places(function.module.path)
            self._local_scopes[function] = (
                None if node is None or source is None else local_scope(source, node, function.facts.qualname)
            )
        return self._local_scopes[function]

    def _local(self, function: FunctionInfo, bindings: tuple[Binding, ...]) -> Symbol | None:
        """A local import or definition; a local variable is not ours to follow."""
        effective = _effective(bindings)
        if any(binding.kind in _VALUES for binding in effective):
            return None
        return self._choose(function, effective)

    # modules

    def _module_name(self, module: ModuleInfo, name: str) -> Symbol | None:
        return self.memo.get((module.path, name), lambda: self._find_module_name(module, name))

    def _find_module_name(self, module: ModuleInfo, name: str) -> Symbol | None:
        """A name of a module: its own bindings, then its star imports, the last one first.

        Star imports are searched as a graph, since modules that import each other with a
        star are common and asking them one by one would not end.
        """
        bindings = self._project.module_bindings(module, name)
        if bindings:
            return self._choose(module, bindings)
        seen = {module.path}
        outside: list[str] = []
        stack = [(module, star) for star in module.star_imports]
        while stack:
            importer, (dotted, level) = stack.pop()
            target = self._import_target(importer, dotted, level)
            if target is None:
                outside.append("" if level else dotted)
                continue
            if target.path in seen or not _is_exported(target, name):
                continue
            seen.add(target.path)
            if self._project.module_bindings(target, name) or name in (target.exports or ()):
                found = self._module_attribute(target, name)
                if found is not None:
                    return found
            stack.extend((target, star) for star in target.star_imports)
        if len(outside) == 1 and outside[0] and name not in _BUILTINS and not name.startswith("_"):
            return self._outside(module, outside[0], name)
        return None

    def _module_attribute(self, module: ModuleInfo, name: str) -> Symbol | None:
        found = self._module_name(module, name)
        if found is None and module.is_package:
            path = self._project.layout.submodule(module.path, name)
            submodule = self._project.module_at(path) if path else None
            return ModuleSymbol(submodule) if submodule else None
        return found

    def _import_target(self, importer: ModuleInfo, dotted: str, level: int) -> ModuleInfo | None:
        layout = self._project.layout
        if level:
            path = layout.find_relative(dotted, level, importer.path)
        else:
            path = layout.find(dotted, importer.path)
        return self._project.module_at(path) if path else None

    def _outside(self, importer: ModuleInfo, dotted: str, name: str) -> Symbol | None:
        """A name of a module that is no file: outside the project, unless its top is inside."""
        if self._project.layout.is_local(dotted, importer.path):
            return None
        return External(f"{dotted}.{name}" if name else dotted)

    def _external_attribute(self, symbol: External, name: str, importer: ModuleInfo) -> Symbol | None:
        """Mostly another external; `ns.pkg` may be a module below a directory of ours."""
        dotted = f"{symbol.name}.{name}"
        layout = self._project.layout
        if layout.has_directory(symbol.name.partition(".")[0]):
            path = layout.find(dotted, importer.path)
            module = self._project.module_at(path) if path else None
            if module is not None:
                return ModuleSymbol(module)
        return External(dotted)

    def _import(self, module: ModuleInfo, binding: Binding) -> Symbol | None:
        dotted, level, name = binding.module, binding.level, binding.imported
        if not name and binding.name == dotted.partition(".")[0]:
            dotted = binding.name  # `import a.b.c` binds `a`
        target = self._import_target(module, dotted, level)
        if target is not None:
            return self._module_attribute(target, name) if name else ModuleSymbol(target)
        if name:
            target = self._import_target(module, f"{dotted}.{name}" if dotted else name, level)
            if target is not None:
                return ModuleSymbol(target)
        return None if level else self._outside(module, dotted, name)

    # classes

    def _own_attribute(self, cls: ClassInfo, name: str) -> Symbol | None:
        """A name from the body of the class itself."""
        key = (cls, name, "own")
        return self.memo.get(key, lambda: self._choose(cls, self.class_bindings(cls, name)))

    def _class_attribute(self, cls: ClassInfo, name: str) -> Symbol | None:
        for base in self._project.mro(cls):
            if isinstance(base, ClassInfo) and self.class_bindings(base, name):
                return self._own_attribute(base, name)
        return None

    # bindings

    def _choose(self, scope: Scope, bindings: tuple[Binding, ...]) -> Symbol | None:
        """The symbol of a name from all its bindings in one scope."""
        module = scope if isinstance(scope, ModuleInfo) else scope.module
        effective = _effective(bindings)
        last = effective[-1]
        if last.kind is BindingKind.IMPORT:
            return self._first_import(module, effective)
        if last.kind is BindingKind.FUNCTION:
            return self._project.function(module, last.target)
        if last.kind is BindingKind.CLASS:
            return self._project.class_(module, last.target)
        if len(effective) == 1 and _is_alias(last) and not self._is_rebound(scope, bindings):
            followed = self._alias(scope, last)
            if followed is not None:
                return followed
        if isinstance(scope, FunctionInfo):
            return None
        return ValueInfo(module, scope if isinstance(scope, ClassInfo) else None, bindings)

    def _is_rebound(self, scope: Scope, bindings: tuple[Binding, ...]) -> bool:
        """Whether the name gets other values that are not followed, here or through `global`."""
        if isinstance(scope, ModuleInfo) and bindings[0].name in scope.global_names:
            return True
        return any(binding.kind is BindingKind.OTHER for binding in bindings)

    def _alias(self, scope: Scope, binding: Binding) -> Symbol | None:
        assert binding.value is not None
        text = binding.value.text
        if text.partition(".")[0] != binding.name:
            return self.resolve(scope, text)
        if isinstance(scope, ModuleInfo):
            return None
        return self.resolve(self._outer(scope), text)  # `class A: Meta = Meta`

    def _first_import(self, module: ModuleInfo, bindings: tuple[Binding, ...]) -> Symbol | None:
        outside: Symbol | None = None
        for binding in bindings:
            if binding.kind is BindingKind.IMPORT:
                found = self._import(module, binding)
                if found is not None and not isinstance(found, External):
                    return found
                outside = outside or found
        return outside


def _effective(bindings: tuple[Binding, ...]) -> tuple[Binding, ...]:
    """The bindings that count, in order; never empty."""
    imports = any(binding.kind is BindingKind.IMPORT for binding in bindings)
    filters: tuple[Callable[[Binding], bool], ...] = (
        lambda binding: not binding.type_checking,
        lambda binding: binding.kind is not BindingKind.OTHER,
        lambda binding: binding.kind is not BindingKind.ANNOTATION,
        lambda binding: not (imports and binding.value is not None and binding.value.text == "None"),
        lambda binding: not binding.fallback or (imports and binding.kind is BindingKind.IMPORT),
    )
    for wanted in filters:
        bindings = tuple(filter(wanted, bindings)) or bindings
    return bindings


def _is_alias(binding: Binding) -> bool:
    """Whether the name just stands for another one: `Session = db.AsyncSession`."""
    if binding.kind is not BindingKind.ASSIGN or binding.index is not None or binding.value is None:
        return False
    text = binding.value.text
    if text in _CONSTANTS or _CHAIN.fullmatch(text) is None:
        return False
    return binding.annotation is None or _ALIAS_ANNOTATION.fullmatch(binding.annotation.text) is not None


def _is_exported(module: ModuleInfo, name: str) -> bool:
    exports = module.exports
    return not name.startswith("_") if exports is None else name in exports

"""The project as one thing: its files, and what their names mean to each other.

Nothing is read before it is asked for, and everything is read once. The questions are
answered by `Layout` (which file is a module), `Trees` (bytes and trees), `Resolver`
(what a name means) and `Hierarchy` (classes); `Project` holds them together, and its
`Store` makes sure that a function, class or module is always the same object.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable

from asyncsa_lint.facts.expressions import dotted_name, parse_annotation
from asyncsa_lint.facts.records import Binding, BindingKind, Expr, ModuleFacts
from asyncsa_lint.facts.usage import Usage, usage_of
from asyncsa_lint.project.classes import Base, BaseArguments, Hierarchy
from asyncsa_lint.project.resolution import Resolver, Scope
from asyncsa_lint.project.store import Store
from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo, ModuleInfo, Symbol
from asyncsa_lint.source import SourceError, SourceFile, SourceText


class Project:
    """All files of one project, linked by name.

    A view of a `Store`: what is remembered about names and classes belongs to the view, so that
    `fresh` gives one that has been asked nothing yet.
    """

    def __init__(self, files: Iterable[str], root: str, src: tuple[str, ...] = ()) -> None:
        self._open(Store(files, root, src))

    def _open(self, store: Store) -> None:
        self.store = store
        self.root = store.root
        self.recorder = store.recorder
        self.layout = store.layout
        self.trees = store.trees
        self.resolver = Resolver(self)
        self.hierarchy = Hierarchy(self)

    def fresh(self) -> Project:
        """The same project, seen as if nothing had been asked about its names yet."""
        view = object.__new__(Project)
        view._open(self.store)
        return view

    def forget(self) -> None:
        """Let go what was found about names: a view holds itself, and the collector may be off."""
        self.resolver = Resolver(self)
        self.hierarchy = Hierarchy(self)

    # files and modules

    def below(self, path: str) -> str:
        """The path of a file below the root, as results hold it that are kept."""
        return path.removeprefix(f"{self.root.rstrip('/')}/")

    def above(self, path: str) -> str:
        """The path of a file that is given below the root."""
        return f"{self.root.rstrip('/')}/{path}"

    @property
    def files(self) -> tuple[str, ...]:
        """All files, in order."""
        self.recorder.note(("files",))
        return self.store.files

    @property
    def broken(self) -> dict[str, SourceError]:
        """Files that could not be read, as far as they were met."""
        return self.trees.broken

    def source(self, path: str) -> SourceFile | None:
        """The parsed file; trees not used for long are dropped and parsed again when asked for."""
        return self.trees.source(path)

    def places(self, path: str) -> SourceText | None:
        """The file as text, for the places and segments of nodes that were asked for; None when it is broken.

        No question of its own: what stands for those nodes tells where their characters stand too.
        """
        return self.trees.lines(path)

    def lines_of(self, function: FunctionInfo) -> SourceText | None:
        """The file as text, for those who look at the lines of one function."""
        self.recorder.note(("body", function.module.path, function.facts.qualname))
        return self.trees.lines(function.module.path)

    def text(self, path: str) -> str | None:
        """The text of a file that is no Python; None when there is none."""
        return self.trees.text(path)

    def mentions(self, path: str, needles: tuple[bytes, ...]) -> bool:
        """Whether any of the needles occurs in the file; does not parse it."""
        return self.trees.mentions(path, needles)

    def mentioning(self, needles: tuple[bytes, ...]) -> tuple[str, ...]:
        """Files in which any of the needles occurs, in order; does not parse them."""
        return self.store.mentioning(needles)

    def module_at(self, path: str) -> ModuleInfo | None:
        """The module of a file of the project; None when it is broken or not one of them."""
        return self.store.module_at(path)

    def heirs(self, name: str) -> tuple[str, ...]:
        """Files whose classes may inherit from one of that name."""
        return self.store.heirs(name)

    def module(self, name: str, importer: ModuleInfo | None = None) -> ModuleInfo | None:
        """The module that an absolute import would find."""
        path = self.layout.find(name, importer.path if importer else None)
        return self.module_at(path) if path else None

    def importers(self, module: ModuleInfo) -> tuple[ModuleInfo, ...]:
        """Modules that import this one by name, at any level; parents of `a.b` are not meant."""
        self.recorder.note(("importers", module.path))
        found = [self.module_at(each) for each in self.importers_of(module.path)]
        return tuple([module for module in found if module is not None])

    def importers_of(self, path: str) -> tuple[str, ...]:
        """Paths of the files that import a file, for those who note the question themselves."""
        return tuple(self.recorder.apart("importers", self._find_importers).get(path, ()))

    def _find_importers(self) -> dict[str, list[str]]:
        edges: dict[str, list[str]] = defaultdict(list)
        for path in self.mentioning((b"import",)):
            for target in self.imported_by(path):
                edges[target].append(path)
        return edges

    def imported_by(self, path: str) -> tuple[str, ...]:
        """Like `imports`, for a file of which nothing else is asked; none for a broken one."""
        self.recorder.note(("imports", path))
        return self.recorder.apart(("imports", path), lambda: self._imports_at(path))

    def facts(self, module: ModuleInfo) -> ModuleFacts:
        """All that is written down of a module; who needs one name of it asks for less."""
        self.recorder.note(("facts", module.path))
        return module.unrecorded

    def bindings(self, module: ModuleInfo) -> tuple[Binding, ...]:
        """All bindings of a module, and the imports in its functions."""
        facts = self.facts(module)
        return (*facts.bindings, *facts.local_imports)

    def known_as(self, module: ModuleInfo, name: str) -> frozenset[str]:
        """The name and what it is called in a module: `import a as b`, `b = a`."""
        self.recorder.note(("known as", module.path, name))
        facts = module.unrecorded
        names = {name}
        for binding in (*facts.bindings, *facts.local_imports):
            if binding.kind is BindingKind.IMPORT:
                if binding.imported == name:
                    names.add(binding.name)
            elif binding.value is not None and binding.value.text.rpartition(".")[2] == name:
                names.add(binding.name)
        return frozenset(names)

    def module_bindings(self, module: ModuleInfo, name: str) -> tuple[Binding, ...]:
        """All bindings of a name at module level."""
        self.recorder.note(("name", module.path, name))
        return self.store.bindings(module).get(name, ())

    def _imports_at(self, path: str) -> tuple[str, ...]:
        kept = self.store.kept_imports
        content = self.store.content_digest(path) if kept is not None else ""
        known = kept.load(path, content) if kept is not None else None
        if known is not None:
            return known
        module = self.module_at(path)
        found = () if module is None else self.imports(module)
        if kept is not None:
            kept.save(path, content, found)
        return found

    def imports(self, module: ModuleInfo) -> tuple[str, ...]:
        """Paths of the project's files that a module imports, in order, function bodies included."""
        found: dict[str, None] = {}
        for binding in self.bindings(module):
            if binding.kind is BindingKind.IMPORT:
                found.update(dict.fromkeys(self._imported(module, binding)))
        for dotted, level in module.star_imports:
            path = self._target(module, dotted, level)
            if path is not None:
                found[path] = None
        return tuple(found)

    def _imported(self, module: ModuleInfo, binding: Binding) -> list[str]:
        dotted, name = binding.module, binding.imported
        paths = [self._target(module, dotted, binding.level)]
        if name:
            paths.append(self._target(module, f"{dotted}.{name}" if dotted else name, binding.level))
        return [path for path in paths if path is not None]

    def _target(self, module: ModuleInfo, dotted: str, level: int) -> str | None:
        if level:
            return self.layout.find_relative(dotted, level, module.path)
        return self.layout.find(dotted, module.path)

    def calls_assigned(self, path: str) -> tuple[tuple[str, str, Expr], ...]:
        """Assignments of calls to attributes of classes in a file, `User.posts = relationship()`."""
        self.recorder.note(("assignments", path))
        return self.recorder.apart(("assignments", path), lambda: self._calls_assigned_at(path))

    def _calls_assigned_at(self, path: str) -> tuple[tuple[str, str, Expr], ...]:
        module = self.module_at(path)
        assigned = () if module is None else self.facts(module).attribute_assignments
        return tuple([each for each in assigned if each[2].text.endswith(")")])

    # functions and classes

    def function(self, module: ModuleInfo, qualname: str) -> FunctionInfo | None:
        """The function with a qualified name inside a module: `Repo.get`."""
        self.recorder.note(("function", module.path, qualname))
        return self.store.function(module, qualname)

    def class_(self, module: ModuleInfo, qualname: str) -> ClassInfo | None:
        """The class with a qualified name inside a module."""
        self.recorder.note(("class", module.path, qualname))
        return self.store.class_(module, qualname)

    def functions(self, module: ModuleInfo) -> tuple[FunctionInfo, ...]:
        """All functions of a module, methods and nested ones included."""
        self.recorder.note(("functions", module.path))
        found = [self.function(module, qualname) for qualname in module.unrecorded.functions]
        return tuple([function for function in found if function is not None])

    def classes(self, module: ModuleInfo) -> tuple[ClassInfo, ...]:
        """All classes of a module, nested ones included."""
        self.recorder.note(("classes", module.path))
        found = [self.class_(module, qualname) for qualname in module.unrecorded.classes]
        return tuple([cls for cls in found if cls is not None])

    def classes_at(self, path: str) -> tuple[ClassInfo, ...]:
        """All classes of a file; none of a broken one."""
        module = self.module_at(path)
        return () if module is None else self.classes(module)

    def owner(self, function: FunctionInfo) -> ClassInfo | None:
        """The class whose method it is."""
        return self.class_(function.module, function.facts.owner) if function.facts.owner else None

    def enclosing(self, item: FunctionInfo | ClassInfo) -> Scope:
        """The scope a definition stands in: there its decorators, annotations and bases are evaluated."""
        found: Scope | None = None
        if item.facts.owner:
            found = self.class_(item.module, item.facts.owner)
        elif item.facts.parent:
            found = self.function(item.module, item.facts.parent)
        return found or item.module

    def node(self, function: FunctionInfo) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The tree of a function."""
        self.recorder.note(("body", function.module.path, function.facts.qualname))
        return self.trees.function(function.module.path, function.facts)

    def class_node(self, cls: ClassInfo) -> ast.ClassDef | None:
        """The tree of a class."""
        self.recorder.note(("class body", cls.module.path, cls.facts.qualname))
        facts = cls.facts
        node = self.trees.definition(cls.module.path, facts.line, facts.column, facts.name)
        return node if isinstance(node, ast.ClassDef) else None

    def calls(self, function: FunctionInfo) -> frozenset[str]:
        """Last names of everything called in the body, nested bodies included."""
        return self._used(function).calls

    def names(self, function: FunctionInfo) -> frozenset[str]:
        """Names loaded in the body, nested bodies included."""
        return self._used(function).names

    def bound(self, function: FunctionInfo) -> frozenset[str]:
        """Names that the body binds for itself, nested bodies left out; without the parameters."""
        return self._used(function).bound

    def _used(self, function: FunctionInfo) -> Usage:
        self.recorder.note(("body", function.module.path, function.facts.qualname))
        usage = self.store.usage
        if function not in usage:
            node = self.node(function)
            usage[function] = Usage() if node is None else usage_of(node)
        return usage[function]

    # names

    def resolve(self, module: ModuleInfo, dotted: str) -> Symbol | None:
        """What a dotted name means at the top level of a module."""
        return self.resolver.resolve(module, dotted)

    def resolve_in(self, scope: Scope, dotted: str) -> Symbol | None:
        """What a dotted name means in a function, class or module; None for local variables."""
        return self.resolver.resolve(scope, dotted)

    def resolve_expr(self, scope: Scope, node: ast.expr) -> Symbol | None:
        """What a chain of names and attributes means; a string is read as an annotation."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            parsed = parse_annotation(node.value)
            if parsed is None or isinstance(parsed, ast.Constant):
                return None
            node = parsed
        name = dotted_name(node)
        return self.resolver.resolve(scope, name) if name else None

    # classes

    def bases(self, cls: ClassInfo) -> tuple[Base, ...]:
        """Resolved bases in order; those that could not be resolved are left out."""
        return self.hierarchy.bases(cls)

    def base_arguments(self, cls: ClassInfo) -> BaseArguments:
        """Each base as (symbol or None, generic arguments)."""
        return self.hierarchy.base_arguments(cls)

    def mro(self, cls: ClassInfo) -> tuple[Base, ...]:
        """Method resolution order, without `object`."""
        return self.hierarchy.mro(cls)

    def member(self, cls: ClassInfo, name: str) -> tuple[ClassInfo, Binding] | None:
        """The class an attribute comes from, and its last binding there."""
        return self.hierarchy.member(cls, name)

    def method(self, cls: ClassInfo, name: str) -> FunctionInfo | None:
        """The method a class has under a name, inherited ones included."""
        symbol = self.resolver.attribute(cls, name, cls.module)
        return symbol if isinstance(symbol, FunctionInfo) else None

    def is_subclass(self, cls: ClassInfo, external: frozenset[str]) -> bool:
        """Whether an outside class with one of these names is among the ancestors."""
        return self.hierarchy.is_subclass(cls, external)

    def subclasses(self, cls: ClassInfo) -> tuple[ClassInfo, ...]:
        """Direct and indirect subclasses, by file and line; reads every file with a class."""
        return self.hierarchy.subclasses(cls)

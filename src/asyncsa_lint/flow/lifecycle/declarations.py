"""ASA206 and ASA502: session registries, and dynamic relationships."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from asyncsa_lint.findings import Span
from asyncsa_lint.flow.events import DynamicRelationship, ScopedSessionBuilt
from asyncsa_lint.flow.lifecycle.scene import Scene, Tree
from asyncsa_lint.knowledge.sqlalchemy import CALLS, FACTORY_CLASSES, SESSION_CLASSES
from asyncsa_lint.project.mapping.models import AttributeKind, MappedAttribute
from asyncsa_lint.project.resolution import Scope
from asyncsa_lint.project.symbols import ClassInfo, External, FunctionInfo, ModuleInfo, ValueInfo

_ASYNCIO = (b"sqlalchemy.ext.asyncio", b"sqlmodel.ext.asyncio")
_DYNAMIC = (b"dynamic", b"DynamicMapped")
_SPELLINGS = frozenset({"DynamicMapped", "dynamic_loader"})


class Declarations:
    """What is wrong as soon as it is written down."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._packages: set[str] | None = None

    # -- registries

    def registries(self, module: ModuleInfo) -> Iterator[ScopedSessionBuilt]:
        """`scoped_session(...)` and `async_scoped_session(...)` in a module."""
        if not self._scene.project.mentions(module.path, (b"scoped_session",)):
            return
        tree = self._scene.tree(module)
        for node in tree.nodes() if tree is not None else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute | ast.Subscript):
                assert tree is not None
                yield from self._registry(tree, node)

    def _registry(self, tree: Tree, node: ast.Call) -> Iterator[ScopedSessionBuilt]:
        scope = tree.scope(node)
        symbol = self._scene.inference.symbol(scope, node.func)
        key = CALLS.get(symbol.name, "") if isinstance(symbol, External) else ""
        if key not in {"scoped", "async_scoped"}:
            return
        explicit = self._is_task_scope(node)
        if key == "scoped" and not (self._is_async_factory(scope, node) or self._uses_asyncio(tree.module)):
            return
        if key == "async_scoped" and explicit and self._scene.config.allow_async_scoped_session:
            return
        yield ScopedSessionBuilt(
            span=tree.source.span(node),
            symbol=scope.symbol if isinstance(scope, FunctionInfo) else "",
            registry="scoped_session" if key == "scoped" else "async_scoped_session",
            explicit_scope=explicit,
        )

    def _is_async_factory(self, scope: Scope, node: ast.Call) -> bool:
        if not node.args:
            return False
        kind = self._scene.inference.instance(scope, node.args[0])
        if not isinstance(kind, External):
            return False
        return kind.name in FACTORY_CLASSES or self._makes_async_sessions(scope, node.args[0])

    def _makes_async_sessions(self, scope: Scope, node: ast.expr) -> bool:
        """`sessionmaker(class_=AsyncSession)`, possibly through a module variable."""
        value: ast.expr | None = node
        if isinstance(node, ast.Name):
            symbol = self._scene.inference.symbol(scope, node)
            value = self._scene.inference.bound_value(symbol) if isinstance(symbol, ValueInfo) else None
        if not isinstance(value, ast.Call):
            return False
        given = [each.value for each in value.keywords if each.arg == "class_"]
        found = self._scene.inference.symbol(scope, given[0]) if given else None
        return isinstance(found, External) and found.name in SESSION_CLASSES

    def _uses_asyncio(self, module: ModuleInfo) -> bool:
        names = [binding.module for binding in self._scene.project.bindings(module)]
        return any(name.startswith(("sqlalchemy.ext.asyncio", "sqlmodel.ext.asyncio")) for name in names)

    def _is_task_scope(self, node: ast.Call) -> bool:
        """Whether a scope function is given that may tell tasks apart: not one that gives a constant."""
        given = [each.value for each in node.keywords if each.arg == "scopefunc"] or node.args[1:2]
        return bool(given) and not (
            isinstance(given[0], ast.Lambda) and isinstance(given[0].body, ast.Constant)
        )

    # -- relationships

    def relationships(self, module: ModuleInfo) -> Iterator[DynamicRelationship]:
        """Dynamic relationships written in a module, in packages that use the asyncio extension."""
        if not self._scene.project.mentions(module.path, _DYNAMIC):
            return
        if _package(module) not in self._asyncio_packages():
            return
        for cls in self._scene.project.classes(module):
            model = self._scene.models.get(cls)
            attributes = model.attributes.values() if model is not None else ()
            for attribute in attributes:
                yield from self._back_reference(cls, attribute)
                if (
                    attribute.kind is AttributeKind.RELATIONSHIP
                    and attribute.owner is cls
                    and _is_dynamic(attribute)
                ):
                    yield self._dynamic(cls, attribute, cls.facts.name)

    def _back_reference(self, cls: ClassInfo, attribute: MappedAttribute) -> Iterator[DynamicRelationship]:
        """`backref("likes", lazy="dynamic")`: the attribute is the other class's, the text stands here."""
        target = attribute.target
        model = self._scene.models.get(target) if attribute.owner is cls and target is not None else None
        for other in model.attributes.values() if model is not None else ():
            same = other.owner is cls and other.spelling == "backref" and other.site == attribute.site
            if model is not None and same and other.lazy == "dynamic":
                yield self._dynamic(cls, other, model.name)

    def _dynamic(self, cls: ClassInfo, attribute: MappedAttribute, name: str) -> DynamicRelationship:
        return DynamicRelationship(
            span=self._site(cls, attribute),
            symbol="",
            model=name,
            attribute=attribute.name,
            spelling=attribute.spelling if attribute.spelling in _SPELLINGS else 'lazy="dynamic"',
        )

    def _site(self, cls: ClassInfo, attribute: MappedAttribute) -> Span:
        source = self._scene.project.places(cls.module.path)
        assert source is not None
        line, column, end_line, end_column = attribute.site
        if line:
            return source.span_at(line, column, end_line, end_column)
        end = attribute.column + len(attribute.name.encode())
        return source.span_at(attribute.line, attribute.column, attribute.line, end)

    def _asyncio_packages(self) -> set[str]:
        if self._packages is None:
            self._packages = {_package(module) for module in self._scene.modules(_ASYNCIO)}
        return self._packages


def _is_dynamic(attribute: MappedAttribute) -> bool:
    return attribute.lazy == "dynamic" or attribute.spelling in _SPELLINGS


def _package(module: ModuleInfo) -> str:
    """The top-level package, or the folder of a loose module."""
    first, _, rest = module.name.partition(".")
    return first if rest or module.is_package else module.path.rpartition("/")[0]

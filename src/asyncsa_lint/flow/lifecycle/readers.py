"""Which place an expression names, and which expressions read a place."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.flow.lifecycle.places import Form, Kind, Outcome, Place
from asyncsa_lint.flow.lifecycle.scene import Scene, Tree
from asyncsa_lint.knowledge.frameworks import REQUEST_STATE, STATE
from asyncsa_lint.project.resolution import Scope
from asyncsa_lint.project.symbols import ClassInfo, External, FunctionInfo, ModuleInfo, ValueInfo

_RELEASING = (b"dispose", b"close", b"terminate", b"cleanup")


class Readers:
    """Look-ups from expressions to places and back."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._inference = scene.inference
        self._memo: dict[Place, list[Outcome]] = {}

    def memo(self, place: Place, compute: Callable[[], list[Outcome]]) -> list[Outcome]:
        """Outcomes of a place, empty while they are being computed."""
        if place not in self._memo:
            self._memo[place] = []
            self._memo[place] = compute()
        return self._memo[place]

    # -- places

    def place(self, scope: Scope, node: ast.expr, form: Form = Form.ENGINE) -> Place | None:
        """The place that a name or attribute is; None when it can not be told."""
        if isinstance(node, ast.Await):
            return self.place(scope, node.value, form)
        if isinstance(node, ast.Call):
            return self._place_of_getattr(scope, node, form)
        if isinstance(node, ast.Name):
            return self._place_of_name(scope, node.id, form)
        return self._place_of_attribute(scope, node, form) if isinstance(node, ast.Attribute) else None

    def _place_of_name(self, scope: Scope, name: str, form: Form) -> Place | None:
        function = self._inference.local_scope(scope, name)
        if function is not None:
            return Place(Kind.LOCAL, function, name, form)
        if isinstance(scope, ClassInfo):
            return Place(Kind.ATTRIBUTE, scope, name, form)
        module = scope if isinstance(scope, ModuleInfo) else scope.module
        found = self._scene.project.resolve_in(scope, name)
        if isinstance(found, ValueInfo) and found.owner is None:
            return Place(Kind.MODULE, found.module, found.bindings[-1].name, form)
        return Place(Kind.MODULE, module, name, form) if found is None else None

    def _place_of_attribute(self, scope: Scope, node: ast.Attribute, form: Form) -> Place | None:
        symbol = self._inference.symbol(scope, node)
        if isinstance(symbol, ValueInfo):
            if symbol.owner is None:
                return Place(Kind.MODULE, symbol.module, symbol.bindings[-1].name, form)
            return Place(Kind.ATTRIBUTE, symbol.owner, node.attr, form)
        base = self._inference.symbol(scope, node.value)
        kind = base if isinstance(base, ClassInfo) else self._inference.instance(scope, node.value)
        if isinstance(kind, ClassInfo):
            return Place(Kind.ATTRIBUTE, self._declaring(kind, node.attr), node.attr, form)
        if isinstance(kind, External) and kind.name == STATE:
            module = scope if isinstance(scope, ModuleInfo) else scope.module
            return Place(Kind.STATE, self._scene.program(module), node.attr, form)
        return None

    def _declaring(self, cls: ClassInfo, name: str) -> ClassInfo:
        """The topmost class that has the attribute, so that relatives agree about the place."""
        found = cls
        for base in self._scene.project.mro(cls):
            if isinstance(base, ClassInfo):
                assigned = any(
                    function.facts.owner == base.facts.qualname and function.module is base.module
                    for function, _, _ in self._inference.assignments.of(base, name)
                )
                if assigned or any(binding.name == name for binding in base.facts.bindings):
                    found = base
        return found

    def place_of_setattr(self, scope: Scope, call: ast.Call, form: Form) -> Place | None:
        """`setattr(app.state, "engine", engine)`."""
        name = call.args[1]
        if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
            return None
        attribute = ast.copy_location(ast.Attribute(call.args[0], name.value, ast.Load()), call)
        return self._place_of_attribute(scope, attribute, form)

    def _place_of_getattr(self, scope: Scope, call: ast.Call, form: Form) -> Place | None:
        named = isinstance(call.func, ast.Name) and call.func.id == "getattr" and len(call.args) > 1
        return self.place_of_setattr(scope, call, form) if named else None

    # -- readers

    def reads(self, place: Place) -> Iterator[tuple[Tree, ast.expr]]:
        """Expressions that read a place."""
        if place.kind is Kind.LOCAL and isinstance(place.owner, FunctionInfo):
            yield from self._local_reads(place.owner, place.name)
        elif place.kind is Kind.MODULE and isinstance(place.owner, ModuleInfo):
            yield from self._module_reads(place.owner, place.name)
        elif place.kind in {Kind.ATTRIBUTE, Kind.STATE}:
            yield from self._attribute_reads(place)

    def _local_reads(self, function: FunctionInfo, name: str) -> Iterator[tuple[Tree, ast.expr]]:
        node = self._scene.project.node(function)
        tree = self._scene.tree(function.module)
        for each in walk(node) if node is not None and tree is not None else ():
            if isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Load):
                assert tree is not None
                yield tree, each

    def _modules(self, name: str, home: ModuleInfo | None) -> Iterator[Tree]:
        """Trees in which reads matter: that of the owner, and those that release something."""
        needle = (name.encode(),)
        for module in self._scene.modules(needle):
            if module is home or self._scene.project.mentions(module.path, _RELEASING):
                tree = self._scene.tree(module)
                if tree is not None:
                    yield tree

    def _module_reads(self, home: ModuleInfo, name: str) -> Iterator[tuple[Tree, ast.expr]]:
        for tree in self._modules(name, home):
            names = self._scene.project.known_as(tree.module, name)
            for node in [each for word in sorted(names) for each in tree.named(word)]:
                found = self.place(tree.scope(node), node)
                if found is not None and (found.kind, found.owner, found.name) == (Kind.MODULE, home, name):
                    yield tree, node

    def _attribute_reads(self, place: Place) -> Iterator[tuple[Tree, ast.expr]]:
        """Reads of an attribute, those of objects of unknown class included: they may be it."""
        home = place.owner.module if isinstance(place.owner, ClassInfo) else None
        for tree in self._modules(place.name, home):
            for node in tree.named(place.name):
                if isinstance(node, ast.Attribute) and self._may_be(place, tree, node):
                    yield tree, node
            for name in tree.named("getattr"):
                call = tree.parent(name)
                same = place.kind is not Kind.STATE or self._scene.program(tree.module) is place.owner
                if same and isinstance(call, ast.Call) and self._is_getattr_of(place, call):
                    yield tree, call

    def property_reads(self, function: FunctionInfo) -> Iterator[tuple[Tree, ast.expr]]:
        """Reads of a property, those of objects of unknown class included."""
        name = function.facts.name
        for tree in self._modules(name, function.module):
            for node in tree.named(name):
                if not isinstance(node, ast.Attribute):
                    continue
                symbol = self._inference.symbol(tree.scope(node), node)
                if symbol is function or (symbol is None and self._is_unknown(tree, node)):
                    yield tree, node

    def _is_unknown(self, tree: Tree, node: ast.Attribute) -> bool:
        scope = tree.scope(node)
        base = self._inference.symbol(scope, node.value)
        unclear = base is None or isinstance(base, ValueInfo)
        return unclear and self._inference.instance(scope, node.value) is None

    def _is_getattr_of(self, place: Place, node: ast.Call) -> bool:
        if not isinstance(node.func, ast.Name) or node.func.id != "getattr" or len(node.args) < 2:
            return False
        name = node.args[1]
        return isinstance(name, ast.Constant) and name.value == place.name

    def _may_be(self, place: Place, tree: Tree, node: ast.Attribute) -> bool:
        scope = tree.scope(node)
        found = self.place(scope, node)
        if found is not None:
            return (found.kind, found.owner) == (place.kind, place.owner)
        if place.kind is Kind.STATE and self._scene.program(tree.module) is not place.owner:
            return False
        kind = self._inference.instance(scope, node.value)
        if isinstance(kind, External) and kind.name == REQUEST_STATE:
            return place.kind is Kind.STATE
        return self._is_unknown(tree, node)

    def fixture_users(self, fixture: FunctionInfo) -> Iterator[tuple[FunctionInfo, str]]:
        """Tests and fixtures that take a fixture by its name."""
        name = fixture.facts.name
        for module in self._scene.modules((name.encode(),)):
            if not self._scene.project.mentions(module.path, (b"dispose",)):
                continue
            for function in self._scene.project.functions(module):
                if function is not fixture and self._inference.parameter(function, name) is not None:
                    yield function, name

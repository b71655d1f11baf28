"""Engines that are looked at and never connect: they have nothing to dispose.

engine = make_engine(settings)
assert engine.url.database == "orders"
"""

from __future__ import annotations

import ast

from asyncsa_lint.flow.lifecycle.handles import Handles, Verdict
from asyncsa_lint.flow.lifecycle.places import Form, Kind
from asyncsa_lint.flow.lifecycle.scene import Scene, Tree
from asyncsa_lint.knowledge.sqlalchemy import ENGINE_FACTS, POOL_CHECKOUTS
from asyncsa_lint.project.symbols import External

_LOOKING = frozenset({"isinstance", "type", "id", "repr", "str", "print"})


def never_connects(scene: Scene, handles: Handles, found: Verdict) -> bool:
    """Whether an engine stays in variables of functions, all of whose readers only look at it."""
    if not found.places or any(
        place.kind is not Kind.LOCAL or place.form is not Form.ENGINE for place in found.places
    ):
        return False
    looks = [_only_looks(scene, tree, node) for place in found.places for tree, node in handles.reads(place)]
    return bool(looks) and all(looks)


def _only_looks(scene: Scene, tree: Tree, node: ast.expr) -> bool:
    parent = tree.parent(node)
    if isinstance(parent, ast.Attribute):
        if parent.attr not in ENGINE_FACTS:
            return False
        above = tree.parent(parent)
        return not (isinstance(above, ast.Attribute) and above.attr in POOL_CHECKOUTS)
    if isinstance(parent, ast.Call) and node in parent.args:
        symbol = scene.inference.symbol(tree.scope(parent), parent.func)
        return isinstance(symbol, External) and symbol.name.removeprefix("builtins.") in _LOOKING
    return isinstance(parent, ast.Compare | ast.Assert)

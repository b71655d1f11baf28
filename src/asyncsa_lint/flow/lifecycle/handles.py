"""Where an engine goes after it was made, and whether somebody disposes it there.

    engine = create_async_engine(url)          # local variable
    self.engine = engine                       # attribute of the class
    ...
    await self.engine.dispose()                # disposed through that attribute

`Place` is a holder of engines: a variable, an attribute of a class, a name on `app.state`,
a name of a module, what a function returns. `outcomes` follows a value from the expression
that has it to the places it is put in, through wrappers (a session factory keeps its
engine), containers, and calls of the project. Order of execution does not matter: the
question is whether any path disposes. Where a value goes to code that can not be seen, it
has escaped, and nobody is blamed.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from asyncsa_lint.flow.lifecycle.going import Going
from asyncsa_lint.flow.lifecycle.places import DISPOSED, ESCAPED, Kind, Outcome, Place
from asyncsa_lint.flow.lifecycle.scene import Constructor, Scene, Tree
from asyncsa_lint.project.resolution import Scope
from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo, ModuleInfo

__all__ = ["Fate", "Handles", "Kind", "Place", "Verdict"]

_MAX_PLACES = 200


class Fate(Enum):
    """What becomes of an engine."""

    DISPOSED = "disposed"
    ESCAPED = "escaped"
    MOVED = "moved"
    """Returned to callers, who answer for it."""
    LOST = "lost"


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """The fate, the places on the way, and for a disposal the functions in which it stands."""

    fate: Fate
    places: tuple[Place, ...]
    disposed_in: tuple[Scope, ...] = ()


class Handles:
    """Fates of engines of one project."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._going = Going(scene)
        self._uses: dict[Place, list[Outcome]] = {}
        self._first: dict[tuple[str, int, int], list[Outcome]] = {}

    def place(self, scope: Scope, node: ast.expr) -> Place | None:
        """The place that an expression names."""
        return self._going.place(scope, node)

    def reads(self, place: Place) -> Iterator[tuple[Tree, ast.expr]]:
        """Expressions that read a place."""
        return self._going.reads(place)

    def outcomes(self, module: ModuleInfo, node: ast.Call) -> list[Outcome]:
        """Where the value of a call goes."""
        key = (module.path, node.lineno, node.col_offset)
        known = self._first.get(key)
        if known is None:
            tree = self._scene.tree(module)
            known = self._first[key] = self._going.outcomes(tree, node) if tree is not None else []
        return known

    def first_places(self, constructor: Constructor) -> list[Place]:
        """The places a new engine is put in at once, and those it is passed on to in the function."""
        found: dict[Place, None] = {}
        queue = deque(self.outcomes(constructor.module, constructor.node))
        while queue:
            outcome = queue.popleft()
            place = outcome.place
            if place is None or place in found:
                continue
            found[place] = None
            if place.kind is Kind.LOCAL and place.owner is constructor.scope:
                queue.extend(self.uses(place))
        return list(found)

    def is_disposed_in(self, place: Place, function: FunctionInfo) -> bool:
        """Whether the function itself disposes what a place holds."""
        return any(each.what == DISPOSED and each.scope is function for each in self.uses(place))

    def uses(self, place: Place) -> list[Outcome]:
        """Where values go from a place."""
        known = self._uses.get(place)
        if known is None:
            known = self._uses[place] = list(self._going.uses(place))
        return known

    def verdict(self, module: ModuleInfo, node: ast.Call, through_returns: bool = True) -> Verdict:
        """What becomes of the engine that a call gives."""
        places: dict[Place, None] = {}
        tree = self._scene.tree(module)
        origin = tree.scope(node) if tree is not None else module
        queue = deque(self.outcomes(module, node))
        disposed: list[Scope] = []
        escaped = False
        while queue and len(places) < _MAX_PLACES:
            outcome = queue.popleft()
            if outcome.what == DISPOSED:
                disposed.append(outcome.scope)
            elif outcome.what == ESCAPED:
                escaped = True
            elif outcome.place is not None and outcome.place not in places:
                places[outcome.place] = None
                if outcome.place.kind is not Kind.RETURN or through_returns:
                    queue.extend(self._uses_in(outcome.place, origin))
        found = tuple(places)
        disposed = [scope for scope in disposed if self._counts(scope, origin, found)]
        if disposed:
            return Verdict(Fate.DISPOSED, found, tuple(disposed))
        if escaped or queue:
            return Verdict(Fate.ESCAPED, found)
        moved = any(place.kind is Kind.RETURN for place in found)
        kept = any(place.is_lasting for place in found)
        return Verdict(Fate.MOVED if moved and not kept else Fate.LOST, found)

    def _counts(self, scope: Scope, origin: Scope, places: tuple[Place, ...]) -> bool:
        """Whether a disposal is one of the program: tests end what they made, not what it makes.

        An object that only the tests make belongs to the users of a library, as they show.
        """
        if not self._is_test(scope) or self._is_test(origin):
            return True
        owners = [each.owner for each in places if each.kind is Kind.ATTRIBUTE]
        made = self._scene.constructions.is_made
        return any(isinstance(owner, ClassInfo) and not made(owner) for owner in owners)

    def _is_test(self, scope: Scope) -> bool:
        return self._scene.roles.is_test(scope if isinstance(scope, ModuleInfo) else scope.module)

    def _uses_in(self, place: Place, origin: Scope) -> Iterator[Outcome]:
        """Uses of a place; a function that was only handed the engine returns it to that caller alone.

        The call has been followed on when the engine was handed over.
        """
        handed = place.kind is Kind.LOCAL and place.owner is not origin
        for outcome in self.uses(place):
            returned = outcome.place is not None and outcome.place.kind is Kind.RETURN
            if not (handed and returned and outcome.place is not None and outcome.place.owner is place.owner):
                yield outcome

    def returning(self, place: Place) -> Iterator[tuple[ModuleInfo, ast.Call]]:
        """Calls of the function whose result a place is."""
        return self._going.calls_of(place)

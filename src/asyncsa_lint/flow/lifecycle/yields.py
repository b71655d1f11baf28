"""How often a generator yields on its paths.

    async def get_session():
        if enabled:                                   # counts before: {0}
            async with factory() as session:
                yield session                         # counts after: {1}
                                                      # counts at the end: {0, 1}

A count is 0, 1 or 2 (more than once). A path that raises has no count at its end. An
exception may leave a `try` body after each of its yields, and before them where nothing in
it yields. A loop over something unknown is taken to run its body; that it runs no turn at
all is not shown, so not held against the generator.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from asyncsa_lint.facts.nodes import walk

Counts = frozenset[int]
_NONE: Counts = frozenset()
_YIELDS = (ast.Yield, ast.YieldFrom)


@dataclass(slots=True)
class Paths:
    """What the walk over a body finds."""

    repeated: list[ast.expr] = field(default_factory=list)
    """Yields that some path reaches after another yield, in order."""
    ends: set[int] = field(default_factory=set)
    """Counts at which the generator can end normally."""


@dataclass(slots=True)
class _Loop:
    breaks: set[int] = field(default_factory=set)
    continues: set[int] = field(default_factory=set)


def paths_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Paths:
    """Walk the body of a generator."""
    walker = _Walker()
    walker.paths.ends |= walker.block(node.body, frozenset({0}))
    return walker.paths


class _Walker:
    def __init__(self) -> None:
        self.paths = Paths()
        self._loops: list[_Loop] = []
        self._thrown: list[set[int]] = []

    def block(self, body: list[ast.stmt], counts: Counts) -> Counts:
        """Counts after the statements of a block."""
        for statement in body:
            if not counts:
                break
            counts = self._statement(statement, counts)
        return counts

    def _statement(self, node: ast.stmt, counts: Counts) -> Counts:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return counts
        if isinstance(node, ast.If):
            counts = self._expressions(node.test, counts)
            always = isinstance(node.test, ast.Constant) and bool(node.test.value)
            return self.block(node.body, counts) | (_NONE if always else self.block(node.orelse, counts))
        if isinstance(node, ast.With | ast.AsyncWith):
            return self.block(node.body, counts)
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            return self._loop(node, counts)
        if isinstance(node, ast.Try | ast.TryStar):
            return self._try(node, counts)
        if isinstance(node, ast.Match):
            return self._match(node, counts)
        counts = self._expressions(node, counts)
        if isinstance(node, ast.Return):
            self.paths.ends |= counts
            return _NONE
        if isinstance(node, ast.Break | ast.Continue) and self._loops:
            kept = self._loops[-1].breaks if isinstance(node, ast.Break) else self._loops[-1].continues
            kept |= counts
            return _NONE
        return _NONE if isinstance(node, ast.Raise) else counts

    def _expressions(self, node: ast.AST, counts: Counts) -> Counts:
        """Count the yields of a simple statement."""
        if not isinstance(node, ast.stmt | ast.expr):
            return counts
        for each in walk(node):
            if isinstance(each, _YIELDS):
                if counts - {0} and each not in self.paths.repeated:
                    self.paths.repeated.append(each)
                counts = frozenset(min(count + 1, 2) for count in counts)
                for thrown in self._thrown[-1:]:
                    thrown |= counts
        return counts

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, counts: Counts) -> Counts:
        loop = _Loop()
        self._loops.append(loop)
        after = self.block(node.body, counts) | loop.continues
        endless = (
            isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)
        )
        if not isinstance(node, ast.AsyncFor) and after - {0}:
            self.block(node.body, frozenset(after))
        self._loops.pop()
        normal = _NONE if endless else self.block(node.orelse, frozenset(after))
        return frozenset(normal | loop.breaks)

    def _match(self, node: ast.Match, counts: Counts) -> Counts:
        after: Counts = _NONE
        for case in node.cases:
            after |= self.block(case.body, counts)
        return after

    def _try(self, node: ast.Try | ast.TryStar, counts: Counts) -> Counts:
        thrown: set[int] = set()
        self._thrown.append(thrown)
        after = self.block(node.body, counts)
        self._thrown.pop()
        if not thrown:
            thrown |= counts
        after = self.block(node.orelse, after)
        for handler in node.handlers:
            after |= self.block(handler.body, frozenset(thrown))
        if self._thrown:
            self._thrown[-1] |= thrown
        return self.block(node.finalbody, after) if node.finalbody and after else after

"""From the fixes of findings to changes of files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from asyncsa_lint.findings import Finding, Recipe, Rewrite, Span
from asyncsa_lint.fixes import blocks, lifespans, loader_options, statements
from asyncsa_lint.fixes.blocks import SyntaxTreesMissing
from asyncsa_lint.fixes.changes import Change, Import, NotFixable, Sources
from asyncsa_lint.fixes.guarding import Guard
from asyncsa_lint.fixes.places import Places
from asyncsa_lint.fixes.statements import Planned

NEEDS_LIBCST = "this repair needs LibCST: pip install 'asyncsa-lint[fix]'"

_SINGLE: dict[Rewrite, Callable[[Places, Recipe], Planned]] = {
    Rewrite.AWAIT: statements.await_call,
    Rewrite.REFRESH: statements.refresh,
    Rewrite.REGISTER_DISPOSAL: statements.register_disposal,
    Rewrite.LIFESPAN_KEYWORD: statements.lifespan_keyword,
    Rewrite.WRITE_ONLY: statements.write_only,
    Rewrite.YIELD_SESSION: blocks.hand_out,
    Rewrite.ASYNC_WITH: blocks.enter,
    Rewrite.PROTECT_YIELD: blocks.protect,
}


_REPLACED = {Rewrite.WRITE_ONLY: ("DynamicMapped", "dynamic_loader")}
"""Names of `sqlalchemy.orm` that a repair may leave without use."""


@dataclass(frozen=True, slots=True)
class Plans:
    """Changes that can be tried, and findings whose repair can not be made, with the reason."""

    changes: tuple[Change, ...]
    refused: tuple[tuple[Finding, str], ...]


def plan(findings: Iterable[Finding], sources: Sources) -> Plans:
    """A change for each finding that has a fix; findings that are repaired together share one."""
    changes: list[Change] = []
    refused: list[tuple[Finding, str]] = []
    guard = Guard(sources)
    known: dict[str, Places] = {}
    with_lifespan: set[str] = set()
    for group in _groups(findings):
        fix = group[0].fix
        if fix is not None and fix.recipe is not None and fix.recipe.rewrite is Rewrite.LIFESPAN:
            # Two lifespans of one file need two names: the second waits until it can see the first.
            if fix.recipe.span.path in with_lifespan:
                continue
            with_lifespan.add(fix.recipe.span.path)
        try:
            change = _plan_one(group, sources, known)
            guard.check(change)
        except NotFixable as reason:
            refused += [(finding, str(reason)) for finding in group]
        except SyntaxTreesMissing:
            refused += [(finding, NEEDS_LIBCST) for finding in group]
        else:
            changes.append(change)
    return Plans(tuple(changes), tuple(refused))


def _groups(findings: Iterable[Finding]) -> Iterator[list[Finding]]:
    """Findings one by one; those with the same statement or application as their place together."""
    together: dict[tuple[Rewrite, Span], list[Finding]] = {}
    for finding in findings:
        fix = finding.fix
        if fix is None or not fix.is_applicable:
            continue
        if fix.recipe is not None and fix.recipe.rewrite in {Rewrite.LOADER_OPTION, Rewrite.LIFESPAN}:
            together.setdefault((fix.recipe.rewrite, fix.recipe.span), []).append(finding)
        else:
            yield [finding]
    yield from together.values()


def _plan_one(group: Sequence[Finding], sources: Sources, known: dict[str, Places]) -> Change:
    recipes = [finding.fix.recipe for finding in group if finding.fix is not None and finding.fix.recipe]
    if not recipes:
        fix = group[0].fix
        assert fix is not None
        return Change(tuple(group), fix.edits)
    recipe = recipes[0]
    path = recipe.span.path
    if path not in known:
        source = sources(path)
        if source is None:
            raise NotFixable("the file can not be read")
        known[path] = Places(source)
    places = known[path]
    if recipe.rewrite is Rewrite.LOADER_OPTION:
        return loader_options.plan(places, group, recipes)
    if recipe.rewrite is Rewrite.LIFESPAN:
        return lifespans.plan(places, recipe.span, group)
    edits, imports = _SINGLE[recipe.rewrite](places, recipe)
    replaced = tuple(Import(path, "sqlalchemy.orm", name) for name in _REPLACED.get(recipe.rewrite, ()))
    return Change(tuple(group), tuple(edits), tuple(imports), replaced)

"""ASA501, ASA504, ASA508: the option goes into the statement or the call that loads the instance.

    select(Order).where(...)                           .options(selectinload(Order.items))
    select(Order).options(selectinload(Order.items))   .joinedload(Item.product) on that option
    session.get(Order, key)                            options=[selectinload(Order.items)]
    repository.require(key)                            options=[...], where its statement takes them

Findings on the same statement are repaired together: one `.options(...)` with all options,
and none that another one contains.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from asyncsa_lint.findings import Edit, Finding, Recipe, Span
from asyncsa_lint.fixes.changes import Change, Import, NotFixable, after, inserted
from asyncsa_lint.fixes.imports import spelling
from asyncsa_lint.fixes.places import Places

_ORM = "sqlalchemy.orm"
_ELSEWHERE = "another option for the same attribute stands elsewhere"


@dataclass(frozen=True, slots=True)
class _Option:
    """An option to write: functions and what they load, `(("selectinload", "Order.items"), ...)`."""

    steps: tuple[tuple[str, str], ...]
    replaces: bool
    """An option that stands there says otherwise about the last step."""

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(loaded for _, loaded in self.steps)

    def text(self, done: int = 0) -> str:
        """The steps behind the first `done` ones, as they are written."""
        return ".".join(f"{function}({loaded})" for function, loaded in self.steps[done:])


def plan(places: Places, findings: Sequence[Finding], recipes: Sequence[Recipe]) -> Change:
    """The change for all findings whose option belongs at the one span of the recipes."""
    span = recipes[0].span
    form, _, parameter, index = recipes[0].words[:4]
    needs: set[Import] = set()
    options: list[_Option] = []
    for recipe in recipes:
        option, orm = _spelled(places, recipe)
        options.append(option)
        needs |= {Import(span.path, _ORM, name) for name in orm}
        for need in recipe.words[5:]:
            module, _, name = need.partition(":")
            needs.add(Import(span.path, module, name))
    options = _without_contained(options)
    node = places.at(span)
    if form == "statement":
        edits = _statement(places, node, options)
    else:
        if not isinstance(node, ast.Call):
            raise NotFixable("the call has changed meanwhile")
        edits = _argument(places, node, parameter or "options", int(index) if parameter else None, options)
    return Change(tuple(findings), tuple(edits), tuple(sorted(needs)))


def _spelled(places: Places, recipe: Recipe) -> tuple[_Option, list[str]]:
    """The option with its first function as the file names it, and what to import for that."""
    first, *rest = _steps(ast.parse(recipe.words[1], mode="eval").body)
    known, missing = spelling(places.source.tree, _ORM, first[0])
    option = _Option(((known, first[1]), *rest), recipe.words[4] == "replaces")
    return option, [first[0]] if missing else []


def _steps(node: ast.expr) -> list[tuple[str, str]]:
    """(function, what it loads) of each call in a chain; empty when it is none."""
    found: list[tuple[str, str]] = []
    while isinstance(node, ast.Call) and len(node.args) == 1:
        inner = node.func.value if isinstance(node.func, ast.Attribute) else None
        chained = isinstance(inner, ast.Call) and isinstance(node.func, ast.Attribute)
        name = node.func.attr if chained and isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        found.append((name, ast.unparse(node.args[0])))
        if inner is None or not chained:
            return found[::-1]
        node = inner
    return []


def _without_contained(options: list[_Option]) -> list[_Option]:
    """Each once; `selectinload(A.b)` is part of `selectinload(A.b).joinedload(B.c)`."""
    unique = list(dict.fromkeys(options))
    return [
        each
        for each in unique
        if not any(other != each and other.path[: len(each.path)] == each.path for other in unique)
    ]


def _statement(places: Places, node: ast.AST, options: list[_Option]) -> list[Edit]:
    """Continue options that stand there, add to the last `.options(...)`, or append one."""
    source = places.source
    existing = _options_call(node)
    if existing is not None and existing.args and not existing.keywords:
        return _among(places, existing.args, source.span(existing), options)
    if any(option.replaces for option in options):
        raise NotFixable(_ELSEWHERE)
    text = ", ".join(option.text() for option in options)
    return [after(source.span(node), f"{_break(places, node)}.options({text})")]


def _among(places: Places, given: Sequence[ast.expr], around: Span, options: list[_Option]) -> list[Edit]:
    """Options beside others: in the place of one, in continuation of one, or behind the last."""
    source = places.source
    edits: dict[ast.expr, Edit] = {}
    new: list[_Option] = []
    for option in options:
        if option.replaces:
            base, text = _replaced(given, option)
            edits[base] = Edit(source.span(base), text)
            continue
        found = next((each for each in given if _is_begun(_steps(each), option)), None)
        if found is None or found in edits:
            new.append(option)
        else:
            edits[found] = after(source.span(found), f".{option.text(len(_steps(found)))}")
    if new:
        last = _appended(places, given[-1], around, ", ".join(option.text() for option in new))
        before = edits.pop(given[-1], None)
        if before is not None and before.span != last.span:
            raise NotFixable("the last option changes in another way, too")
        edits[given[-1]] = last if before is None else Edit(last.span, before.text + last.text)
    return list(edits.values())


def _is_begun(steps: list[tuple[str, str]], option: _Option) -> bool:
    return 0 < len(steps) < len(option.steps) and list(option.steps[: len(steps)]) == steps


def _replaced(given: Sequence[ast.expr], option: _Option) -> tuple[ast.expr, str]:
    """`raiseload(Order.items)` and what it becomes; both at once would contradict each other."""
    for each in given:
        if isinstance(each, ast.Call) and tuple(loaded for _, loaded in _steps(each)) == option.path:
            return each, option.text()
    raise NotFixable(_ELSEWHERE)


def _options_call(node: ast.AST) -> ast.Call | None:
    """The last `.options(...)` of a chain of methods."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "options":
            return node
        node = node.func.value
    return None


def _break(places: Places, node: ast.AST) -> str:
    """A new line where the chain has each of its methods on a line of its own."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return ""
    dot_line = places.source.lines[node.func.end_lineno - 1] if node.func.end_lineno else ""
    stripped = dot_line.lstrip()
    if not stripped.startswith(f".{node.func.attr}"):
        return ""
    return "\n" + dot_line[: len(dot_line) - len(stripped)]


def _appended(places: Places, last: ast.expr, call: Span, text: str) -> Edit:
    """One more argument behind the last one, on a line of its own where that has one."""
    source = places.source
    span = source.span(last)
    line = source.lines[span.line - 1]
    space = line[: len(line) - len(line.lstrip())]
    alone = span.line > call.line and len(space) == span.column
    rest = source.lines[span.end_line - 1][span.end_column :]
    if alone and rest.lstrip().startswith(","):
        return inserted(span.path, span.end_line, len(source.lines[span.end_line - 1]), f"\n{space}{text},")
    return after(span, f",\n{space}{text}" if alone else f", {text}")


def _argument(
    places: Places, call: ast.Call, parameter: str, index: int | None, options: list[_Option]
) -> list[Edit]:
    """The options in a list argument, or behind the other arguments where these are collected."""
    source = places.source
    joined = ", ".join(option.text() for option in options)
    if any(option.replaces for option in options):
        raise NotFixable(_ELSEWHERE)
    if any(keyword.arg is None for keyword in call.keywords):
        raise NotFixable("arguments of the call can not be seen")
    if parameter.startswith("*"):
        if call.keywords or not call.args:
            raise NotFixable("the options can not be put behind the other arguments")
        return [_appended(places, call.args[-1], source.span(call), joined)]
    if any(isinstance(each, ast.Starred) for each in call.args):
        raise NotFixable("arguments of the call can not be seen")
    given = next((keyword.value for keyword in call.keywords if keyword.arg == parameter), None)
    if given is None and index is not None and index < len(call.args):
        given = call.args[index]
    if given is not None:
        return _in_list(places, given, options)
    text = f"{parameter}=[{joined}]"
    ends = [*call.args, *(keyword.value for keyword in call.keywords)]
    if not ends:
        span = source.span(call)
        return [inserted(span.path, span.end_line, span.end_column - 1, text)]
    last = max(ends, key=lambda each: (each.end_lineno or 0, each.end_col_offset or 0))
    return [_appended(places, last, source.span(call), text)]


def _in_list(places: Places, given: ast.expr, options: list[_Option]) -> list[Edit]:
    if not isinstance(given, ast.List) or not given.elts:
        raise NotFixable("the options of the call are not a list that stands there")
    return _among(places, given.elts, places.source.span(given), options)

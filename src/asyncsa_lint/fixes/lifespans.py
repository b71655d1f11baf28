"""ASA401: the event handlers of an application become one lifespan.

    @app.on_event("startup")                    @asynccontextmanager
    async def connect(): ...                    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
                                       ->           async with AsyncExitStack() as stack:
    @app.on_event("shutdown")                           await connect()
    async def disconnect(): ...                         stack.push_async_callback(disconnect)
                                                        yield

The handlers stay where they are, without their registration. A shutdown handler is put on
the stack after the start-up handlers registered before it, so it runs even when a later
one fails, and what was started last stops first; handlers registered side by side keep
their order.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asyncsa_lint.findings import Edit, Finding, Span
from asyncsa_lint.fixes.changes import Change, Import, NotFixable, inserted
from asyncsa_lint.fixes.imports import known_as, spelling
from asyncsa_lint.fixes.places import Function, Places, first_line
from asyncsa_lint.fixes.statements import keyword_added, line_span

_EVENTS = frozenset({"startup", "shutdown"})
_NAMES = ("lifespan", "app_lifespan", "application_lifespan")


@dataclass(frozen=True, slots=True)
class _Handler:
    """One registered function; `removal` takes the registration away."""

    place: tuple[int, int]
    event: str
    name: str
    is_async: bool
    removal: Edit | None


def plan(places: Places, app: Span, findings: Sequence[Finding]) -> Change:
    """The change for all handlers of one application."""
    call = places.at(app, ast.Call)
    assert isinstance(call, ast.Call)
    statement = places.statement(call)
    _require_all(places, statement, findings)
    handlers: list[_Handler] = []
    keywords: list[ast.keyword] = []
    for finding in findings:
        node = places.at(finding.span)
        keyword = places.parent(node)
        if isinstance(keyword, ast.keyword):
            keywords.append(keyword)
            handlers += _listed(places, statement, keyword)
        elif isinstance(node, ast.Call):
            handlers.append(_registered(places, statement, node))
    handlers.sort(key=lambda each: each.place)
    name = _free_name(places)
    block, imports = _lifespan(places, call, name, handlers)
    edits = [each.removal for each in handlers if each.removal is not None]
    edits += _keyword_edits(places, call, keywords, name)
    edits.append(_placed(places, statement, block))
    return Change(tuple(findings), tuple(edits), tuple(imports))


def _require_all(places: Places, app: ast.stmt, findings: Sequence[Finding]) -> None:
    """A lifespan silences the handlers that it does not call."""
    spans = {finding.span for finding in findings}
    target = getattr(app, "target", None) or next(iter(getattr(app, "targets", [])), None)
    name = places.source.segment(target) if target is not None else ""
    for node in ast.walk(places.source.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        registers = node.func.attr in {"on_event", "add_event_handler"} and _event(node) in _EVENTS
        owner = places.source.segment(node.func.value)
        of_app = owner in (name, f"{name}.router") and places.function(app) in (None, places.function(node))
        if registers and of_app and places.source.span(node) not in spans:
            raise NotFixable("another handler of the application would never run")


def _free_name(places: Places) -> str:
    words = {each.id for each in ast.walk(places.source.tree) if isinstance(each, ast.Name)}
    words |= {each.name for each in ast.walk(places.source.tree) if isinstance(each, Function)}
    words |= {each.name for each in ast.walk(places.source.tree) if isinstance(each, ast.alias)}
    for name in _NAMES:
        if name not in words:
            return name
    raise NotFixable("no name is free for the lifespan")


# -- handlers


def _registered(places: Places, app: ast.stmt, call: ast.Call) -> _Handler:
    """`@app.on_event("startup")` or `app.add_event_handler("startup", connect)`."""
    source = places.source
    event = _event(call)
    parent = places.parent(call)
    if isinstance(parent, Function) and call in parent.decorator_list:
        _require_visible(places, app, parent)
        line = source.lines[call.lineno - 1]
        if not line.lstrip().startswith("@"):
            raise NotFixable("the decorator does not begin its line")
        removal = _removed(places, call, line)
        return _handler(parent, event, (parent.lineno, parent.col_offset), removal)
    if not isinstance(parent, ast.Expr) or len(places.block(parent)) < 2:
        raise NotFixable("the registration is not a statement of its own")
    given = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "func")]
    if len(given) != 1:
        raise NotFixable("the registered function can not be told")
    removal = _removed(places, parent, places.indent(parent))
    function = _named(places, app, given[0])
    return _handler(function, event, (call.lineno, call.col_offset), removal)


def _removed(places: Places, node: ast.expr | ast.stmt | ast.keyword, like: str) -> Edit:
    """Take the lines of a node away; their comments stay, indented like the text `like`."""
    first, last = node.lineno, node.end_lineno or node.lineno
    indent = like[: len(like) - len(like.lstrip())]
    comments = [text for line, _, text in places.source.comments() if first <= line <= last]
    return Edit(line_span(places.source.path, first, last), "".join(f"{indent}{each}\n" for each in comments))


def _listed(places: Places, app: ast.stmt, keyword: ast.keyword) -> Iterator[_Handler]:
    """`on_startup=[connect, warm]`."""
    if not isinstance(keyword.value, ast.List | ast.Tuple):
        raise NotFixable(f"`{keyword.arg}` is not a list that stands there")
    event = (keyword.arg or "").removeprefix("on_")
    for element in keyword.value.elts:
        function = _named(places, app, element)
        yield _handler(function, event, (element.lineno, element.col_offset), None)


def _event(call: ast.Call) -> str:
    given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "event_type")]
    return str(given[0].value) if given and isinstance(given[0], ast.Constant) else ""


def _handler(function: Function, event: str, place: tuple[int, int], removal: Edit | None) -> _Handler:
    arguments = function.args
    if arguments.posonlyargs or arguments.args or arguments.kwonlyargs:
        raise NotFixable(f"`{function.name}` takes arguments")
    if any(isinstance(each, ast.Yield | ast.YieldFrom) for each in ast.walk(function)):
        raise NotFixable(f"`{function.name}` is a generator")
    return _Handler(place, event, function.name, isinstance(function, ast.AsyncFunctionDef), removal)


def _named(places: Places, app: ast.stmt, node: ast.expr) -> Function:
    """The function of this file that a name stands for."""
    if isinstance(node, ast.Name):
        found = [
            each
            for each in ast.walk(places.source.tree)
            if isinstance(each, Function) and each.name == node.id
        ]
        if len(found) == 1:
            _require_visible(places, app, found[0])
            return found[0]
    raise NotFixable(f"`{places.source.segment(node)}` is not a function of this file")


def _require_visible(places: Places, app: ast.stmt, function: Function) -> None:
    """The lifespan stands beside the application: it has to see the function by its name."""
    around = places.function(function)
    visible = around is None or around is places.function(app)
    if not visible or isinstance(places.parent(function), ast.ClassDef):
        raise NotFixable(f"`{function.name}` is out of sight where the application is made")


# -- the lifespan


def _lifespan(
    places: Places, call: ast.Call, name: str, handlers: Sequence[_Handler]
) -> tuple[list[str], list[Import]]:
    source = places.source
    imports: list[Import] = []

    def known(module: str, wanted: str) -> str:
        spelled, missing = spelling(source.tree, module, wanted)
        if missing:
            imports.append(Import(source.path, module, wanted))
        return spelled

    iterator = known_as(source.tree, "typing", "AsyncIterator") or known("collections.abc", "AsyncIterator")
    lines = [
        f"@{known('contextlib', 'asynccontextmanager')}",
        f"async def {name}(app: {source.segment(call.func)}) -> {iterator}[None]:",
    ]
    body = [*_calls(handlers), "yield"]
    if any(each.event == "shutdown" for each in handlers):
        body = [
            f"async with {known('contextlib', 'AsyncExitStack')}() as stack:",
            *(f"    {line}" for line in body),
        ]
    return [*lines, *(f"    {line}" for line in body)], imports


def _calls(handlers: Sequence[_Handler]) -> Iterator[str]:
    """Start-up calls in order, and each run of shutdown handlers pushed last one first."""
    waiting: list[_Handler] = []
    for handler in [*handlers, None]:
        if handler is not None and handler.event == "shutdown":
            waiting.append(handler)
            continue
        for each in reversed(waiting):
            method = "push_async_callback" if each.is_async else "callback"
            yield f"stack.{method}({each.name})"
        waiting = []
        if handler is not None:
            yield f"await {handler.name}()" if handler.is_async else f"{handler.name}()"


def _placed(places: Places, statement: ast.stmt, block: Sequence[str]) -> Edit:
    """The function in front of the statement that makes the application, and of its comments."""
    lines = places.source.lines
    indent = places.indent(statement)
    line = first_line(statement)
    while line > 1 and lines[line - 2].startswith(f"{indent}#"):
        line -= 1
    empty = 0
    while line - 2 - empty >= 0 and not lines[line - 2 - empty].strip():
        empty += 1
    apart = 1 if indent else 2
    opens_block = line - 2 - empty >= 0 and lines[line - 2 - empty].rstrip().endswith(":")
    above = "" if opens_block or line - 1 == empty else "\n" * max(apart - empty, 0)
    text = "".join(f"{indent}{each}\n" for each in block)
    return inserted(places.source.path, line, 0, f"{above}{text}{chr(10) * apart}")


def _keyword_edits(
    places: Places, call: ast.Call, keywords: Sequence[ast.keyword], name: str
) -> Iterator[Edit]:
    """`lifespan=` in the place of the first of the old keywords, or as one more."""
    source = places.source
    if not keywords:
        yield keyword_added(places, call, f"lifespan={name}")
        return
    every: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    arguments = sorted(every, key=lambda each: (each.lineno, each.col_offset))
    first, *others = sorted(keywords, key=lambda each: (each.lineno, each.col_offset))
    yield Edit(source.span(first), f"lifespan={name}")
    for keyword in others:
        own = source.span(keyword)
        previous = source.span(arguments[arguments.index(keyword) - 1])
        line = source.lines[own.line - 1]
        rest = source.lines[own.end_line - 1][own.end_column :].strip()
        alone = not line[: own.column].strip() and rest[:1] == "," and rest[1:].strip()[:1] in ("", "#")
        if alone:
            yield _removed(places, keyword, line)
        else:
            gap = Span(own.path, previous.end_line, previous.end_column, own.end_line, own.end_column)
            yield Edit(gap, "")

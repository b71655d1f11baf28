"""Repairs of single statements: a missing `await`, a refresh, a disposal, a keyword, a mapping."""

from __future__ import annotations

import ast

from asyncsa_lint.findings import Edit, Recipe, Span
from asyncsa_lint.fixes.changes import Import, NotFixable, after, before, inserted
from asyncsa_lint.fixes.imports import spelling
from asyncsa_lint.fixes.places import Function, Places, first_line, names_of

Planned = tuple[list[Edit], list[Import]]
_TIGHT = (ast.Attribute, ast.Subscript, ast.Call, ast.BinOp, ast.Await, ast.UnaryOp)
_FLUSHING = frozenset({"commit", "flush", "rollback", "refresh"})
_STACKS = ("contextlib", "AsyncExitStack")


def await_call(places: Places, recipe: Recipe) -> Planned:
    """`await call`, in parentheses where something is done with the result."""
    node = places.at(recipe.span, ast.Call)
    function = places.function(node)
    if not isinstance(function, ast.AsyncFunctionDef):
        raise NotFixable("`await` needs an `async def` around it")
    if any(isinstance(above, ast.Lambda | ast.GeneratorExp) for above in places.ancestors(node)):
        raise NotFixable("the call is evaluated somewhere else")
    parent = places.parent(node)
    if isinstance(parent, _TIGHT):
        return [before(recipe.span, "(await "), after(recipe.span, ")")], []
    return [before(recipe.span, "await ")], []


def refresh(places: Places, recipe: Recipe) -> Planned:
    """`await session.refresh(order)` on the line before the statement that reads it."""
    node = places.at(recipe.span)
    statement = places.statement(node)
    if not isinstance(places.function(node), ast.AsyncFunctionDef):
        raise NotFixable("`await` needs an `async def` around it")
    if not places.is_always_evaluated(node, statement):
        raise NotFixable("the read is not reached each time its statement is")
    bound = names_of(ast.parse(recipe.words[0], mode="eval"))
    if isinstance(statement, ast.For | ast.AsyncFor) and bound & names_of(statement.target):
        raise NotFixable("the loop binds what would have to be refreshed")
    if _is_elif(places, statement):
        raise NotFixable("there is no room for a statement before an `elif`")
    if _may_be_unflushed(places, statement, recipe.words[0]):
        raise NotFixable("a refresh would drop changes that are not flushed")
    line = first_line(statement)
    text = f"{places.indent(statement)}await {recipe.words[0]}\n"
    return [inserted(recipe.span.path, line, 0, text)], []


def _may_be_unflushed(places: Places, statement: ast.stmt, refresh: str) -> bool:
    """Whether an attribute is set before the statement, and nothing that stands between flushes it."""
    call = ast.parse(refresh, mode="eval").body
    assert isinstance(call, ast.Call)
    owner = ast.unparse(call.args[0])
    changed = flushed = 0
    for node in ast.walk(places.function(statement) or places.source.tree):
        line = getattr(node, "lineno", statement.lineno)
        if line >= statement.lineno:
            continue
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            changed = max(changed, line) if places.source.segment(node.value) == owner else changed
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
            changed = max(changed, line)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            flushed = max(flushed, line) if node.func.attr in _FLUSHING else flushed
    return changed > flushed


def _is_elif(places: Places, statement: ast.stmt) -> bool:
    line = places.source.lines[statement.lineno - 1]
    return isinstance(statement, ast.If) and line.lstrip().startswith("elif")


def register_disposal(places: Places, recipe: Recipe) -> Planned:
    """`stack.push_async_callback(engine.dispose)` right after the engine is made."""
    node = places.at(recipe.span)
    statement = places.statement(node)
    target = _only_target(statement)
    value = getattr(statement, "value", None)
    value = value.value if isinstance(value, ast.Await) else value
    if target is None or value is not node:
        raise NotFixable("the engine is not assigned to a name where it is made")
    stack = _stack_in_scope(places, statement)
    if stack is None:
        raise NotFixable("no `AsyncExitStack` is in scope where the engine is made")
    owner = places.source.segment(target)
    text = f"\n{places.indent(statement)}{stack}.push_async_callback({owner}.{recipe.words[0]})"
    line = statement.end_lineno or statement.lineno
    return [inserted(recipe.span.path, line, len(places.source.lines[line - 1]), text)], []


def _only_target(statement: ast.stmt) -> ast.expr | None:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target: ast.expr = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return None
    return target if isinstance(target, ast.Name | ast.Attribute) else None


def _stack_in_scope(places: Places, statement: ast.stmt) -> str | None:
    """The name of an exit stack: of a block around the statement, or a parameter."""
    wanted, missing = spelling(places.source.tree, *_STACKS)
    if missing:
        return None
    for above in places.ancestors(statement):
        if isinstance(above, ast.AsyncWith):
            for item in above.items:
                made = item.context_expr
                if (
                    isinstance(made, ast.Call)
                    and places.source.segment(made.func) == wanted
                    and isinstance(item.optional_vars, ast.Name)
                ):
                    return item.optional_vars.id
        if isinstance(above, Function):
            arguments = [*above.args.posonlyargs, *above.args.args, *above.args.kwonlyargs]
            return next(
                (a.arg for a in arguments if a.annotation and places.source.segment(a.annotation) == wanted),
                None,
            )
    return None


def lifespan_keyword(places: Places, recipe: Recipe) -> Planned:
    """`FastAPI(..., lifespan=name)`, where the name is bound before the call."""
    call = places.at(recipe.span, ast.Call)
    assert isinstance(call, ast.Call)
    if places.function(call) is None and not _is_defined_before(places, recipe.words[0], call.lineno):
        raise NotFixable(f"the application is made before `{recipe.words[0]}` is defined")
    return [keyword_added(places, call, f"lifespan={recipe.words[0]}")], []


def _is_defined_before(places: Places, name: str, line: int) -> bool:
    defined = [each for each in places.source.tree.body if isinstance(each, Function) and each.name == name]
    return bool(defined) and defined[-1].lineno < line


def keyword_added(places: Places, call: ast.Call, text: str) -> Edit:
    """One more argument at the end of a call, on a line of its own where the others have one."""
    source = places.source
    span = source.span(call)
    if any(keyword.arg is None for keyword in call.keywords):
        raise NotFixable("arguments of the call can not be seen")
    ends: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    if not ends:
        return inserted(span.path, span.end_line, span.end_column - 1, text)
    last = source.span(max(ends, key=lambda each: (each.end_lineno or 0, each.end_col_offset or 0)))
    line = source.lines[last.line - 1]
    space = line[: len(line) - len(line.lstrip())]
    alone = last.line > span.line and len(space) == last.column
    rest = source.lines[last.end_line - 1][last.end_column :]
    if not alone:
        return after(last, f", {text}")
    if rest.lstrip().startswith(","):
        return inserted(last.path, last.end_line, len(source.lines[last.end_line - 1]), f"\n{space}{text},")
    return after(last, f",\n{space}{text}")


def write_only(places: Places, recipe: Recipe) -> Planned:
    """`DynamicMapped[X]` -> `WriteOnlyMapped[X]`, `lazy="dynamic"` -> `lazy="write_only"`."""
    value = places.at(recipe.span)
    statement = places.statement(value)
    edits: list[Edit] = []
    imports: list[Import] = []
    annotation = statement.annotation if isinstance(statement, ast.AnnAssign) else None
    if isinstance(annotation, ast.Subscript):
        edits, imports = _write_only_annotation(places, annotation)
    for call in (each for each in ast.walk(value) if isinstance(each, ast.Call)):
        name = places.source.segment(call.func)
        for keyword in call.keywords:
            constant = keyword.value
            if keyword.arg == "lazy" and isinstance(constant, ast.Constant) and constant.value == "dynamic":
                edits.append(_replaced(places, constant, _quoted(places, constant, "write_only")))
        if name.rpartition(".")[2] == "dynamic_loader":
            known, missing = spelling(places.source.tree, "sqlalchemy.orm", "relationship")
            edits += [_replaced(places, call.func, known), keyword_added(places, call, 'lazy="write_only"')]
            if missing:
                imports.append(Import(recipe.span.path, "sqlalchemy.orm", "relationship"))
    if not edits:
        raise NotFixable("the mapping is not written here")
    return edits, imports


def _write_only_annotation(places: Places, annotation: ast.Subscript) -> Planned:
    """`DynamicMapped[X]` and `Mapped[list[X]]` of a dynamic relationship become `WriteOnlyMapped[X]`."""
    tree, path = places.source.tree, places.source.path
    name = places.source.segment(annotation.value).rpartition(".")[2]
    if name not in {"DynamicMapped", "Mapped"}:
        return [], []
    known, missing = spelling(tree, "sqlalchemy.orm", "WriteOnlyMapped")
    edits = [_replaced(places, annotation.value, known)]
    inner = annotation.slice
    if name == "Mapped" and isinstance(inner, ast.Subscript):
        edits.append(_replaced(places, inner, places.source.segment(inner.slice)))
    return edits, [Import(path, "sqlalchemy.orm", "WriteOnlyMapped")] if missing else []


def _replaced(places: Places, node: ast.AST, text: str) -> Edit:
    return Edit(places.source.span(node), text)


def _quoted(places: Places, node: ast.expr, text: str) -> str:
    quote = "'" if places.source.segment(node).startswith("'") else '"'
    return f"{quote}{text}{quote}"


def line_span(path: str, first: int, last: int) -> Span:
    """Whole lines, the end of the last one included."""
    return Span(path, first, 0, last + 1, 0)

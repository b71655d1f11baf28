"""`templates.TemplateResponse(request, "order.html", {"order": order})`: what the template reads.

The response renders its template at once, outside the greenlet that loads attributes need. The
template is looked for where the directory's spelling leads: its literal parts below the folder of
the module that makes the `Jinja2Templates`, or below one above it up to the project's root; found in
several places, it is not known. Reading it takes jinja2 (extra `templates`); without it, and for
templates that it can not parse, nothing is said.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncsa_lint.flow.states.objects import DictObject
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import UNKNOWN, Arguments, Const, LibraryMethod, TemplatesValue, Value

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter


def make(self: Interpreter, _: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """`Jinja2Templates(directory=...)`; unknown without literal parts or with several directories."""
    given = next((each.value for each in node.keywords if each.arg == "directory"), None)
    given = given or (node.args[0] if node.args else None)
    if given is None or isinstance(given, ast.List | ast.Tuple):
        return UNKNOWN
    parts = [
        part.value.strip("/")
        for part in sorted(ast.walk(given), key=lambda each: getattr(each, "col_offset", 0))
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    folder = posixpath.normpath("/".join(part for part in parts if part not in {"", "."}))
    return TemplatesValue(folder, self.module.path) if parts and not folder.startswith("..") else UNKNOWN


def respond(
    self: Interpreter, target: LibraryMethod, arguments: Arguments, node: ast.Call, state: State
) -> Value:
    """`TemplateResponse(request, name, context)`, or without the request as older Starlette has it."""
    if target.name != "TemplateResponse" or arguments.opaque:
        return UNKNOWN
    assert isinstance(target.receiver, TemplatesValue)
    older = bool(arguments.positional) and isinstance(arguments.positional[0], Const)
    name = arguments.get(0 if older else 1, "name")
    position = 1 if older else 2
    context = arguments.get(position, "context")
    given = None if context is None else state.object_of(context)
    if not isinstance(name, Const) or not isinstance(name.value, str) or not isinstance(given, DictObject):
        return UNKNOWN
    try:
        from asyncsa_lint.flow.web.rendering import Rendering
    except ImportError:
        return UNKNOWN
    values = {key: value for key, value in given.items.items() if isinstance(key, str)}
    find = finder(self, target.receiver)
    Rendering(self, node, find, _expressions(node, position)).template(name.value, values, state)
    return UNKNOWN


def finder(self: Interpreter, templates: TemplatesValue) -> Callable[[str], tuple[str, str] | None]:
    """Path and text of a template by its name."""
    project = self.context.project

    def find(name: str) -> tuple[str, str] | None:
        found: dict[str, str] = {}
        folder = posixpath.dirname(templates.made_in)
        while folder.startswith(project.root):
            path = posixpath.normpath(posixpath.join(folder, templates.folder, name))
            text = project.text(path) if path.startswith(f"{project.root.rstrip('/')}/") else None
            if text is not None:
                found[path] = text
            if folder == project.root or folder == posixpath.dirname(folder):
                break
            folder = posixpath.dirname(folder)
        return next(iter(found.items())) if len(found) == 1 else None

    return find


def _expressions(node: ast.Call, position: int) -> dict[str, ast.expr]:
    """The Python expression for each name of the context, where it is written out."""
    context = next((each.value for each in node.keywords if each.arg == "context"), None)
    if context is None and len(node.args) > position:
        context = node.args[position]
    if not isinstance(context, ast.Dict):
        return {}
    pairs = zip(context.keys, context.values, strict=True)
    return {
        key.value: value
        for key, value in pairs
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }

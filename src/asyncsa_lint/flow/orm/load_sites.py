"""Where a loader option has to be written, and how it is spelled there.

    statement = select(Order).where(...)          # the option goes to the end of this
    order = await session.scalar(statement)       # the instance came from here

The statement is followed through the variables of its function. It must name the class:
what a generic repository selects (`select(self.model)`) is another class for the next
caller, so an option there would break it, and the option has to be passed in instead.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from asyncsa_lint.facts.nodes import walk
from asyncsa_lint.facts.records import ParameterKind
from asyncsa_lint.flow.events import LoadForm, LoadSite
from asyncsa_lint.flow.orm.class_names import name_of
from asyncsa_lint.flow.orm.plans import EAGER, EMPTY, Plan
from asyncsa_lint.knowledge.sqlalchemy import CALLS
from asyncsa_lint.project.local_names import iter_own
from asyncsa_lint.project.mapping.declarations import single_return
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind, MappedAttribute, ModelInfo
from asyncsa_lint.project.symbols import ClassInfo, External, FunctionInfo

if TYPE_CHECKING:
    from asyncsa_lint.findings import Span
    from asyncsa_lint.flow.context import AnalysisContext
    from asyncsa_lint.flow.lifecycle.scene import Tree
    from asyncsa_lint.project.resolution import Scope

_QUERIES = frozenset({"execute", "scalars", "scalar", "stream", "stream_scalars", "exec"})
_GETS = frozenset({"get", "get_one"})
_FUNCTIONS = {
    "selectin": "selectinload",
    "joined": "joinedload",
    "subquery": "subqueryload",
    "immediate": "immediateload",
    "contains_eager": "contains_eager",
}
_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of an option: `selectinload(Order.items)`."""

    function: str
    owner: ClassInfo
    attribute: str
    explicit: bool = False
    """The statement has an option for this step."""

    def spelled(self, owner: str) -> str:
        """The step with the name that the class has where it is written."""
        return f"{self.function}({owner}.{self.attribute})"


@dataclass(frozen=True, slots=True)
class _Found:
    """The expression to add the option to, and the entity in it that is meant."""

    expression: ast.expr
    entity: str
    locks: bool


def hops(
    context: AnalysisContext,
    root: ModelInfo,
    plan: Plan | None,
    steps: tuple[tuple[str, str, bool], ...],
    attribute: MappedAttribute,
) -> tuple[Hop, ...]:
    """The option that loads `attribute` at the end of `steps`; none when no option can.

    What is loaded on the way keeps its strategy: an option of another one would replace it.
    """
    found: list[Hop] = []
    model: ModelInfo | None = root
    plan = plan or EMPTY
    for owner, name, _ in steps:
        model = _narrowed(context, model, owner)
        step = model.attributes.get(name) if model is not None else None
        if model is None or step is None:
            return ()
        explicit = _is_explicit(plan, name)
        strategy, plan = _loaded_by(plan, step)
        found.append(Hop(strategy, model.cls, name, explicit))
        model = context.models.get(step.target) if step.target is not None else None
    if model is None:
        return ()
    last = _last(plan, attribute)
    if not last or attribute.name not in model.attributes:
        return ()
    return (*found, Hop(last, model.cls, attribute.name, _is_explicit(plan, attribute.name)))


def _is_explicit(plan: Plan, name: str) -> bool:
    return any(name == each for each, _, _ in plan.loads)


def _narrowed(context: AnalysisContext, model: ModelInfo | None, name: str) -> ModelInfo | None:
    """The class of that name among the model and what inherits from it."""
    if model is None or model.name == name:
        return model
    for cls in context.project.subclasses(model.cls):
        if cls.facts.name == name:
            return context.models.get(cls)
    return model


def _loaded_by(plan: Plan, step: MappedAttribute) -> tuple[str, Plan]:
    for name, strategy, child in plan.loads:
        if name == step.name and strategy in EAGER:
            return _FUNCTIONS[strategy], child
    if step.lazy in EAGER:
        return "defaultload", EMPTY
    return ("selectinload" if step.collection else "joinedload"), EMPTY


def _last(plan: Plan, attribute: MappedAttribute) -> str:
    if attribute.kind is AttributeKind.RELATIONSHIP:
        return "selectinload" if attribute.collection else "joinedload"
    if plan.only is not None:
        return "load_only"
    return "undefer" if attribute.deferred else ""


def plain(option: tuple[Hop, ...]) -> str:
    """The option under the classes' own names."""
    return ".".join(hop.spelled(hop.owner.facts.name) for hop in option)


def site_of(
    context: AnalysisContext, loaded_at: Span, option: tuple[Hop, ...], reader: FunctionInfo | None
) -> LoadSite | None:
    """Where to write the option for an instance that was loaded at a call; None: not seen.

    `reader` is the function in which the read is reported: an option that has to be passed
    in is looked for on the way from there to the load.
    """
    module = context.project.module_at(loaded_at.path)
    tree = context.lifecycle.scene.tree(module) if module is not None else None
    call = _call_at(tree, loaded_at) if tree is not None else None
    if tree is None or call is None or not isinstance(call.func, ast.Attribute):
        return None
    found: _Found | None = None
    form = LoadForm.STATEMENT
    target: ast.expr = call
    if call.func.attr in _GETS:
        form, found = LoadForm.GET, _entity_of_get(context, tree, call, option[0].owner)
    elif call.func.attr in _QUERIES:
        given = call.args[0] if call.args else next((k.value for k in call.keywords), None)
        if given is None or isinstance(given, ast.Starred):
            return None
        target, found = given, _statement(context, tree, given, option[0].owner)
    else:
        return None
    if found is None:
        given_in = _argument(context, tree, target, option, reader) if target is not call else None
        return given_in or LoadSite(tree.source.span(target), LoadForm.PASSED, plain(option))
    return _written(context, tree, found, form, option)


def _written(
    context: AnalysisContext, tree: Tree, found: _Found, form: LoadForm, option: tuple[Hop, ...]
) -> LoadSite:
    """The site with the option spelled as its file names the classes."""
    parts: list[str] = []
    needs: list[str] = []
    complete = True
    for index, hop in enumerate(option):
        if found.locks and hop.function == "joinedload":
            # FOR UPDATE and an outer join do not go together on PostgreSQL.
            hop = replace(hop, function="selectinload")
        if index == 0 and found.entity:
            name, need = found.entity, ""
        else:
            spelled = name_of(context, tree, found.expression, hop.owner, option[0].owner)
            complete = complete and spelled is not None
            name, need = spelled or (hop.owner.facts.name, "")
        parts.append(hop.spelled(name))
        needs += [need] if need and need not in needs else []
    span = tree.source.span(found.expression)
    # A recursive option and one for the same step without recursion contradict each other.
    steps = [(hop.owner, hop.attribute) for hop in option]
    complete = complete and not (option[0].explicit and len(set(steps)) < len(steps))
    replaces = option[-1].explicit
    return LoadSite(span, form, ".".join(parts), tuple(needs), complete, replaces=replaces)


def _call_at(tree: Tree, span: Span) -> ast.Call | None:
    for node in tree.nodes():
        if isinstance(node, ast.Call) and node.lineno == span.line and tree.source.span(node) == span:
            return node
    return None


# -- options that a caller passes


def _argument(
    context: AnalysisContext,
    tree: Tree,
    statement: ast.expr,
    option: tuple[Hop, ...],
    reader: FunctionInfo | None,
) -> LoadSite | None:
    """The one call between reader and load that hands `.options(*options)` its options."""
    loader = tree.scope(statement)
    if reader is None or not isinstance(loader, FunctionInfo):
        return None
    index, name = _options_parameter(context, loader, statement)
    if not name:
        return None
    calls = _calls_to(context, reader, loader, _DEPTH - 1)
    if len(calls) != 1:
        return None
    where, call = calls[0]
    if loader.facts.owner and isinstance(call.func, ast.Attribute):
        index -= 1
    site = _written(context, where, _Found(call, "", False), LoadForm.ARGUMENT, option)
    return replace(site, parameter=name, index=index)


def _options_parameter(
    context: AnalysisContext, loader: FunctionInfo, statement: ast.expr
) -> tuple[int, str]:
    """Position and name of the parameter that `.options(*parameter)` of the statement unpacks."""
    parameters = [parameter.name for parameter in loader.facts.parameters]
    candidates = [statement]
    if isinstance(statement, ast.Name):
        candidates = context.lifecycle.scene.inference.locals(loader).values(statement.id)
    for node in (each for candidate in candidates for each in walk(candidate)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        for given in node.args if node.func.attr == "options" else ():
            inner = given.value if isinstance(given, ast.Starred) else None
            if isinstance(inner, ast.Name) and inner.id in parameters:
                index = parameters.index(inner.id)
                variadic = loader.facts.parameters[index].kind is ParameterKind.VAR_POSITIONAL
                return index, f"*{inner.id}" if variadic else inner.id
    return 0, ""


def _calls_to(
    context: AnalysisContext, function: FunctionInfo, loader: FunctionInfo, depth: int
) -> list[tuple[Tree, ast.Call]]:
    """Calls of the loader in a function and in what that calls."""
    tree = context.lifecycle.scene.tree(function.module)
    node = context.project.node(function)
    found: list[tuple[Tree, ast.Call]] = []
    for each in iter_own(node) if tree is not None and node is not None else ():
        if not isinstance(each, ast.Call) or tree is None:
            continue
        symbol = context.lifecycle.scene.inference.symbol(function, each.func)
        if symbol is loader:
            found.append((tree, each))
        elif (
            depth
            and isinstance(symbol, FunctionInfo)
            and symbol is not function
            and context.project.mentions(symbol.module.path, (loader.facts.name.encode(),))
        ):
            found += _calls_to(context, symbol, loader, depth - 1)
    return found


# -- the statement


def _entity_of_get(context: AnalysisContext, tree: Tree, call: ast.Call, cls: ClassInfo) -> _Found | None:
    given = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "entity"), None)
    if given is None or not _is_entity(context, tree.scope(call), given, cls):
        return None
    locks = any(keyword.arg == "with_for_update" for keyword in call.keywords)
    return _Found(call, tree.source.segment(given), locks)


def _statement(
    context: AnalysisContext, tree: Tree, node: ast.expr, cls: ClassInfo, depth: int = _DEPTH
) -> _Found | None:
    """The expression that builds the statement, where the function builds only one."""
    start, locks = _root(context, tree.scope(node), node)
    if isinstance(start, ast.Call):
        entity = _entity(context, tree, start, cls)
        return _Found(node, entity, locks) if entity is not None else None
    scope = tree.scope(node)
    if not isinstance(start, ast.Name) or not isinstance(scope, FunctionInfo) or depth == 0:
        return None
    values = context.lifecycle.scene.inference.locals(scope).values(start.id)
    bases = [value for value in values if not _extends(value, start.id) and value.lineno <= node.lineno]
    if not bases:
        return None
    nearest = max(bases, key=lambda value: (value.lineno, value.col_offset))
    found = _statement(context, tree, nearest, cls, depth - 1)
    if found is None:
        return None
    locks = locks or found.locks or any(_has_lock(value) for value in values)
    return _Found(found.expression if len(bases) == 1 else node, found.entity, locks)


def _has_lock(node: ast.expr) -> bool:
    return any(isinstance(each, ast.Attribute) and each.attr == "with_for_update" for each in walk(node))


def _extends(value: ast.expr, name: str) -> bool:
    """`statement.where(...)`, assigned to `statement` again."""
    while isinstance(value, ast.Call | ast.Attribute):
        value = value.func if isinstance(value, ast.Call) else value.value
    return isinstance(value, ast.Name) and value.id == name


def _root(context: AnalysisContext, scope: Scope, node: ast.expr) -> tuple[ast.expr, bool]:
    """The `select(...)` or the name that a chain of methods begins with."""
    locks = _has_lock(node)
    while isinstance(node, ast.Call):
        if _is_select(context, scope, node) or not isinstance(node.func, ast.Attribute):
            break
        node = node.func.value
    return node, locks


def _is_select(context: AnalysisContext, scope: Scope, node: ast.Call) -> bool:
    symbol = context.lifecycle.scene.inference.symbol(scope, node.func)
    return isinstance(symbol, External) and CALLS.get(symbol.name) == "select"


def _entity(context: AnalysisContext, tree: Tree, node: ast.Call, cls: ClassInfo) -> str | None:
    """Source of the one entity of the `select` that is the class; None: none or several."""
    scope = tree.scope(node)
    if not _is_select(context, scope, node):
        return _entity_of_helper(context, scope, node, cls)
    found = [each for each in node.args if _is_entity(context, scope, each, cls)]
    return tree.source.segment(found[0]) if len(found) == 1 else None


def _entity_of_helper(context: AnalysisContext, scope: Scope, node: ast.Call, cls: ClassInfo) -> str | None:
    """Empty (the class itself) when a function of the project returns such a statement."""
    symbol = context.lifecycle.scene.inference.symbol(scope, node.func)
    if not isinstance(symbol, FunctionInfo) or symbol.facts.is_async or symbol.facts.is_generator:
        return None
    value = single_return(context.project.node(symbol))
    tree = context.lifecycle.scene.tree(symbol.module)
    found = _statement(context, tree, value, cls, 1) if tree is not None and value is not None else None
    return "" if found is not None and found.entity == cls.facts.name else None


def _is_entity(context: AnalysisContext, scope: Scope, node: ast.expr, cls: ClassInfo) -> bool:
    inference = context.lifecycle.scene.inference
    if isinstance(node, ast.Name | ast.Attribute):
        symbol = inference.symbol(scope, node)
        if isinstance(symbol, ClassInfo):
            return symbol is cls or cls in context.project.subclasses(symbol)
    if isinstance(node, ast.Name) and isinstance(scope, FunctionInfo):
        values = inference.locals(scope).values(node.id)
        value = values[0] if len(values) == 1 else None
        if isinstance(value, ast.Call) and value.args:
            made = inference.symbol(scope, value.func)
            if isinstance(made, External) and CALLS.get(made.name) == "aliased":
                return _is_entity(context, scope, value.args[0], cls)
    return False

"""Building statements and loader options: `select(...)`, `.options(...)`, `selectinload(...)`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.flow.events import ExpiryCause
from asyncsa_lint.flow.orm.echoes import echoed, repopulated, surrounded
from asyncsa_lint.flow.orm.joined_rows import needs_unique
from asyncsa_lint.flow.orm.plans import (
    ColumnOption,
    LoaderOption,
    Plan,
    Step,
    build_plan,
)
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.objects import ListObject
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import (
    SQL,
    UNKNOWN,
    Arguments,
    ClassValue,
    Const,
    EntityRow,
    LibraryMethod,
    MappedAttributeValue,
    OptionsValue,
    SqlValue,
    StatementValue,
    TupleValue,
    Value,
)
from asyncsa_lint.project.mapping.mapped_attributes import AttributeKind, Direction, ModelInfo
from asyncsa_lint.project.symbols import ClassInfo

if TYPE_CHECKING:
    from asyncsa_lint.flow.evaluation.interpreter import Interpreter

LOADER_METHODS = {
    "selectinload": "selectin",
    "joinedload": "joined",
    "subqueryload": "subquery",
    "immediateload": "immediate",
    "lazyload": "select",
    "contains_eager": "contains_eager",
    "raiseload": "raise",
    "noload": "noload",
    "defaultload": "default",
}
COLUMN_METHODS = {"load_only": "only", "defer": "defer", "undefer": "undefer", "undefer_group": "undefer"}
SUBCLASSES = ColumnOption("polymorphic", "*")
_KEPT = frozenset(
    {
        "order_by",
        "group_by",
        "having",
        "limit",
        "offset",
        "distinct",
        "join",
        "outerjoin",
        "join_from",
        "outerjoin_from",
        "select_from",
        "with_for_update",
        "correlate",
        "prefix_with",
        "with_hint",
        "add_cte",
        "fetch",
        "slice",
        "params",
        "on_conflict_do_update",
        "on_conflict_do_nothing",
        "suffix_with",
        "ordered_values",
        "inline",
        "set_label_style",
    }
)

_WHOLE = frozenset({"order_by", "prefix_with", "with_for_update", "with_hint", "set_label_style"})
"""Methods after which a statement still gives every row."""
_EXPRESSIONS = frozenset(
    {"subquery", "cte", "scalar_subquery", "as_scalar", "exists", "lateral", "alias", "label", "in_"}
)
"""Methods after which a statement is part of another one."""


def call_builder(self: Interpreter, key: str, arguments: Arguments, node: ast.Call, state: State) -> Value:
    """`select`, `update`... called."""
    if key == "text":
        return StatementValue("text", ())
    entities = tuple(item for value in arguments.positional for item in _flatten(value, state))
    return StatementValue(key, entities, opaque=arguments.opaque)


def _flatten(value: Value, state: State) -> tuple[Value, ...]:
    if isinstance(value, TupleValue):
        return value.items
    record = state.object_of(value)
    if isinstance(record, ListObject) and record.items is not None:
        return record.items
    return (value,)


def statement_method(
    self: Interpreter, statement: StatementValue, name: str, arguments: Arguments, state: State
) -> Value:
    """A method of a statement; whatever keeps the entities gives a statement again."""
    if name in {"where", "filter", "filter_by"}:
        nulls = tuple(v.null for v in arguments.positional if isinstance(v, SqlValue) and v.null is not None)
        key = statement.key or _key_among(self, statement, arguments)
        return replace(statement, nulls=statement.nulls + nulls, filtered=True, key=key)
    if name in _KEPT:
        by = arguments.positional[-1:] if name == "join" and not arguments.keywords else ()
        joined = statement.joined + tuple(each for each in by if isinstance(each, MappedAttributeValue))
        if joined != statement.joined:
            return replace(statement, filtered=True, joined=joined)
        return statement if name in _WHOLE else replace(statement, filtered=True)
    if name == "options":
        return with_options(statement, arguments, state)
    if name == "execution_options":
        populate = arguments.keyword("populate_existing")
        changed = replace(statement, populate_existing=statement.populate_existing or populate == Const(True))
        sync = arguments.keyword("synchronize_session")
        return replace(changed, synchronize=str(sync.value)) if isinstance(sync, Const) else changed
    if name == "values":
        return replace(statement, values=arguments.keywords)
    if name == "returning":
        return replace(
            statement,
            entities=arguments.positional,
            kind=f"{statement.kind} returning",
            opaque=statement.opaque or arguments.opaque,
        )
    if name in {"from_statement", "union", "union_all", "intersect", "except_"}:
        return replace(statement, key=None)
    if name in {"add_columns", "column"}:
        return replace(statement, entities=statement.entities + arguments.positional)
    if name == "with_only_columns":
        return replace(statement, entities=arguments.positional, options=())
    return SQL if name in _EXPRESSIONS else UNKNOWN


def _key_among(
    self: Interpreter, statement: StatementValue, arguments: Arguments
) -> tuple[ClassValue, tuple[object, ...]] | None:
    """The entity and key by which one of the conditions chooses a row."""
    found = next((v.key for v in arguments.positional if isinstance(v, SqlValue) and v.key is not None), None)
    return found if found is not None and found[0] in statement.entities else None


def with_options(statement: StatementValue, arguments: Arguments, state: State) -> StatementValue:
    """`.options(...)`: literal options, lists of them, or something unknown."""
    collected, opaque = collect_options(arguments.positional, state)
    return replace(
        statement,
        options=statement.options + collected,
        opaque=statement.opaque or opaque or arguments.opaque,
    )


def collect_options(values: tuple[Value, ...], state: State) -> tuple[tuple[LoaderOption, ...], bool]:
    """Options among the values, and whether something unknown was among them."""
    found: list[LoaderOption] = []
    opaque = False
    for value in values:
        if isinstance(value, OptionsValue):
            found.extend(value.options)
            continue
        items = _flatten(value, state)
        if items == (value,):
            opaque = opaque or not (isinstance(value, Const) and value.value is None)
            continue
        inner, unknown = collect_options(items, state)
        found.extend(inner)
        opaque = opaque or unknown
    return tuple(found), opaque


def call_loader(
    self: Interpreter, strategy: str, arguments: Arguments, state: State, prefix: LoaderOption | None = None
) -> Value:
    """`selectinload(A.b)`, or `.selectinload(B.c)` on an existing path.

    Of several attributes, as in `selectinload(A.b, B.c)`, only the last one is loaded so: the
    others stay with their mapped default (observed on SQLAlchemy 2.0 and 2.1).
    """
    if arguments.opaque or not arguments.positional:
        return UNKNOWN
    steps: list[Step] = []
    if strategy == "raise" and arguments.keyword("sql_only") == Const(True):
        strategy = "raise_on_sql"
    depth = arguments.keyword("recursion_depth")
    last = len(arguments.positional) - 1
    for position, value in enumerate(arguments.positional):
        step = _step(self, value, strategy if position == last else "default")
        if step is None:
            return UNKNOWN
        if isinstance(depth, Const) and isinstance(depth.value, int):
            step = replace(step, depth=depth.value)
        steps.append(step)
    base = prefix if prefix is not None else LoaderOption()
    return OptionsValue((LoaderOption((*base.steps, *steps), root=base.root),))


def _step(self: Interpreter, value: Value, strategy: str) -> Step | None:
    if value == Const("*"):
        return Step(None, "*", strategy)
    if isinstance(value, LibraryMethod) and isinstance(value.receiver, MappedAttributeValue):
        value = value.receiver
    if isinstance(value, MappedAttributeValue):
        model = self.context.models.get(value.owner.cls)
        attribute = None if model is None else model.attributes.get(value.name)
        if attribute is None or attribute.kind is not AttributeKind.RELATIONSHIP:
            return None
        return Step(value.owner.cls, value.name, strategy, value.owner.alias, polymorphic=value.polymorphic)
    return None


def call_columns(
    self: Interpreter, operation: str, arguments: Arguments, prefix: LoaderOption | None = None
) -> Value:
    """`load_only(A.x)`, `defer(A.x)`, `undefer("*")`; a group's columns are not known, so it is all."""
    operation = "undefer" if operation == "undefer_group" else operation
    base = prefix if prefix is not None else LoaderOption()
    raises = arguments.keyword("raiseload") == Const(True)
    columns: list[ColumnOption] = list(base.columns)
    for value in arguments.positional:
        if isinstance(value, MappedAttributeValue):
            owner = value.owner.cls if not base.steps else None
            columns.append(ColumnOption(operation, value.name, raises, owner))
        elif isinstance(value, Const) and isinstance(value.value, str):
            columns.append(ColumnOption(operation, "*" if operation == "undefer" else value.value, raises))
        else:
            return UNKNOWN
    if arguments.opaque:
        return UNKNOWN
    return OptionsValue((LoaderOption(base.steps, tuple(columns), base.root),))


def call_polymorphic(arguments: Arguments) -> Value:
    """`selectin_polymorphic(Base, [Subclass])`: the columns of subclasses are loaded, too."""
    base = arguments.get(0, "base_cls")
    if arguments.opaque or not isinstance(base, ClassValue):
        return UNKNOWN
    return OptionsValue((LoaderOption(columns=(SUBCLASSES,), root=base.cls),))


def options_method(
    self: Interpreter, value: OptionsValue, name: str, arguments: Arguments, state: State
) -> Value:
    """Chaining on a loader option: the last path is continued, the earlier ones stay."""
    base = value.options[0] if value.options else LoaderOption()
    rest = value.options[1:]
    if name in LOADER_METHODS:
        made = call_loader(
            self, LOADER_METHODS[name], arguments, state, LoaderOption(base.steps, (), base.root)
        )
        if not isinstance(made, OptionsValue):
            return UNKNOWN
        kept = rest if not base.columns else (base, *rest)
        return OptionsValue(made.options + kept)
    if name in COLUMN_METHODS:
        made = call_columns(self, COLUMN_METHODS[name], arguments, base)
        return OptionsValue(made.options + rest) if isinstance(made, OptionsValue) else UNKNOWN
    if name == "selectin_polymorphic":
        return OptionsValue((LoaderOption(base.steps, (*base.columns, SUBCLASSES), base.root), *rest))
    if name == "options":
        inner, opaque = collect_options(arguments.positional, state)
        if opaque or arguments.opaque:
            return UNKNOWN
        prefix = LoaderOption(base.steps, (), base.root)
        return OptionsValue((base, *rest, *(prefix.then(option) for option in inner)))
    return value if name in {"and_", "of_type", "execution_options"} else UNKNOWN


def lineage_of(self: Interpreter, cls: ClassInfo) -> frozenset[ClassInfo]:
    """The class with its project ancestors and descendants."""
    return self.context.lineage(cls)


def plan_for(self: Interpreter, entity: ClassValue, statement: StatementValue) -> Plan:
    """What the statement loads for one of its entities."""
    plan = build_plan(
        entity.cls,
        lineage_of(self, entity.cls),
        statement.options,
        alias=entity.alias,
        opaque=statement.opaque,
    )
    polymorphic = isinstance(entity.alias, tuple) and entity.alias[0] == POLYMORPHIC
    return replace(
        plan, returning=statement.kind == "insert returning", polymorphic=plan.polymorphic or polymorphic
    )


def stale_after_update(model: ModelInfo, statement: StatementValue) -> tuple[tuple[str, ExpiryCause], ...]:
    """Attributes that a bulk UPDATE leaves expired on instances in the session (TRUTH A(g))."""
    given = dict(statement.values)
    stale = [
        (name, ExpiryCause.SQL_EXPRESSION)
        for name, value in statement.values
        if isinstance(value, SqlValue) and value.is_function and name in model.attributes
    ]
    if given:
        stale.extend(
            (attribute.name, ExpiryCause.UPDATE)
            for attribute in model.attributes.values()
            if (attribute.onupdate == "sql" or attribute.computed) and attribute.name not in given
        )
    return tuple(stale)


def filled_by_update(model: ModelInfo, statement: StatementValue) -> tuple[str, ...]:
    """Columns whose new values a bulk UPDATE may set on instances, loaded or not (observed on 2.1)."""
    given = dict(statement.values)
    return tuple(
        [a.name for a in model.attributes.values() if a.onupdate == "python" and a.name not in given]
    )


def plan_of_options(
    self: Interpreter, cls: ClassInfo, options: tuple[LoaderOption, ...], *, opaque: bool
) -> Plan:
    plan = build_plan(cls, lineage_of(self, cls), options, opaque=opaque)
    model = self.context.models.get(cls)
    return plan if model is None else echoed(plan, model, lineage_of(self, cls), self.context.models.get)


def row_of(self: Interpreter, statement: StatementValue) -> tuple[tuple[Value, ...], str]:
    """Columns of the result's rows, and the joined collection that makes `unique()` necessary."""
    row: list[Value] = []
    joined = ""
    for entity in statement.entities:
        model = self.context.models.get(entity.cls) if isinstance(entity, ClassValue) else None
        if model is None or not isinstance(entity, ClassValue):
            row.append(entity if isinstance(entity, MappedAttributeValue) else UNKNOWN)
            continue
        plan = plan_for(self, entity, statement)
        nulls = tuple(null.name for null in statement.nulls if null.owner == entity)
        nulls += _keys_not_given(model, statement)
        whole = echoed(plan, model, lineage_of(self, entity.cls), self.context.models.get)
        if statement.kind == "select" and not statement.filtered:
            whole = surrounded(whole, model, lineage_of(self, entity.cls), self.context.models.get)
        if statement.populate_existing:
            whole = repopulated(whole, model, self.context.lineage, self.context.models.get)
        key = statement.key[1] if statement.key is not None and statement.key[0] == entity else None
        row.append(EntityRow(entity.cls, whole, nulls=nulls, key=key))
        if statement.kind == "select" and not joined:
            joined = needs_unique(self.context.models, entity.cls, plan)
    return tuple(row), joined


def gives_all(statement: StatementValue) -> bool:
    """The rows are all there are of one class."""
    one = statement.kind == "select" and len(statement.entities) == 1 and not statement.filtered
    return one and not statement.opaque and isinstance(statement.entities[0], ClassValue)


def _keys_not_given(model: ModelInfo, statement: StatementValue) -> tuple[str, ...]:
    """References of a row from `INSERT ... RETURNING` whose key no value is given for: NULL, no I/O."""
    if statement.kind != "insert returning":
        return ()
    given = dict(statement.values)
    return tuple(
        attribute.name
        for attribute in model.attributes.values()
        if attribute.direction is Direction.MANY_TO_ONE
        and attribute.foreign_keys
        and not any(key in given for key in attribute.foreign_keys)
    )


POLYMORPHIC = "with_polymorphic"
"""First word of the alias that `with_polymorphic()` makes."""


def aliased(self: Interpreter, key: str, arguments: Arguments, node: ast.Call) -> Value:
    """`aliased(Model)`, `with_polymorphic(Model, ...)`: the class under an identity of its own."""
    entity = arguments.get(0, "base" if key == POLYMORPHIC else "element")
    if isinstance(entity, ClassValue):
        place = (key, self.module.name, str(node.lineno), str(node.col_offset))
        return ClassValue(entity.cls, entity.arguments, place)
    return UNKNOWN

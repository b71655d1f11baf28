"""Pydantic models: which attributes of an object they read, and whether they do.

Observed on pydantic 2.14 with `from_attributes`, for an object that counts its reads:

* the validation alias (else the alias, else the generated one) is read; the field's own
  name only after it was missing and only with `populate_by_name`/`validate_by_name`;
  with `validate_by_alias=False` the name alone;
* `AliasChoices` are tried in order until one is found; of `AliasPath("a", "b")` first
  `a` is read, then `b` of it;
* defaults, `exclude=True`, `init=False` and a `serialization_alias` change nothing;
* `alias_generator` does: `to_camel` makes it read `fooBar`;
* a `mode="before"` validator that returns a dictionary prevents all reads;
* `computed_field` is not read off the object; private names and `ClassVar` are no fields;
* configuration is inherited from all bases, the last base wins over the first;
* fields of plain mixin classes count; `RootModel` reads no attribute by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.facts.records import Binding, BindingKind, Expr
from asyncsa_lint.knowledge.mapping import PASSIVE_BASES
from asyncsa_lint.knowledge.schemas import REPLACING_MODES, SchemaRow, pydantic_name, schema_row
from asyncsa_lint.project.annotations import Shape, shape_of
from asyncsa_lint.project.mapping.declarations import Declaration, Located
from asyncsa_lint.project.mapping.evaluator import Evaluator
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.pydantic.schema_config import SchemaConfig, SchemaConfigs
from asyncsa_lint.project.pydantic.schema_generics import SchemaGenerics, TypeArgument
from asyncsa_lint.project.recording import Tracked
from asyncsa_lint.project.symbols import ClassInfo, External, FunctionInfo, ModuleInfo

__all__ = ["SchemaField", "SchemaInfo", "Schemas", "TypeArgument"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SchemaField:
    """One field of a schema."""

    name: str
    annotation: Expr | None
    module: ModuleInfo
    """Where the annotation is to be resolved."""
    owner: ClassInfo
    """The class in which the field is written."""
    sources: tuple[tuple[str, ...], ...] = ()
    """Attribute paths read off the object, the first found wins; empty when unknown or none."""
    excluded: bool = False
    has_default: bool = False
    computed: FunctionInfo | None = None
    replaced: bool = False
    """A validator gets what is read before the type does, and may hand over something else."""
    arguments: tuple[TypeArgument, ...] = ()
    """What type variables of the annotation stand for: search from the left, and go on to
    the right of what was found for the variables in it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SchemaInfo:
    """A pydantic model with everything it inherits."""

    cls: ClassInfo
    fields: tuple[SchemaField, ...]
    from_attributes: bool
    type_parameters: tuple[str, ...]
    is_sqlmodel: bool
    is_root: bool
    """A `RootModel` (or `__root__`): its only field `root` is the value itself."""
    validators_before: bool
    certain: bool


class Schemas:
    """Schemas by class, lazily and memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._evaluator = Evaluator(project)
        self._configs = SchemaConfigs(project, self._evaluator)
        self._generics = SchemaGenerics(project, self._evaluator)
        self._known: Tracked[ClassInfo, SchemaInfo | None] = Tracked(project.recorder)

    def get(self, cls: ClassInfo) -> SchemaInfo | None:
        """What is known of a schema; None when the class is none."""
        return self._known.get(cls, lambda: self._build(cls))

    def _build(self, cls: ClassInfo) -> SchemaInfo | None:
        order = self._project.mro(cls)
        rows = [row for base in order if isinstance(base, External) if (row := schema_row(base.name))]
        if not rows:
            return None
        classes = [base for base in order if isinstance(base, ClassInfo)]
        fields = self._fields(cls, classes, rows)
        return SchemaInfo(
            cls=cls,
            fields=tuple(fields.values()),
            from_attributes=self._configs.of(cls).from_attributes,
            type_parameters=self._generics.parameters(cls),
            is_sqlmodel=any(row.sqlmodel for row in rows),
            is_root=any(row.root for row in rows) or "__root__" in fields,
            validators_before=any(self._replaces_input(entry) for entry in classes)
            or self._configs.of(cls).custom_getter,
            certain=all(self._is_certain(entry) for entry in classes),
        )

    def _is_certain(self, cls: ClassInfo) -> bool:
        """Whether every base is a class of the project or known."""
        for symbol, _ in self._project.base_arguments(cls):
            known = isinstance(symbol, External) and (
                symbol.name in PASSIVE_BASES or schema_row(symbol.name) is not None
            )
            if not (known or isinstance(symbol, ClassInfo)):
                return False
        return True

    # -- fields

    def _fields(
        self, cls: ClassInfo, classes: list[ClassInfo], rows: Iterable[SchemaRow]
    ) -> dict[str, SchemaField]:
        fields: dict[str, SchemaField] = {}
        config = self._configs.of(cls)
        for row in rows:
            for name in row.fields:
                fields[name] = SchemaField(
                    name=name, annotation=None, module=cls.module, owner=cls, sources=((name,),)
                )
        for entry in reversed(classes):
            for binding in entry.facts.bindings:
                self._add(entry, binding, config, fields)
        arguments = self._generics.arguments(cls)
        for name in self._replaced_fields(classes):
            for each in fields if name == "*" else ({name} & fields.keys()):
                fields[each] = replace(fields[each], replaced=True)
        root = self._generics.root(cls)
        if root is not None and "root" not in fields:
            owner, annotation = root
            fields["root"] = SchemaField(name="root", annotation=annotation, module=owner.module, owner=owner)
        return {
            name: replace(field, arguments=arguments[field.owner]) if arguments.get(field.owner) else field
            for name, field in fields.items()
        }

    def _add(
        self, cls: ClassInfo, binding: Binding, config: SchemaConfig, fields: dict[str, SchemaField]
    ) -> None:
        name = binding.name
        if binding.kind is BindingKind.FUNCTION:
            self._add_function(cls, binding, fields)
        if binding.annotation is None or binding.type_checking:
            return
        if (name.startswith("_") and name != "__root__") or name == "model_config":
            return
        shape = shape_of(self._evaluator, Located(parse(binding.annotation), cls))
        value = Located(parse(binding.value), cls) if binding.value is not None else None
        declaration = self._field_call(value)
        if shape.class_variable or pydantic_name(declaration.name if declaration else "") == "Relationship":
            fields.pop(name, None)
            return
        fields[name] = SchemaField(
            name=name,
            annotation=binding.annotation,
            module=cls.module,
            owner=cls,
            sources=() if name == "__root__" else self._sources(name, declaration, shape, config),
            excluded=self._is_excluded(declaration, shape),
            has_default=value is not None and self._is_default(value, declaration),
        )

    def _add_function(self, cls: ClassInfo, binding: Binding, fields: dict[str, SchemaField]) -> None:
        function = self._project.function(cls.module, binding.target)
        if function is None or "computed_field" not in self._decorators(cls, function):
            return
        fields[binding.name] = SchemaField(
            name=binding.name,
            annotation=function.facts.returns,
            module=cls.module,
            owner=cls,
            computed=function,
        )

    def _decorators(self, cls: ClassInfo, function: FunctionInfo) -> dict[str, Located]:
        """pydantic's decorators of a method, by name, with the expression."""
        found: dict[str, Located] = {}
        for decorator in function.facts.decorators:
            place = Located(parse(decorator), cls)
            target = self._evaluator.callee(place)
            name = pydantic_name(self._evaluator.external(target))
            if name:
                found[name] = place
        return found

    def _field_call(self, value: Located | None) -> Declaration | None:
        found = self._evaluator.declaration(value) if value is not None else None
        return found if found and pydantic_name(found.name) in {"Field", "Relationship"} else None

    def _is_default(self, value: Located, declaration: Declaration | None) -> bool:
        if declaration is None:
            return self._evaluator.literal(value) is not ...
        if "default_factory" in declaration.keywords:
            return True
        default = declaration.positional[0] if declaration.positional else declaration.keywords.get("default")
        return default is not None and self._evaluator.literal(default) is not ...

    def _calls(self, declaration: Declaration | None, shape: Shape) -> list[Declaration]:
        """Every `Field(...)` that speaks of a field, the strongest first."""
        beside = [self._field_call(metadata) for metadata in reversed(shape.metadata)]
        return [call for call in (declaration, *beside) if call is not None]

    def _is_excluded(self, declaration: Declaration | None, shape: Shape) -> bool:
        calls = self._calls(declaration, shape)
        return any(self._evaluator.flag(call.keywords.get("exclude"), False) for call in calls)

    def _sources(
        self, name: str, declaration: Declaration | None, shape: Shape, config: SchemaConfig
    ) -> tuple[tuple[str, ...], ...]:
        if config.by_alias is False:
            return ((name,),)
        paths = self._alias_paths(name, self._calls(declaration, shape), config)
        own: tuple[tuple[str, ...], ...] = ((name,),) if config.by_name else ()
        return tuple(dict.fromkeys((*paths, *own)))

    def _alias_paths(
        self, name: str, calls: list[Declaration], config: SchemaConfig
    ) -> tuple[tuple[str, ...], ...]:
        for keyword in ("validation_alias", "alias"):
            for call in calls:
                if keyword in call.keywords:
                    return self._paths(call.keywords[keyword])
                if not call.complete:
                    return ()
        if config.generator is not None:
            generated = config.generator(name)
            return ((generated,),) if generated else ()
        return ((name,),)

    def _paths(self, place: Located) -> tuple[tuple[str, ...], ...]:
        """Attribute paths of an alias, of `AliasPath` or `AliasChoices`."""
        text = self._evaluator.text(place)
        if text:
            return ((text,),)
        call = self._evaluator.declaration(place)
        word = pydantic_name(call.name) if call else ""
        if call is None or word not in {"AliasPath", "AliasChoices"}:
            return ()
        if word == "AliasChoices":
            return tuple(path for choice in call.positional for path in self._paths(choice))
        path: list[str] = []
        for part in call.positional:
            step = self._evaluator.text(part)
            if not step:  # an index: what follows is read off an element
                break
            path.append(step)
        return (tuple(path),) if path else ()

    # -- validators

    def _replaces_input(self, cls: ClassInfo) -> bool:
        """Whether a validator of the class runs before the fields are read."""
        for binding in cls.facts.bindings:
            function = None
            if binding.kind is BindingKind.FUNCTION:
                function = self._project.function(cls.module, binding.target)
            if function is None:
                continue
            decorators = self._decorators(cls, function)
            if self._says(decorators.get("model_validator"), "mode", ("before", "wrap")):
                return True
            if self._says(decorators.get("root_validator"), "pre", (True,)):
                return True
        return False

    def _replaced_fields(self, classes: list[ClassInfo]) -> set[str]:
        """Fields that a validator of a class sees first; `*` stands for all."""
        names: set[str] = set()
        for cls in classes:
            for binding in cls.facts.bindings:
                function = None
                if binding.kind is BindingKind.FUNCTION:
                    function = self._project.function(cls.module, binding.target)
                decorators = self._decorators(cls, function) if function is not None else {}
                for decorator, keyword, values in (
                    (decorators.get("field_validator"), "mode", REPLACING_MODES),
                    (decorators.get("validator"), "pre", (True,)),
                ):
                    call = self._evaluator.declaration(decorator) if decorator else None
                    if call is not None and self._says(decorator, keyword, values):
                        names.update(self._evaluator.text(each) for each in call.positional)
        return names - {""}

    def _says(self, decorator: Located | None, keyword: str, values: tuple[object, ...]) -> bool:
        call = self._evaluator.declaration(decorator) if decorator else None
        given = call.keywords.get(keyword) if call else None
        return given is not None and self._evaluator.literal(given) in values

"""What is known of one attribute of a mapped class."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo


class AttributeKind(StrEnum):
    """What reading the attribute of an instance touches."""

    COLUMN = "column"
    RELATIONSHIP = "relationship"
    PROXY = "proxy"
    """association_proxy"""
    COLUMN_PROPERTY = "column_property"
    QUERY_EXPRESSION = "query_expression"
    SYNONYM = "synonym"
    PROPERTY = "property"
    """Python's `property` or `cached_property`."""
    HYBRID = "hybrid"


class Direction(StrEnum):
    """Who holds the foreign key of a relationship."""

    MANY_TO_ONE = "many-to-one"
    ONE_TO_MANY = "one-to-many"
    """One-to-one seen from the side without the key included."""
    MANY_TO_MANY = "many-to-many"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MappedAttribute:
    """An attribute as instances of the class have it, inherited ones included."""

    name: str
    kind: AttributeKind
    owner: ClassInfo
    """The class in which it is written; for a back reference the class that declares it,
    for a column of a library's mixin the class that inherits from the mixin."""
    line: int
    column: int
    """Byte column of the name (of the decorated function's `def`)."""
    site: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Lines and byte columns of the value expression, or of the annotation without value."""
    spelling: str = ""
    """`relationship`, `backref`, `Relationship`, `mapped_column`, `DynamicMapped`, ..."""

    target: ClassInfo | None = None
    collection: bool = False
    lazy: str = "select"
    back_populates: str = ""
    join_depth: int | None = None
    viewonly: bool = False
    secondary: bool = False
    direction: Direction = Direction.UNKNOWN
    foreign_keys: tuple[str, ...] = ()

    primary_key: bool = False
    deferred: bool = False
    nullable: bool | None = None
    foreign_key: str = ""
    server_generated: bool = False
    onupdate: str = ""
    """"sql", "python" or empty."""
    computed: bool = False
    python_default: bool = False

    proxy_of: str = ""
    proxy_attribute: str = ""
    function: FunctionInfo | None = None

    dataclass_default: str = ""
    in_repr: bool = True
    in_compare: bool = True


@dataclass(slots=True, eq=False)
class ModelInfo:
    """A mapped class with everything it inherits."""

    cls: ClassInfo
    name: str
    attributes: dict[str, MappedAttribute]
    eager_defaults: str
    """"auto" (the default), "true" or "false"; "true" as well when it can not be told."""
    has_returning: bool
    is_table: bool
    """False for declarative bases, abstract classes and mixins."""
    is_sqlmodel: bool
    is_dataclass: bool
    has_async_attrs: bool
    parent: ClassInfo | None
    """The mapped superclass whose rows this class shares or extends."""
    certain: bool
    """False when a base class or declaration could not be resolved: attributes may be missing."""
    tablename: str

    def meant(self, name: str) -> str:
        """The attribute that a synonym stands for in every respect; any other name is its own."""
        met: set[str] = set()
        attribute = self.attributes.get(name)
        while attribute is not None and attribute.kind is AttributeKind.SYNONYM and name not in met:
            met.add(name)
            name = attribute.proxy_of
            attribute = self.attributes.get(name)
        return name

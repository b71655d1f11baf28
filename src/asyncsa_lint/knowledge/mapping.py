"""How a class becomes a mapped class, and what libraries bring along: data only.

Names are those under which the class can be imported; `sqlalchemy_name` folds the many
import paths of SQLAlchemy itself (`sqlalchemy.orm.relationships.relationship`,
`sqlmodel.Column`) into one word. Rows of third-party classes were read off the sources of
advanced-alchemy 1.12, fastapi-users-db-sqlalchemy 7.0, SQLAlchemy-Utils 0.43 and
SQLModel 0.0.50.
"""

from __future__ import annotations

from dataclasses import dataclass

_OWN_PACKAGES = frozenset({"sqlalchemy", "sqlmodel"})


def sqlalchemy_name(name: str) -> str:
    """Last word of a dotted name inside SQLAlchemy or SQLModel, else empty."""
    package, _, rest = name.partition(".")
    return rest.rpartition(".")[2] if package in _OWN_PACKAGES else ""


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column that a third-party class declares."""

    name: str
    primary_key: bool = False
    nullable: bool = False
    onupdate: str = ""
    python_default: bool = False
    foreign_key: str = ""


@dataclass(frozen=True, slots=True)
class BaseRow:
    """What inheriting from an external class means."""

    declarative: bool = False
    """Its subclasses are mapped."""
    sqlmodel: bool = False
    """Its subclasses are mapped when `table=True`."""
    async_attrs: bool = False
    dataclass: bool = False
    columns: tuple[ColumnRow, ...] = ()
    names_table: bool = False
    """Derives `__tablename__` from the class name: `OrderItem` -> `order_item`."""
    table: str = ""
    """`__tablename__` it sets."""


DECLARATIVE_FACTORIES = frozenset({"declarative_base", "automap_base", "generate_base"})
"""Calls whose result is a declarative base class."""

DECLARATIVE_METACLASSES = frozenset({"DeclarativeMeta", "DCTransformDeclarative"})

RELATIONSHIP_CALLS = frozenset({"relationship", "relation", "dynamic_loader", "Relationship"})

MAPPED_WRAPPERS = frozenset({"Mapped", "WriteOnlyMapped", "DynamicMapped", "AssociationProxy"})
"""Annotations whose argument is the type of a mapped attribute."""

WRAPPER_LAZY = {"WriteOnlyMapped": "write_only", "DynamicMapped": "dynamic"}

DECLARED_ATTR = frozenset({"declared_attr", "declared_directive", "cascading"})

COLLECTION_TYPES = frozenset(
    f"{module}.{name}"
    for module, names in {
        "builtins": ("list", "set", "dict", "frozenset"),
        "typing": (
            "List",
            "Set",
            "Dict",
            "Sequence",
            "MutableSequence",
            "MutableSet",
            "Collection",
            "Iterable",
            "Mapping",
            "MutableMapping",
            "AbstractSet",
        ),
        "collections.abc": (
            "Sequence",
            "MutableSequence",
            "MutableSet",
            "Set",
            "Collection",
            "Iterable",
            "Mapping",
            "MutableMapping",
        ),
        "collections": ("deque", "OrderedDict", "defaultdict"),
        "sqlalchemy.ext.orderinglist": ("OrderingList",),
        "sqlalchemy.orm": ("InstrumentedList", "InstrumentedSet", "KeyFuncDict", "MappedCollection"),
    }.items()
    for name in names
)

PASSIVE_BASES = frozenset(
    {
        "builtins.object",
        "abc.ABC",
        "typing.Generic",
        "typing.Protocol",
        "typing_extensions.Protocol",
        "typing_extensions.Generic",
        "sqlalchemy.inspection.Inspectable",
    }
)
"""External bases that add no attribute worth knowing."""

SQL_CALLS = frozenset(
    {
        "text",
        "select",
        "literal",
        "literal_column",
        "case",
        "cast",
        "type_coerce",
        "extract",
        "null",
        "true",
        "false",
        "current_timestamp",
        "scalar_subquery",
        "next_value",
        "bindparam",
        "Sequence",
        "FetchedValue",
        "DefaultClause",
    }
)
"""Calls that build an SQL expression; everything under `func` does too."""

_UUID_ID = ColumnRow("id", primary_key=True, python_default=True)
_INTEGER_ID = ColumnRow("id", primary_key=True)
_AUDIT = (
    ColumnRow("created_at", python_default=True),
    ColumnRow("updated_at", python_default=True, onupdate="python"),
)
_USER = (
    ColumnRow("email"),
    ColumnRow("hashed_password"),
    ColumnRow("is_active", python_default=True),
    ColumnRow("is_superuser", python_default=True),
    ColumnRow("is_verified", python_default=True),
)
_OAUTH_ACCOUNT = (
    ColumnRow("oauth_name"),
    ColumnRow("access_token"),
    ColumnRow("expires_at", nullable=True),
    ColumnRow("refresh_token", nullable=True),
    ColumnRow("account_id"),
    ColumnRow("account_email"),
)
_ACCESS_TOKEN = (ColumnRow("token", primary_key=True), ColumnRow("created_at", python_default=True))
_USER_ID = ColumnRow("user_id", foreign_key="user.id")


def _advanced(*columns: ColumnRow) -> BaseRow:
    return BaseRow(declarative=True, async_attrs=True, columns=columns, names_table=True)


_ADVANCED_BASES = {
    "AdvancedDeclarativeBase": BaseRow(declarative=True),
    "DefaultBase": _advanced(),
    "UUIDBase": _advanced(_UUID_ID),
    "UUIDAuditBase": _advanced(_UUID_ID, *_AUDIT),
    "UUIDv6Base": _advanced(_UUID_ID),
    "UUIDv6AuditBase": _advanced(_UUID_ID, *_AUDIT),
    "UUIDv7Base": _advanced(_UUID_ID),
    "UUIDv7AuditBase": _advanced(_UUID_ID, *_AUDIT),
    "NanoIDBase": _advanced(_UUID_ID),
    "NanoIDAuditBase": _advanced(_UUID_ID, *_AUDIT),
    "BigIntBase": _advanced(_INTEGER_ID),
    "BigIntAuditBase": _advanced(_INTEGER_ID, *_AUDIT),
    "IdentityBase": _advanced(_INTEGER_ID),
    "IdentityAuditBase": _advanced(_INTEGER_ID, *_AUDIT),
    "CommonTableAttributes": BaseRow(names_table=True),
    "BasicAttributes": BaseRow(),
}
_ADVANCED_MIXINS = {
    "UUIDPrimaryKey": BaseRow(columns=(_UUID_ID,)),
    "UUIDv6PrimaryKey": BaseRow(columns=(_UUID_ID,)),
    "UUIDv7PrimaryKey": BaseRow(columns=(_UUID_ID,)),
    "NanoIDPrimaryKey": BaseRow(columns=(_UUID_ID,)),
    "BigIntPrimaryKey": BaseRow(columns=(_INTEGER_ID,)),
    "IdentityPrimaryKey": BaseRow(columns=(_INTEGER_ID,)),
    "AuditColumns": BaseRow(columns=_AUDIT),
    "SlugKey": BaseRow(columns=(ColumnRow("slug"),)),
    "UniqueMixin": BaseRow(),
    "SentinelMixin": BaseRow(),
}
_SQLALCHEMY_BASES = {
    "DeclarativeBase": BaseRow(declarative=True),
    "DeclarativeBaseNoMeta": BaseRow(declarative=True),
    "AsyncAttrs": BaseRow(async_attrs=True),
    "MappedAsDataclass": BaseRow(dataclass=True),
    "SQLModel": BaseRow(sqlmodel=True),
    "DeferredReflection": BaseRow(),
    "AbstractConcreteBase": BaseRow(),
    "ConcreteBase": BaseRow(),
}
_FASTAPI_USERS = {
    "SQLAlchemyBaseUserTable": BaseRow(columns=_USER, table="user"),
    "SQLAlchemyBaseUserTableUUID": BaseRow(columns=(_UUID_ID, *_USER), table="user"),
    "SQLAlchemyBaseOAuthAccountTable": BaseRow(columns=_OAUTH_ACCOUNT, table="oauth_account"),
    "SQLAlchemyBaseOAuthAccountTableUUID": BaseRow(
        columns=(_UUID_ID, _USER_ID, *_OAUTH_ACCOUNT), table="oauth_account"
    ),
    "SQLAlchemyBaseAccessTokenTable": BaseRow(columns=_ACCESS_TOKEN, table="accesstoken"),
    "SQLAlchemyBaseAccessTokenTableUUID": BaseRow(columns=(_USER_ID, *_ACCESS_TOKEN), table="accesstoken"),
}
_TIMESTAMP = BaseRow(
    columns=(
        ColumnRow("created", python_default=True),
        ColumnRow("updated", python_default=True, onupdate="python"),
    )
)
_BY_PACKAGE: dict[str, dict[str, BaseRow]] = {
    "sqlalchemy": _SQLALCHEMY_BASES,
    "sqlmodel": _SQLALCHEMY_BASES,
    "advanced_alchemy": _ADVANCED_BASES | _ADVANCED_MIXINS,
    "litestar": _ADVANCED_BASES | _ADVANCED_MIXINS,
    "fastapi_users": _FASTAPI_USERS,
    "fastapi_users_db_sqlalchemy": _FASTAPI_USERS,
    "sqlalchemy_utils": {"Timestamp": _TIMESTAMP},
}


def base_row(name: str) -> BaseRow | None:
    """The row of an external class by its dotted name; None when nothing is known of it."""
    if name in PASSIVE_BASES:
        return BaseRow()
    package, _, rest = name.partition(".")
    return _BY_PACKAGE.get(package, {}).get(rest.rpartition(".")[2])

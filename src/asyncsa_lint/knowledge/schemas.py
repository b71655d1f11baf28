"""Pydantic's words, and what external schema classes bring along: data only.

Rows were read off pydantic 2.14, pydantic-settings 2.16, SQLModel 0.0.50 and fastapi-users 15.0.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SchemaRow:
    """What inheriting from an external schema class means."""

    from_attributes: bool = False
    fields: tuple[str, ...] = ()
    sqlmodel: bool = False
    root: bool = False
    """The model wraps one value: `RootModel[list[User]]`."""


_PYDANTIC = {
    "BaseModel": SchemaRow(),
    "RootModel": SchemaRow(root=True),
    "GenericModel": SchemaRow(),
    "BaseSettings": SchemaRow(),
}
_USER_FLAGS = ("is_active", "is_superuser", "is_verified")
_BY_PACKAGE = {
    "pydantic": _PYDANTIC,
    "pydantic_settings": _PYDANTIC,
    "sqlmodel": {"SQLModel": SchemaRow(from_attributes=True, sqlmodel=True)},
    "fastapi_users": {
        "CreateUpdateDictModel": SchemaRow(),
        "BaseUser": SchemaRow(from_attributes=True, fields=("id", "email", *_USER_FLAGS)),
        "BaseUserCreate": SchemaRow(fields=("email", "password", *_USER_FLAGS)),
        "BaseUserUpdate": SchemaRow(fields=("password", "email", *_USER_FLAGS)),
        "BaseOAuthAccountMixin": SchemaRow(fields=("oauth_accounts",)),
        "BaseOAuthAccount": SchemaRow(
            from_attributes=True,
            fields=(
                "id",
                "oauth_name",
                "access_token",
                "expires_at",
                "refresh_token",
                "account_id",
                "account_email",
            ),
        ),
    },
}


def schema_row(name: str) -> SchemaRow | None:
    """The row of an external schema class by its dotted name."""
    package, _, rest = name.partition(".")
    return _BY_PACKAGE.get(package, {}).get(rest.rpartition(".")[2])


_PACKAGES = frozenset({"pydantic", "sqlmodel", "pydantic_settings"})


def pydantic_name(name: str) -> str:
    """Last word of a dotted name inside pydantic or SQLModel, else empty."""
    package, _, rest = name.partition(".")
    return rest.rpartition(".")[2] if package in _PACKAGES else ""


CONFIG_CALLS = frozenset({"ConfigDict", "SettingsConfigDict", "SQLModelConfig"})

BY_NAME_OPTIONS = ("populate_by_name", "validate_by_name", "allow_population_by_field_name")
"""Any of them set: the field's own name is read after its aliases."""

FROM_ATTRIBUTES_OPTIONS = ("from_attributes", "orm_mode")
"""`orm_mode` is pydantic 1's word; pydantic 2 ignores it with a warning."""

REPLACING_VALIDATORS = frozenset({"BeforeValidator", "PlainValidator", "WrapValidator"})
"""In `Annotated`: what the type's own validation gets, if it runs at all, is their business."""

REPLACING_MODES = ("before", "plain", "wrap")
"""`mode=` of `field_validator` with the same effect; `after` is the default."""

"""What SQLAlchemy's and SQLModel's exported names mean to the analysis: data only.

Every public spelling of a name maps to one key; `flow` has one behaviour per key. The
names are those of the SQLAlchemy 2.0 and 2.1 manuals ("Asynchronous I/O", "ORM Querying
Guide", "Relationship Loading Techniques") and of SQLModel's reference.
"""

from __future__ import annotations

_ASYNC = ("sqlalchemy.ext.asyncio", "sqlalchemy.ext.asyncio.session", "sqlalchemy.ext.asyncio.engine")
_SELECT = (
    "sqlalchemy",
    "sqlalchemy.future",
    "sqlalchemy.sql",
    "sqlalchemy.sql.expression",
    "sqlmodel",
    "sqlmodel.sql.expression",
)
_ORM = ("sqlalchemy.orm", "sqlalchemy.orm.strategy_options", "sqlalchemy.orm.session")


def _spellings(modules: tuple[str, ...], names: dict[str, str]) -> dict[str, str]:
    return {f"{module}.{name}": key for module in modules for name, key in names.items()}


BASE_SESSION_CLASSES = frozenset(f"{module}.AsyncSession" for module in _ASYNC)
"""What every asynchronous session is an instance of; a registry of them is not."""
SESSION_CLASSES = frozenset(
    {
        *BASE_SESSION_CLASSES,
        "sqlmodel.ext.asyncio.session.AsyncSession",
        "sqlalchemy.ext.asyncio.scoping.async_scoped_session",
        "sqlalchemy.ext.asyncio.async_scoped_session",
    }
)
BASE_SYNC_SESSION_CLASSES = frozenset({"sqlalchemy.orm.Session", "sqlalchemy.orm.session.Session"})
SYNC_SESSION_CLASSES = frozenset(
    {
        *BASE_SYNC_SESSION_CLASSES,
        "sqlmodel.Session",
        "sqlmodel.orm.session.Session",
        "sqlalchemy.orm.scoped_session",
        "sqlalchemy.orm.scoping.scoped_session",
    }
)
_CORE = ("sqlalchemy", "sqlalchemy.engine", "sqlalchemy.engine.base", "sqlalchemy.future")
SYNC_CONNECTION_CLASSES = frozenset(f"{module}.Connection" for module in _CORE)
SYNC_ENGINE_CLASSES = frozenset(f"{module}.Engine" for module in _CORE)
CONNECTION_CLASSES = frozenset(f"{module}.AsyncConnection" for module in _ASYNC)
ENGINE_CLASSES = frozenset(f"{module}.AsyncEngine" for module in _ASYNC)
KINDS: dict[tuple[str, bool], tuple[frozenset[str], frozenset[str]]] = {
    ("engine", True): (ENGINE_CLASSES, SYNC_ENGINE_CLASSES),
    ("engine", False): (SYNC_ENGINE_CLASSES, ENGINE_CLASSES),
    ("session", True): (BASE_SESSION_CLASSES, SYNC_SESSION_CLASSES),
    ("session", False): (BASE_SYNC_SESSION_CLASSES, SESSION_CLASSES),
    ("connection", True): (CONNECTION_CLASSES, SYNC_CONNECTION_CLASSES | SYNC_SESSION_CLASSES),
    ("connection", False): (SYNC_CONNECTION_CLASSES, CONNECTION_CLASSES | SESSION_CLASSES),
    ("scoped", True): (frozenset(), SYNC_SESSION_CLASSES),
}
"""Of which classes something is an instance for sure, and of which it is none; the flag says whether it is
asynchronous."""
FACTORY_CLASSES = frozenset(f"{module}.async_sessionmaker" for module in _ASYNC)
SYNC_FACTORY_CLASSES = frozenset({"sqlalchemy.orm.sessionmaker", "sqlalchemy.orm.session.sessionmaker"})
NULL_POOLS = frozenset(
    {
        "sqlalchemy.NullPool",
        "sqlalchemy.pool.NullPool",
        "sqlalchemy.pool.impl.NullPool",
        "sqlalchemy.pool.StaticPool",
        "sqlalchemy.StaticPool",
    }
)

POOL_CLASSES = frozenset({"asyncpg.Pool", "asyncpg.pool.Pool"})

CALLS: dict[str, str] = {
    **_spellings(
        _ASYNC,
        {
            "create_async_engine": "engine",
            "async_engine_from_config": "engine",
            "async_sessionmaker": "async_factory",
            "AsyncSession": "async_session",
            "async_object_session": "object_session",
            "async_scoped_session": "async_scoped",
            "AsyncConnection": "other",
        },
    ),
    **_spellings(
        _ASYNC, {"AsyncSession.close_all": "session_coroutine", "close_all_sessions": "session_coroutine"}
    ),
    "sqlalchemy.ext.asyncio.scoping.async_scoped_session": "async_scoped",
    "sqlmodel.ext.asyncio.session.AsyncSession": "async_session",
    **_spellings(
        ("sqlalchemy", "sqlmodel", "sqlalchemy.engine"),
        {"create_engine": "sync_engine", "engine_from_config": "sync_engine"},
    ),
    "asyncpg.create_pool": "asyncpg_pool",
    "asyncpg.pool.create_pool": "asyncpg_pool",
    **_spellings(_ORM, {"sessionmaker": "factory", "Session": "sync_session", "scoped_session": "scoped"}),
    "sqlalchemy.orm.scoping.scoped_session": "scoped",
    "sqlmodel.Session": "sync_session",
    **_spellings(
        _SELECT,
        {
            "select": "select",
            "insert": "insert",
            "update": "update",
            "delete": "delete",
            "text": "text",
            "union": "compound",
            "union_all": "compound",
            "exists": "sql",
            "case": "sql",
            "and_": "sql",
            "or_": "sql",
            "not_": "sql",
            "desc": "sql",
            "asc": "sql",
            "cast": "sql",
            "literal": "sql",
            "literal_column": "sql",
            "column": "sql",
            "tuple_": "sql",
            "distinct": "sql",
            "extract": "sql",
            "nulls_last": "sql",
            "col": "first",
            "null": "sql",
            "true": "sql",
            "false": "sql",
            "between": "sql",
            "bindparam": "sql",
            "over": "sql",
            "values": "sql",
            "table": "sql",
        },
    ),
    "sqlalchemy.dialects.postgresql.insert": "insert",
    "sqlalchemy.dialects.sqlite.insert": "insert",
    "sqlalchemy.dialects.mysql.insert": "insert",
    **_spellings(
        _ORM,
        {
            "selectinload": "loader:selectin",
            "joinedload": "loader:joined",
            "subqueryload": "loader:subquery",
            "immediateload": "loader:immediate",
            "lazyload": "loader:select",
            "contains_eager": "loader:contains_eager",
            "raiseload": "loader:raise",
            "noload": "loader:noload",
            "defaultload": "loader:default",
            "load_only": "columns:only",
            "defer": "columns:defer",
            "undefer": "columns:undefer",
            "undefer_group": "columns:undefer_group",
            "Load": "load_root",
            "with_loader_criteria": "no_options",
            "selectin_polymorphic": "selectin_polymorphic",
            "with_expression": "no_options",
            "aliased": "aliased",
            "with_polymorphic": "with_polymorphic",
            "make_transient": "other",
        },
    ),
    "sqlalchemy.orm.util.aliased": "aliased",
    "sqlalchemy.inspect": "inspect",
    "sqlalchemy.orm.attributes.set_committed_value": "set_committed",
    "sqlalchemy.orm.attributes.set_attribute": "setattr",
}
FUNC_ROOTS = (
    "sqlalchemy.func.",
    "sqlmodel.func.",
    "sqlalchemy.sql.func.",
    "sqlalchemy.sql.functions.",
    "sqlalchemy.sql.expression.func.",
)

SESSION_COROUTINES = frozenset(
    {
        "execute",
        "scalar",
        "scalars",
        "stream",
        "stream_scalars",
        "get",
        "get_one",
        "commit",
        "rollback",
        "flush",
        "refresh",
        "merge",
        "delete",
        "close",
        "aclose",
        "reset",
        "invalidate",
        "connection",
        "run_sync",
        "close_all",
        "delete_all",
        "merge_all",
        "exec",
        "remove",
    }
)
"""Coroutine methods of AsyncSession (TRUTH D); `remove` is one of `async_scoped_session`."""
CONNECTION_COROUTINES = frozenset(
    {
        "execute",
        "scalar",
        "scalars",
        "stream",
        "stream_scalars",
        "commit",
        "rollback",
        "close",
        "aclose",
        "invalidate",
        "run_sync",
        "exec_driver_sql",
        "execution_options",
        "get_raw_connection",
        "start",
    }
)
TRANSACTION_CLASSES = frozenset(
    f"{module}.Async{kind}Transaction" for module in _ASYNC for kind in ("Session", "")
)
TRANSACTION_COROUTINES = frozenset({"commit", "rollback", "close", "start"})
ENGINE_COROUTINES = frozenset({"dispose", "raw_connection"})
ENGINE_FACTS = frozenset({"url", "dialect", "driver", "name", "echo", "pool"})
"""Attributes of an engine that are there before it has connected; reading them opens nothing."""
POOL_CHECKOUTS = frozenset({"connect"})
"""What makes a pool open a connection."""
POOL_COROUTINES = frozenset(
    {"close", "acquire", "release", "execute", "fetch", "fetchrow", "fetchval", "executemany"}
)
SESSION_SYNC = frozenset(
    {
        "add",
        "add_all",
        "expunge",
        "expunge_all",
        "expire",
        "expire_all",
        "in_transaction",
        "is_modified",
        "get_transaction",
        "get_nested_transaction",
        "get_bind",
        "object_session",
        "in_nested_transaction",
        "identity_key",
        "begin",
        "begin_nested",
        "no_autoflush",
    }
)
SESSION_IO = frozenset(
    {
        "execute",
        "scalar",
        "scalars",
        "stream",
        "stream_scalars",
        "get",
        "get_one",
        "commit",
        "rollback",
        "flush",
        "refresh",
        "merge",
        "delete",
        "connection",
        "run_sync",
        "exec",
    }
)
"""Methods that use the connection: two tasks must not run them at once (TRUTH B)."""
DDL_METHODS = frozenset({"create_all", "drop_all", "reflect"})
METADATA_CLASSES = frozenset({"sqlalchemy.MetaData", "sqlalchemy.schema.MetaData"})
SOME_METADATA = "sqlalchemy.MetaData.instance"
METADATA = frozenset({SOME_METADATA, "sqlmodel.SQLModel.metadata", "sqlmodel.main.SQLModel.metadata"})
"""Objects of these classes, as the interpreter names them."""
FAILED_READS = {
    "PendingRollbackError": frozenset({"PendingRollbackError", "InvalidRequestError", "SQLAlchemyError"}),
    "MissingGreenlet": frozenset({"InvalidRequestError", "SQLAlchemyError"}),
    "DetachedInstanceError": frozenset({"SQLAlchemyError"}),
}
"""What reading an attribute that can not be loaded raises, with its bases (sqlalchemy.exc, orm.exc)."""

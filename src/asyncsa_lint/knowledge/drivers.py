"""Synchronous database drivers and interfaces, and which of their calls wait for the database: data only.

Sources: PEP 249 (what connections and cursors have in common), the manuals of psycopg2,
psycopg 3, sqlite3, PyMySQL, mysqlclient and pyodbc, and the SQLAlchemy manual ("Session
API", "Working with Engines and Connections").
"""

from __future__ import annotations

_CONNECTION_CLASSES = {
    "psycopg2": ("psycopg2.extensions.connection",),
    "psycopg": ("psycopg.Connection", "psycopg.connection.Connection"),
    "sqlite3": ("sqlite3.Connection", "sqlite3.dbapi2.Connection"),
    "pymysql": ("pymysql.Connection", "pymysql.connections.Connection"),
    "MySQLdb": ("MySQLdb.Connection", "MySQLdb.connections.Connection"),
    "pyodbc": ("pyodbc.Connection",),
}
_CURSOR_CLASSES = {
    "psycopg2": (
        "psycopg2.extensions.cursor",
        "psycopg2.extras.RealDictCursor",
        "psycopg2.extras.DictCursor",
    ),
    "psycopg": ("psycopg.Cursor", "psycopg.cursor.Cursor"),
    "sqlite3": ("sqlite3.Cursor", "sqlite3.dbapi2.Cursor"),
    "pymysql": ("pymysql.cursors.Cursor", "pymysql.cursors.DictCursor"),
    "MySQLdb": ("MySQLdb.cursors.Cursor", "MySQLdb.cursors.DictCursor"),
    "pyodbc": ("pyodbc.Cursor",),
}
DRIVER_CONNECTIONS: dict[str, str] = {
    name: driver for driver, names in _CONNECTION_CLASSES.items() for name in names
}
"""Classes of connections, with the driver they belong to."""
DRIVER_CURSORS: dict[str, str] = {name: driver for driver, names in _CURSOR_CLASSES.items() for name in names}
"""Classes of cursors, with the driver they belong to."""
CONNECTORS: dict[str, str] = {
    **{f"{driver}.connect": names[0] for driver, names in _CONNECTION_CLASSES.items()},
    "psycopg.Connection.connect": "psycopg.Connection",
    "psycopg.connection.Connection.connect": "psycopg.Connection",
    "sqlite3.dbapi2.connect": "sqlite3.Connection",
    "pymysql.Connect": "pymysql.Connection",
    "pymysql.Connection": "pymysql.Connection",
    "pymysql.connections.Connection": "pymysql.Connection",
    "MySQLdb.Connect": "MySQLdb.Connection",
    "MySQLdb.Connection": "MySQLdb.Connection",
}
"""Calls that open a connection, and the class of what they give."""
CURSOR_OF: dict[str, str] = {name: _CURSOR_CLASSES[driver][0] for name, driver in DRIVER_CONNECTIONS.items()}
"""Class of what `connection.cursor()` gives."""
BLOCKING_CONNECTION = frozenset({"execute", "executemany", "executescript", "commit", "query", "ping"})
"""Methods of connections that wait; sqlite3, psycopg and pyodbc execute on the connection as well."""
BLOCKING_CURSOR = frozenset(
    {
        "execute",
        "executemany",
        "executescript",
        "callproc",
        "copy_expert",
        "copy_from",
        "copy_to",
        "stream",
    }
)
"""Methods of cursors that wait for the database. Fetching only follows these, mostly from memory."""
BLOCKING_SESSION = frozenset(
    {
        "bulk_insert_mappings",
        "bulk_save_objects",
        "bulk_update_mappings",
        "commit",
        "connection",
        "exec",
        "execute",
        "flush",
        "get",
        "get_one",
        "merge",
        "refresh",
        "scalar",
        "scalars",
    }
)
"""Methods of a synchronous Session or Connection that wait. `rollback` and `close` only follow these."""
BLOCKING_QUERY = frozenset(
    {"all", "count", "delete", "first", "get", "one", "one_or_none", "scalar", "update"}
)
"""Methods of `session.query(...)` that run it."""
BLOCKING_ENGINE = frozenset({"begin", "connect", "raw_connection"})
"""Methods of a synchronous Engine that take a connection out of the pool, opening it where there is none."""

"""The driver of the standard library."""

import sqlite3
from contextlib import closing


async def connecting(path: str) -> int:
    """Opening the file, executing, fetching."""
    connection = sqlite3.connect(path)  # error: [blocking-database-call] `sqlite3`
    cursor = connection.cursor()
    cursor.execute("select count(*) from items")  # error: [blocking-database-call]
    (count,) = cursor.fetchone()
    connection.close()
    return int(count)


async def in_a_block(path: str) -> list[object]:
    """Blocks of both kinds; `execute` of the connection gives a cursor."""
    with closing(sqlite3.connect(path)) as connection, connection:  # error: [blocking-database-call]
        found = connection.execute("select name from items")  # error: [blocking-database-call]
        return found.fetchall()


async def given(connection: sqlite3.Connection) -> None:
    """A connection of the declared type."""
    connection.executemany("insert into items (name) values (?)", [("x",)])  # error: [blocking-database-call]
    connection.commit()  # error: [blocking-database-call]


async def cursor_given(cursor: sqlite3.Cursor) -> None:
    """A cursor of the declared type."""
    cursor.execute("select 1")  # error: [blocking-database-call]

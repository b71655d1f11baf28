"""A folder with one SQLite file: values by key, each with a checksum, bounded in size.

SQLite keeps the file whole when a run is killed and when several runs write at once. What
was garbled all the same fails its checksum and is not there. Nothing here raises: a cache
that can not be used says so once and is empty.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress

from asyncsa_lint.plain import Plain

FILE = "cache.sqlite3"
FILES = (FILE, f"{FILE}-journal", f"{FILE}-wal", f"{FILE}-shm")
MAX_BYTES = 256 * 1024 * 1024
"""Above this the entries that were not used for longest are removed."""
VARIANTS = 4
"""How many values are kept under one key: those of some branches, say."""

_LAYOUT = 2
_MAX_VALUE = 64 * 1024 * 1024
_CHECKSUM = 16
_SECONDS_TO_WAIT = 5.0
_AT_ONCE = 500
"""Keys in one query; SQLite takes 999 in its oldest versions."""
_RECENT = 60 * 60 * 1_000_000
"""Microseconds for which a value counts as just used: its time is not written anew for every run."""
_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n# Cache of asyncsa-lint, see https://bford.info/cachedir/\n"
)
_FROZEN = "mode=ro&immutable=1"
_TABLE = (
    "CREATE TABLE IF NOT EXISTS entries (key BLOB NOT NULL, variant BLOB NOT NULL, used INTEGER NOT NULL,"
    " value BLOB NOT NULL, PRIMARY KEY (key, variant)) WITHOUT ROWID"
)


def key_of(*parts: str) -> bytes:
    """A key made of texts; no two lists of texts give the same."""
    return hashlib.blake2b(json.dumps(parts).encode("ascii"), digest_size=16).digest()


class Database:
    """Values by key in a folder; made when the first value is stored."""

    def __init__(
        self, folder: str, warn: Callable[[str], None], read_only: bool = False, limit: int = MAX_BYTES
    ) -> None:
        self.folder = folder
        self._warn = warn
        self._read_only = read_only
        self._limit = limit
        self._broken = False
        self._used: set[tuple[bytes, bytes, int]] = set()
        self._connection: sqlite3.Connection | None = None
        self._opened = False

    @property
    def path(self) -> str:
        """The file."""
        return os.path.join(self.folder, FILE)

    def get(self, key: bytes) -> list[Plain]:
        """All values under a key, the one stored last first."""
        found: list[Plain] = []
        for variant, used, value in self._rows(key):
            data = _unpacked(key, variant, value)
            if data is not None:
                self._used.add((key, variant, used))
                found.append(data)
        return found

    def known(self, keys: Sequence[bytes]) -> set[bytes]:
        """Those of the keys that have a value; it counts as used."""
        found: set[bytes] = set()
        connection = self._reader()
        if connection is None:
            return found
        try:
            for start in range(0, len(keys), _AT_ONCE):
                some = keys[start : start + _AT_ONCE]
                marks = ",".join("?" * len(some))
                for row in connection.execute(
                    f"SELECT key, variant, used FROM entries WHERE key IN ({marks})",
                    some,
                ):
                    if list(map(type, row)) == [bytes, bytes, int]:
                        self._used.add(row)
                        found.add(row[0])
        except (sqlite3.Error, ValueError, OverflowError) as error:
            self._failed(error)
        return found

    def _rows(self, key: bytes) -> list[tuple[bytes, int, bytes]]:
        connection = self._reader()
        if connection is None:
            return []
        try:
            rows = connection.execute(
                "SELECT variant, used, value FROM entries WHERE key = ? ORDER BY used DESC LIMIT ?",
                (key, 2 * VARIANTS),
            ).fetchall()
        except (sqlite3.Error, ValueError, OverflowError) as error:
            self._failed(error)
            return []
        return [row for row in rows if list(map(type, row)) == [bytes, int, bytes]]

    def put(self, values: Iterable[tuple[bytes, bytes, Plain | bytes]]) -> None:
        """Store values, or what `packed` gave, by key and variant; what was read stays longest."""
        now = time.time_ns() // 1000
        rows = [
            (key, variant, now + number, data if isinstance(data, bytes) else packed(key, variant, data))
            for number, (key, variant, data) in enumerate(values)
        ]
        stale = [(now, key, variant) for key, variant, used in self._used if abs(now - used) > _RECENT]
        if (not rows and not stale) or self._read_only or self._broken:
            return
        self.close()
        try:
            os.makedirs(self.folder, exist_ok=True)
            self._tag()
            try:
                self._write(rows, stale)
            except (sqlite3.DatabaseError, ValueError) as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                self._forget()
                self._write(rows, [])
        except (OSError, sqlite3.Error, ValueError) as error:
            self._failed(error)

    def _write(
        self, rows: list[tuple[bytes, bytes, int, bytes]], used: list[tuple[int, bytes, bytes]]
    ) -> None:
        with closing(sqlite3.connect(self.path, timeout=_SECONDS_TO_WAIT)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            if connection.execute("PRAGMA user_version").fetchone() != (_LAYOUT,):
                connection.execute("DROP TABLE IF EXISTS entries")
                connection.execute(f"PRAGMA user_version = {_LAYOUT}")
            connection.execute(_TABLE)
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany("UPDATE entries SET used = ? WHERE key = ? AND variant = ?", used)
                connection.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)", rows)
                connection.executemany(
                    "DELETE FROM entries WHERE key = ? AND variant NOT IN (SELECT variant FROM entries"
                    " WHERE key = ? ORDER BY variant = ? DESC, used DESC LIMIT ?)",
                    [(key, key, variant, VARIANTS) for key, variant, _, _ in rows],
                )
            self._shrink(connection)

    def _shrink(self, connection: sqlite3.Connection) -> None:
        """Remove what was not used for longest, a quarter of the entries at a time."""
        if _size(connection) <= self._limit:
            return
        while _size(connection) > self._limit * 3 // 4:
            with connection:
                removed = connection.execute(
                    "DELETE FROM entries WHERE used <= (SELECT used FROM entries ORDER BY used LIMIT 1"
                    " OFFSET (SELECT count(*) FROM entries) / 4)"
                )
            if not removed.rowcount:
                break
        connection.execute("VACUUM")

    def _reader(self) -> sqlite3.Connection | None:
        if self._connection is None and not self._opened and not self._broken:
            self._opened = True
            if os.path.isfile(self.path):
                self._connection = self._open()
        return self._connection

    def _open(self) -> sqlite3.Connection | None:
        """For reading; as an unchanging file where nobody can write, or SQLite would want a journal."""
        address = "file:" + "".join(
            each if each.isalnum() or each in "/._-~" else "".join(f"%{byte:02x}" for byte in each.encode())
            for each in os.path.abspath(self.path).replace(os.sep, "/")
        )
        mode = "mode=rw" if os.access(self.path, os.W_OK) and os.access(self.folder, os.W_OK) else _FROZEN
        try:
            # `--fix` lints several times, one after the other, each time in a thread with a deep stack.
            connection = sqlite3.connect(
                f"{address}?{mode}", uri=True, timeout=_SECONDS_TO_WAIT, check_same_thread=False
            )
            connection.execute("PRAGMA trusted_schema = OFF")
            if connection.execute("PRAGMA user_version").fetchone() != (_LAYOUT,):
                connection.close()
                return None
        except (sqlite3.Error, ValueError) as error:
            self._failed(error)
            return None
        return connection

    def count(self) -> int:
        """How many values there are."""
        connection = self._reader()
        try:
            return (
                0 if connection is None else connection.execute("SELECT count(*) FROM entries").fetchone()[0]
            )
        except (sqlite3.Error, ValueError) as error:
            self._failed(error)
            return 0

    def close(self) -> None:
        """Let go of the file; it is opened again when it is needed."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._opened = None, False

    def _forget(self) -> None:
        """Start again: the file is none of ours, or was damaged."""
        self.close()
        for name in FILES:
            with suppress(FileNotFoundError):
                os.remove(os.path.join(self.folder, name))

    def _failed(self, error: Exception) -> None:
        damaged = not isinstance(error, OSError | sqlite3.OperationalError)
        if damaged:
            self.close()  # a damaged file is replaced by the next `put`
            self._opened = True
            return
        if not self._broken:
            self._broken = True
            self.close()
            self._warn(f"the cache in {self.folder} is not used: {error}")

    def _tag(self) -> None:
        for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
            path = os.path.join(self.folder, name)
            if not os.path.exists(path):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)


def _size(connection: sqlite3.Connection) -> int:
    """Bytes in use; what was removed is given back at the end."""
    pages, unused, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - unused) * size)


def packed(key: bytes, variant: bytes, data: Plain) -> bytes:
    """The bytes that are stored for a value."""
    text = json.dumps(data, separators=(",", ":")).encode("ascii")
    body = zlib.compress(text, 1)
    return _checksum(key, variant, body) + body


def _unpacked(key: bytes, variant: bytes, value: bytes) -> Plain | None:
    """The data, unless any bit of it has changed or it stands under another key."""
    body = value[_CHECKSUM:]
    if value[:_CHECKSUM] != _checksum(key, variant, body):
        return None
    try:
        return json.loads(zlib.decompressobj().decompress(body, _MAX_VALUE))
    except (zlib.error, ValueError, RecursionError):
        return None


def _checksum(key: bytes, variant: bytes, body: bytes) -> bytes:
    return hashlib.blake2b(key + variant + body, digest_size=_CHECKSUM).digest()

"""A throw-away PostgreSQL cluster for proofs that need a real server.

Started on first use on a free loopback port with durability switched off, stopped at
the end of the test run. The server refuses to run as root, so root hands it over to the
user `postgres`, as Debian's packages do.
"""

from __future__ import annotations

import atexit
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

_LISTEN = ("-c", "listen_addresses=127.0.0.1", "-c", "max_connections=60")
_FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


class Unavailable(Exception):
    """PostgreSQL can not be had here; the message says why."""


class Cluster:
    """One running server; `url()` creates an empty database and says where it is."""

    def __init__(self) -> None:
        self._bin = _binaries()
        self._user = _server_user()
        self._home = Path(tempfile.mkdtemp(prefix="proofs-pg-"))
        self._port = _free_port()
        self._numbers = itertools.count(1)
        self._server: subprocess.Popen[bytes] | None = None
        try:
            self._start()
        except (OSError, subprocess.SubprocessError) as error:
            self.stop()
            raise Unavailable(f"PostgreSQL did not start: {error}") from error
        atexit.register(self.stop)

    def url(self, template: str = "") -> str:
        """SQLAlchemy URL (asyncpg) of a database made for this call, empty or copied."""
        name = f"proof{next(self._numbers)}"
        where = ("-h", "127.0.0.1", "-p", str(self._port), "-U", "postgres")
        copied = ("-T", template.rpartition("/")[2]) if template else ()
        self._run(["createdb", *where, *copied, name])
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self._port}/{name}"

    def stop(self) -> None:
        """Stop the server at once and remove its files; may be called twice."""
        server, self._server = self._server, None
        if server is not None and server.poll() is None:
            server.terminate()
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(self._home, ignore_errors=True)

    def _start(self) -> None:
        if self._user is not None:
            account = pwd.getpwnam(self._user)
            os.chown(self._home, account.pw_uid, account.pw_gid)
        data = str(self._home / "data")
        self._run(["initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "--locale=C"])
        command = [str(self._bin / "postgres"), "-D", data, "-p", str(self._port), "-k", str(self._home)]
        self._server = subprocess.Popen(
            [*command, *_LISTEN, *_FAST],
            user=self._user,
            cwd=self._home,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                self._run(["pg_isready", "-h", "127.0.0.1", "-p", str(self._port)])
            except subprocess.CalledProcessError:
                time.sleep(0.1)
            else:
                return
        raise subprocess.SubprocessError("not ready after 30 s")

    def _run(self, command: Sequence[str]) -> None:
        program, *arguments = command
        subprocess.run(
            [str(self._bin / program), *arguments],
            check=True,
            capture_output=True,
            user=self._user,
            cwd=self._home,
            timeout=60,
        )


def _binaries() -> Path:
    """Newest of Debian's versioned directories, else what is on the PATH."""
    versioned = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]), reverse=True
    )
    if versioned:
        return versioned[0].parent
    found = shutil.which("initdb")
    if found is None:
        raise Unavailable("no PostgreSQL server binaries found (Debian package: postgresql)")
    return Path(found).resolve().parent


def _server_user() -> str | None:
    """User to run the server as; None keeps the current one."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        raise Unavailable("running as root and there is no user postgres to run the server as") from None
    return "postgres"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port

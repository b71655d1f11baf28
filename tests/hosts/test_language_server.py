"""Editors that speak the Language Server Protocol: the real `pylsp` with its flake8 and pylint plugins.

python-lsp-server knows nothing of us: it shows what flake8 and pylint say, and they say it for the
text in the editor (flake8) or on disk (pylint), with the whole project behind it.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from tests.sandbox import PROJECT, write

SECONDS = 60
"""How long to wait for an answer before the test fails."""

PLUGIN = "asyncsa_lint.frontends.pylint"
OTHERS = ("pyflakes", "pycodestyle", "mccabe", "pydocstyle", "jedi_completion", "rope_completion")
SETTINGS = {
    "pylsp": {
        "plugins": {
            "flake8": {
                "enabled": True,
                "executable": str(Path(sys.executable).with_name("flake8")),
                "select": ["ASA"],
            },
            "pylint": {
                "enabled": True,
                "args": [f"--load-plugins={PLUGIN}", "--disable=all", "--enable=E7501"],
            },
            **{name: {"enabled": False} for name in OTHERS},
        }
    }
}

Diagnostic = tuple[str, str, int, int]
"""Source, code, line and column as an editor counts them, from 0."""
BOTH: list[Diagnostic] = [("flake8", "ASA501", 7, 15), ("pylint", "E7501", 7, 15)]


class Editor:
    """A client of the language server that works on one project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._requests = 0
        self._versions: dict[str, int] = {}
        self._messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self._server = subprocess.Popen(
            [sys.executable, "-m", "pylsp"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        threading.Thread(target=self._listen, daemon=True).start()
        self.request("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}})
        self.notify("initialized", {})
        self.notify("workspace/didChangeConfiguration", {"settings": SETTINGS})

    def _listen(self) -> None:
        stream = self._stream(self._server.stdout)
        while header := stream.readline():
            length = int(header.removeprefix(b"Content-Length:"))
            while stream.readline().strip():
                pass
            self._messages.put(json.loads(stream.read(length)))

    @staticmethod
    def _stream(stream: IO[bytes] | None) -> IO[bytes]:
        assert stream is not None
        return stream

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stream = self._stream(self._server.stdin)
        stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        stream.flush()

    def notify(self, method: str, parameters: dict[str, Any]) -> None:
        """Tell the server something."""
        self._send({"method": method, "params": parameters})

    def request(self, method: str, parameters: dict[str, Any] | None) -> None:
        """Ask the server something, and wait until it has answered."""
        self._requests += 1
        self._send({"id": self._requests, "method": method, "params": parameters})
        while self._messages.get(timeout=SECONDS).get("id") != self._requests:
            pass

    def open(self, name: str) -> list[Diagnostic]:
        """Open a file of the project; the result is what is shown for it."""
        self._versions[name] = 1
        text = (self.folder / name).read_text(encoding="utf-8")
        item = {"languageId": "python", "version": 1, "text": text, **self._document(name)}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return self._shown(name)

    def type(self, name: str, text: str) -> list[Diagnostic]:
        """Replace the text in the editor, not on disk; the result is what is shown then."""
        self._versions[name] += 1
        version = {"version": self._versions[name], **self._document(name)}
        self.notify("textDocument/didChange", {"textDocument": version, "contentChanges": [{"text": text}]})
        return self._shown(name)

    def save(self, name: str) -> list[Diagnostic]:
        """Say that a file has been saved; the result is what is shown then."""
        self.notify("textDocument/didSave", {"textDocument": self._document(name)})
        return self._shown(name)

    def close(self) -> None:
        """Stop the server; it ends by itself."""
        self.request("shutdown", None)
        self.notify("exit", {})
        self._stream(self._server.stdin).close()
        assert self._server.wait(SECONDS) == 0

    def _document(self, name: str) -> dict[str, str]:
        return {"uri": (self.folder / name).as_uri()}

    def _shown(self, name: str) -> list[Diagnostic]:
        """The next diagnostics of the file."""
        uri = self._document(name)["uri"]
        while True:
            message = self._messages.get(timeout=SECONDS)
            parameters = message.get("params", {})
            if message.get("method") == "textDocument/publishDiagnostics" and parameters["uri"] == uri:
                return sorted(
                    (each["source"], each["code"], *each["range"]["start"].values())
                    for each in parameters["diagnostics"]
                )


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Editor]:
    editor = Editor(write(tmp_path / "shop", PROJECT))
    yield editor
    editor.close()


def test_diagnostics_of_the_whole_project(editor: Editor) -> None:
    name = "app/service.py"
    assert editor.open(name) == BOTH

    text = (editor.folder / name).read_text(encoding="utf-8")
    unsaved = editor.type(name, text.replace("len(order.items)", "order.id"))
    assert unsaved == BOTH[1:], "flake8 sees the text in the editor, pylint what is on disk"
    assert editor.type(name, text) == BOTH

    repository = editor.folder / "app/repository.py"
    query = "select(Order).where(Order.id == order_id)"
    loaded = repository.read_text(encoding="utf-8").replace(
        query, f"{query}.options(selectinload(Order.items))"
    )
    repository.write_text(f"from sqlalchemy.orm import selectinload\n{loaded}", encoding="utf-8")
    assert editor.save(name) == [], "the repair is in another file"

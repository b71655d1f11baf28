"""Text of files as it is edited, and bytes as they are on disk."""

from __future__ import annotations

import codecs
import io
import os
import shutil
import tempfile
import tokenize


class Disk:
    """Files as they were when first read; nothing is written over what has changed since."""

    def __init__(self) -> None:
        self._bytes: dict[str, bytes] = {}

    def text(self, path: str) -> str:
        """The file's text without byte order mark, line ends as they are; raises OSError, UnicodeError."""
        if path not in self._bytes:
            with open(path, "rb") as stream:
                self._bytes[path] = stream.read()
        data = self._bytes[path]
        return data.decode(tokenize.detect_encoding(io.BytesIO(data).readline)[0])

    def write(self, path: str, text: str) -> bool:
        """Replace the file in one step; False when it is not what it was."""
        target = os.path.realpath(path)
        with open(target, "rb") as stream:
            if stream.read() != self._bytes[path]:
                return False
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".asyncsa-")
        try:
            with os.fdopen(handle, "wb") as stream:
                mark = codecs.BOM_UTF8 if self._bytes[path].startswith(codecs.BOM_UTF8) else b""
                stream.write(mark + encoded(text))
            shutil.copymode(target, temporary)
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
        return True


def encoded(text: str) -> bytes:
    """The bytes of a text as the text itself declares (PEP 263), without a byte order mark."""
    head = text.encode("utf-8", "surrogateescape")
    return text.encode(tokenize.detect_encoding(io.BytesIO(head).readline)[0])

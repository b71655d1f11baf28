"""What every entry of the cache depends on beside the project, and where the cache is."""

from __future__ import annotations

import functools
import hashlib
import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec

from asyncsa_lint import __version__

FOLDER = ".asyncsa_cache"
VARIABLE = "ASYNCSA_LINT_CACHE_DIR"


@functools.cache
def tool() -> str:
    """This program and the Python it runs on: an entry of any other is none of ours.

    Its own files are read rather than its version: whoever works on it has many versions of
    the same number.
    """
    digest = hashlib.blake2b(digest_size=16)
    digest.update(f"{__version__} {sys.hexversion:x} {sys.implementation.name} {_jinja2()}".encode())
    top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                digest.update(f"{os.path.relpath(path, top)}\0".replace(os.sep, "/").encode())
                digest.update(_content(path))
    return digest.hexdigest()


def _jinja2() -> str:
    """Templates are read where it is installed: the folders that name its version."""
    spec = find_spec("jinja2")
    if spec is None or not spec.origin:
        return ""
    folder = os.path.dirname(os.path.dirname(spec.origin))
    try:
        return " ".join(sorted(name for name in os.listdir(folder) if name.lower().startswith("jinja2")))
    except OSError:
        return spec.origin


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return hashlib.blake2b(file.read(), digest_size=16).digest()
    except OSError:
        return b"?"


def named_folder(option: str | None, setting: str, environment: Mapping[str, str] = os.environ) -> str:
    """The folder that the option, the environment or the configuration names; empty when none does."""
    named = option or environment.get(VARIABLE) or setting
    return os.path.abspath(named) if named else ""


def default_folder(root: str) -> str:
    """The folder of a project for which none is named."""
    return f"{root.rstrip('/')}/{FOLDER}"

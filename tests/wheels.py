"""Wheels without a network: what is installed here, packed again, for environments that tests build."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def pack(folder: Path, names: Iterable[str]) -> Path:
    """Write a wheel of each distribution, and of all that they require, to a folder, the result."""
    folder.mkdir()
    waiting, packed = list(names), set[str]()
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in packed:
            continue
        packed.add(name)
        installed = distribution(name)
        _write(folder, installed)
        required = [Requirement(line) for line in installed.requires or ()]
        waiting += [each.name for each in required if each.marker is None or each.marker.evaluate()]
    return folder


def _write(folder: Path, installed: Distribution) -> None:
    """Pack the files of a pure Python distribution, its scripts and byte code excepted."""
    name = installed.name.replace("-", "_").replace(".", "_")
    info = f"{name}-{installed.version}.dist-info"
    rows = []
    with zipfile.ZipFile(folder / f"{name}-{installed.version}-py3-none-any.whl", "w") as wheel:
        for file in installed.files or ():
            if ".." in file.parts or "__pycache__" in file.parts or file.name == "RECORD":
                continue
            data = Path(str(file.locate())).read_bytes()
            path = f"{info}/{file.relative_to(file.parts[0])}" if _is_info(file.parts[0]) else str(file)
            wheel.writestr(path, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.append(f"{path},sha256={digest},{len(data)}\n")
        wheel.writestr(f"{info}/RECORD", "".join(rows) + f"{info}/RECORD,,\n")


def _is_info(folder: str) -> bool:
    return folder.endswith(".dist-info")

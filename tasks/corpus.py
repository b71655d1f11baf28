"""Corpus A: public packages, pinned by version and hash, unpacked to an ignored folder.

`pip download` fetches them from whatever index pip is configured for; the hash in
`corpus_pins.json` decides whether that is the file we mean. Only what the analyser reads
is unpacked. Nothing of it is committed: the folder ignores itself.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / ".corpus"
PINS = Path(__file__).with_name("corpus_pins.json")
SOURCES = ("*.py", "*.toml", "*.lock", "*.cfg", "*requirements*.txt")
"""What the analyser reads of a project: code, settings, versions."""


class CorpusError(Exception):
    """A package can not be had, or is not the one that was pinned."""


@dataclass(frozen=True, slots=True)
class Package:
    """One pinned package."""

    name: str
    version: str
    kind: str
    """`sdist` or `wheel`: some sdists can not be fetched, see CORPUS.md."""
    file: str
    sha256: str

    @property
    def label(self) -> str:
        """Name and version, as folders are called."""
        return f"{self.name}-{self.version}"


def packages(names: Sequence[str] = ()) -> tuple[Package, ...]:
    """The pinned packages, all or those named."""
    pinned = {entry["name"]: Package(**entry) for entry in json.loads(PINS.read_text(encoding="utf-8"))}
    unknown = [name for name in names if name not in pinned]
    if unknown:
        raise CorpusError(f"not pinned: {', '.join(unknown)}; pinned are {', '.join(pinned)}")
    return tuple(pinned[name] for name in names or pinned)


def unpacked(package: Package, corpus: Path = CORPUS) -> Path:
    """Folder with the sources of a package, downloaded and unpacked on first use."""
    target = corpus / package.label
    if not target.is_dir():
        prepare(corpus)
        archive = corpus / "downloads" / package.file
        if not archive.is_file():
            download(package, archive.parent)
        verify(package, archive)
        extract(archive, target)
    return target


def prepare(corpus: Path) -> None:
    """Make the folder and have git, and tools that listen to git, leave it alone."""
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus / ".gitignore").write_text("*\n", encoding="utf-8")


def download(package: Package, folder: Path) -> None:
    """Fetch the file with pip, which refuses any other hash before it touches the content."""
    only = "--no-binary" if package.kind == "sdist" else "--only-binary"
    with tempfile.TemporaryDirectory() as scratch:
        pin = Path(scratch, "requirements.txt")
        pin.write_text(
            f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n", encoding="utf-8"
        )
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", only, ":all:"]
        done = subprocess.run(
            [*command, "--require-hashes", "--dest", str(folder), "--requirement", str(pin)],
            check=False,
            capture_output=True,
            text=True,
        )
    if done.returncode:
        raise CorpusError(f"{package.label}: pip could not fetch it\n{done.stderr.strip()}")


def verify(package: Package, archive: Path) -> None:
    """Raise CorpusError unless the file is the pinned one."""
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != package.sha256:
        raise CorpusError(f"{package.label}: {archive.name} has sha256 {found}, pinned is {package.sha256}")


def is_source(name: str) -> bool:
    """Whether a file of that name is worth unpacking."""
    base = name.rpartition("/")[2]
    return any(fnmatch(base, pattern) for pattern in SOURCES)


def extract(archive: Path, target: Path) -> None:
    """Unpack the sources of an sdist or a wheel; the folder appears only when complete."""
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(part, [name for name in wheel.namelist() if is_source(name)])
        part.rename(target)
        return
    with tarfile.open(archive) as sdist:
        extract_tar(sdist, part)
    inner = list(part.iterdir())
    (inner[0] if len(inner) == 1 and inner[0].is_dir() else part).rename(target)
    shutil.rmtree(part, ignore_errors=True)


def extract_tar(archive: tarfile.TarFile, folder: Path) -> None:
    """Unpack the sources in a tar; the data filter refuses what would leave the folder."""
    for member in archive:
        if member.isfile() and is_source(member.name):
            archive.extract(member, folder, filter="data")

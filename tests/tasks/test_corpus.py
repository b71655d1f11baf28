"""The pinned corpus: complete, verified, unpacked without surprises."""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import zipfile
from pathlib import Path

import pytest

from tasks import corpus
from tasks.corpus import CorpusError, Package, extract, packages, unpacked


def sdist(path: Path, files: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def package_of(path: Path) -> Package:
    return Package("demo", "1.0", "sdist", path.name, hashlib.sha256(path.read_bytes()).hexdigest())


def test_every_pin_is_complete() -> None:
    pinned = packages()
    assert len({package.name for package in pinned}) == 24
    for package in pinned:
        assert package.kind in ("sdist", "wheel")
        assert re.fullmatch("[0-9a-f]{64}", package.sha256)
        assert package.version in package.file


def test_unknown_names_are_refused() -> None:
    with pytest.raises(CorpusError, match="not pinned: nope"):
        packages(["nope"])


def test_an_sdist_loses_its_outer_folder_and_what_is_not_source(tmp_path: Path) -> None:
    archive = sdist(tmp_path / "demo-1.0.tar.gz", {"demo-1.0/app.py": "x = 1\n", "demo-1.0/logo.png": "?"})
    extract(archive, tmp_path / "demo-1.0")
    assert [path.name for path in (tmp_path / "demo-1.0").rglob("*")] == ["app.py"]


def test_a_wheel_is_unpacked_as_it_is(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "demo.whl", "w") as wheel:
        wheel.writestr("demo/__init__.py", "")
        wheel.writestr("demo-1.0.dist-info/METADATA", "")
    extract(tmp_path / "demo.whl", tmp_path / "demo-1.0")
    assert (tmp_path / "demo-1.0" / "demo" / "__init__.py").is_file()
    assert not (tmp_path / "demo-1.0" / "demo-1.0.dist-info").exists()


def test_an_archive_can_not_write_elsewhere(tmp_path: Path) -> None:
    archive = sdist(tmp_path / "demo-1.0.tar.gz", {"../outside.py": "x = 1\n"})
    with pytest.raises(tarfile.FilterError):
        extract(archive, tmp_path / "deep" / "demo-1.0")
    assert not (tmp_path / "outside.py").exists()
    assert not (tmp_path / "deep" / "demo-1.0").exists()


def test_another_file_than_the_pinned_one_is_refused(tmp_path: Path) -> None:
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    package = package_of(sdist(downloads / "demo-1.0.tar.gz", {"demo-1.0/app.py": "x = 1\n"}))
    sdist(downloads / "demo-1.0.tar.gz", {"demo-1.0/app.py": "import os\n"})
    with pytest.raises(CorpusError, match="pinned is"):
        unpacked(package, tmp_path)


def test_what_is_there_is_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    package = package_of(sdist(downloads / "demo-1.0.tar.gz", {"demo-1.0/app.py": "x = 1\n"}))

    def no_network(package: Package, folder: Path) -> None:
        raise AssertionError("downloads")

    monkeypatch.setattr(corpus, "download", no_network)
    assert unpacked(package, tmp_path) == unpacked(package, tmp_path) == tmp_path / "demo-1.0"
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "*\n"

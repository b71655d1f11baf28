"""Every `test_cases/<rule>/proofs.py`: the fixtures do at run time what the rule says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proofs.harness import Skip, proofs_of, run_proof, stop_postgres

CASES = Path(__file__).parent.parent / "test_cases"
FOLDERS = sorted(path.parent for path in CASES.glob("*/proofs.py"))
PROOFS = [(folder, name) for folder in FOLDERS for name in proofs_of(folder)]


@pytest.fixture(scope="module", autouse=True)
def _server_stopped() -> Iterator[None]:
    yield
    stop_postgres()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("folder", "name"), PROOFS, ids=[f"{folder.name}-{name}" for folder, name in PROOFS])
def test_proof(folder: Path, name: str) -> None:
    try:
        run_proof(folder, name)
    except Skip as reason:
        pytest.skip(str(reason))

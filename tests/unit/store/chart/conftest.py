"""Stores of both kinds, empty, and readers that note what is asked of the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.store.memory.store import MemoryStore
from runwatch.store.protocol import Store
from runwatch.store.sql.store import SqlStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else SqlStore(tmp_path / "workspace")
    yield made
    made.close()

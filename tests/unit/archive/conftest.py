"""Stores to export from and to import into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runwatch.store.memory.store import MemoryStore
from runwatch.store.protocol import Store
from runwatch.store.sql.store import SqlStore

MakeStore = Callable[[str], Store]


@pytest.fixture
def make_store(tmp_path: Path) -> Iterator[MakeStore]:
    """Makes an empty store: ``memory``, or ``sqlite``."""
    made: list[Store] = []

    def make(backend: str = "memory") -> Store:
        store = MemoryStore() if backend == "memory" else SqlStore(tmp_path / f"workspace-{len(made)}")
        made.append(store)
        return store

    yield make
    for store in made:
        store.close()


@pytest.fixture
def store(make_store: MakeStore) -> Store:
    return make_store("memory")


@pytest.fixture
def other(make_store: MakeStore) -> Store:
    return make_store("memory")

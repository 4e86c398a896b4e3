"""A store to take files from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runwatch.store.memory.store import MemoryStore


@pytest.fixture
def store() -> Iterator[MemoryStore]:
    store = MemoryStore()
    yield store
    store.close()

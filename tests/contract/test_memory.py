"""The contract of a store over the memory backend."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runwatch.store.memory.store import MemoryStore
from runwatch.testing import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> Iterator[MemoryStore]:
        store = MemoryStore()
        yield store
        store.close()

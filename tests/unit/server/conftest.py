"""A server over a store in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runwatch.server.app import make_app
from runwatch.store.memory.store import MemoryStore
from tests.unit.server.served import Client, served


@pytest.fixture(scope="module")
def store() -> Iterator[MemoryStore]:
    store = MemoryStore()
    yield store
    store.close()


@pytest.fixture(scope="module")
def client(store: MemoryStore) -> Iterator[Client]:
    with served(make_app(store)) as client:
        yield client

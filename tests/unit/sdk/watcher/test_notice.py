"""Each sentence reaches the run once."""

from __future__ import annotations

from typing import Any

import pytest

from runwatch.schema.error import StoreUnavailableError
from runwatch.schema.run import CreateRun
from runwatch.sdk.watcher.notice import MOST, REST, Notices
from runwatch.store.memory.store import MemoryStore
from tests.unit.sdk.watcher.faulty import FaultyStore
from tests.unit.sdk.watcher.scene import run_of


@pytest.fixture
def store() -> FaultyStore:
    inner = MemoryStore()
    inner.runs.create(CreateRun(experiment="tests", run_id="run", token="t", created_at=1.0))
    return FaultyStore(inner)


def test_each_sentence_is_told_once(store: FaultyStore) -> None:
    notices = Notices()
    for sentence in ("a", "b", "a"):
        notices(sentence)
    notices.flush(store, "run")
    notices("a")
    notices.flush(store, "run")
    assert [(w.source, w.message, w.count) for w in run_of(store).warnings] == [
        ("watcher", "a", 1),
        ("watcher", "b", 1),
    ]
    assert notices.sentences() == ("a", "b")


def test_what_the_store_does_not_take_waits(store: FaultyStore) -> None:
    def away(call: str, request: Any) -> None:
        raise StoreUnavailableError("Not now.")

    notices = Notices()
    notices("a")
    store.before = away
    with pytest.raises(StoreUnavailableError):
        notices.flush(store, "run")
    store.before = None
    notices.flush(store, "run")
    assert [warning.message for warning in run_of(store).warnings] == ["a"]


def test_there_is_an_end_to_them(store: FaultyStore) -> None:
    notices = Notices()
    for number in range(10 * MOST):
        notices(f"file {number} is gone")
    assert len(notices.sentences()) == MOST + 1
    assert REST in notices.sentences()

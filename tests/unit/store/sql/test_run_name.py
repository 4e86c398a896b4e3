"""Names in use: counted anew whenever that is quick, and otherwise now and then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.schema.survey import ListNames
from runwatch.store.protocol import Surveys
from runwatch.store.sql import run_name
from runwatch.store.sql.store import SqlStore
from tests.unit.store.sql.sample import make_run


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore(tmp_path)
    yield store
    store.close()


def tags(store: SqlStore) -> dict[str, int]:
    return {name.name: name.runs for name in store.runs.list_names(ListNames(kind="tag"))}


def test_the_store_does_it_in_the_database(store: SqlStore) -> None:
    assert isinstance(store.runs, Surveys)


def test_what_is_quick_is_counted_anew(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_name, "QUICK_S", 1e9)
    for number in range(1, 4):
        make_run(store, f"r{number}", tags={"k": "v"})
        assert tags(store) == {"k": number}


def test_what_takes_long_is_believed_for_a_while(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_name, "QUICK_S", 0.0)
    monkeypatch.setattr(run_name, "SHARE", 1e9)
    make_run(store, "a", tags={"k": "v"})
    assert tags(store) == {"k": 1}
    make_run(store, "b", tags={"k": "v", "new": "v"})
    assert tags(store) == {"k": 1}
    monkeypatch.setattr(run_name, "SHARE", 0)
    assert tags(store) == {"k": 2, "new": 1}


def test_nothing_is_counted_twice_while_nothing_changes(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    make_run(store, "a", tags={"k": "v"})
    first = store.runs.list_names(ListNames(kind="tag"))
    assert store.runs.list_names(ListNames(kind="tag")) is first
    assert store.runs.list_names(ListNames(kind="param")) == ()
    monkeypatch.setattr(run_name, "KEPT", 1)
    assert store.runs.list_names(ListNames(kind="property")) == ()
    assert store.runs.list_names(ListNames(kind="tag")) is not first

"""The store as a whole: what it says about itself, and that it finds damage."""

from __future__ import annotations

from pathlib import Path

import pytest

from runwatch.schema.error import CorruptDataError, StoreUnavailableError
from runwatch.schema.run import Delete, GetRun, ListRuns
from runwatch.store.sql.store import SqlStore
from tests.unit.store.sql.sample import make_run


def test_it_says_what_and_where_it_is(store: SqlStore, tmp_path: Path) -> None:
    make_run(store, "a")
    info = store.info()
    assert (info.backend, info.location, info.version, info.runs) == ("sqlite", str(tmp_path / "workspace"), "0004", 1)
    assert info.size_bytes > 0
    assert info.workspace_id == SqlStore(tmp_path / "workspace").info().workspace_id


def test_a_sound_database_has_no_findings(store: SqlStore) -> None:
    make_run(store, "a")
    assert store.check() == []


def is_readable(store: SqlStore, run_id: str) -> bool:
    try:
        return bool(store.runs.get(GetRun(run_id=run_id)).params["text"] == "x" * 2_000)
    except CorruptDataError:
        return False


def test_damage_in_the_middle_is_found_and_the_rest_stays_readable(tmp_path: Path) -> None:
    store = SqlStore(tmp_path)
    for number in range(200):
        make_run(store, f"run-{number}", params={"text": "x" * 2_000})
    store.vacuum()
    store.close()
    file = tmp_path / "runwatch.db"
    content = bytearray(file.read_bytes())
    middle = content.rindex(b"x" * 1_000) // 4_096 * 4_096
    content[middle : middle + 8] = b"\xff" * 8  # the head of a page of parameters
    file.write_bytes(content)
    store = SqlStore(tmp_path)
    assert any("damaged" in finding for finding in store.check())
    readable = sum(is_readable(store, f"run-{number}") for number in range(200))
    assert 150 < readable < 200
    store.close()


def test_counts_that_do_not_agree_are_found(store: SqlStore) -> None:
    make_run(store, "a")
    with store._database.write() as writing:
        writing.connection.exec_driver_sql("UPDATE experiments SET run_count = 5")
    assert store.check() == ["The experiments count 5 runs, but there are 1."]


def test_vacuum_gives_space_back(store: SqlStore) -> None:
    for number in range(10):
        make_run(store, f"r{number}", params={"text": "x" * 50_000})
    store.runs.delete(Delete(run_ids=tuple(f"r{number}" for number in range(9))))
    before = store.info().size_bytes
    assert store.vacuum() >= 0
    assert store.info().size_bytes <= before
    assert [run.run_id for run in store.runs.list(ListRuns()).runs] == ["r9"]


def test_a_closed_store_answers_with_an_error(store: SqlStore) -> None:
    store.close()
    with pytest.raises(StoreUnavailableError):
        store.info()
    with pytest.raises(StoreUnavailableError):
        store.runs.list(ListRuns())

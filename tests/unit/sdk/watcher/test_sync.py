"""Journals that nobody looks after find their way into the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runwatch.journal.writer import JournalWriter
from runwatch.schema.error import StoreUnavailableError, WorkspaceNotFoundError
from runwatch.schema.run import Delete, ExitKind, RunStatus
from runwatch.sdk.watcher.claim import Claim
from runwatch.sdk.watcher.sync import SyncResult, ship_folder, sync, unshipped
from runwatch.store.location import open_store
from runwatch.store.memory.store import MemoryStore
from tests.unit.sdk.watcher.faulty import FaultyStore
from tests.unit.sdk.watcher.scene import log, make_journal, run_of, values

GONE: dict[str, Any] = {"pid": 2**22 + 1, "process_started": "00000000-0000-0000-0000-000000000000+5"}


def states(results: list[SyncResult]) -> dict[str, str]:
    return {result.run_id: result.state for result in results}


def test_runs_whose_process_is_gone_are_finished(tmp_path: Path) -> None:
    store = MemoryStore()
    for run_id in ("a", "b"):
        log(make_journal(tmp_path, run_id, **GONE), 10, end="Completed" if run_id == "a" else None)
    told: list[SyncResult] = []
    results = sync(str(tmp_path), store=store, progress=told.append)
    assert states(results) == {"a": "finished", "b": "finished"}
    assert told == results
    assert all(result.records >= 10 for result in results)
    assert run_of(store, "a").status is RunStatus.COMPLETED
    ending = run_of(store, "b")
    assert ending.exit is not None
    assert (ending.status, ending.exit.kind) == (RunStatus.FAILED, ExitKind.LOST)
    assert values(store, "b") == list(range(10))
    assert unshipped(str(tmp_path)) == []
    assert sync(str(tmp_path), store=store) == []


def test_a_run_whose_process_lives_is_only_shipped(tmp_path: Path) -> None:
    store = MemoryStore()
    folder = make_journal(tmp_path)
    log(folder, 10)
    assert states(sync(str(tmp_path), store=store)) == {"run": "shipped"}
    assert values(store) == list(range(10))
    assert run_of(store).status is RunStatus.RUNNING
    assert folder.exists()


def test_what_a_watcher_has_is_left_to_it(tmp_path: Path) -> None:
    folder = make_journal(tmp_path)
    claim = Claim.take(folder)
    assert claim is not None
    assert [entry.state for entry in unshipped(str(tmp_path))] == ["live"]
    assert states(sync(str(tmp_path), store=MemoryStore())) == {"run": "live"}
    claim.release()


def test_one_bad_journal_never_stops_the_others(tmp_path: Path) -> None:
    inner = MemoryStore()
    for run_id in ("a", "b", "c", "d"):
        log(make_journal(tmp_path, run_id, **GONE), 10)
    (tmp_path / "journal" / "a" / "run.json").write_text("{")

    def trouble(call: str, request: Any) -> None:
        if getattr(request, "run_id", "") == "b":
            raise StoreUnavailableError("Not now.")
        if getattr(request, "run_id", "") == "c":
            raise KeyError("a bug")

    results = sync(str(tmp_path), store=FaultyStore(inner, before=trouble))
    assert states(results) == {"a": "failed", "b": "failed", "c": "failed", "d": "finished"}
    assert [result.error for result in results[1:3]] == ["Not now.", "KeyError: 'a bug'"]
    assert [entry.state for entry in unshipped(str(tmp_path))] == ["unreadable", "waiting", "waiting"]
    assert all(entry.size_bytes > 0 for entry in unshipped(str(tmp_path)))


def test_only_the_runs_asked_for(tmp_path: Path) -> None:
    for run_id in ("a", "b"):
        log(make_journal(tmp_path, run_id, **GONE), 1)
    assert states(sync(str(tmp_path), store=MemoryStore(), run_ids=["b"])) == {"b": "finished"}


def test_a_parked_journal_says_why_and_can_be_tried_again(tmp_path: Path) -> None:
    store = MemoryStore()
    folder = make_journal(tmp_path, **GONE)
    log(folder, 10)
    store.runs.create(_create(folder))
    store.runs.delete(Delete(run_ids=("run",)))
    (folder / "parked").write_text("The run was deleted.\n")
    (entry,) = unshipped(str(tmp_path))
    assert (entry.state, entry.note) == ("parked", "The run was deleted.")
    (result,) = sync(str(tmp_path), store=store)
    assert result.state == "failed"
    assert "deleted" in result.error
    assert states(sync(str(tmp_path), store=MemoryStore())) == {"run": "finished"}
    assert not folder.exists()


def test_a_journal_with_a_torn_end_is_no_error(tmp_path: Path) -> None:
    store = MemoryStore()
    folder = make_journal(tmp_path, **GONE)
    log(folder, 10)
    segment = next(folder.glob("*.rwj"))
    data = segment.read_bytes().rstrip(b"\0\xff")
    segment.write_bytes(data[: len(data) - 12])
    (result,) = sync(str(tmp_path), store=store)
    assert result.state == "finished"
    assert result.notices
    assert values(store) == list(range(9))
    assert [warning.message for warning in run_of(store).warnings if warning.source == "watcher"]


def test_a_workspace_opens_itself_and_must_be_there(tmp_path: Path) -> None:
    log(make_journal(tmp_path / "none", **GONE), 1)
    with pytest.raises(WorkspaceNotFoundError):
        sync(str(tmp_path / "none"))
    open_store(str(tmp_path / "there")).close()
    log(make_journal(tmp_path / "there", **GONE), 10)
    assert states(sync(str(tmp_path / "there"))) == {"run": "finished"}
    store = open_store(str(tmp_path / "there"))
    assert values(store) == list(range(10))
    store.close()


def test_one_folder_from_within_its_own_process(tmp_path: Path) -> None:
    store = MemoryStore()
    folder = make_journal(tmp_path)
    log(folder, 10)
    assert ship_folder(folder, store).state == "shipped"
    log(folder, 10, first=10, end="Completed")
    assert ship_folder(folder, store).state == "finished"
    assert sorted(values(store)) == list(range(20))
    assert ship_folder(folder, store).state == "failed"


def test_the_last_thing_a_process_does_where_no_watcher_can_be(tmp_path: Path) -> None:
    store = MemoryStore()
    folder = make_journal(tmp_path)
    writer = JournalWriter(folder, "run")
    writer.point("loss", 1.0)
    assert ship_folder(folder, store, leaving=True).state == "shipped", "it has not said that it leaves"
    writer.event("exit", {"exception": {"type": "ValueError", "message": "bad", "details": "Traceback"}})
    writer.close()
    assert ship_folder(folder, store, leaving=True).state == "finished"
    run = run_of(store)
    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert run.error.message == "ValueError: bad"


def _create(folder: Path) -> Any:
    from runwatch.journal.manifest import read_manifest

    return read_manifest(folder).create

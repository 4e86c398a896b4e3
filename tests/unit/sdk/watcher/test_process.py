"""The watcher's turn by turn work, with processes that the test holds in hand."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runwatch.journal import location
from runwatch.journal.writer import JournalWriter
from runwatch.schema.run import RunStatus
from runwatch.sdk.watcher import life, process, spawn
from runwatch.sdk.watcher.claim import Claim, is_claimed
from runwatch.sdk.watcher.doorbell import Doorbell
from runwatch.sdk.watcher.process import Watcher, main
from runwatch.sdk.watcher.token import process_token
from runwatch.store.memory.store import MemoryStore
from tests.unit.sdk.watcher.scene import await_that, log, make_journal, run_of, values


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    """The store that the watcher opens; it stays open, for the test to look into."""
    made = MemoryStore()
    monkeypatch.setattr(made, "close", lambda: None)
    monkeypatch.setattr(process, "open_store", lambda location, create: made)
    return made


@pytest.fixture
def training() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as made:
        yield made
        made.kill()


class Working:
    """A watcher at work in a thread, and the training process's end of its doorbell."""

    def __init__(self, folder: Path | None) -> None:
        self.bell, theirs = socket.socketpair()
        self.watcher = Watcher(Doorbell(theirs.detach()))
        self.taken = folder is not None and self.watcher.add(folder)
        self.thread = threading.Thread(target=self.watcher.run)
        self.thread.start()

    def leave(self) -> None:
        self.bell.close()
        self.thread.join(30)
        assert not self.thread.is_alive()


def test_it_leaves_when_the_training_process_has_ended(
    tmp_path: Path, store: MemoryStore, training: subprocess.Popen[bytes]
) -> None:
    folder = make_journal(tmp_path, pid=training.pid)
    log(folder, 10)
    working = Working(folder)
    training.kill()
    training.wait()
    working.thread.join(30)
    assert not working.thread.is_alive()
    assert run_of(store).status is RunStatus.FAILED
    assert values(store) == list(range(10))
    assert working.bell.recv(10) == b""
    working.bell.close()


def test_it_stays_for_the_next_run_of_the_same_process(tmp_path: Path, store: MemoryStore) -> None:
    first, second = make_journal(tmp_path, "first"), make_journal(tmp_path, "second")
    working = Working(first)
    log(first, 10, end="Completed")
    await_that(lambda: not first.exists(), "the first run is finished")
    working.bell.send(b"watch " + os.fsencode(second) + b"\n")
    log(second, 10, end="Completed")
    working.bell.send(b"ring\n")
    await_that(lambda: not second.exists(), "the second run is finished")
    assert working.thread.is_alive()
    working.leave()


def test_a_folder_handed_over_while_it_closes_the_door_is_adopted(
    tmp_path: Path, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LINGER_S", 0.0)
    first, second = make_journal(tmp_path, "first"), make_journal(tmp_path, "second")
    make_journal(tmp_path, "stranger", pid=1)
    held = make_journal(tmp_path, "held")
    claim = Claim.take(held)
    assert claim is not None
    log(first, 10, end="Completed")
    log(second, 10, end="Completed")
    working = Working(first)
    working.leave()
    claim.release()
    assert not first.exists()
    assert not second.exists()
    assert run_of(store, "second").status is RunStatus.COMPLETED
    assert (tmp_path / "journal" / "stranger").exists()
    assert held.exists()


def test_it_leaves_in_the_end_though_the_process_lives(
    tmp_path: Path, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LINGER_S", 0.2)
    folder = make_journal(tmp_path)
    log(folder, 1, end="Completed")
    working = Working(folder)
    working.thread.join(30)
    assert not working.thread.is_alive()
    working.bell.close()


def test_many_runs_share_one_watcher(tmp_path: Path, store: MemoryStore) -> None:
    folders = [make_journal(tmp_path, f"run{number}") for number in range(20)]
    working = Working(None)
    del working.watcher  # its thread holds it
    working.leave()
    working = Working(folders[0])
    for folder in folders[1:]:
        working.bell.send(b"watch " + os.fsencode(folder) + b"\n")
    for folder in folders:
        log(folder, 5, end="Completed")
    await_that(lambda: not any(folder.exists() for folder in folders), "all runs are finished")
    working.leave()
    assert all(values(store, folder.name) == list(range(5)) for folder in folders)


def test_what_is_no_journal_is_passed_over(tmp_path: Path, store: MemoryStore) -> None:
    working = Working(None)
    working.leave()
    watcher = Watcher(Doorbell(None))
    (tmp_path / "empty").mkdir()
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "run.json").write_text("{")
    for name in ("gone", "empty", "damaged"):
        assert not watcher.add(tmp_path / name)
        assert not is_claimed(tmp_path / name)
    watcher.run()


def test_a_second_watcher_leaves_the_folder_alone(tmp_path: Path, store: MemoryStore) -> None:
    folder = make_journal(tmp_path)
    working = Working(folder)
    assert working.taken
    other = Watcher(Doorbell(None))
    assert not other.add(folder)
    other.run()
    log(folder, 10, end="Completed")
    await_that(lambda: not folder.exists(), "the run is finished")
    working.leave()
    assert values(store) == list(range(10))


def test_told_to_leave_it_ships_and_leaves_the_run_to_the_next(tmp_path: Path, store: MemoryStore) -> None:
    folder = make_journal(tmp_path)
    watcher = Watcher(Doorbell(None))
    assert watcher.add(folder)
    log(folder, 10)
    watcher._on_term(signal.SIGTERM, None)
    watcher.run()
    assert values(store) == list(range(10))
    assert run_of(store).status is RunStatus.RUNNING
    assert folder.exists()
    assert not is_claimed(folder)


def test_signals_of_the_terminal_are_not_for_us(store: MemoryStore) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    watcher = Watcher(Doorbell(None))
    try:
        watcher.listen_to_signals()
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(signal.SIGTERM)
        assert watcher._told_to_leave
    finally:
        watcher.run()
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def test_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "FOLDER" in capsys.readouterr().err


def test_a_process_hands_itself_down_to_be_followed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    descriptor = spawn._own_descriptor()
    if descriptor is None:
        pytest.skip("this system has no descriptors of processes")
    monkeypatch.setenv(spawn.FOLLOWED_VARIABLE, f"{descriptor} {os.getpid()} {process_token()}")
    found = life.inherited()
    assert found is not None
    assert (found.pid, found.token, found.descriptor) == (os.getpid(), process_token(), descriptor)
    assert not found.ended()
    found.close()
    assert spawn.FOLLOWED_VARIABLE not in os.environ


@pytest.mark.parametrize("text", ["", "x", "4711 1 x", "0 1 x", "10000 1 x"])
def test_what_was_not_handed_down_is_not_followed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(spawn.FOLLOWED_VARIABLE, text)
    assert life.inherited() is None


def test_a_journal_writer_does_not_stop_it(tmp_path: Path, store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """System figures are samples of its own, and end with the run."""
    monkeypatch.setenv("RUNWATCH_SYSTEM_INTERVAL_S", "0.01")
    folder = make_journal(tmp_path, main=True)
    writer = JournalWriter(folder, "run")
    working = Working(folder)
    names: Any = set()

    def sampled() -> bool:
        from runwatch.schema.error import NotFoundError
        from runwatch.schema.metric import ListMetrics

        try:
            names.update(metric.name for metric in store.metrics.list(ListMetrics(run_id="run")).metrics)
        except NotFoundError:
            return False
        return "system/process_cpu_percent" in names

    await_that(sampled, "figures are there")
    writer.event("end", {"status": "Completed", "error": None})
    writer.close()
    await_that(lambda: not folder.exists(), "the run is finished")
    working.leave()


def test_the_processes_of_a_job_ring_at_its_folder(tmp_path: Path) -> None:
    job = tmp_path / "job"
    folder = make_journal(tmp_path, job=str(job))
    assert process._bell_of(folder) == str(location.bell(job))
    assert process._bell_of(make_journal(tmp_path, "plain")) == ""
    assert process._bell_of(tmp_path / "none") == ""

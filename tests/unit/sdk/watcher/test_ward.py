"""One run in the watcher's care, from its first record to its last word."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runwatch.journal.reader import JournalReader
from runwatch.journal.writer import JournalWriter
from runwatch.schema.artifact import ListArtifacts, ReadArtifact
from runwatch.schema.error import CorruptDataError, StoreUnavailableError
from runwatch.schema.name import times_path
from runwatch.schema.run import Delete, ExitKind, RunStatus, UpdateRun
from runwatch.sdk.spool import hand_over
from runwatch.sdk.watcher import backlog
from runwatch.sdk.watcher import ward as module
from runwatch.sdk.watcher.token import process_token
from runwatch.store.memory.store import MemoryStore
from tests.unit.sdk.watcher.faulty import FaultyStore
from tests.unit.sdk.watcher.scene import drive, log, make_journal, make_ward, run_of, values


@pytest.fixture
def store() -> FaultyStore:
    return FaultyStore(MemoryStore())


@pytest.fixture
def training() -> Any:
    """A stand-in for the training process, which the test may end."""
    code = "import sys; print(flush=True); sys.stdin.read()"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as made:
        assert made.stdout is not None
        made.stdout.readline()  # before that, a signal meets an interpreter in the making, which ends with a code
        yield made
        made.kill()


def paths(store: FaultyStore) -> list[str]:
    return [artifact.path for artifact in store.artifacts.list(ListArtifacts(run_id="run")).artifacts]


def read(store: FaultyStore, path: str) -> bytes:
    return store.artifacts.read(ReadArtifact(run_id="run", path=path)).data


@pytest.mark.parametrize("status", ["Completed", "Failed", "Canceled"])
def test_an_explicit_end_finishes_the_run_while_the_process_lives(
    tmp_path: Path, store: FaultyStore, status: str
) -> None:
    folder = make_journal(tmp_path)
    log(folder, 100, end=status)
    drive(make_ward(folder, store))
    assert run_of(store).status == RunStatus(status)
    assert values(store) == list(range(100))
    assert not folder.exists()


def test_files_are_there_before_the_status(tmp_path: Path, store: FaultyStore) -> None:
    outputs, logs, console = tmp_path / "outputs", tmp_path / "logs", tmp_path / "console"
    outputs.mkdir()
    logs.mkdir()
    (outputs / "model").write_bytes(b"model")
    (logs / "worker.log").write_bytes(b"worker")
    console.write_bytes(b"console")
    follow = {"logs/user_log.txt": str(console)}
    folder = make_journal(tmp_path, outputs=str(outputs), logs=str(logs), follow=follow)
    hand_over(folder, "image.png", b"image")
    log(folder, 10, end="Completed")
    drive(make_ward(folder, store))
    assert paths(store) == ["image.png", "logs/user_log.txt", "logs/worker.log", "outputs/model"]
    last = [call for call, request in store.calls if call == "artifacts.seal" or _is_final(request)]
    assert last == ["artifacts.seal"] * 6 + ["runs.update"]  # two logs have times beside them


def _is_final(request: Any) -> bool:
    return isinstance(request, UpdateRun) and request.status in set(RunStatus) and RunStatus(request.status).is_terminal


def test_metrics_go_before_logs_and_logs_before_files(tmp_path: Path, store: FaultyStore) -> None:
    console = tmp_path / "console"
    console.write_bytes(b"console")
    folder = make_journal(tmp_path, follow={"console": str(console)})
    hand_over(folder, "image.png", b"image")
    log(folder, 10)
    ward = make_ward(folder, store)
    ward.step()
    ward.step()
    ward.leave()
    appended = [getattr(request, "path", call) for call, request in store.calls if call.endswith(".append")]
    assert appended == ["metrics.append", times_path("console"), "console", "image.png"]


def test_what_comes_while_the_run_goes_on_is_shipped_meanwhile(tmp_path: Path, store: FaultyStore) -> None:
    folder = make_journal(tmp_path)
    ward = make_ward(folder, store)
    log(folder, 10)
    hand_over(folder, "a", b"a")
    drive(ward, lambda: not any((folder / "upload").glob("*")))
    assert values(store) == list(range(10))
    assert read(store, "a") == b"a"
    assert run_of(store).status is RunStatus.RUNNING
    assert run_of(store).contact_at is not None
    ward.leave()


@pytest.mark.parametrize(
    ("number", "status", "kind"),
    [
        (signal.SIGKILL, RunStatus.FAILED, ExitKind.SIGNAL),
        (signal.SIGTERM, RunStatus.FAILED, ExitKind.SIGNAL),
        (signal.SIGINT, RunStatus.CANCELED, ExitKind.INTERRUPTED),
    ],
)
def test_a_killed_process(
    tmp_path: Path,
    store: FaultyStore,
    training: subprocess.Popen[bytes],
    number: int,
    status: RunStatus,
    kind: ExitKind,
) -> None:
    folder = make_journal(tmp_path, pid=training.pid)
    log(folder, 10)
    ward = make_ward(folder, store)
    ward.step()
    log(folder, 10, first=10)
    training.send_signal(number)
    training.wait()
    drive(ward)
    run = run_of(store)
    assert sorted(values(store)) == list(range(20))
    assert run.exit is not None
    if run.exit.kind is not ExitKind.LOST:  # a kernel before 6.15 does not tell
        assert (run.status, run.exit.kind, run.exit.signal) == (status, kind, number)
    assert run.exit.evidence
    assert not folder.exists()


def test_a_process_that_left_in_order(tmp_path: Path, store: FaultyStore, training: subprocess.Popen[bytes]) -> None:
    folder = make_journal(tmp_path, pid=training.pid)
    writer = JournalWriter(folder, "run")
    writer.event("exit", {"exception": None})
    writer.close()
    ward = make_ward(folder, store)
    ward.step()
    assert not ward.done, "until the process has ended its exit code is not known"
    training.communicate()
    drive(ward)
    assert run_of(store).status is RunStatus.COMPLETED


def test_a_canceled_run_whose_process_was_killed_is_canceled(
    tmp_path: Path, store: FaultyStore, training: subprocess.Popen[bytes]
) -> None:
    folder = make_journal(tmp_path, pid=training.pid)
    ward = make_ward(folder, store)
    ward.step()
    store.runs.update(UpdateRun(run_id="run", status=RunStatus.CANCEL_REQUESTED))
    training.kill()
    training.wait()
    drive(ward)
    run = run_of(store)
    assert (run.status, run.error) == (RunStatus.CANCELED, None)
    assert run.exit is not None
    assert run.exit.kind is ExitKind.CANCELED


def test_a_terminal_status_stays(tmp_path: Path, store: FaultyStore, training: subprocess.Popen[bytes]) -> None:
    folder = make_journal(tmp_path, pid=training.pid)
    ward = make_ward(folder, store)
    ward.step()
    store.runs.update(UpdateRun(run_id="run", status=RunStatus.CANCELED))
    log(folder, 10)
    training.kill()
    training.wait()
    drive(ward)
    assert run_of(store).status is RunStatus.CANCELED
    assert run_of(store).error is None
    assert values(store) == list(range(10))


def test_a_process_that_was_gone_before_anybody_looked_is_lost(tmp_path: Path, store: FaultyStore) -> None:
    folder = make_journal(tmp_path, pid=2**22 + 1, process_started="00000000-0000-0000-0000-000000000000+5")
    log(folder, 10)
    os.utime(next(folder.glob("*.rwj")), (2_000_000_000, 2_000_000_000))
    drive(make_ward(folder, store))
    run = run_of(store)
    assert run.exit is not None
    assert (run.status, run.exit.kind) == (RunStatus.FAILED, ExitKind.LOST)
    assert "restarted" in run.exit.evidence
    assert run.ended_at == 2_000_000_000, "it ended when its journal was last written, not when it was found"


def test_the_end_of_a_process_that_only_joined_says_nothing(
    tmp_path: Path, store: FaultyStore, training: subprocess.Popen[bytes]
) -> None:
    owner = make_journal(tmp_path / "owner")
    make_ward(owner, store).step()
    joined = make_journal(tmp_path / "joined", pid=training.pid)
    manifest = json.loads((joined / "run.json").read_text())
    manifest["create"]["token"] = "another"
    (joined / "run.json").write_text(json.dumps(manifest))
    log(joined, 10, name="other")
    training.kill()
    training.wait()
    drive(make_ward(joined, store))
    assert run_of(store).status is RunStatus.RUNNING
    assert run_of(store).exit is None
    assert values(store, name="other") == list(range(10))
    assert not joined.exists()


def test_a_new_attempt_takes_the_run_over(
    tmp_path: Path, store: FaultyStore, training: subprocess.Popen[bytes]
) -> None:
    folder = make_journal(tmp_path, pid=training.pid)
    log(folder, 10)
    ward = make_ward(folder, store)
    ward.step()
    manifest = json.loads((folder / "run.json").read_text())
    manifest.update(pid=os.getpid(), process_started=process_token())
    (folder / "run.json").write_text(json.dumps(manifest))
    training.kill()
    training.wait()
    for _ in range(5):
        ward.step()
    assert not ward.done
    log(folder, 10, first=10, end="Completed")
    drive(ward)
    assert run_of(store).status is RunStatus.COMPLETED
    assert values(store) == list(range(20))


def test_children_that_write_on_are_waited_for(
    tmp_path: Path, store: FaultyStore, training: subprocess.Popen[bytes]
) -> None:
    folder = make_journal(tmp_path, pid=training.pid)
    ward = make_ward(folder, store)
    code = (
        "import sys; from pathlib import Path; from runwatch.journal.writer import JournalWriter\n"
        "writer = JournalWriter(Path(sys.argv[1]), 'run')\n"
        "writer.point('loss', 0.0); print('ready', flush=True); sys.stdin.readline()\n"
        "writer.point('loss', 1.0); writer.close()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        ward.step()
        training.kill()
        training.wait()
        for _ in range(5):
            ward.step()
        assert not ward.done
        child.communicate("\n")
    drive(ward)
    assert values(store) == [0.0, 1.0]


def test_a_store_that_is_away_for_a_while(tmp_path: Path, store: FaultyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runwatch.sdk.watcher.retry.CAP_S", 0.01)
    folder = make_journal(tmp_path)
    failures = 0

    def away(call: str, request: Any) -> None:
        nonlocal failures
        failures += 1
        if failures < 30:
            raise StoreUnavailableError("Not now.")

    store.before = away
    log(folder, 100, end="Completed")
    ward = make_ward(folder, store)
    drive(ward)
    assert failures > 30
    assert values(store) == list(range(100))
    assert run_of(store).status is RunStatus.COMPLETED


def test_a_crash_at_each_step_of_finishing_is_made_good(
    tmp_path: Path, store: FaultyStore, training: subprocess.Popen[bytes]
) -> None:
    """The watcher dies after its n-th call, for every n; the next one goes on. Nothing is lost or doubled."""
    console, outputs = tmp_path / "console", tmp_path / "outputs"
    console.write_bytes(b"console")
    outputs.mkdir()
    (outputs / "model").write_bytes(b"model")
    follow = {"console": str(console)}
    folder = make_journal(tmp_path, pid=training.pid, outputs=str(outputs), follow=follow)
    hand_over(folder, "image.png", b"image")
    log(folder, 10, end="Completed")
    training.kill()
    training.wait()
    deaths = 0

    class Death(BaseException):
        """Of the watcher."""

    while folder.exists():
        calls = 0

        def die(call: str, request: Any) -> None:
            nonlocal calls
            calls += 1
            if calls > deaths:  # noqa: B023 (read while the loop stands still)
                raise Death

        store.after = die
        ward = make_ward(folder, store)
        try:
            drive(ward)
        except Death:
            deaths += 1
        finally:
            ward.leave()
    store.after = None
    assert deaths >= 10
    assert values(store) == list(range(10))
    assert run_of(store).status is RunStatus.COMPLETED
    assert run_of(store).warnings == ()
    assert {path: read(store, path) for path in paths(store)} == {
        "console": b"console", "image.png": b"image", "outputs/model": b"model",
    }  # fmt: skip


def test_unexpected_errors_end_nothing(tmp_path: Path, store: FaultyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runwatch.sdk.watcher.retry.CAP_S", 0.01)
    folder = make_journal(tmp_path)
    log(folder, 10, end="Completed")
    errors: list[Exception] = [TypeError("a bug"), MemoryError(), KeyError("x"), OSError(5, "Input/output error")]

    def fail(call: str, request: Any) -> None:
        if errors:
            raise errors.pop()

    store.before = fail
    drive(make_ward(folder, store))
    assert run_of(store).status is RunStatus.COMPLETED


def test_a_deleted_run_parks_its_journal(tmp_path: Path, store: FaultyStore) -> None:
    folder = make_journal(tmp_path)
    log(folder, 10)
    ward = make_ward(folder, store)
    ward.step()
    store.runs.delete(Delete(run_ids=("run",)))
    log(folder, 10, first=10)
    drive(ward)
    assert ward.fate.startswith("parked")
    assert "deleted" in backlog.parked(folder)
    assert list(folder.glob("*.rwj")), "what was logged stays"


def test_a_watcher_that_was_replaced_stops(tmp_path: Path, store: FaultyStore) -> None:
    folder = make_journal(tmp_path)
    log(folder, 10)
    old = make_ward(folder, store)
    old.step()
    old._claim.release()  # as if its lock had been lost while it slept
    new = make_ward(folder, store)
    log(folder, 10, first=10)
    new.step()
    log(folder, 10, first=20)
    drive(old)
    assert old.fate == "another watcher has taken over"
    new.step()
    new.leave()
    assert sorted(values(store)) == list(range(30))


def test_a_disk_that_fails_is_told(tmp_path: Path, store: FaultyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(reader: JournalReader) -> None:
        raise CorruptDataError("The disk did not keep it.", errno=5)

    monkeypatch.setattr(JournalReader, "sync", fail)
    folder = make_journal(tmp_path)
    ward = make_ward(folder, store)
    ward.step()
    assert [warning.message for warning in run_of(store).warnings] == ["Durability degraded: The disk did not keep it."]
    log(folder, 10, end="Completed")
    drive(ward)
    assert run_of(store).status is RunStatus.COMPLETED


def test_a_journal_that_was_deleted_is_told_and_the_run_still_ends(
    tmp_path: Path, store: FaultyStore, training: subprocess.Popen[bytes]
) -> None:
    folder = make_journal(tmp_path, pid=training.pid)
    writer = JournalWriter(folder, "run")
    writer.point("loss", 0.0)
    ward = make_ward(folder, store)
    ward.step()
    shutil.rmtree(folder)
    writer.point("loss", 1.0)
    for _ in range(3):
        ward.step()
    writer.close()
    assert not ward.done
    assert values(store) == [0.0, 1.0]
    training.kill()
    training.wait()
    drive(ward)
    run = run_of(store)
    assert run.status is RunStatus.FAILED
    assert any("was deleted" in warning.message for warning in run.warnings)


def test_rings_probe_a_store_that_is_away_at_most_once_a_second(
    tmp_path: Path, store: FaultyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runwatch.sdk.watcher.retry.Backoff.wait_s", lambda backoff: 60.0 * bool(backoff.failures))

    def away(call: str, request: Any) -> None:
        raise StoreUnavailableError("Not now.")

    store.before = away
    ward = make_ward(make_journal(tmp_path), store)
    ward.step()
    assert len(store.calls) == 1
    for _ in range(10):
        ward.step(rung=True)
    assert len(store.calls) == 1
    monkeypatch.setattr(module, "PROBE_S", 0.0)
    ward.step()
    assert len(store.calls) == 1
    ward.step(rung=True)
    assert len(store.calls) == 2
    ward.leave()

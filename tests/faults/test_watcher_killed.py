"""SIGKILL of the watcher at any moment: training goes on, the next one takes over, nothing is lost or doubled."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest

from runwatch.journal.format import HEADER_BYTES, parse_segment_name, unpack_header
from runwatch.journal.writer import JournalWriter
from runwatch.schema.artifact import ReadArtifact
from runwatch.schema.error import NotFoundError
from runwatch.schema.metric import ListCursors
from runwatch.schema.run import Delete, RunStatus
from runwatch.sdk.spool import hand_over
from runwatch.sdk.watcher import launch
from runwatch.sdk.watcher.claim import is_claimed
from runwatch.sdk.watcher.doorbell import Doorbell
from runwatch.sdk.watcher.process import Watcher
from runwatch.sdk.watcher.sync import sync
from runwatch.store.location import open_store
from runwatch.store.protocol import Store
from tests.unit.sdk.watcher.scene import await_that, make_journal, run_of, values

ROUNDS = 25


def forked_watcher(folder: Path) -> int:
    """A watcher in a forked process: it starts in milliseconds, so that many can be killed."""
    pid = os.fork()
    if pid == 0:
        try:
            watcher = Watcher(Doorbell(None))
            watcher.add(folder)
            watcher.run()
        finally:
            os._exit(0)
    return pid


def oldest_record(folder: Path) -> dict[str, int]:
    """For each writer the number of the oldest record that its segments still hold."""
    found: dict[str, int] = {}
    for path in folder.glob("*.rwj"):
        parsed = parse_segment_name(path.name)
        with suppress(FileNotFoundError):  # released this moment
            header = unpack_header(path.read_bytes()[:HEADER_BYTES])
            if parsed is not None and header is not None:
                found[parsed[0]] = min(header.first, found.get(parsed[0], header.first))
    return found


def cursors(store: Store) -> dict[str, int]:
    try:
        return store.metrics.list_cursors(ListCursors(run_id="run")).cursors
    except NotFoundError:
        return {}


@pytest.mark.parametrize("seed", range(2))
def test_nothing_is_lost_or_doubled(tmp_path: Path, seed: int) -> None:
    """Some seconds: dozens of watchers with the real store, each killed while points, logs and files come."""
    draw = random.Random(seed)
    open_store(str(tmp_path)).close()
    console = tmp_path / "console"
    console.touch()
    folder = make_journal(tmp_path, follow={"console": str(console)})
    writer = JournalWriter(folder, "run", segment_bytes=1 << 16)
    logged, text, reached = 0, b"", set()
    for number in range(ROUNDS):
        watcher = forked_watcher(folder)
        deadline = time.monotonic() + draw.uniform(0.005, 0.25)
        if number % 5 == 0:
            hand_over(folder, f"file{number}", str(number).encode())
        while time.monotonic() < deadline:
            for _ in range(draw.randrange(100)):
                writer.point("loss", float(logged), logged)
                logged += 1
            line = f"point {logged}\n".encode()
            text += line
            with console.open("ab") as file:
                file.write(line)
            time.sleep(0.002)
        os.kill(watcher, signal.SIGKILL)
        os.waitpid(watcher, 0)
        assert not is_claimed(folder)
        with closing(open_store(str(tmp_path))) as store:
            known = cursors(store)
        reached.add(sum(known.values()))
        assert all(first <= known.get(writer, 0) for writer, first in oldest_record(folder).items())
    assert len(reached) > ROUNDS // 4, "most watchers got something done before they were killed"
    writer.event("end", {"status": "Completed", "error": None})
    writer.close()
    with closing(open_store(str(tmp_path))) as store:
        (result,) = sync(str(tmp_path), store=store)
        assert (result.state, result.error, result.notices) == ("finished", "", ())
        assert values(store) == list(range(logged))
        assert store.artifacts.read(ReadArtifact(run_id="run", path="console")).data == text
        for number in range(0, ROUNDS, 5):
            request = ReadArtifact(run_id="run", path=f"file{number}")
            assert store.artifacts.read(request).data == str(number).encode()
        assert run_of(store).status is RunStatus.COMPLETED
        assert run_of(store).warnings == ()
    assert not folder.exists()


def watchers_of(folder: Path) -> list[psutil.Process]:
    """The watcher processes of a folder, by their command lines."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        if str(folder) in line and any(part.endswith("watcher/__main__.py") for part in line):
            found.append(process)
    return found


def test_the_next_real_watcher_takes_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three seconds: two watcher processes. The handle starts the second one by itself when it is used."""
    monkeypatch.setattr(launch, "REVIVE_S", 0.0)
    folder = make_journal(tmp_path)
    writer = JournalWriter(folder, "run")
    with closing(open_store(str(tmp_path))) as store:
        watching = launch.start(folder)
        writer.point("loss", 0.0)
        await_that(lambda: len(cursors(store)) > 0, "the first watcher ships", timeout_s=60)
        (first,) = watchers_of(folder)
        first.kill()
        await_that(lambda: not watching.alive, "the first watcher is dead")
        writer.point("loss", 1.0)
        watching.ring()
        assert watching.alive
        writer.point("loss", 2.0)
        writer.event("end", {"status": "Completed", "error": None})
        writer.close()
        assert watching.wait(60)
        assert run_of(store).status is RunStatus.COMPLETED
        assert values(store) == [0.0, 1.0, 2.0]
    assert not folder.exists()


def test_the_second_of_two_real_watchers_leaves(tmp_path: Path) -> None:
    """Three seconds: two watcher processes."""
    folder = make_journal(tmp_path)
    with closing(open_store(str(tmp_path))) as store:
        first = launch.start(folder)
        await_that(lambda: is_claimed(folder), "the first watcher is up", timeout_s=60)
        second = launch.start(folder)
        await_that(lambda: not second.alive, "the second watcher has left", timeout_s=60)
        assert first.alive
        writer = JournalWriter(folder, "run")
        writer.point("loss", 0.0)
        writer.event("end", {"status": "Completed", "error": None})
        writer.close()
        first.ring()
        assert first.wait(60)
        assert values(store) == [0.0]


def test_a_run_deleted_under_a_real_watcher_is_parked(tmp_path: Path) -> None:
    """Two seconds: a watcher process."""
    folder = make_journal(tmp_path)
    writer = JournalWriter(folder, "run")
    writer.point("loss", 0.0)
    with closing(open_store(str(tmp_path))) as store:
        watching = launch.start(folder)
        await_that(lambda: len(cursors(store)) > 0, "the watcher ships", timeout_s=60)
        store.runs.delete(Delete(run_ids=("run",)))
        writer.point("loss", 1.0)
        watching.ring()
        assert watching.wait(60)
    writer.close()
    assert "deleted" in (folder / "parked").read_text()
    assert list(folder.glob("*.rwj"))


def test_sigterm_hands_the_run_on(tmp_path: Path) -> None:
    """Two seconds: a watcher process, told to leave as when a machine shuts down."""
    folder = make_journal(tmp_path)
    writer = JournalWriter(folder, "run")
    with closing(open_store(str(tmp_path))) as store:
        watching = launch.start(folder)
        await_that(lambda: len(watchers_of(folder)) == 1 and is_claimed(folder), "the watcher is up", timeout_s=60)
        for value in range(1_000):
            writer.point("loss", float(value), value)
        (process,) = watchers_of(folder)
        process.send_signal(signal.SIGINT)
        process.terminate()
        await_that(lambda: not watching.alive, "the watcher has left", timeout_s=60)
        assert values(store) == list(range(1_000))
        assert run_of(store).status is RunStatus.RUNNING
    writer.close()
    assert not is_claimed(folder)

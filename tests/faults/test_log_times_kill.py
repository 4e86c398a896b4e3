"""SIGKILL of the watcher between a log and its times: the log is whole, and no line is dated before it was written."""

from __future__ import annotations

import os
import signal
import time
from contextlib import closing
from pathlib import Path

import pytest

from runwatch.journal.writer import JournalWriter
from runwatch.schema.artifact import AppendArtifact, Artifact, GetArtifact, ReadArtifact
from runwatch.schema.error import NotFoundError
from runwatch.schema.log import ReadLog
from runwatch.schema.name import times_path
from runwatch.sdk.watcher import times
from runwatch.sdk.watcher.doorbell import Doorbell
from runwatch.sdk.watcher.process import Watcher
from runwatch.sdk.watcher.sync import sync
from runwatch.store.location import open_store
from runwatch.store.log.reader import LogReader
from runwatch.store.protocol import Store
from runwatch.store.sql.artifact import SqlArtifactShelf
from tests.unit.sdk.watcher.scene import make_journal

CONSOLE = "console"
TIMES = times_path(CONSOLE)
ROUNDS = 8


class Behind:
    """A clock that is some seconds behind: what it dates is dated too early."""

    def time(self) -> float:
        return time.time() - 5

    def monotonic(self) -> float:
        return time.monotonic()


def watcher_that_dies(folder: Path, appends: int, clock: object = time) -> int:
    """A watcher in a forked process that kills itself behind so many appends to log and times together."""
    pid = os.fork()
    if pid:
        return pid
    left, append = appends, SqlArtifactShelf.append

    def counted(shelf: SqlArtifactShelf, request: AppendArtifact) -> Artifact:
        nonlocal left
        made = append(shelf, request)
        left -= request.path in {CONSOLE, TIMES}
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return made

    try:
        SqlArtifactShelf.append = counted  # type: ignore[assignment, method-assign]
        times.PERIOD_S = 0.0  # type: ignore[misc]
        times.time = clock  # type: ignore[attr-defined, assignment]
        watcher = Watcher(Doorbell(None))
        watcher.add(folder)
        watcher.run()
    finally:
        os._exit(0)


def size(store: Store, path: str) -> int:
    try:
        return store.artifacts.get(GetArtifact(run_id="run", path=path)).size_bytes
    except NotFoundError:
        return 0


def noted(store: Store) -> int:
    """How many bytes of the log the last record speaks of."""
    if not size(store, TIMES):
        return 0
    return int.from_bytes(store.artifacts.read(ReadArtifact(run_id="run", path=TIMES, offset=-16)).data[:8], "little")


def too_early(written: list[float], seen: list[float]) -> list[float]:
    """The lines that are dated before they were written."""
    return [by for by, at in zip(written, seen, strict=True) if at < by]


@pytest.mark.parametrize("appends", [1, 2, 3, 5])
def test_the_log_is_whole_and_its_times_are_true(tmp_path: Path, appends: int) -> None:
    open_store(str(tmp_path)).close()
    console = tmp_path / CONSOLE
    folder = make_journal(tmp_path, follow={CONSOLE: str(console)})
    text, reaped, ahead = b"", list[float](), 0
    for _ in range(ROUNDS):
        watcher = watcher_that_dies(folder, appends)
        while os.waitpid(watcher, os.WNOHANG) == (0, 0):
            line = f"{time.time():.6f}\n".encode()
            text += line
            with console.open("ab") as file:
                file.write(line)
            time.sleep(0.002)
        reaped.append(time.time())
        with closing(open_store(str(tmp_path))) as store:
            ahead += noted(store) > size(store, CONSOLE)
    assert (ahead > 0) == (appends != 2), "some watchers were killed when only the times had been written"
    writer = JournalWriter(folder, "run")
    writer.event("end", {"status": "Completed", "error": None})
    writer.close()
    with closing(open_store(str(tmp_path))) as store:
        (result,) = sync(str(tmp_path), store=store)
        assert (result.state, result.error, result.notices) == ("finished", "", ())
        assert store.artifacts.read(ReadArtifact(run_id="run", path=CONSOLE)).data == text
        lines = LogReader(store.artifacts).read(ReadLog(run_id="run", path=CONSOLE, count=10_000)).lines
    written = [float(line.text) for line in lines]
    seen = [line.at or 0.0 for line in lines]
    assert not too_early(written, seen)
    assert seen == sorted(seen)
    if appends == 1:  # none of them ever appended to the log
        assert len(set(seen)) == 1
        return
    for at, by in zip(seen, written, strict=True):
        # The watcher of this round, or if it was killed before it had appended the line, the next one.
        following = [end for end in reaped if end >= by][:2]
        assert len(following) < 2 or at <= following[1]
    assert len(set(seen)) > ROUNDS // 2


def test_a_line_that_is_dated_too_early_is_found(tmp_path: Path) -> None:
    open_store(str(tmp_path)).close()
    console = tmp_path / CONSOLE
    folder = make_journal(tmp_path, follow={CONSOLE: str(console)})
    written = time.time()
    console.write_text(f"{written:.6f}\n")
    os.waitpid(watcher_that_dies(folder, 2, Behind()), 0)
    with closing(open_store(str(tmp_path))) as store:
        (line,) = LogReader(store.artifacts).read(ReadLog(run_id="run", path=CONSOLE)).lines
    assert line.at is not None
    assert too_early([written], [line.at]) == [written]

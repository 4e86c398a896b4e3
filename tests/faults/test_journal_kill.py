"""A writer that is killed at any moment loses nothing it acknowledged; and this harness notices writers that would.

Each child logs in a tight loop and, after each call that returned, raises a counter in shared memory. Its parent reads
along, kills it, and compares. The wrong writers below show that a green run means something.
"""

from __future__ import annotations

import mmap
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runwatch.journal import shard
from runwatch.journal.pen import MapPen, PenKind, native
from runwatch.journal.reader import JournalReader
from runwatch.journal.writer import JournalWriter
from tests.unit.journal.reading import Contents, read_all, read_into

SEGMENT_BYTES = 1 << 16  # small, so that many kills meet the change of segments


def value_of(call: int) -> float | int | str:
    """What the call of this number logs: all kinds, and texts of many lengths."""
    if call % 97 == 13:
        return "t" * (call % 1_000)
    return call if call % 5 == 0 else call / 2


def log_for_ever(folder: Path, pen: PenKind, counter: Any) -> None:
    writer = JournalWriter(folder, folder.name, pen=pen, segment_bytes=SEGMENT_BYTES)
    fast, acknowledged = writer.scalar, memoryview(counter).cast("Q")
    call = 0
    while True:
        value = value_of(call)
        if not fast("x", value, call):
            writer.point("x", value, call)
        call += 1
        acknowledged[0] = call


def kill_once(folder: Path, pen: PenKind, chance: random.Random, prepare: Callable[[], None]) -> list[str]:
    """Start a writer, read along, kill it; what is wrong with the journal it leaves."""
    counter = mmap.mmap(-1, 8)
    folder.mkdir()
    child = os.fork()
    if child == 0:
        try:
            prepare()
            log_for_ever(folder, pen, counter)
        finally:
            os._exit(99)
    reader, live = JournalReader(folder), Contents()
    deadline = time.monotonic() + 10
    while counter[:8] == bytes(8) and time.monotonic() < deadline:
        pass
    end = time.monotonic() + chance.uniform(0, 0.006)
    while time.monotonic() < end:
        for writer in reader.writers():
            read_into(live, reader, writer, limit=300, final=False)  # a little: the child must not get far meanwhile
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    acknowledged = int.from_bytes(counter[:8], "little")
    problems = [] if os.WTERMSIG(status) == signal.SIGKILL and acknowledged else ["the child ended by itself"]
    for writer in reader.writers():
        while not read_into(live, reader, writer, limit=65_536, final=True):
            pass
    reader.close()
    for name, contents in (("read along", live), ("read afterwards", read_all(folder, limit=1_000, final=True))):
        problems += [f"{name}: {problem}" for problem in problems_of(contents, acknowledged)]
    shutil.rmtree(folder)
    return problems


def problems_of(contents: Contents, acknowledged: int) -> list[str]:
    """How a journal differs from what was acknowledged. One more record may be there: committed, not told yet."""
    rows = contents.rows.get("x", [])
    problems = [f"notice: {notice}" for notice in contents.notices]
    if contents.dropped:
        problems.append(f"dropped: {dict(contents.dropped)}")
    if not acknowledged <= len(rows) <= acknowledged + 1:
        problems.append(f"{len(rows)} records, {acknowledged} acknowledged")
    wrong = sum(row != (call, value_of(call)) for call, row in enumerate(rows))
    if wrong:
        problems.append(f"{wrong} wrong records")
    return problems


def do_nothing() -> None:
    pass


@pytest.mark.parametrize(("pen", "kills"), [("native", 200), ("map", 40), ("write", 40)])
def test_kills(pen: PenKind, kills: int, tmp_path: Path) -> None:
    """About 10 s in all: the number of kills is the strength of the test."""
    if pen == "native" and native is None:
        pytest.skip("the native extension is not built")
    chance = random.Random(7)
    for kill in range(kills):
        problems = kill_once(tmp_path / f"{kill}", pen, chance, do_nothing)
        assert problems == [], f"kill {kill}"


class CommitFirst(MapPen):
    """Wrong: the commit word stands there before its record."""

    def _store(self, position: int, data: bytes) -> None:
        self._pending = position, data

    def _publish(self, position: int, word: int) -> None:
        super()._publish(position, word)
        position, data = self._pending
        time.sleep(0.0001)
        super()._store(position, data)


class DoubledSequence(MapPen):
    """Wrong: two records in a thousand have the same number."""

    def _commit(self, body: bytes) -> None:
        super()._commit(body)
        if self.sequence == 1_000:
            self.sequence -= 1


class LostCursor(MapPen):
    """Wrong: one record in a thousand is written over, as two processes on one cursor do."""

    def _commit(self, body: bytes) -> None:
        before = self.position, self.sequence
        super()._commit(body)
        if self.sequence == 1_000:
            self.position, self.sequence = before


class ForgottenCommit(MapPen):
    """Wrong: the last record is acknowledged one call before it is committed."""

    _waiting: tuple[int, int] | None = None

    def _publish(self, position: int, word: int) -> None:
        if self._waiting is not None:
            super()._publish(*self._waiting)
        self._waiting = None if word == 2**64 - 1 else (position, word)
        if self._waiting is None:
            super()._publish(position, word)


@pytest.mark.parametrize("wrong", [CommitFirst, DoubledSequence, LostCursor, ForgottenCommit])
def test_harness_notices_wrong_writers(wrong: type[MapPen], tmp_path: Path) -> None:
    def prepare() -> None:  # runs in the child only
        setattr(shard, "make_pen", lambda **options: wrong(options["salt"]))  # noqa: B010 - it is no public name of that module

    chance = random.Random(7)
    found: list[str] = []
    for kill in range(40):
        found = kill_once(tmp_path / f"{kill}", "map", chance, prepare)
        if found:
            break
    assert found
    assert not any("ended by itself" in problem for problem in found), found

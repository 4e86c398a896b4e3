"""A shard in its difficult moments: calls inside calls, no space, interrupted changes of segments."""

from __future__ import annotations

import errno
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest

from runwatch.journal import shard as shards
from runwatch.journal import space as spaces
from runwatch.journal.format import EVENT, INT
from runwatch.journal.pen import PenKind
from runwatch.journal.segment import Segment
from runwatch.journal.shard import Record, Shard
from runwatch.journal.space import Space
from tests.unit.journal.reading import read_all


@pytest.fixture
def space(folder: Path, pen: PenKind, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Space:
    monkeypatch.setattr(spaces, "RETRY_S", 0.0)
    monkeypatch.setattr(spaces, "_told", set())
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder.mkdir()
    return Space(folder, "run-1", attempt=1, mode="write" if pen == "write" else "map", segment_bytes=1 << 16)


@pytest.fixture
def shard(space: Space, pen: PenKind) -> Shard:
    return Shard(space, threading.get_ident(), first_bytes=1 << 16, pen=pen)


class Outage:
    """Makes a space refuse, like a full disk."""

    def __init__(self, space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = True
        self._allocate = space.allocate
        self._space = space
        monkeypatch.setattr(space, "allocate", self.allocate)

    def allocate(self, *arguments: Any, **options: Any) -> Segment | None:
        if self.full:
            self._space.reason = "No space left on device"
            return None
        return self._allocate(*arguments, **options)


def fill_segment(shard: Shard, first: int = 0) -> int:
    """Write points until only the next one needs a new segment; how many."""
    count = first
    room = shard.pen.position
    while shard.pen.position >= room and shard.pen.position < (1 << 16) - 8 - 48:
        shard.scalar("x", INT, count, None)
        count += 1
    return count


def test_call_inside_a_call_is_written_after_it(shard: Shard, space: Space, folder: Path, monkeypatch: Any) -> None:
    count = fill_segment(shard)
    allocate = space.allocate

    def interrupted(*arguments: Any, **options: Any) -> Segment | None:
        assert shard.pen.busy
        assert not shard.pen.scalar("x", -1, None)
        shard.scalar("x", INT, -1, None)
        shard.scalar("y", INT, -2, None)
        return allocate(*arguments, **options)

    monkeypatch.setattr(space, "allocate", interrupted)
    shard.scalar("x", INT, count, None)
    contents = read_all(folder)
    assert contents.values("x") == [*range(count + 1), -1]
    assert contents.values("y") == [-2]
    assert not shard.pen.busy


def test_too_many_calls_inside_a_call_are_counted(shard: Shard, folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(shards, "LATER_RECORDS", 10)
    shard.pen.busy = True
    for i in range(15):
        shard.scalar("x", INT, i, None)
    shard.pen.busy = False
    shard.scalar("x", INT, 99, None)
    shard.scalar("x", INT, 100, None)
    contents = read_all(folder)
    assert contents.values("x") == [99, *range(10), 100]
    assert sum(contents.dropped.values()) == shard.dropped == 5


def test_held_back_in_order_and_told(shard: Shard, space: Space, folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(shards, "HELD_BYTES", 100 * (24 + shards.HELD_OVERHEAD_BYTES))
    count = fill_segment(shard)
    outage = Outage(space, monkeypatch)
    for i in range(count, count + 150):
        shard.scalar("x", INT, i, None)
        assert not shard.pen.scalar("x", i, None)
    assert shard.dropped == 50
    outage.full = False
    shard.scalar("x", INT, 10_000, None)
    assert shard.pen.scalar("x", 10_001, None)
    contents = read_all(folder)
    assert contents.values("x") == [*range(count + 100), 10_000, 10_001]
    assert contents.dropped == {"No space left on device": 50}


def test_much_is_caught_up_in_small_steps(shard: Shard, space: Space, folder: Path, monkeypatch: Any) -> None:
    count = fill_segment(shard)
    outage = Outage(space, monkeypatch)
    held = 3 * shards.CATCH_UP_RECORDS
    for i in range(count, count + held):
        shard.scalar("x", INT, i, None)
    outage.full = False
    before = shard.pen.sequence
    shard.scalar("x", INT, count + held, None)
    assert shard.pen.sequence - before <= shards.CATCH_UP_RECORDS + 2
    assert not shard.pen.scalar("x", -1, None)  # it would overtake those that wait
    for i in range(5):
        shard.scalar("x", INT, count + held + 1 + i, None)
    assert shard.pen.scalar("x", count + held + 6, None)
    assert read_all(folder).values("x") == list(range(count + held + 7))


def test_closing_writes_what_is_held(shard: Shard, space: Space, folder: Path, monkeypatch: Any) -> None:
    count = fill_segment(shard)
    outage = Outage(space, monkeypatch)
    for i in range(count, count + 500):
        shard.scalar("x", INT, i, None)
    outage.full = False
    shard.close()
    assert read_all(folder, final=True).values("x") == list(range(count + 500))
    assert shard.dropped == 0


def test_closing_without_space_counts(shard: Shard, space: Space, folder: Path, monkeypatch: Any) -> None:
    count = fill_segment(shard)
    Outage(space, monkeypatch)
    for i in range(count, count + 500):
        shard.scalar("x", INT, i, None)
    shard.close()
    assert shard.dropped == 500
    contents = read_all(folder, final=True)
    assert contents.values("x") == list(range(count))
    assert contents.notices == []


def test_closing_inside_a_call_waits(shard: Shard, folder: Path) -> None:
    shard.scalar("x", INT, 1, None)
    shard.pen.busy = True
    shard.close()
    shard.pen.busy = False
    shard.scalar("x", INT, 2, None)
    assert read_all(folder).values("x") == [1, 2]


def test_interrupted_change_of_segments(shard: Shard, space: Space, folder: Path, monkeypatch: Any) -> None:
    """Ctrl-C between making a segment and using it: an empty one stays behind, and nothing is lost."""
    count = fill_segment(shard)
    attach = type(shard.pen).attach
    allocate = space.allocate

    def interrupted(*arguments: Any, **options: Any) -> Segment | None:
        allocate(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(space, "allocate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        shard.scalar("x", INT, -1, None)
    monkeypatch.undo()
    assert type(shard.pen).attach is attach
    shard.scalar("x", INT, count, None)
    contents = read_all(folder)
    assert contents.values("x") in ([*range(count), count], [*range(count), -1, count])
    assert contents.notices == []
    assert contents.position == {shard.writer: shard.pen.sequence}


def test_events_need_no_key(shard: Shard, folder: Path) -> None:
    shard.record(Record(EVENT, None, b"\x92\xa1e\x80", 0))
    assert read_all(folder).events == [("e", {})]


def test_error_of_the_disk_is_told_once(space: Space, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        space.fail(OSError(errno.EDQUOT, "quota"))
    space.fail(OSError(errno.EIO, "io"))
    space.fail(OSError("no number"))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("runwatch: ") for line in lines)


def test_broken_stderr_is_no_error(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", None)
    space.fail(OSError(errno.EIO, "io"))
    assert space.reason

"""Lines know when they were seen, by the piece in which their text begins, or do not know it: never a wrong time."""

from __future__ import annotations

import struct

import pytest

from runwatch.schema.artifact import AppendArtifact, CreateArtifact, DeleteArtifacts, GetArtifact
from runwatch.schema.log import LogLine, ReadLog
from runwatch.schema.name import times_path
from runwatch.store.log import times
from runwatch.store.log.reader import LogReader
from tests.unit.store.log.conftest import PATH, Log

TIMES = times_path(PATH)


def note(log: Log, *records: tuple[int, float]) -> None:
    """Say by when so many bytes had been seen."""
    made = log.store.artifacts.create(CreateArtifact(run_id="r", path=TIMES))
    data = b"".join(struct.pack("<QQ", end, int(at * 1e6)) for end, at in records)
    log.store.artifacts.append(AppendArtifact(run_id="r", path=TIMES, offset=made.size_bytes, data=data))


def ats(lines: tuple[LogLine, ...]) -> list[float | None]:
    return [line.at for line in lines]


def test_a_line_is_dated_by_the_piece_in_which_it_begins(log: Log) -> None:
    note(log, (4, 100.25), (10, 200.0), (14, 300.0))
    log.append(b"one\ntwo thr\nfour\n")
    log.seal()
    assert ats(log.read().lines) == [100.25, 200.0, 300.0]
    assert ats(log.read(1, 1).lines) == [200.0]
    assert ats(log.read(-1).lines) == [300.0]


def test_a_log_without_times(log: Log) -> None:
    log.append(b"one\n")
    assert ats(log.read().lines) == [None]
    note(log, (4, 100.0))
    assert ats(log.read().lines) == [100.0]


def test_a_progress_bar_is_dated_by_what_it_shows(log: Log) -> None:
    data = b"start\n10%\r20%\r30%\ndone\n"
    note(log, (6, 100.0), (10, 110.0), (14, 120.0), (18, 130.0), (len(data), 140.0))
    log.append(data)
    assert [(line.text, line.at) for line in log.read().lines] == [
        ("start", 100.0), ("30%", 130.0), ("done", 140.0)
    ]  # fmt: skip


def test_times_grow_with_the_log_and_only_what_is_new_is_read(log: Log) -> None:
    note(log, (4, 100.0))
    log.append(b"one\n")
    first = log.follow()
    assert ats(first.lines) == [100.0]
    note(log, (8, 110.0))
    log.append(b"two\n")
    second = log.follow(first.position)
    assert [(line.text, line.at) for line in second.lines] == [("two", 110.0)]
    assert ats(log.follow(second.position).lines) == []
    assert ats(log.read().lines) == [100.0, 110.0]


def test_what_is_newer_than_the_last_record_has_its_time_for_a_moment(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(log, (4, 100.0))
    log.append(b"one\ntwo\n")
    assert ats(log.read().lines) == [100.0, 100.0]  # the next record is a second away at most
    monkeypatch.setattr(times, "_LATE_S", -1.0)
    assert ats(log.read().lines) == [100.0, None]
    monkeypatch.undo()
    log.seal()
    assert ats(log.read().lines) == [100.0, None]


def test_what_is_not_known_is_not_said(log: Log) -> None:
    note(log, (4, 0), (8, 200.0))
    log.append(b"one\ntwo\n")
    log.seal()
    assert ats(log.read().lines) == [None, 200.0]


def test_a_record_takes_back_those_with_a_higher_end(log: Log) -> None:
    note(log, (4, 100.0), (12, 110.0), (4, 110.0), (8, 200.0), (12, 300.0))
    log.append(b"one\ntwo\nsix\n")
    log.seal()
    assert ats(log.read().lines) == [100.0, 200.0, 300.0]


def test_a_log_that_was_replaced_has_its_own_times_or_none(log: Log) -> None:
    note(log, (4, 100.0))
    log.append(b"one\n")
    assert ats(log.read().lines) == [100.0]
    log.replace(b"two\n")
    assert ats(log.read().lines) == [None]
    note(log, (4, 200.0))
    assert ats(log.read().lines) == [200.0]


def test_times_that_were_begun_anew_or_deleted_are_not_remembered(log: Log) -> None:
    note(log, (4, 100.0), (8, 110.0))
    log.append(b"one\ntwo\n")
    assert ats(log.read().lines) == [100.0, 110.0]
    log.store.artifacts.delete(DeleteArtifacts(run_id="r", paths=(TIMES,)))
    assert ats(log.read().lines) == [None, None]
    note(log, (8, 200.0), (9, 210.0))
    assert ats(log.read().lines) == [200.0, 200.0]


@pytest.mark.parametrize("data", [b"x" * 7, b"\xff" * 32, bytes(64), b"\xff" * 16 + bytes(24)])
def test_whatever_the_records_say_lines_are_read(log: Log, data: bytes) -> None:
    log.store.artifacts.append(AppendArtifact(run_id="r", path=TIMES, offset=0, data=data))
    log.append(b"one\ntwo\n")
    assert [line.text for line in log.read().lines] == ["one", "two"]


def test_a_rest_of_a_record_waits_for_its_end(log: Log) -> None:
    whole = struct.pack("<QQ", 4, 100_000_000)
    log.append(b"one\n")
    for offset in (0, 7):
        part = whole[offset : offset + 7] if not offset else whole[offset:]
        log.store.artifacts.append(AppendArtifact(run_id="r", path=TIMES, offset=offset, data=part))
        assert ats(log.read().lines) == [100.0 if offset else None]


def test_a_cut_line_is_dated_in_each_of_its_parts(log: Log) -> None:
    note(log, (70_000, 100.0), (200_001, 200.0))
    log.append(b"x" * 200_000 + b"\n")
    (line,) = log.read().lines
    assert (line.cut, line.at) == (True, 100.0)
    assert ats(log.read(offset=100_000).lines) == [200.0]


def test_times_are_asked_for_only_where_they_are_wanted(log: Log) -> None:
    note(log, (4, 100.0))
    log.append(b"one\n")
    reader = LogReader(log.store.artifacts, times=False)
    assert ats(reader.read(ReadLog(run_id="r", path=PATH)).lines) == [None]
    assert log.store.artifacts.get(GetArtifact(run_id="r", path=TIMES)).size_bytes == 16
    assert log.reader.read(ReadLog(run_id="r", path=PATH, count=0)).lines == ()

"""When lines were seen is noted beside a log: never earlier than they were written, and never in the way of the log."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from runwatch.schema import limit
from runwatch.schema.artifact import AppendArtifact, DeleteArtifacts, GetArtifact, ReadArtifact
from runwatch.schema.error import NotFoundError, SequenceGapError, StoreUnavailableError
from runwatch.schema.name import times_path
from runwatch.schema.run import CreateRun
from runwatch.sdk.watcher import times
from runwatch.sdk.watcher.follow import Follower
from runwatch.store.memory.store import MemoryStore
from tests.unit.sdk.watcher.faulty import FaultyStore

TIMES = times_path("console")


class Clock:
    """A clock that goes on when it is told to."""

    now = 1_000.0

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


class Watched:
    """One console and its follower, at times that are told."""

    def __init__(self, file: Path, clock: Clock) -> None:
        inner = MemoryStore()
        inner.runs.create(CreateRun(experiment="tests", run_id="run", token="t", created_at=1.0))
        self.store = FaultyStore(inner)
        self.file = file
        self.clock = clock
        self.follower = self.anew()

    def anew(self) -> Follower:
        self.follower = Follower(self.store, "run", {"console": str(self.file)}, None, print)
        return self.follower

    def at(self, now: float, data: bytes = b"") -> None:
        self.clock.now = now
        with self.file.open("ab") as file:
            file.write(data)
        self.follower.step(1 << 20)

    def finish(self, now: float) -> None:
        self.clock.now = now
        for _ in self.follower.finish():
            pass

    def log(self) -> bytes:
        return self.store.inner.artifacts.read(ReadArtifact(run_id="run", path="console")).data

    def records(self) -> list[tuple[int, float]]:
        data = self.store.inner.artifacts.read(ReadArtifact(run_id="run", path=TIMES)).data
        return [(end, at / 1e6) for end, at in struct.iter_unpack("<QQ", data)]

    def has_times(self) -> bool:
        try:
            return self.store.inner.artifacts.get(GetArtifact(run_id="run", path=TIMES)).size_bytes > 0
        except NotFoundError:
            return False


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    clock = Clock()
    monkeypatch.setattr(times, "time", clock)
    return Watched(tmp_path / "console", clock)


def away(path: str = TIMES) -> Any:
    def before(call: str, request: Any) -> None:
        if getattr(request, "path", "") == path:
            raise StoreUnavailableError("Not now.")

    return before


def test_each_piece_has_a_record_that_comes_before_it(watched: Watched) -> None:
    watched.at(1_000, b"one\n")
    watched.at(1_005)
    watched.at(1_010, b"two\n")
    assert watched.records() == [(4, 1_000), (8, 1_010)]
    appended = [request.path for call, request in watched.store.calls if call == "artifacts.append"]
    assert appended == [TIMES, "console"] * 2


def test_at_most_one_record_a_second_and_what_waits_is_written_then(watched: Watched) -> None:
    for tick in range(41):  # ten seconds, a piece each quarter
        watched.at(1_000 + tick / 4, b"x")
    assert watched.records() == [(1 + 4 * second, 1_000 + second) for second in range(11)]
    watched.at(1_010.25, b"last words")
    watched.at(1_010.5)
    assert len(watched.records()) == 11
    watched.at(1_011.5)
    assert watched.records()[-1] == (51, 1_010.25)


def test_the_end_is_dated_and_sealed(watched: Watched) -> None:
    watched.at(1_000, b"one\n")
    watched.at(1_000.5, b"two\n")
    with watched.file.open("ab") as file:
        file.write(b"three\n")
    watched.finish(1_009)
    assert watched.records() == [(4, 1_000), (14, 1_009)]
    assert watched.store.artifacts.get(GetArtifact(run_id="run", path=TIMES)).sealed
    watched.finish(1_020)
    watched.anew()
    assert watched.records() == [(4, 1_000), (14, 1_009)]


def test_what_was_there_before_the_watcher_is_not_dated(watched: Watched) -> None:
    watched.file.write_bytes(b"prepared\n")
    carried = AppendArtifact(run_id="run", path="console", offset=0, data=b"prepared\n")
    watched.store.inner.artifacts.append(carried)
    watched.at(1_000)
    assert not watched.has_times()
    watched.at(1_020, b"go\n")
    assert watched.records() == [(9, 0), (12, 1_020)]


def test_the_next_watcher_goes_on(watched: Watched) -> None:
    watched.at(1_000, b"one\n")
    watched.anew()
    watched.at(1_060, b"two\n")
    watched.anew()
    watched.finish(1_100)
    assert watched.records() == [(4, 1_000), (8, 1_060)]


def test_a_watcher_that_ended_between_times_and_log_dates_nothing_too_early(watched: Watched) -> None:
    watched.at(1_000, b"one\n")
    watched.store.before = away("console")
    with pytest.raises(StoreUnavailableError):
        watched.at(1_010, b"two\n")
    assert (watched.log(), watched.records()) == (b"one\n", [(4, 1_000), (8, 1_010)])
    watched.store.before = None
    watched.anew()
    watched.at(1_500, b"three\n")
    watched.finish(1_600)
    assert watched.log() == b"one\ntwo\nthree\n"
    assert watched.records() == [(4, 1_000), (8, 1_010), (4, 1_010), (14, 1_500)]  # the third takes back the second


def test_without_its_times_the_log_goes_on_and_is_dated_later(watched: Watched) -> None:
    watched.at(1_000, b"one\n")
    watched.store.before = away()
    for now in (1_002, 1_004, 1_006):
        watched.at(now, b"unseen\n")
    assert watched.log() == b"one\n" + b"unseen\n" * 3
    tried = [call for call, request in watched.store.calls if call == "artifacts.append" and request.path == TIMES]
    assert len(tried) == 2, "a store that is slow with the times is left in peace"
    watched.store.before = None
    watched.at(1_020)
    assert watched.records() == [(4, 1_000), (25, 1_006)]


@pytest.mark.parametrize("error", [StoreUnavailableError("No."), SequenceGapError("No.", cursor=3), OSError("disk")])
def test_whatever_happens_to_the_times_the_log_is_whole(watched: Watched, error: Exception) -> None:
    def trouble(call: str, request: Any) -> None:
        if getattr(request, "path", "") == TIMES:
            raise error

    watched.store.before = trouble
    for now in range(1_000, 1_100, 20):
        watched.at(now, b"line\n")
    watched.finish(1_200)
    assert watched.log() == b"line\n" * 5
    assert watched.store.artifacts.get(GetArtifact(run_id="run", path="console")).sealed
    assert not watched.has_times()


def test_an_answer_that_was_lost_is_asked_for_again(watched: Watched) -> None:
    watched.at(1_000, b"one\n")

    def lose(call: str, request: Any) -> None:
        if call == "artifacts.append" and request.path == TIMES:
            watched.store.after = None
            raise StoreUnavailableError("The connection broke.")

    watched.store.after = lose
    watched.at(1_010, b"two\n")
    watched.at(1_030, b"three\n")
    assert watched.records() == [(4, 1_000), (8, 1_010), (4, 1_010), (14, 1_030)]  # "two" by 1,030: late, and true


def test_a_file_that_was_written_anew_has_new_times(watched: Watched) -> None:
    watched.at(1_000, b"old old old\n")
    watched.file.write_bytes(b"")
    watched.at(1_010, b"new\n")
    assert watched.records() == [(4, 1_010)]


def test_a_log_that_was_deleted_has_new_times(watched: Watched) -> None:
    watched.at(1_000, b"one\n")
    watched.store.artifacts.delete(DeleteArtifacts(run_id="run", paths=("console",)))
    assert not watched.has_times()
    for now in (1_010, 1_020):
        watched.at(now, b"more\n")
    assert watched.log() == b"one\nmore\nmore\n"
    assert watched.records() == [(14, 1_020)]


def test_a_file_that_is_another_one_in_the_end_has_no_times(watched: Watched) -> None:
    watched.at(1_000, b"x" * 2_000)
    with watched.file.open("r+b") as file:
        file.write(b"y")
    watched.finish(1_010)
    assert watched.log()[:2] == b"yx"
    assert not watched.has_times()


def test_a_path_that_leaves_no_room_for_times(tmp_path: Path, watched: Watched) -> None:
    path = "x" * limit.PATH_CHARS
    watched.file.write_bytes(b"log\n")
    follower = Follower(watched.store, "run", {path: str(watched.file)}, None, print)
    follower.step(1 << 20)
    for _ in follower.finish():
        pass
    assert watched.store.inner.artifacts.read(ReadArtifact(run_id="run", path=path)).data == b"log\n"

"""The writer as its callers see it: what goes in comes out, from any thread, in order."""

from __future__ import annotations

import decimal
import gc
import math
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from runwatch.journal.format import INLINE_BYTES
from runwatch.journal.pen import PenKind
from runwatch.journal.writer import JournalWriter
from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError, LimitError
from runwatch.schema.metric import Block, Column, ColumnType, MetricKind
from tests.unit.journal.conftest import MakeWriter
from tests.unit.journal.reading import read_all


def log(writer: JournalWriter, name: str, value: object, step: object = None) -> None:
    """What ``run.log`` does."""
    if not writer.scalar(name, value, step):  # type: ignore[arg-type]
        writer.point(name, value, step)


def test_values_come_back_as_logged(writer: JournalWriter, folder: Path) -> None:
    values = [1.5, -0.0, math.inf, 7, -(2**63), True, None, "text", "ünï\U0001f600", 2.0, math.nan, 5e-324]
    for value in values:
        log(writer, "metric", value)
    found = read_all(folder).values("metric")
    assert [(type(value), repr(value)) for value in found] == [(type(value), repr(value)) for value in values]
    assert writer.dropped == 0
    assert writer.problems == []


def test_first_call_of_the_fast_path_is_refused_then_taken(writer: JournalWriter, folder: Path) -> None:
    assert not writer.scalar("loss", 1.0, 0)
    writer.point("loss", 1.0, 0)
    assert writer.scalar("loss", 2.0, 1)
    assert read_all(folder).rows["loss"] == [(0, 1.0), (1, 2.0)]


def test_steps_and_times(writer: JournalWriter, folder: Path) -> None:
    steps = [3, 1, 1, None, -5, 2**63 - 1, -(2**63) + 1, np.int32(9), np.float64(4.0), 8.0]
    before = time.time_ns() // 1000
    for step in steps:
        log(writer, "loss", 0.5, step)
    contents = read_all(folder)
    assert [step for step, _ in contents.rows["loss"]] == [None if step is None else int(step) for step in steps]
    times = contents.times["loss"]
    assert before <= times[0] <= times[-1] <= time.time_ns() // 1000


@pytest.mark.parametrize("step", [1.5, math.nan, "1", [1], 2**63, -(2**63), np.zeros(2), 1j, math.inf])
def test_wrong_steps_raise(writer: JournalWriter, folder: Path, step: object) -> None:
    with pytest.raises(InvalidValueError):
        writer.point("loss", 1.0, step)
    assert read_all(folder).rows == {}


@pytest.mark.parametrize("value", [[1], (1, 2), range(3), {"a": 1}, {1}, iter([1]), (x for x in "ab"), np.zeros(2)])
def test_several_values_raise(writer: JournalWriter, value: object) -> None:
    with pytest.raises(InvalidValueError, match=r"run\.log_list"):
        writer.point("loss", value)


@pytest.mark.parametrize("name", ["", None, 3, b"loss", ["a"]])
def test_wrong_names_raise(writer: JournalWriter, name: Any) -> None:
    with pytest.raises(InvalidValueError):
        writer.point(name, 1.0)


@pytest.mark.parametrize("name", ["@", "a/b (c), [d]\n", "\U0001f600" * 9, "\ud800", "x" * 1_024, " "])
def test_any_text_is_a_name(writer: JournalWriter, folder: Path, name: str) -> None:
    log(writer, name, 1)
    log(writer, name, 2)
    assert read_all(folder).values(name.replace("\ud800", "?")) == [1, 2]


def test_long_names_are_cut_and_stay_apart(writer: JournalWriter, folder: Path) -> None:
    for end in "ab":
        for value in (1, 2, 3):
            log(writer, "x" * 5_000 + end, value)
    contents = read_all(folder)
    assert [contents.values(name) for name in contents.rows] == [[1, 2, 3]] * 2
    assert {len(name) for name in contents.rows} == {limit.NAME_CHARS}


def test_text_limits(writer: JournalWriter, folder: Path) -> None:
    log(writer, "text", "a" * INLINE_BYTES)
    log(writer, "text", "b" * (INLINE_BYTES + 1), 4)
    assert len(list((folder / "block").iterdir())) == 1
    with pytest.raises(LimitError):
        writer.point("text", "ä" * (limit.TEXT_BYTES // 2 + 1))
    assert read_all(folder).rows["text"] == [(None, "a" * INLINE_BYTES), (4, "b" * (INLINE_BYTES + 1))]


def test_odd_values_become_text_with_one_problem_a_metric(writer: JournalWriter, folder: Path) -> None:
    for _ in range(3):
        log(writer, "odd", 1 + 2j)
    log(writer, "money", decimal.Decimal("1.25"))
    log(writer, "big", 2**80)
    log(writer, "huge", 10**400)
    contents = read_all(folder)
    assert contents.values("odd") == ["(1+2j)"] * 3
    assert contents.values("money") == [1.25]
    assert contents.values("big") == [float(2**80)]
    assert contents.values("huge") == [hex(10**400)]
    assert [problem.split(":")[0] for problem in writer.problems] == ["odd", "huge"]


def test_descriptions(make_writer: MakeWriter, folder: Path) -> None:
    writer = make_writer(segment_bytes=1 << 16)
    for i in range(5_000):
        writer.point("loss", float(i), description="how wrong it is")
    writer.point("loss", 1.0, description="how wrong it was")
    writer.point("note", "text", description="words")
    contents = read_all(folder)
    assert contents.descriptions == {"loss": "how wrong it was", "note": "words"}
    assert len(contents.values("loss")) == 5_001


def test_params_tags_and_events(writer: JournalWriter, folder: Path) -> None:
    writer.param("lr", 0.1)
    writer.param("layers", {"sizes": (1, np.int64(2)), "rate": math.inf, "path": Path("a/b"), 3: None})
    writer.param("lr", np.float32(0.5))
    writer.tag("colour", "red")
    writer.tag("empty", None)
    writer.event("end", {"status": "Failed", "error": {"message": "m", "code": 3}})
    contents = read_all(folder)
    assert contents.params == {
        "lr": 0.5,
        "layers": {"sizes": [1, 2], "rate": math.inf, "path": "a/b", "3": None},
    }
    assert contents.tags == {"colour": "red", "empty": None}
    assert contents.events == [("end", {"status": "Failed", "error": {"message": "m", "code": 3}})]
    with pytest.raises(LimitError):
        writer.param("long", "x" * (limit.VALUE_CHARS + limit.NAME_CHARS * 4))
    with pytest.raises(InvalidValueError):
        writer.tag("", "x")


def table(rows: int, metric: str = "table") -> Block:
    column = Column(name="a", type=ColumnType.INT, data=np.arange(rows, dtype="<i8").tobytes())
    times = np.full(rows, 5, "<i8").tobytes()
    return Block(metric=metric, kind=MetricKind.TABLE, rows=rows, columns=(column,), times=times, description="d")


@pytest.mark.parametrize("rows", [1, 100, 100_000])
def test_rows_inline_and_spilled(make_writer: MakeWriter, folder: Path, rows: int) -> None:
    writer = make_writer(segment_bytes=1 << 16)
    writer.rows(table(rows))
    writer.rows(table(rows))
    contents = read_all(folder)
    assert contents.blocks == [table(rows)] * 2
    assert (folder / "block").exists() == (rows == 100_000)


def test_rows_keep_their_place_among_points(writer: JournalWriter, folder: Path) -> None:
    for part in range(3):
        log(writer, "x", float(part))
        log(writer, "y", part)
        writer.rows(table(2, "x"))
    contents = read_all(folder)
    assert contents.values("x") == [0.0, 0, 1, 1.0, 0, 1, 2.0, 0, 1]
    assert contents.values("y") == [0, 1, 2]
    assert [block.metric for block in contents.blocks[:3]] == ["x", "y", "x"]


def test_rows_beyond_the_limit_raise(writer: JournalWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "BLOCK_BYTES", 1_000)
    with pytest.raises(LimitError):
        writer.rows(table(200))


def test_many_segments_and_interleaved_metrics(make_writer: MakeWriter, folder: Path) -> None:
    writer = make_writer(segment_bytes=1 << 16)
    count = 6_000
    for i in range(count):
        log(writer, f"m{i % 7}", float(i), i)
        if i % 500 == 0:
            log(writer, "m0", i, i)
    contents = read_all(folder, limit=777)
    assert len(list(folder.glob("*.rwj"))) > 3
    for metric in range(1, 7):
        assert contents.rows[f"m{metric}"] == [(i, float(i)) for i in range(metric, count, 7)]
    assert len(contents.rows["m0"]) == len(range(0, count, 7)) + count // 500
    assert contents.notices == []
    assert contents.position == writer.position()


def test_record_larger_than_a_segment(make_writer: MakeWriter, folder: Path) -> None:
    writer = make_writer(segment_bytes=1 << 16)
    log(writer, "loss", 1.0)
    writer.param("long", "x" * 500_000)
    log(writer, "loss", 2.0)
    contents = read_all(folder)
    assert contents.values("loss") == [1.0, 2.0]
    assert contents.params == {"long": "x" * 500_000}


def test_many_names(make_writer: MakeWriter, folder: Path) -> None:
    writer = make_writer(segment_bytes=1 << 16)
    for i in range(3_000):
        log(writer, f"metric/{i}", i)
    contents = read_all(folder)
    assert len(contents.rows) == 3_000
    assert all(contents.values(f"metric/{i}") == [i] for i in range(3_000))


def test_threads_write_their_own_streams(make_writer: MakeWriter, folder: Path) -> None:
    writer = make_writer(segment_bytes=1 << 17)
    together = threading.Barrier(4)

    def work(number: int) -> None:
        together.wait()
        for i in range(3_000):
            log(writer, f"t{number}", i, i)
        together.wait()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    contents = read_all(folder)
    assert all(contents.rows[f"t{number}"] == [(i, i) for i in range(3_000)] for number in range(4))
    assert contents.position == writer.position()
    assert len(contents.position) == 4  # the thread that made the writer logged nothing


def test_streams_of_ended_threads_are_taken_over(writer: JournalWriter, folder: Path) -> None:
    for i in range(50):
        thread = threading.Thread(target=log, args=(writer, "loss", i, i))
        thread.start()
        thread.join()
    assert len(writer.position()) == 1
    assert read_all(folder).rows["loss"] == [(i, i) for i in range(50)]


def test_forked_child_writes_its_own_stream(writer: JournalWriter, folder: Path) -> None:
    fast = writer.scalar
    log(writer, "loss", 0.0)
    child = os.fork()
    if child == 0:
        ok = fast("loss", 1.0, None) is False  # a bound method fetched before the fork
        for i in range(100):
            log(writer, "child", i)
        ok = ok and len(writer.position()) == 1
        os._exit(0 if ok else 1)
    for i in range(100):
        log(writer, "parent", i)
    assert os.waitpid(child, 0)[1] == 0
    contents = read_all(folder)
    assert contents.values("loss") == [0.0]
    assert contents.values("child") == contents.values("parent") == list(range(100))
    assert len(contents.cursors) == 2


def test_signal_handler_in_the_middle_of_calls(writer: JournalWriter, folder: Path) -> None:
    fired = 0

    def handler(number: int, frame: object) -> None:
        nonlocal fired
        fired += 1
        log(writer, "signal", fired)
        log(writer, f"signal/{fired % 50}", "text")

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    try:
        deadline = time.monotonic() + 20
        i = 0
        while fired < 200 and time.monotonic() < deadline:
            log(writer, "loss", i)
            log(writer, f"name/{i % 5_000}", i)
            i += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    contents = read_all(folder)
    assert fired >= 200
    assert contents.values("loss") == list(range(i))
    assert sorted(contents.values("signal")) == list(range(1, fired + 1))
    assert contents.notices == []
    assert writer.dropped == 0


def test_finalizer_in_the_middle_of_a_call(writer: JournalWriter, folder: Path) -> None:
    class Logging:
        def __init__(self, number: int) -> None:
            self.me = self  # only the collector frees it
            self.number = number

        def __del__(self) -> None:
            log(writer, "deleted", self.number)

    threshold = gc.get_threshold()
    gc.set_threshold(50)
    try:
        for i in range(500):
            Logging(i)
            log(writer, "loss", i, float(i))
            log(writer, f"name/{i}", [str(i)][0])
    finally:
        gc.set_threshold(*threshold)
        gc.collect()
    contents = read_all(folder)
    assert contents.values("loss") == list(range(500))
    assert sorted(contents.values("deleted")) == list(range(500))


class Nested:
    """A value whose repr logs."""

    def __init__(self, writer: JournalWriter) -> None:
        self.writer = writer

    def __repr__(self) -> str:
        log(self.writer, "inner", 1)
        return "nested"


def test_value_that_logs_while_it_is_logged(writer: JournalWriter, folder: Path) -> None:
    log(writer, "outer", Nested(writer))
    contents = read_all(folder)
    assert contents.values("inner") == [1]
    assert contents.values("outer") == ["nested"]


def test_closed_writer_counts(writer: JournalWriter, folder: Path) -> None:
    log(writer, "loss", 1.0)
    writer.close()
    log(writer, "loss", 2.0)
    writer.rows(table(5))
    writer.event("end", {})
    writer.param("a", 1)
    with pytest.raises(InvalidValueError):
        writer.point("loss", [1])
    writer.close()
    assert writer.dropped == 6
    contents = read_all(folder, final=True)
    assert contents.values("loss") == [1.0]
    assert contents.notices == []


def test_two_writers_of_one_run(make_writer: MakeWriter, folder: Path) -> None:
    first, second = make_writer(), make_writer(attempt=2)
    for i in range(10):
        log(first, "loss", i)
        log(second, "loss", -i)
    contents = read_all(folder)
    assert sorted(contents.values("loss")) == sorted([*range(10), *range(0, -10, -1)])
    assert len(contents.cursors) == 2


def test_nothing_is_lost_at_hard_exit(folder: Path) -> None:
    code = f"""
import os, pathlib, threading
from runwatch.journal.pen import PenKind
from runwatch.journal.writer import JournalWriter
writer = JournalWriter(pathlib.Path({str(folder)!r}), "run-1")
def log():
    for i in range(100):
        writer.point("loss", i)
thread = threading.Thread(target=log)
thread.start(); log(); thread.join()
os._exit(7)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 7
    contents = read_all(folder, final=True)
    assert sorted(contents.values("loss")) == sorted([*range(100)] * 2)


def test_shutdown_of_the_interpreter(folder: Path) -> None:
    code = f"""
import atexit, pathlib
from runwatch.journal.pen import PenKind
from runwatch.journal.writer import JournalWriter
writer = JournalWriter(pathlib.Path({str(folder)!r}), "run-1")
class Late:
    def __del__(self, writer=writer):
        writer.point("late", 1)
late = Late()
atexit.register(writer.point, "exit", 1)
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    contents = read_all(folder, final=True)
    assert contents.values("exit") == contents.values("late") == [1]


def test_import_is_light() -> None:
    code = (
        "import sys, runwatch.journal.writer, runwatch.journal.manifest;"
        "print([m for m in ('numpy', 'sqlalchemy', 'subprocess', 'tempfile', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_block_is_stored_as_msgpack(make_writer: MakeWriter, folder: Path) -> None:
    """The format page promises this to other readers."""
    writer = make_writer()
    writer.rows(table(20_000))
    (path,) = (folder / "block").iterdir()
    assert msgspec.msgpack.decode(path.read_bytes(), type=Block) == table(20_000)
    assert struct.calcsize("<QQI") == 20


@pytest.mark.parametrize("kind", ["map", "write"])
def test_what_a_handler_left_behind_in_the_fast_path_is_there_when_that_returns(tmp_path: Path, kind: PenKind) -> None:
    """A kill right after the interrupted call must find the handler's point too; no later call may be needed for it."""
    folder = tmp_path / "run-1"
    writer = JournalWriter(folder, "run-1", pen=kind)
    log(writer, "loss", 0)
    log(writer, "signal", 0)
    pen = writer._shard().pen
    store: Any = pen._store  # type: ignore[attr-defined]

    def interrupted(position: int, data: bytes) -> None:
        pen._store = store  # type: ignore[attr-defined]
        log(writer, "signal", 1)
        log(writer, "signal", 2)
        store(position, data)

    pen._store = interrupted  # type: ignore[attr-defined]
    assert writer.scalar("loss", 1, None)
    contents = read_all(folder)
    assert contents.values("loss") == [0, 1]
    assert contents.values("signal") == [0, 1, 2]

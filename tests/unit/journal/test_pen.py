"""Pens: the bytes of a record, who may write, and what an interruption leaves behind."""

from __future__ import annotations

import mmap
import os
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from runwatch.journal import format as form
from runwatch.journal import pen as pens
from runwatch.journal.pen import FilePen, MapPen, Pen, PenKind, make_pen, native
from runwatch.journal.scan import python_scan

SALT = 0xC0FFEE
SIZE = 4096


class Bench:
    """A pen on a small segment, and a view of its bytes."""

    def __init__(self, kind: PenKind, path: Path, size: int = SIZE) -> None:
        path.write_bytes(bytes(size))
        self.path = path
        self.pen: Pen = make_pen(mapped=kind != "write", salt=SALT, kind=kind)
        self.attach(size)
        self.pen.owner = threading.get_ident()

    def attach(self, size: int = SIZE) -> None:
        descriptor = os.open(self.path, os.O_RDWR)
        if isinstance(self.pen, FilePen):
            self.pen.attach(descriptor, 128, size)
        else:
            self.pen.attach(mmap.mmap(descriptor, size), 128, size)
            os.close(descriptor)

    def bytes(self) -> bytes:
        return self.path.read_bytes()


@pytest.fixture
def bench(pen: PenKind, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(pen, tmp_path / "segment")
    yield bench
    bench.pen.seal()


def test_record_to_the_byte(bench: Bench) -> None:
    assert bench.pen.append(form.TEXT, 3, 7, b"hello")
    data = bench.bytes()[128:]
    word, sequence, kind, flags, key = struct.unpack_from("<QQHHI", data)
    assert (sequence, kind, flags, key) == (0, form.TEXT, 3, 7)
    assert data[24:29] == b"hello"
    assert word & 0xFFFFFFFF == 29
    assert word >> 32 == zlib.crc32(data[8:29], SALT)
    assert not any(data[29:])
    assert (bench.pen.position, bench.pen.sequence) == (128 + 32, 1)


@pytest.mark.parametrize(
    ("value", "kind", "code"),
    [
        (1.5, form.FLOAT, "d"),
        (float("inf"), form.FLOAT, "d"),
        (-0.0, form.FLOAT, "d"),
        (np.float64(0.1), form.FLOAT, "d"),
        (2**63 - 1, form.INT, "q"),
        (-(2**63), form.INT, "q"),
        (True, form.BOOL, "q"),
        (False, form.BOOL, "q"),
    ],
)
@pytest.mark.parametrize("step", [None, 0, 2**63 - 1, -(2**63) + 1])
def test_plain_points_are_written_at_once(bench: Bench, value: float, kind: int, code: str, step: int | None) -> None:
    bench.pen.keys["loss"] = 5
    assert bench.pen.scalar("loss", value, step) is True
    _, sequence, found, flags, key, at, number, time = struct.unpack_from(f"<QQHHIq{code}q", bench.bytes(), 128)
    assert (sequence, found, flags, key) == (0, kind, 0, 5)
    assert at == (-(2**63) if step is None else step)
    assert struct.pack("<d", number) == struct.pack("<d", value) if code == "d" else number == int(value)
    assert 1_600_000_000 < time / 1e9 < 10_000_000_000


def test_nan_keeps_its_payload(bench: Bench) -> None:
    (odd,) = struct.unpack("<d", struct.pack("<Q", 0x7FF8_0000_DEAD_BEEF))
    bench.pen.keys["loss"] = 0
    assert bench.pen.scalar("loss", odd, None)
    assert struct.unpack_from("<Q", bench.bytes(), 128 + 32) == (0x7FF8_0000_DEAD_BEEF,)


class Text(str):
    """A name that is not exactly a str."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("name", "value", "step"),
    [
        ("unknown", 1.0, None),
        (Text("loss"), 1.0, None),
        (b"loss", 1.0, None),
        (["loss"], 1.0, None),
        ("loss", "text", None),
        ("loss", None, None),
        ("loss", 1j, None),
        ("loss", 2**63, None),
        ("loss", -(2**63) - 1, None),
        ("loss", np.int64(3), None),
        ("loss", np.float32(3), None),
        ("loss", [1.0], None),
        ("loss", 1.0, 1.0),
        ("loss", 1.0, True),
        ("loss", 1.0, np.int64(1)),
        ("loss", 1.0, 2**63),
        ("loss", 1.0, -(2**63)),
        ("loss", 1.0, "1"),
    ],
)
def test_what_is_not_plain_leaves_no_trace(bench: Bench, name: object, value: object, step: object) -> None:
    bench.pen.keys["loss"] = 0
    before = bench.bytes()
    assert bench.pen.scalar(name, value, step) is False  # type: ignore[arg-type]
    assert bench.bytes() == before
    assert bench.pen.sequence == 0


def test_busy_detached_and_foreign_pens_refuse(bench: Bench) -> None:
    bench.pen.keys["loss"] = 0
    bench.pen.busy = True
    assert not bench.pen.scalar("loss", 1.0, None)
    bench.pen.busy = False
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(bench.pen.scalar("loss", 1.0, None)))
    thread.start()
    thread.join()
    assert answers == [False]
    assert bench.pen.scalar("loss", 1.0, None)
    bench.pen.seal()
    assert not bench.pen.keys
    assert not bench.pen.append(form.TEXT, 0, 0, b"")
    bench.pen.keys["loss"] = 0
    assert not bench.pen.scalar("loss", 1.0, None)
    assert bench.pen.sequence == 1


def test_full_segment_keeps_room_for_the_seal(pen: PenKind, tmp_path: Path) -> None:
    bench = Bench(pen, tmp_path / "full", 128 + 48 * 3 + 8)
    bench.pen.keys["loss"] = 0
    assert [bench.pen.scalar("loss", 1.0, i) for i in range(4)] == [True, True, True, False]
    assert not bench.pen.append(form.TEXT, 0, 0, b"")
    bench.pen.seal()
    assert bench.bytes()[-8:] == b"\xff" * 8
    bench.pen.seal()  # once more does nothing


def test_record_fills_the_last_bytes(pen: PenKind, tmp_path: Path) -> None:
    bench = Bench(pen, tmp_path / "full", 128 + 32 + 8)
    assert not bench.pen.append(form.TEXT, 0, 0, b"123456789")
    assert bench.pen.append(form.TEXT, 0, 0, b"12345678")
    bench.pen.seal()


def test_all_pens_write_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pens, "time_ns", lambda: 1)
    written = []
    kinds: list[PenKind] = ["map", "write"] if native is None else ["native", "map", "write"]
    for kind in kinds:
        bench = Bench(kind, tmp_path / kind)
        bench.pen.keys["loss"] = 1
        for payload in (b"", b"1", b"12345678", bytes(range(256))):
            assert bench.pen.append(form.ROWS, 0, 0, payload)
        assert bench.pen.scalar("loss", 0.1, 3)
        bench.pen.seal()
        data = bytearray(bench.bytes())
        words = np.frombuffer(data, "<u8")
        at = int(np.flatnonzero(words == form.SEALED)[0]) - 6
        words.setflags(write=True)
        words[at] = words[at + 5] = 0  # time and checksum differ by nature
        written.append(bytes(data))
    assert len(set(written)) == 1


@pytest.mark.parametrize("kind", ["map", "write"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_interruption_around_the_commit(kind: PenKind, moment: str, tmp_path: Path) -> None:
    """Ctrl-C between two lines of the pen: the record is there once or not at all, and the next ones follow."""
    bench = Bench(kind, tmp_path / "segment")
    pen = bench.pen
    assert isinstance(pen, (MapPen, FilePen))
    publish: Callable[[int, int], None] = pen._publish

    def interrupted(position: int, word: int) -> None:
        if moment == "after":
            publish(position, word)
        raise KeyboardInterrupt

    pen.keys["loss"] = 0
    assert pen.scalar("loss", 1.0, 1)
    pen._publish = interrupted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        pen.append(form.TEXT, 0, 0, bytes(500))
    pen._publish = publish  # type: ignore[method-assign, assignment]
    assert not pen.busy
    assert not pen.scalar("loss", 2.0, 2)  # unsure: the slow path settles it
    assert pen.append(form.TEXT, 0, 0, b"next")
    assert pen.scalar("loss", 3.0, 3)
    assert pen.sequence == (4 if moment == "after" else 3)
    pen.seal()
    offsets = np.empty(9, np.uint32)
    count, end = python_scan(bench.bytes(), 128, SALT, 0, offsets)
    assert count == (4 if moment == "after" else 3)
    assert bench.bytes()[end : end + 8] == b"\xff" * 8
    assert not any(bench.bytes()[end + 8 :])


def test_disk_error_on_the_fast_path_is_left_to_the_slow_one(tmp_path: Path) -> None:
    bench = Bench("write", tmp_path / "segment")
    bench.pen.keys["loss"] = 0
    assert isinstance(bench.pen, FilePen)

    def fail(position: int, data: bytes) -> None:
        raise OSError(28, "no space")

    bench.pen._store = fail  # type: ignore[method-assign]
    assert not bench.pen.scalar("loss", 1.0, None)
    with pytest.raises(OSError, match="no space"):
        bench.pen.append(form.TEXT, 0, 0, b"")
    del bench.pen._store
    assert bench.pen.append(form.TEXT, 0, 0, b"")


@pytest.mark.skipif(native is None, reason="the native extension is not built")
def test_native_pen_checks_its_buffer() -> None:
    pen = native.Pen(SALT)
    for target, start, size in (
        (b"read only", 0, 8),
        (bytearray(64), 0, 65),
        (bytearray(64), 4, 64),
        (bytearray(8), 8, 8),
    ):
        with pytest.raises((ValueError, BufferError)):
            pen.attach(target, start, size)
    with pytest.raises(TypeError):
        native.Pen()
    assert pen.scalar() is False
    assert pen.scalar("loss", 1.0) is False


def test_native_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNWATCH_JOURNAL_NATIVE", "0")
    assert pens._import_native() is None


def test_best_pen_for_the_place() -> None:
    assert isinstance(make_pen(mapped=False, salt=0), FilePen)
    mapped = make_pen(mapped=True, salt=0)
    assert isinstance(mapped, MapPen if native is None else native.Pen)

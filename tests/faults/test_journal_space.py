"""A full disk: training goes on, what is lost is counted and told once, and recording resumes with the space."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from runwatch.journal import shard, space
from runwatch.journal.pen import PenKind, native
from runwatch.journal.writer import JournalWriter
from runwatch.schema.metric import Block, Column, ColumnType, MetricKind
from tests.unit.journal.reading import read_all

KINDS: list[PenKind] = ["map", "write"] if native is None else ["native", "map", "write"]


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_temp(monkeypatch, tmp_path / "tmp")
    monkeypatch.setattr(space, "RETRY_S", 0.02)
    monkeypatch.setattr(space, "_told", set())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB that cannot be outgrown."""
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"mounting a small disk needs root: {done.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def use_temp(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))


def log(writer: JournalWriter, first: int, count: int) -> None:
    for i in range(first, first + count):
        if not writer.scalar("x", i, i):
            writer.point("x", i, i)


@pytest.mark.parametrize("pen", KINDS)
def test_full_disk_and_back(
    pen: PenKind, small_disk: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    use_temp(monkeypatch, small_disk / "tmp")
    monkeypatch.setattr(shard, "HELD_BYTES", 1_000_000)
    folder = small_disk / "run"
    writer = JournalWriter(folder, "run", pen=pen)
    filler = small_disk / "filler"
    fill(filler)
    log(writer, 0, 40_000)
    assert writer.dropped > 0
    dropped = writer.dropped
    kept = 40_000 - dropped
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    logged = 40_000
    deadline = time.monotonic() + 20
    while not is_told(folder) and time.monotonic() < deadline:  # nothing is tried within a second of the last failure
        log(writer, logged, 100)
        logged += 100
        time.sleep(0.01)
    log(writer, logged, 1_000)
    logged += 1_000
    writer.close()
    contents = read_all(folder, final=True)
    assert dict(contents.dropped) == {"No space left on device": writer.dropped}
    values = contents.values("x")
    assert values[:kept] == list(range(kept))
    assert values[-1_000:] == list(range(logged - 1_000, logged))
    assert len(values) == logged - writer.dropped
    assert values == sorted(values)
    assert contents.notices == []
    err = capfd.readouterr().err
    assert err.count("\n") == 1
    assert "No space left on device" in err


def is_told(folder: Path) -> bool:
    return bool(read_all(folder).dropped)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


@pytest.mark.parametrize("pen", KINDS)
def test_full_disk_goes_on_elsewhere(
    pen: PenKind, small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = small_disk / "run"
    writer = JournalWriter(folder, "run", pen=pen)
    column = Column(name="a", type=ColumnType.FLOAT, data=bytes(8 * 40_000))
    log(writer, 0, 50_000)
    for part in range(4):
        rows = Block(metric=f"t{part}", kind=MetricKind.LIST, rows=40_000, columns=(column,), times=bytes(8 * 40_000))
        writer.rows(rows)
    writer.close()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # the reader has another one: the folder says where to look
    contents = read_all(folder, final=True)
    assert contents.values("x") == list(range(50_000))
    assert [len(contents.rows[f"t{part}"]) for part in range(4)] == [40_000] * 4
    assert writer.dropped == 0
    assert list((tmp_path / "tmp").glob("runwatch-*/*/*.rwj"))
    assert capfd.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("pen", KINDS)
def test_file_size_limit(
    pen: PenKind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A quota, as far as one can have it without root: in a child, whose limit ends with it."""
    monkeypatch.setattr(shard, "HELD_BYTES", 100_000)
    folder = tmp_path / "run"
    child = os.fork()
    if child == 0:
        try:
            writer = JournalWriter(folder, "run", pen=pen)
            hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
            resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
            log(writer, 0, 30_000)
            writer.point("text", "t" * 100_000)
            dropped = writer.dropped
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
            time.sleep(0.03)  # longer than the pause after a failure
            log(writer, 30_000, 10_000)
            writer.close()
            os._exit(0 if dropped and dropped == writer.dropped else 1)
        finally:
            os._exit(99)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    contents = read_all(folder, final=True)
    values = contents.values("x")
    lost = contents.dropped["File too large"]
    assert len(values) + lost - 1 == 40_000
    assert values == sorted(set(values))
    assert values[-10_000:] == list(range(30_000, 40_000))
    assert contents.rows.get("text", []) == []
    assert contents.notices == []
    assert capfd.readouterr().err.count("\n") == 1


def test_small_segments_are_tried_first(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_temp(monkeypatch, small_disk / "tmp")
    folder = small_disk / "run"
    folder.mkdir()
    (small_disk / "filler").write_bytes(bytes(700 << 10))
    writer = JournalWriter(folder, "run")
    log(writer, 0, 5_000)
    assert {path.stat().st_size for path in folder.glob("*.rwj")} <= {1 << 18, 1 << 17, 1 << 16}
    assert read_all(folder).values("x") == list(range(5_000))


@pytest.mark.parametrize("pen", KINDS)
def test_deleted_folder(pen: PenKind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "run"
    writer = JournalWriter(folder, "run", pen=pen, segment_bytes=1 << 16)
    log(writer, 0, 10)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    log(writer, 10, 5_000)
    writer.close()
    values = read_all(folder, final=True).values("x")
    assert values == list(range(5_010 - len(values), 5_010))
    assert len(values) > 3_000
    assert writer.dropped == 0


def test_unwritable_disk_from_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr(space, "create_segment", refuse)
    monkeypatch.setattr(shard, "HELD_BYTES", 10_000)
    writer = JournalWriter(tmp_path / "run", "run")
    log(writer, 0, 1_000)
    rows = np.arange(20_000, dtype="<i8").tobytes()
    column = Column(name="a", type=ColumnType.INT, data=rows)
    writer.rows(Block(metric="t", kind=MetricKind.LIST, rows=20_000, columns=(column,), times=rows))
    writer.close()
    assert writer.dropped > 20_000
    assert writer.position() == {}

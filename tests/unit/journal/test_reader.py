"""The reader: from any record on, in any portions, while it is written; and what it deletes."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from runwatch.journal import reader as readers
from runwatch.journal import stream as streams
from runwatch.journal.format import INLINE_BYTES
from runwatch.journal.manifest import write_manifest
from runwatch.journal.reader import JournalReader
from runwatch.journal.writer import JournalWriter
from runwatch.schema.error import CorruptDataError
from tests.unit.journal.conftest import MakeWriter
from tests.unit.journal.reading import Contents, read_all, read_into, values_of
from tests.unit.journal.test_manifest import manifest


def log(writer: JournalWriter, first: int, count: int) -> None:
    for i in range(first, first + count):
        if not writer.scalar("x", i, i):
            writer.point("x", i, i)


def test_nothing_there(tmp_path: Path) -> None:
    reader = JournalReader(tmp_path / "none", "run")
    assert reader.writers() == []
    reading = reader.read("ab" * 16, 0)
    assert (reading.batch.count, reading.at_end, reading.notices) == (0, True, ())
    assert reader.release("ab" * 16, 5) == 0
    reader.sync()


def test_run_id_comes_from_the_manifest(folder: Path) -> None:
    JournalWriter(folder, "run-2").point("x", 1)
    assert read_all(folder).notices  # the folder's name is another run's
    write_manifest(folder, manifest("run-2"))
    contents = read_all(folder)
    assert contents.values("x") == [1]
    assert JournalReader(folder).run_id == "run-2"


@pytest.mark.parametrize("limit", [1, 7, 1_365, 65_536])
def test_portions(make_writer: MakeWriter, folder: Path, limit: int) -> None:
    writer = make_writer(segment_bytes=1 << 16)
    count = 300 if limit == 1 else 3_000
    log(writer, 0, count)
    contents = read_all(folder, limit=limit)
    assert contents.rows["x"] == [(i, i) for i in range(count)]
    assert all(block.rows <= limit for block in contents.blocks)


def test_any_cursor_after_a_restart(make_writer: MakeWriter, folder: Path) -> None:
    writer = make_writer(segment_bytes=1 << 16)
    log(writer, 0, 4_000)
    reader = JournalReader(folder)
    (name,) = reader.writers()
    end = writer.position()[name]
    whole = [value for block in reader.read(name, 0).batch.blocks for value in values_of(block)]
    for first in (0, 1, 2, 1_000, 1_364, 1_365, 1_366, 3_999, end - 1, end, end + 5):
        for one in (reader, JournalReader(folder)):
            batch = one.read(name, first).batch
            assert batch.first == first
            values = [value for block in batch.blocks for value in values_of(block)]
            assert values == whole[len(whole) - len(values) :]
            assert batch.count == max(end - first, 0)
            if first == 1_000:
                assert values[0] == 999  # the first record is the name
            one.close()


def test_reading_while_it_is_written(writer: JournalWriter, folder: Path) -> None:
    thread = threading.Thread(target=log, args=(writer, 0, 30_000))
    reader, contents = JournalReader(folder), Contents()
    thread.start()
    while thread.is_alive():
        for name in reader.writers():
            read_into(contents, reader, name, limit=65_536, final=False)
    for name in reader.writers():
        while not read_into(contents, reader, name, limit=65_536, final=False):
            pass
    reader.close()
    thread.join()
    assert contents.values("x") == list(range(30_000))
    assert contents.notices == []


def test_new_segments_and_writers_are_found(make_writer: MakeWriter, folder: Path) -> None:
    reader, contents = JournalReader(folder), Contents()
    writers = [make_writer(segment_bytes=1 << 16) for _ in range(3)]
    for round_ in range(4):
        for writer in writers:
            log(writer, round_ * 1_000, 1_000)
        for name in reader.writers():
            while not read_into(contents, reader, name, limit=500, final=False):
                pass
    assert sorted(contents.values("x")) == sorted([*range(4_000)] * 3)
    assert contents.notices == []
    reader.close()


def test_large_batches_are_cut(make_writer: MakeWriter, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BATCH_BYTES", 300_000)
    writer = make_writer()
    for i in range(10):
        writer.point("t", str(i) * 100_000)
        writer.point("t", str(i) * 50_000)
    contents = read_all(folder)
    assert contents.values("t") == [str(i) * size for i in range(10) for size in (100_000, 50_000)]
    reader = JournalReader(folder)
    (name,) = reader.writers()
    reading = reader.read(name, 0)
    assert not reading.at_end
    assert 1 < reading.batch.count < 10
    reader.close()


def test_numbers_of_a_batch_are_joined(writer: JournalWriter, folder: Path) -> None:
    for value in (0, 0.5, None, 1, 1.5, True):
        writer.point("mixed", value)
    for value in (None, 2, 3):
        writer.point("ints", value)
    for value in (0.5, 2**53, 1):
        writer.point("large", value)
    contents = read_all(folder)
    assert contents.values("mixed") == [0.0, 0.5, None, 1.0, 1.5, True]
    assert [block.rows for block in contents.blocks if block.metric == "mixed"] == [5, 1]
    assert contents.values("ints") == [None, 2, 3]
    assert [type(value) for value in contents.values("large")] == [float, int, int]


def test_release_deletes_only_what_is_stored(make_writer: MakeWriter, folder: Path) -> None:
    writer = make_writer(segment_bytes=1 << 16)
    log(writer, 0, 2_000)
    writer.point("t", "a" * (INLINE_BYTES + 1))
    log(writer, 2_000, 2_000)
    writer.point("t", "b" * (INLINE_BYTES + 1))
    reader = JournalReader(folder)
    (name,) = reader.writers()
    segments, blocks = sorted(folder.glob("*.rwj")), sorted((folder / "block").iterdir())
    assert (len(segments), len(blocks)) == (3, 2)
    second = streams.Stream.header
    assert reader.release(name, 1) == 0
    header = second(reader._streams[name], 1)
    assert header is not None
    assert reader.release(name, header.first - 1) == 0
    assert reader.release(name, header.first) == 1 << 16
    assert sorted(folder.glob("*.rwj")) == segments[1:]
    end = writer.position()[name]
    freed = reader.release(name, end)
    assert freed > (1 << 16) + INLINE_BYTES
    assert sorted(folder.glob("*.rwj")) == segments[2:]
    assert sorted((folder / "block").iterdir()) == blocks[1:]
    assert reader.release(name, end) == 0  # the last one may grow
    log(writer, 4_000, 10)
    assert [v for b in reader.read(name, end).batch.blocks for v in values_of(b)] == list(range(4_000, 4_010))
    writer.close()
    reading = reader.read(name, end, final=True)
    assert reading.at_end
    assert reader.release(name, end) == 0
    assert reader.release(name, end + 10) > 1 << 16
    assert reader.writers() == []
    assert list((folder / "block").iterdir()) == []
    reader.close()


def test_open_segments_survive_deletion(writer: JournalWriter, folder: Path) -> None:
    log(writer, 0, 10)
    reader, contents = JournalReader(folder), Contents()
    (name,) = reader.writers()
    read_into(contents, reader, name, limit=100, final=False)
    for path in folder.iterdir():
        path.unlink()
    log(writer, 10, 10)
    read_into(contents, reader, name, limit=100, final=False)
    assert contents.values("x") == list(range(20))
    batch = reader.read(name, 5).batch  # back, since the store had less
    assert [v for b in batch.blocks for v in values_of(b)] == list(range(4, 20))
    reader.close()


def test_sync_reaches_each_changed_file_once(
    writer: JournalWriter, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fdatasync = os.fdatasync

    def record(file: int) -> None:
        synced.append(Path(f"/proc/self/fd/{file}").resolve().name)
        fdatasync(file)

    monkeypatch.setattr(os, "fdatasync", record)
    write_manifest(folder, manifest())
    log(writer, 0, 10)
    reader = JournalReader(folder)
    (name,) = reader.writers()
    reader.read(name, 0)
    reader.sync()
    (segment,) = folder.glob("*.rwj")
    assert sorted(synced) == sorted([segment.name, "run.json", folder.name])
    reader.sync()
    assert len(synced) == 3
    log(writer, 10, 10)
    reader.read(name, 11)
    reader.sync()
    assert synced[3:] == [segment.name]
    reader.close()


def test_sync_of_a_broken_disk_raises(writer: JournalWriter, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(file: int) -> None:
        raise OSError(5, "Input/output error")

    log(writer, 0, 10)
    reader = JournalReader(folder)
    reader.read(reader.writers()[0], 0)
    monkeypatch.setattr(readers.os, "fdatasync", fail)  # type: ignore[attr-defined]
    with pytest.raises(CorruptDataError) as caught:
        reader.sync()
    assert caught.value.detail["errno"] == 5
    reader.close()


def test_no_descriptors_are_left(make_writer: MakeWriter, folder: Path) -> None:
    writer = make_writer(segment_bytes=1 << 16)
    log(writer, 0, 5_000)
    before = len(os.listdir("/proc/self/fd"))
    read_all(folder)
    assert len(os.listdir("/proc/self/fd")) == before

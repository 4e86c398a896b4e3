"""Indexes are kept within a bound, and made again where they were given up."""

from __future__ import annotations

import threading

from runwatch.schema.artifact import AppendArtifact
from runwatch.schema.log import ReadLog
from runwatch.store.log.reader import LogReader
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run

LINES = 30_000


def filled(files: int) -> MemoryStore:
    store = MemoryStore()
    new_run(store, run_id="r")
    for number in range(files):
        data = b"".join(b"\r\x00%d %d\n" % (number, line) for line in range(LINES))
        store.artifacts.append(AppendArtifact(run_id="r", path=f"{number}.txt", offset=0, data=data))
    return store


def last(reader: LogReader, number: int) -> str:
    return reader.read(ReadLog(run_id="r", path=f"{number}.txt", first=-1)).lines[0].text


def test_memory_is_bounded() -> None:
    store = filled(6)
    alone = LogReader(store.artifacts)
    last(alone, 0)
    one = alone.memory_bytes
    assert one > 16 * (LINES - 3_000)
    reader = LogReader(store.artifacts, index_bytes=int(2.5 * one))
    for _ in range(2):
        for number in range(6):
            assert last(reader, number) == f"\x00{number} {LINES - 1}"
            assert reader.memory_bytes <= 2.5 * one
    small = LogReader(store.artifacts, index_bytes=1)
    assert last(small, 3) == f"\x003 {LINES - 1}"
    assert small.memory_bytes <= 1.1 * one


def test_many_threads_read_a_growing_log() -> None:
    store = filled(1)
    reader = LogReader(store.artifacts)
    wrong: list[object] = []

    def read() -> None:
        for _ in range(30):
            page = reader.read(ReadLog(run_id="r", path="0.txt", first=-20, count=20))
            numbers = [int(line.text.split()[1]) for line in page.lines if line.complete]
            if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
                wrong.append(numbers)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    offset = page_size(reader)
    for line in range(LINES, LINES + 300):
        data = b"\r\x00%d %d\n" % (0, line)
        store.artifacts.append(AppendArtifact(run_id="r", path="0.txt", offset=offset, data=data))
        offset += len(data)
    for thread in threads:
        thread.join()
    assert wrong == []
    assert last(reader, 0) == f"\x000 {LINES + 299}"


def page_size(reader: LogReader) -> int:
    return reader.read(ReadLog(run_id="r", path="0.txt", count=0)).state.size_bytes

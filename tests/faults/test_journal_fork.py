"""Forks while threads log: every process keeps to its own streams, and nothing is lost or doubled."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from runwatch.journal.pen import PenKind, native
from runwatch.journal.writer import JournalWriter
from tests.unit.journal.reading import read_all

POINTS = 2_000
CHILDREN = 6


def log_some(writer: JournalWriter, name: str) -> None:
    for i in range(POINTS):
        if not writer.scalar(name, i, i):
            writer.point(name, i, i)


@pytest.mark.parametrize("pen", ["native", "map", "write"])
def test_fork_while_threads_log(pen: PenKind, tmp_path: Path) -> None:
    if pen == "native" and native is None:
        pytest.skip("the native extension is not built")
    folder = tmp_path / "run"
    writer = JournalWriter(folder, "run", pen=pen, segment_bytes=1 << 16)
    writer.point("main", -1, -1)
    threads = [threading.Thread(target=log_some, args=(writer, f"thread/{number}")) for number in range(3)]
    for thread in threads:
        thread.start()
    children = []
    for number in range(CHILDREN):
        child = os.fork()
        if child == 0:
            try:
                inner = threading.Thread(target=log_some, args=(writer, f"child/{number}/thread"))
                inner.start()
                log_some(writer, f"child/{number}")
                inner.join()
                grandchild = os.fork()
                if grandchild == 0:
                    log_some(writer, f"child/{number}/child")
                    os._exit(0)
                os._exit(os.waitstatus_to_exitcode(os.waitpid(grandchild, 0)[1]))
            finally:
                os._exit(99)
        children.append(child)
        log_some(writer, f"main/{number}")
    for thread in threads:
        thread.join()
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * CHILDREN
    contents = read_all(folder, final=True)
    names = [f"thread/{number}" for number in range(3)]
    names += [f"{part}" for n in range(CHILDREN) for part in (f"main/{n}", f"child/{n}", f"child/{n}/thread")]
    names += [f"child/{number}/child" for number in range(CHILDREN)]
    for name in names:
        assert contents.rows[name] == [(i, i) for i in range(POINTS)], name
    assert contents.rows["main"] == [(-1, -1)]
    assert set(contents.rows) == {*names, "main"}
    assert not contents.notices
    assert not contents.dropped
    writer.close()

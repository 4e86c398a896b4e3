"""SIGKILL of the training process at any moment: every point whose call had returned is in the store."""

from __future__ import annotations

import mmap
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from runwatch.journal.writer import JournalWriter
from runwatch.schema.run import ExitKind, RunStatus
from runwatch.sdk.watcher import launch
from runwatch.store.location import open_store
from runwatch.store.memory.store import MemoryStore
from tests.unit.sdk.watcher.scene import await_that, drive, make_journal, make_ward, run_of, values

ROUNDS = 40

TRAINING = """
import os, sys, time
from contextlib import closing
from pathlib import Path
from runwatch.journal.writer import JournalWriter
from runwatch.sdk.watcher import launch
from tests.unit.sdk.watcher.scene import make_journal
folder = make_journal(Path(sys.argv[1]))
watching = launch.start(folder)
writer = JournalWriter(folder, "run")
for value in range(10**9):
    writer.point("loss", float(value), value)
    if value % 100 == 99:
        print(value + 1, flush=True)
        time.sleep(0.001)
"""


class Trainee:
    """A forked process that logs as fast as it can and notes in shared memory how many calls have returned."""

    def __init__(self, root: Path) -> None:
        self._shared = mmap.mmap(-1, 8)
        reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.read(reading, 1)  # the manifest must name this process before it logs
            self._log(root / "journal" / "run")
        self.folder = make_journal(root, pid=self.pid)
        os.write(writing, b"x")
        os.close(reading)
        os.close(writing)

    def _log(self, folder: Path) -> None:
        writer = JournalWriter(folder, "run", segment_bytes=1 << 16)
        word = memoryview(self._shared).cast("Q")
        value = 0
        while True:
            writer.point("loss", float(value), value)
            value += 1
            word[0] = value

    @property
    def acknowledged(self) -> int:
        return int.from_bytes(self._shared[:8], "little")

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_nothing_acknowledged_is_lost(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    store = MemoryStore()
    training = Trainee(tmp_path)
    ward = make_ward(training.folder, store)
    try:
        await_that(lambda: training.acknowledged > 0, "the first point is logged")
        deadline = time.monotonic() + draw.uniform(0.0, 0.02)
        while time.monotonic() < deadline:
            if draw.random() < 0.3:
                ward.step()
    finally:
        training.kill()
    drive(ward)
    stored, acknowledged = values(store), training.acknowledged
    assert stored == list(range(len(stored)))
    assert acknowledged <= len(stored) <= acknowledged + 1
    run = run_of(store)
    assert run.exit is not None
    assert run.status is RunStatus.FAILED
    assert (run.exit.kind, run.exit.signal) in {(ExitKind.SIGNAL, 9), (ExitKind.LOST, None)}
    assert not training.folder.exists()


@pytest.mark.parametrize("delay_s", [0.0, 1.5])
def test_with_a_real_watcher_and_the_real_store(tmp_path: Path, delay_s: float) -> None:
    """Two to four seconds: the processes that users have, killed before and after the watcher is up."""
    with closing(open_store(str(tmp_path))) as store:
        root = str(Path(__file__).parents[2])
        with subprocess.Popen(
            [sys.executable, "-c", TRAINING, str(tmp_path)],
            stdout=subprocess.PIPE,
            env=dict(os.environ, PYTHONPATH=root),
        ) as training:
            assert training.stdout is not None
            acknowledged = int(training.stdout.readline())
            deadline = time.monotonic() + delay_s
            while time.monotonic() < deadline:
                acknowledged = int(training.stdout.readline())
            training.kill()
            acknowledged = max([acknowledged, *map(int, training.stdout.read().split(b"\n")[:-1])])
        folder = tmp_path / "journal" / "run"
        await_that(lambda: launch.finished(folder), "the watcher has finished the run", timeout_s=60)
        stored = values(store)
        assert stored == list(range(len(stored)))
        assert len(stored) >= acknowledged
        run = run_of(store)
        assert run.exit is not None
        assert run.status is RunStatus.FAILED
        assert (run.exit.kind, run.exit.signal) in {(ExitKind.SIGNAL, 9), (ExitKind.LOST, None)}

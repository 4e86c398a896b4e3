"""Training processes to be killed: forked from one that has everything imported, so that hundreds are affordable."""

from __future__ import annotations

import mmap
import os
import struct
import subprocess
import sys
import time
from pathlib import Path

NURSERY = """
import mmap, os, signal, struct, sys
from runwatch import Experiment, Workspace
from runwatch.store.location import open_store
import runwatch.store.sql.store
signal.signal(signal.SIGCHLD, signal.SIG_IGN)

def train(folder, run_id, ledger):
    descriptor = os.open(ledger, os.O_RDWR)
    done = memoryview(mmap.mmap(descriptor, 8)).cast("Q")
    run = Experiment(Workspace.open(folder), "kill").start_logging(run_id=run_id, outputs=None, snapshot_directory=None)
    step = 0
    while True:
        run.log("x", step + 0.5, step=step)
        step += 1
        done[0] = step  # after the call has returned, never before

for line in sys.stdin:
    folder, run_id, ledger = line.rstrip("\\n").split("\\t")
    child = os.fork()
    if child == 0:
        train(folder, run_id, ledger)
    print(child, flush=True)
"""


class Nursery:
    """Starts training processes that log without end until they are killed."""

    def __init__(self, workspace: Path, ledgers: Path) -> None:
        self.workspace = workspace
        self.ledgers = ledgers
        environment = os.environ | {"RUNWATCH_SYSTEM_INTERVAL_S": "0"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def start(self, run_id: str) -> Trainer:
        """A process that records the run."""
        ledger = self.ledgers / run_id
        ledger.write_bytes(bytes(8))
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{self.workspace}\t{run_id}\t{ledger}\n")
        self.process.stdin.flush()
        return Trainer(run_id, int(self.process.stdout.readline()), ledger)

    def close(self) -> None:
        """End the process that starts them."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


class Trainer:
    """One of them."""

    def __init__(self, run_id: str, pid: int, ledger: Path) -> None:
        self.run_id = run_id
        self.pid = pid
        with ledger.open("rb") as file:
            self._ledger = mmap.mmap(file.fileno(), 8, prot=mmap.PROT_READ)

    @property
    def acknowledged(self) -> int:
        """How many calls of ``run.log`` have returned."""
        return int(struct.unpack("<Q", self._ledger[:8])[0])

    def wait_for_points(self, least: int, timeout_s: float = 30) -> None:
        """Until it has logged that many."""
        deadline = time.monotonic() + timeout_s
        while self.acknowledged < least:
            assert time.monotonic() < deadline, f"{self.run_id} did not start to log"
            time.sleep(0.002)

    def kill(self) -> None:
        """SIGKILL."""
        os.kill(self.pid, 9)

"""A full disk never ends training: one warning, and the run says what was lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from runwatch import Workspace
from runwatch.schema.metric import ListMetrics
from runwatch.schema.run import GetRun, Run
from tests.faults.mount import small

TRAINER = """
import os, sys, tempfile, time
tempfile.tempdir = os.environ["TMPDIR"]  # else Python looks for a temporary folder that has room
from runwatch import Experiment, Workspace
folder = sys.argv[1]
run = Experiment(Workspace.open(folder), "full").start_logging(run_id="full", outputs=None, snapshot_directory=None)
run.log("before", 1.0)
run.flush()
ballast = os.path.join(folder, "ballast")
with open(ballast, "wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(1 << 16))
    except OSError:
        pass
for step in range(400_000):  # about 19 MB of records; the disk has none left
    run.log("during", step, step=step)
print("survived", flush=True)
os.unlink(ballast)
time.sleep(1.5)
for step in range(1_000):
    run.log("after", step, step=step)
run.complete()
print("completed", flush=True)
"""


def train_until_full(disk: Path, temporary: Path) -> tuple[Run, dict[str, int]]:
    """What the store has of a run whose disk was full for a while."""
    workspace = disk / "workspace"
    environment = os.environ | {"TMPDIR": str(temporary), "RUNWATCH_SYSTEM_INTERVAL_S": "0"}
    command = [sys.executable, "-c", TRAINER, str(workspace)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["survived", "completed"]
    assert 1 <= len(done.stderr.strip().splitlines()) <= 2, done.stderr  # said once, not once a point

    store = Workspace.open(workspace).store
    deadline = time.monotonic() + 60
    while not (run := store.runs.get(GetRun(run_id="full"))).status.is_terminal:
        assert time.monotonic() < deadline, "the watcher did not end the run"
        time.sleep(0.1)
    rows = {metric.name: metric.rows for metric in store.metrics.list(ListMetrics(run_id="full")).metrics}
    store.close()
    assert rows["before"] == 1
    assert rows["after"] == 1_000  # recording goes on once there is room again
    return run, rows


def lost(run: Run) -> int:
    return sum(warning.count for warning in run.warnings if warning.source == "journal")


def test_the_run_says_what_was_lost(tmp_path: Path) -> None:
    with small(tmp_path / "disk", 24) as disk:
        (disk / "tmp").mkdir()
        run, rows = train_until_full(disk, disk / "tmp")
        missing = 400_000 - rows.get("during", 0)
        assert missing > 0  # else the test did not fill the disk
        assert lost(run) == missing


def test_nothing_is_lost_while_the_temporary_folder_has_room(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    with small(tmp_path / "disk", 24) as disk:
        run, rows = train_until_full(disk, tmp_path / "tmp")
        assert rows["during"] == 400_000
        assert lost(run) == 0

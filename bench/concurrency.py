"""Many metrics in one run, and many runs at once in one SQLite workspace: no "locked", no lost point."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.figure import Figure

METRICS, ROUNDS = 2_000, 20
RUNS, POINTS = 100, 1_000

TRAINER = """
import sys
from runwatch import Experiment, Workspace
workspace, number, points = Workspace.open(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
run = Experiment(workspace, "crowd").start_logging(run_id=f"run-{number}", outputs=None, snapshot_directory=None)
for step in range(points):
    run.log("loss", number + step / points, step=step)
run.complete()
"""


def many_metrics() -> Figure:
    """Log every metric in every round, complete, count what came back."""
    from runwatch import Experiment, Workspace
    from runwatch.sdk import home

    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.open(folder)
        run = Experiment(workspace, "wide").start_logging(outputs=None, snapshot_directory=None)
        started = time.perf_counter()
        for step in range(ROUNDS):
            for number in range(METRICS):
                run.log(f"layer{number}/norm", number + step / ROUNDS, step=step)
            time.sleep(0.25)  # a step of training
        logged = time.perf_counter() - started - 0.25 * ROUNDS
        run.flush()
        stored = time.perf_counter() - started
        run.complete()
        got = run.get_metrics()
        kept = sum(len(got[f"layer{number}/norm"]) for number in range(METRICS))
        home.close(workspace.place)
    expected = METRICS * ROUNDS
    note = f"{expected:,} points in {ROUNDS} rounds; logging took {logged:.2f} s, all in the store after {stored:.1f} s"
    return Figure(f"{METRICS:,} metrics in one run: points lost", f"{expected - kept}", "0", kept == expected, note)


def many_runs() -> Figure:
    """Start every trainer at once, each a process with its own watcher; count what came back and what they printed."""
    from runwatch import Workspace
    from runwatch.sdk import home

    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        trainers = [
            subprocess.Popen(
                [sys.executable, "-c", TRAINER, folder, str(number), str(POINTS)],
                stderr=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                text=True,
            )
            for number in range(RUNS)
        ]
        errors = [trainer.communicate()[1] for trainer in trainers]
        taken = time.perf_counter() - started
        workspace = Workspace.open(folder)
        kept, deadline = 0, time.monotonic() + 120
        while time.monotonic() < deadline:  # watchers may finish alone after their process
            kept = _points(workspace)
            if kept >= RUNS * POINTS:
                break
            time.sleep(1)
        locked = sum("locked" in text for text in errors) + _locked(Path(folder))
        home.close(workspace.place)
    lost = RUNS * POINTS - kept
    note = (
        f"{RUNS * POINTS:,} points, {taken:.0f} s from the first start to the last exit; 'database is locked': {locked}"
    )
    return Figure(
        f"{RUNS} runs at once into one SQLite workspace: points lost", f"{lost}", "0", lost == 0 and not locked, note
    )


def _points(workspace: object) -> int:
    from runwatch.schema.error import NotFoundError
    from runwatch.schema.metric import ListMetrics

    store, kept = workspace.store, 0  # type: ignore[attr-defined]
    for number in range(RUNS):
        try:
            page = store.metrics.list(ListMetrics(run_id=f"run-{number}", names=("loss",)))
        except NotFoundError:
            continue
        kept += sum(metric.rows for metric in page.metrics)
    return kept


def _locked(folder: Path) -> int:
    return sum("locked" in log.read_text(errors="replace") for log in folder.rglob("watcher.log"))


def measure() -> list[Figure]:
    """Both."""
    return [many_metrics(), many_runs()]


if __name__ == "__main__":
    for figure in measure():
        print(figure.row())

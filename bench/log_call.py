"""What one ``run.log`` costs the training loop, beside ``list.append((name, value, time.time()))``.

Every way is timed in the same process, in batches of 1,000 calls that take turns, so that a busy machine slows all of
them alike; the figure is the median over the batches. Single calls are timed too, for the slowest one in a thousand.
"""

from __future__ import annotations

import importlib.util
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter_ns
from typing import Any

from bench.figure import Figure
from runwatch import Experiment, Run, Workspace
from runwatch.journal.pen import PenKind, native
from runwatch.journal.writer import JournalWriter

CALLS = 1_000
BATCHES = 300
SINGLE_CALLS = 50_000
GOAL = 3.0
"""Times the cost of the append."""

PEER_BATCHES = 5
"""Batches of the other trackers: they take a hundred times as long."""

Batch = Callable[[int], None]
"""Logs `CALLS` values from a step on, in a loop of its own: a call around each would be counted too."""


def appending() -> Batch:
    """The cost of merely remembering a point."""
    points: list[tuple[str, float, float]] = []
    append, now = points.append, time.time

    def batch(first: int) -> None:
        points.clear()
        for step in range(first, first + CALLS):
            append(("loss", step * 0.5, now()))

    return batch


def journal(folder: Path, pen: PenKind | None = None) -> Batch:
    """The writer alone, as `Run.log` calls it."""
    writer = JournalWriter(folder, folder.name, pen=pen)
    fast, point = writer.scalar, writer.point

    def batch(first: int) -> None:
        for step in range(first, first + CALLS):
            if not fast("loss", step * 0.5, step):
                point("loss", step * 0.5, step)

    return batch


@contextmanager
def recorded(folder: Path) -> Iterator[Run]:
    """A run with its watcher at work beside it."""
    run = Experiment(Workspace.open(str(folder)), "bench").start_logging(outputs=None, snapshot_directory=None)
    try:
        yield run
    finally:
        run.complete()


def run_log(run: Run) -> Batch:
    """The whole of ``run.log``."""

    def batch(first: int) -> None:
        for step in range(first, first + CALLS):
            run.log("loss", step * 0.5, step=step)

    return batch


@contextmanager
def wandb_offline(folder: Path) -> Iterator[Batch]:
    """W&B without a server."""
    import wandb

    run = wandb.init(mode="offline", dir=str(folder), project="bench", settings=wandb.Settings(silent=True))

    def batch(first: int) -> None:
        for step in range(first, first + CALLS):
            run.log({"loss": step * 0.5})

    try:
        yield batch
    finally:
        run.finish()


@contextmanager
def tensorboard(folder: Path) -> Iterator[Batch]:
    """TensorBoardX's event file."""
    from tensorboardX import SummaryWriter

    writer = SummaryWriter(str(folder))

    def batch(first: int) -> None:
        for step in range(first, first + CALLS):
            writer.add_scalar("loss", step * 0.5, step)

    try:
        yield batch
    finally:
        writer.close()


PEERS: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "W&B offline": ("wandb", wandb_offline),
    "TensorBoardX": ("tensorboardX", tensorboard),
}


def batch_ns(batch: Batch, first: int) -> float:
    """Nanoseconds a call over one batch."""
    started = perf_counter_ns()
    batch(first)
    return (perf_counter_ns() - started) / CALLS


def medians(ways: dict[str, Batch], batches: int) -> dict[str, float]:
    """Nanoseconds a call for each way, the batches taking turns."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(batches):
        for name, batch in ways.items():
            taken[name].append(batch_ns(batch, number * CALLS))
    return {name: statistics.median(values) for name, values in taken.items()}


def slowest_ns(run: Run, share: float = 0.999) -> float:
    """What a single call takes at most in so large a share of all, the watcher shipping beside it.

    The clock's own cost is included. The calls are spread over seconds, so that the watcher's rounds fall among them.
    """
    taken = []
    for step in range(SINGLE_CALLS):
        started = perf_counter_ns()
        run.log("single", 0.5, step=step)
        taken.append(perf_counter_ns() - started)
        if step % 10 == 0:
            time.sleep(0.0005)
    return sorted(taken)[int(len(taken) * share)]


def results() -> Iterator[dict[str, Any]]:
    """One row for each way: its median and its ratio to the append; or why it was skipped."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ways: dict[str, Batch] = {"list.append": appending(), "journal": journal(folder / "journal")}
        run = stack.enter_context(recorded(folder / "workspace"))
        ways["Run.log"] = run_log(run)
        if native is not None:
            ways["journal, Python pen"] = journal(folder / "map", "map")
        ways["journal, pwrite pen"] = journal(folder / "write", "write")
        for batch in ways.values():
            batch_ns(batch, 0)
        found = medians(ways, BATCHES)
        base = found["list.append"]
        for name, median in found.items():
            yield {"way": name, "median_ns": median, "ratio": median / base}
        yield {"way": "one call", "p99.9_ns": slowest_ns(run)}
        for name, (module, start) in PEERS.items():
            if importlib.util.find_spec(module) is None:
                yield {"way": name, "skipped": f"{module} is not installed"}
                continue
            with start(folder / module) as batch:
                batch_ns(batch, 0)
                pair = medians({"base": ways["list.append"], name: batch}, PEER_BATCHES)
                yield {"way": name, "median_ns": pair[name], "ratio": pair[name] / pair["base"]}


def measure() -> list[Figure]:
    """The rows of the README's table."""
    rows = {row["way"]: row for row in results()}
    ours, base = rows["Run.log"], rows["list.append"]
    note = (
        f"{ours['median_ns']:.0f} ns against {base['median_ns']:.0f} ns, median of {BATCHES} interleaved batches; "
        f"through pwrite {rows['journal, pwrite pen']['ratio']:.0f} ×"
    )
    reached, what = ours["ratio"] <= GOAL, "`run.log`, against appending to a list"
    cost = Figure(what, f"{ours['ratio']:.1f} ×", f"≤ {GOAL:.0f} ×", reached, note)
    slowest_us = rows["one call"]["p99.9_ns"] / 1e3
    pauses = f"{SINGLE_CALLS:,} calls over some seconds, the watcher shipping beside them"
    slow = Figure("99.9 % of the calls take at most", f"{slowest_us:.0f} µs", "50 µs", slowest_us < 50, pauses)
    return [cost, slow, *(peer(rows[name], ours["ratio"], times) for name, times in PEER_GOALS.items())]


PEER_GOALS = {"W&B offline": 100, "TensorBoardX": 50}
"""How many times cheaper ``run.log`` has to be."""


def peer(row: dict[str, Any], ours: float, goal: int) -> Figure:
    """Another tracker's row."""
    what, aim = f"the same call of {row['way']}, against `run.log`", f"≥ {goal} ×"
    if "skipped" in row:
        return Figure(what, "not measured", aim, None, f"{row['skipped']}: run `make bench`")
    times = row["ratio"] / ours
    return Figure(what, f"{times:.0f} ×", aim, times >= goal, f"{row['ratio']:.0f} appends")


def main() -> None:
    """Print a line of JSON for each way."""
    for row in results():
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()

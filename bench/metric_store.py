"""What a million points take in the database, and how long it takes to store, read and draw them."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np

from bench.figure import Figure
from bench.size import loss_curve
from runwatch.schema.metric import AppendBatch, Block, Column, ColumnType, MetricKind, ReadMetric, ReadOverview
from runwatch.schema.run import CreateRun
from runwatch.series.chunk import Chunk
from runwatch.store.sql.database import Database
from runwatch.store.sql.metric import SqlMetricShelf
from runwatch.store.sql.run import SqlRunShelf

POINTS: Final = 1_000_000
MANY: Final = 10_000_000
RAW_BYTES: Final = 24
GOAL_BYTES: Final = 6.0
GOAL_READ_MS: Final = 50.0
GOAL_OVERVIEW_MS: Final = 10.0
GOAL_MANY_METRICS_MS: Final = 150.0
GOAL_POINTS_A_S: Final = 1_000_000


@contextmanager
def workspace() -> Iterator[tuple[Database, SqlMetricShelf]]:
    """A new database with one run, ``r``."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "runwatch.db")
        SqlRunShelf(database).create(CreateRun(experiment="bench", run_id="r", token="t", created_at=0.0))
        try:
            yield database, SqlMetricShelf(database)
        finally:
            database.close()


def block(name: str, rows: Chunk) -> Block:
    """Rows of a scalar as they come from a journal."""
    assert rows.times is not None
    assert rows.steps is not None
    kind, data, valid = rows.columns["value"].to_wire()
    column = Column(name="value", type=ColumnType(kind), data=data, valid=valid)
    return Block(
        metric=name,
        kind=MetricKind.SCALAR,
        rows=rows.rows,
        columns=(column,),
        times=rows.times.tobytes(),
        steps=rows.steps.tobytes(),
    )


class Writer:
    """Appends to one metric after the other, as a watcher does."""

    def __init__(self, shelf: SqlMetricShelf) -> None:
        self._shelf = shelf
        self._next = 0

    def append(self, *blocks: Block) -> None:
        """One batch."""
        count = sum(it.rows for it in blocks)
        batch = AppendBatch(run_id="r", writer="w", epoch=1, first=self._next, count=count, blocks=blocks)
        self._next = self._shelf.append(batch).cursor


def file_bytes(database: Database) -> int:
    """The database with its log."""
    return sum(path.stat().st_size for path in database.file.parent.glob(f"{database.file.name}*"))


def pack(database: Database, how: str) -> int:
    """The bytes of the file after a checkpoint or a vacuum."""
    with database.outside() as raw:
        if how == "vacuum":
            raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return file_bytes(database)


def milliseconds(work: Callable[[], object], times: int = 7) -> float:
    """The median time."""
    return median(_timed(work) for _ in range(times))


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def storing(batch_rows: int) -> dict[str, float]:
    """Append a million points in batches of so many rows; what they take, and how fast that was."""
    batches = [block("loss", part) for part in loss_curve(POINTS).split(batch_rows)]
    with workspace() as (database, shelf):
        writer = Writer(shelf)
        spent = sum(milliseconds(partial(writer.append, it), 1) for it in batches)
        return {
            "batch_rows": batch_rows,
            "append_points_a_s": round(POINTS / spent * 1e3),
            "raw_bytes_per_point": round(file_bytes(database) / POINTS, 3),
            "checkpoint_bytes_per_point": round(pack(database, "checkpoint") / POINTS, 3),
            "vacuum_bytes_per_point": round(pack(database, "vacuum") / POINTS, 3),
        }


def reading() -> dict[str, float]:
    """Read a million points back, against reading the same numbers from a plain file."""
    curve = loss_curve(POINTS)
    with workspace() as (database, shelf):
        writer = Writer(shelf)
        for part in curve.split(65_536):
            writer.append(block("loss", part))
        plain = database.file.with_name("plain.bin")
        assert curve.times is not None
        assert curve.steps is not None
        with plain.open("wb") as file:
            for array in (curve.columns["value"].values, curve.steps, curve.times):
                np.asarray(array).tofile(file)
        read = milliseconds(lambda: shelf.read(ReadMetric(run_id="r", name="loss")))
        raw = milliseconds(lambda: np.fromfile(plain))
    return {"read_ms": round(read, 1), "plain_file_ms": round(raw, 1), "read_over_plain": round(read / raw, 2)}


def drawing() -> dict[str, float]:
    """The overview of ten million points in 1,000 buckets, and of the first 200,000 of them."""
    with workspace() as (_, shelf):
        writer = Writer(shelf)
        for part in loss_curve(MANY).split(524_288):
            writer.append(block("loss", part))
        whole = ReadOverview(run_id="r", name="loss", buckets=1_000)
        part_of = ReadOverview(run_id="r", name="loss", buckets=1_000, count=200_000)
        return {
            "overview_ms": round(milliseconds(lambda: shelf.read_overview(whole)), 2),
            "overview_of_200000_ms": round(milliseconds(lambda: shelf.read_overview(part_of)), 2),
        }


def many_metrics(metrics: int = 2_000, rows: int = 3, batches: int = 40) -> dict[str, float]:
    """Batches of few rows of many metrics: the usual and the longest transaction, once the metrics are there."""
    parts = list(loss_curve(rows * batches).split(rows))
    with workspace() as (_, shelf):
        writer = Writer(shelf)
        times = []
        for part in parts:
            blocks = [block(f"layer.{number}/gradient", part) for number in range(metrics)]
            times.append(milliseconds(partial(writer.append, *blocks), 1))
    return {
        "metrics": metrics,
        "first_ms": round(times[0], 1),
        "median_ms": round(median(times[1:]), 1),
        "longest_ms": round(max(times[1:]), 1),
    }


def large_batch() -> dict[str, float]:
    """One batch of 65,536 rows of one metric."""
    batches = [block("loss", part) for part in loss_curve(65_536 * 8).split(65_536)]
    with workspace() as (_, shelf):
        writer = Writer(shelf)
        spent = median(milliseconds(partial(writer.append, it), 1) for it in batches)
    return {"batch_rows": 65_536, "batch_ms": round(spent, 1), "points_a_s": round(65_536 / spent * 1e3)}


def measure() -> list[Figure]:
    """The figures beside their goals."""
    small, large, read, draw, many, batch = (
        storing(500),
        storing(8_000),
        reading(),
        drawing(),
        many_metrics(),
        large_batch(),
    )
    stored = max(small["checkpoint_bytes_per_point"], large["checkpoint_bytes_per_point"])
    return [
        Figure(
            "a point in the database file",
            f"{stored:.2f} B",
            f"{GOAL_BYTES:g} B",
            stored <= GOAL_BYTES,
            f"1,000,000 points in batches of 500 or 8,000 rows, whole file, not vacuumed; {RAW_BYTES} B unpacked",
        ),
        Figure(
            "read 1,000,000 points",
            f"{read['read_ms']:.0f} ms",
            f"{GOAL_READ_MS:g} ms",
            read["read_ms"] <= GOAL_READ_MS,
            f"value, step and time; {read['read_over_plain']:.1f} times as long as from a plain file of 24 MB",
        ),
        Figure(
            "draw 10,000,000 points",
            f"{draw['overview_ms']:.1f} ms",
            f"{GOAL_OVERVIEW_MS:g} ms",
            draw["overview_ms"] <= GOAL_OVERVIEW_MS,
            f"overview in 1,000 buckets; {draw['overview_of_200000_ms']:.1f} ms for the first 200,000",
        ),
        Figure(
            "store 3 rows of each of 2,000 metrics",
            f"{many['median_ms']:.0f} ms",
            f"{GOAL_MANY_METRICS_MS:g} ms",
            many["median_ms"] <= GOAL_MANY_METRICS_MS,
            f"one durable batch, the median of 40; the longest took {many['longest_ms']:.0f} ms",
        ),
        Figure(
            "store a batch of 65,536 rows",
            f"{batch['points_a_s'] / 1e6:.1f} M points/s",
            f"{GOAL_POINTS_A_S / 1e6:g} M points/s",
            batch["points_a_s"] >= GOAL_POINTS_A_S,
            "one metric, durable",
        ),
    ]


def main() -> None:
    """Print each measurement as a line of JSON."""
    works: list[tuple[str, Callable[[], dict[str, float]]]] = [
        ("storing", partial(storing, 500)),
        ("storing", partial(storing, 8_000)),
        ("reading", reading),
        ("drawing", drawing),
        ("many_metrics", many_metrics),
        ("large_batch", large_batch),
    ]
    for name, work in works:
        print(json.dumps({"bench": f"metric_store.{name}", **work()}), flush=True)


if __name__ == "__main__":
    main()

"""How long it takes to answer a chart of 50 series of ten million points each, as a frame, from a SQLite workspace."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np

from bench.figure import Figure
from bench.metric_store import block
from bench.size import loss_curve
from runwatch.schema.chart import Axis, Chart, ChartBatch, Series, Smoothing, SmoothingKind
from runwatch.schema.metric import AppendBatch
from runwatch.schema.run import CreateRun
from runwatch.series import frame
from runwatch.series.smoothing import ema
from runwatch.store.chart.reader import ChartReader
from runwatch.store.sql.store import DATABASE_NAME, SqlStore

POINTS: Final = 10_000_000
RUNS: Final = 50
BUCKETS: Final = 1_000
GOAL_MS: Final = 30.0
GOAL_EMA_MS: Final = 150.0
TIMES: Final = 9

_COPIES: Final = (
    "INSERT INTO metrics SELECT :metric, :run, {} FROM metrics WHERE metric_key = 1",
    "INSERT INTO summaries SELECT :run, {} FROM summaries WHERE run_key = 1",
    "INSERT INTO chunks SELECT :metric, {} FROM chunks WHERE metric_key = 1",
    "INSERT INTO chunk_buckets SELECT :metric, {} FROM chunk_buckets WHERE metric_key = 1",
)


@contextmanager
def workspace(points: int = POINTS, runs: int = RUNS) -> Iterator[SqlStore]:
    """So many runs with the same metric: one recorded through the store, its rows copied to the others by SQL."""
    with tempfile.TemporaryDirectory() as folder:
        with closing(SqlStore(Path(folder))) as store:
            for number in range(runs):
                store.runs.create(CreateRun(experiment="bench", run_id=f"r{number}", token="t", created_at=0.0))
            first = 0
            for part in loss_curve(points).split(524_288):
                rows = block("loss", part)
                batch = AppendBatch(run_id="r0", writer="w", epoch=1, first=first, count=part.rows, blocks=(rows,))
                first = store.metrics.append(batch).cursor
        copy_rows(Path(folder) / DATABASE_NAME, runs)
        with closing(SqlStore(Path(folder), create=False)) as store:
            yield store


def copy_rows(file: Path, runs: int) -> None:
    """Give all runs what the first one has."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        for key in range(2, runs + 1):
            for statement in _COPIES:
                table = statement.split()[2]
                names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
                own = 2 if table == "metrics" else 1
                copied = ", ".join(f'"{name}"' for name in names[own:])
                connection.execute(statement.format(copied), {"metric": key, "run": key})
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def request(x: Axis | None = None, smoothing: Smoothing | None = None, runs: int = RUNS) -> ChartBatch:
    """The chart of all runs."""
    series = tuple(Series(run_id=f"r{number}", metric="loss") for number in range(runs))
    return ChartBatch(charts=(Chart(series=series, x=x or Axis(), buckets=BUCKETS, smoothing=smoothing),))


def milliseconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def answer(reader: ChartReader, batch: ChartBatch) -> list[bytes]:
    """What would be sent."""
    return [frame.encode(plot) for plot in reader.answer(batch)]


def ask(reader: ChartReader, batch: ChartBatch) -> tuple[float, float]:
    """The time of the first answer and the median of those after it."""
    first = milliseconds(lambda: answer(reader, batch))
    return first, median(milliseconds(lambda: answer(reader, batch)) for _ in range(TIMES))


def charts() -> dict[str, float]:
    """Answers of each kind, milliseconds."""
    found: dict[str, float] = {}
    with workspace() as store:
        reader = ChartReader(store)
        for name, part in (("full", 1.0), ("tenth", 0.1), ("hundredth", 0.01)):
            x = Axis() if part == 1.0 else Axis(start=0.4 * POINTS, end=(0.4 + part) * POINTS)
            found[f"{name}_first_ms"], found[f"{name}_ms"] = ask(reader, request(x))
        smoothing = Smoothing(kind=SmoothingKind.EMA, amount=0.99)
        found["smooth_first_ms"], found["smooth_ms"] = ask(reader, request(smoothing=smoothing, runs=1))
    return {name: round(value, 1) for name, value in found.items()}


def smoothing() -> dict[str, float]:
    """The processor's time for a smooth line of ten million points."""
    values = np.asarray(loss_curve(POINTS).columns["value"].values)
    times = []
    for _ in range(5):
        start = time.process_time()
        ema(values, 0.99)
        times.append((time.process_time() - start) * 1e3)
    return {"ema_ms": round(median(times), 1)}


def measure() -> list[Figure]:
    """The figures beside their goals."""
    found = charts() | smoothing()
    how = (
        f"one process, one core: changes looked up, put into {BUCKETS:,} buckets and encoded, from SQLite; one run was "
        "recorded, its rows copied to 49 others by SQL"
    )
    rows = [("whole", "full"), ("a tenth", "tenth"), ("a hundredth", "hundredth")]
    figures = [
        Figure(
            f"chart of 50 x 10,000,000 points, {shown}",
            f"{found[f'{name}_ms']:.0f} ms",
            f"{GOAL_MS:g} ms",
            found[f"{name}_ms"] <= GOAL_MS,
            f"second and later answers; {how}" if name == "full" else "likewise, a range in the middle",
        )
        for shown, name in rows
    ]
    cold = [
        Figure(
            f"the same, {shown}, first answer",
            f"{found[f'{name}_first_ms']:.0f} ms",
            note="nothing of it read before" if name == "full" else "coarse levels read, this range not",
        )
        for shown, name in rows
    ]
    return [
        *figures,
        *cold,
        Figure(
            "smooth 10,000,000 points (EMA)",
            f"{found['ema_ms']:.0f} ms",
            f"{GOAL_EMA_MS:g} ms",
            found["ema_ms"] <= GOAL_EMA_MS,
            f"processor time; first chart of one smoothed series {found['smooth_first_ms']:.0f} ms with reading it, "
            f"then {found['smooth_ms']:.1f} ms",
        ),
    ]


def main() -> None:
    """Print each measurement as a line of JSON."""
    for work in (charts, smoothing):
        print(json.dumps({"bench": f"chart.{work.__name__}", **work()}), flush=True)


if __name__ == "__main__":
    main()

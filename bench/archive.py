"""How long a million points and a large file take into an archive and back, and how large the archive is."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from bench.figure import Figure
from bench.metric_store import block
from bench.size import loss_curve
from runwatch.archive.export import export_runs
from runwatch.archive.intake import import_runs
from runwatch.schema.artifact import AppendArtifact, SealArtifact
from runwatch.schema.metric import AppendBatch
from runwatch.schema.run import CreateRun
from runwatch.store.sql.store import SqlStore

POINTS: Final = 1_000_000
BATCH: Final = 50_000
FILE_PARTS: Final = 32
PART_BYTES: Final = 8 << 20


def measure() -> list[Figure]:
    """All figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with closing(SqlStore(folder / "from")) as store:
            stored_s = _timed(lambda: _store_points(store))
            _store_file(store)
            points_s = _timed(lambda: export_runs(store, ["points"], folder / "points.zip"))
            file_s = _timed(lambda: export_runs(store, ["file"], folder / "file.zip"))
            size = (folder / "points.zip").stat().st_size / POINTS
        with closing(SqlStore(folder / "to")) as store:
            points_back_s = _timed(lambda: import_runs(store, folder / "points.zip"))
            file_back_s = _timed(lambda: import_runs(store, folder / "file.zip"))
    megabytes = FILE_PARTS * PART_BYTES / 1e6
    ratio = points_back_s / stored_s
    return [
        Figure(
            f"export {POINTS:,} points into a zip",
            f"{points_s:.2f} s",
            note=f"Parquet, {size:.1f} B a point; the import takes {points_back_s:.2f} s, everything verified, "
            f"{ratio:.1f} times as long as storing the points took",
        ),
        Figure(
            f"export a file of {megabytes:.0f} MB",
            f"{megabytes / file_s:.0f} MB/s",
            note=f"the import {megabytes / file_back_s:.0f} MB/s: two readings, and durable",
        ),
    ]


def _make_run(store: SqlStore, run_id: str) -> None:
    store.runs.create(CreateRun(experiment="bench", run_id=run_id, token="t", created_at=0.0))


def _store_points(store: SqlStore) -> None:
    _make_run(store, "points")
    for first, rows in enumerate(loss_curve(POINTS).split(BATCH)):
        batch = AppendBatch(
            run_id="points", writer="aa", epoch=1, first=first, count=1, blocks=(block("loss", rows),)
        )  # fmt: skip
        store.metrics.append(batch)


def _store_file(store: SqlStore) -> None:
    _make_run(store, "file")
    for number in range(FILE_PARTS):
        data = number.to_bytes(8, "little") * (PART_BYTES // 8)
        store.artifacts.append(
            AppendArtifact(run_id="file", path="model.bin", offset=number * PART_BYTES, data=data)
        )  # fmt: skip
    store.artifacts.seal(SealArtifact(run_id="file", path="model.bin"))


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started

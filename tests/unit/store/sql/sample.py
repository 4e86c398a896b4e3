"""Runs and figures of metrics for tests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from runwatch.schema.run import CreateRun, Run
from runwatch.store.sql.run_key import run_key
from runwatch.store.sql.store import SqlStore
from runwatch.store.sql.table.metric import summaries


def make_run(store: SqlStore, run_id: str, *, experiment: str = "one", created_at: float = 0.0, **values: Any) -> Run:
    request = CreateRun(experiment=experiment, run_id=run_id, token=f"of {run_id}", created_at=created_at, **values)
    return store.runs.create(request)


def put_figures(store: SqlStore, run_id: str, metric: str, **figures: float | None) -> None:
    """A summary row as the metrics shelf writes it, without the rows."""
    values: dict[str, Any] = {"type": "float", "count": 1, "nonfinite": 0, "numeric": 1, "sum": 0.0, "sum_squares": 0.0}
    with store._database.write() as writing:
        key = run_key(writing.connection, run_id)
        row = values | {"run_key": key, "metric": metric, "column": "value"} | figures
        writing.connection.execute(insert(summaries).values(**row))

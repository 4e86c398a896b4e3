"""How long the first page of 100,000 runs takes, filtered and sorted by the minimum of a metric."""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert

from bench.figure import Figure
from runwatch.schema.metric import ColumnType, MetricColumn
from runwatch.schema.run import CreateExperiment, ListRuns, MetricCondition, RunOrder, RunStatus, StatusChange
from runwatch.store.sql.run_label import param_row
from runwatch.store.sql.run_row import RunRecord, encode_record
from runwatch.store.sql.store import SqlStore
from runwatch.store.sql.table.metric import summaries
from runwatch.store.sql.table.run import experiments, run_params, run_tags, runs

RUNS: Final = 100_000
ROWS: Final = 50
ROUNDS: Final = 20
GOAL_MS: Final = 50.0
SEED: Final = 7
LOSS: Final = MetricColumn(metric="loss")
ACCURACY: Final = MetricColumn(metric="accuracy")
FILTER: Final = 'metrics.loss.min < 0.3 and tags.owner = "vision"'


def fill(store: SqlStore, count: int) -> None:
    """Write runs of two metrics each straight into the tables, in ten experiments."""
    database = store._database
    for number in range(10):
        store.runs.create_experiment(CreateExperiment(name=f"experiment-{number}"))
    with database.write() as writing:
        chance = random.Random(SEED)
        connection = writing.connection
        for first in range(0, count, 5_000):
            keys = range(first + 1, min(first + 5_000, count) + 1)
            connection.execute(insert(runs), [_run(key) for key in keys])
            connection.execute(insert(run_tags), [{"run_key": key, "key": "model", "value": "mlp"} for key in keys])
            connection.execute(insert(run_tags), [_owner(key) for key in keys])
            connection.execute(insert(run_params), [{"run_key": key, "key": "lr"} | param_row(0.1) for key in keys])
            connection.execute(
                insert(summaries), [summary_row(key, column, chance) for key in keys for column in (LOSS, ACCURACY)]
            )
        connection.execute(experiments.update().values(run_count=count // 10, last_number=count))


def _owner(key: int) -> dict[str, Any]:
    """One run in four is the vision team's, one in a thousand that of a newcomer."""
    owner = "newcomer" if key % 1_000 == 0 else "vision" if key % 4 == 1 else "speech"
    return {"run_key": key, "key": "owner", "value": owner}


def _run(key: int) -> dict[str, Any]:
    at = 1.7e9 + key
    history = tuple(StatusChange(status=status, at=at) for status in (RunStatus.RUNNING, RunStatus.COMPLETED))
    nothing = dict.fromkeys(("type", "parent_run_id", "contact_at", "submitted_by", "host"))
    return nothing | {
        "run_id": f"run-{key}",
        "token": "",
        "experiment_key": key % 10 + 1,
        "number": key,
        "status": RunStatus.COMPLETED.value if key % 3 else RunStatus.FAILED.value,
        "name": f"run {key}",
        "display_name": f"run {key}",
        "description": "",
        "root_run_id": f"run-{key}",
        "created_at": at,
        "started_at": at,
        "ended_at": at + 60,
        "attempt": 1,
        "target": "local",
        "hidden": False,
        "definition": "{}",
        "record": encode_record(RunRecord(history=history)),
    }


def summary_row(key: int, column: MetricColumn, chance: random.Random) -> dict[str, Any]:
    """What is known of a column of a hundred random numbers."""
    low, high = sorted((chance.random(), chance.random()))
    return {
        "run_key": key,
        "metric": column.metric,
        "column": column.column,
        "type": ColumnType.FLOAT.value,
        "count": 100,
        "nonfinite": 0,
        "numeric": 100,
        "first_number": high,
        "last_number": low,
        "first_value": repr(high),
        "last_value": repr(low),
        "min": low,
        "max": high,
        "sum": 50.0,
        "sum_squares": 25.0,
        "min_step": 90,
        "max_step": 1,
    }


def requests() -> dict[str, ListRuns]:
    """The lists that are measured."""
    by_loss = RunOrder(field="metric", metric=LOSS, stat="min", descending=False)
    good = MetricCondition(metric=ACCURACY, stat="max", op=">", value=0.5)
    shown: dict[str, Any] = {"columns": (LOSS, ACCURACY), "limit": ROWS}
    rare = 'metrics.loss.min < 0.5 and tags.owner = "newcomer"'
    return {
        "sort": ListRuns(order=by_loss, **shown),
        "filter_and_sort": ListRuns(order=by_loss, statuses=(RunStatus.COMPLETED,), conditions=(good,), **shown),
        "filter_text": ListRuns(order=by_loss, filter=FILTER, **shown),
        "filter_text_newest": ListRuns(filter=FILTER, **shown),
        "filter_text_rare": ListRuns(order=by_loss, filter=rare, **shown),
        "newest": ListRuns(**shown),
        "tagged": ListRuns(tags={"model": "mlp"}, **shown),
    }


def times(count: int = RUNS) -> dict[str, float]:
    """The median time of each list, milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore(Path(folder))
        fill(store, count)
        spent = {name: _median_ms(store, request) for name, request in requests().items()}
        store.close()
    return spent


def _median_ms(store: SqlStore, request: ListRuns) -> float:
    assert len(store.runs.list(request).runs) == ROWS
    spent = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        store.runs.list(request)
        spent.append(time.perf_counter() - start)
    return statistics.median(spent) * 1_000


def measure() -> list[Figure]:
    """The rows of the README's table."""
    spent = times()
    figures = []
    for name, how in (("filter_and_sort", "filtered"), ("filter_text", f"filtered by `{FILTER}`")):
        figures.append(
            Figure(
                what=f"first {ROWS} of {RUNS:,} runs, {how} and sorted by the minimum of a metric",
                measured=f"{spent[name]:.1f} ms",
                goal=f"under {GOAL_MS:.0f} ms",
                reached=spent[name] < GOAL_MS,
                note=f"median of {ROUNDS}, two metric columns shown, local store",
            )
        )
    return figures


def main() -> None:
    """Print one line of JSON."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    spent = {f"{name}_ms": round(value, 2) for name, value in times(count).items()}
    print(json.dumps({"bench": "runs_list", "runs": count, "rows": ROWS, **spent}))


if __name__ == "__main__":
    main()

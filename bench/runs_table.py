"""How long a table of 100,000 runs with twenty metrics each waits: its order, rows, names to choose from, groups."""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert

from bench.figure import Figure
from bench.runs_list import FILTER, LOSS, RUNS, SEED, fill, summary_row
from runwatch.schema.metric import MetricColumn
from runwatch.schema.run import ListExperiments, RunOrder
from runwatch.schema.survey import GroupFigure, GroupKey, GroupRuns, ListNames, RankRuns, ReadRows
from runwatch.store.sql.store import SqlStore
from runwatch.store.sql.table.metric import metrics, summaries
from runwatch.store.survey.reader import SurveyReader

METRICS: Final = 20
ROWS: Final = 100
ROUNDS: Final = 7
GOALS_MS: Final = {"rank": 1_000.0, "rows": 50.0, "names": 100.0, "group": 1_000.0}
NAMES: Final = ("loss", "accuracy", *(f"metric_{number:02}" for number in range(METRICS - 2)))


def fill_metrics(store: SqlStore, count: int) -> None:
    """Give the runs of `bench.runs_list.fill` eighteen metrics more, straight into the tables."""
    chance = random.Random(SEED)
    with store._database.write() as writing:
        for first in range(0, count, 5_000):
            keys = range(first + 1, min(first + 5_000, count) + 1)
            more = [summary_row(key, MetricColumn(metric=name), chance) for key in keys for name in NAMES[2:]]
            writing.connection.execute(insert(summaries), more)
            writing.connection.execute(insert(metrics), [_metric(key, name) for key in keys for name in NAMES])


def _metric(run_key: int, name: str) -> dict[str, Any]:
    return {
        "run_key": run_key, "name": name, "kind": "scalar", "description": "", "rows": 100, "columns": '["value"]',
        "tail": "[]", "has_steps": False, "first_at": 0.0, "last_at": 0.0,
    }  # fmt: skip


def questions(store: SqlStore) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is measured, by name."""
    reader = SurveyReader(store)
    by_loss = RunOrder(field="metric", metric=LOSS, stat="min", descending=False)
    experiment_id = store.runs.list_experiments(ListExperiments(limit=1)).experiments[0].experiment_id
    rank_id = reader.rank(RankRuns(order=by_loss)).rank_id
    rows = ReadRows(
        rank_id=rank_id, first=store.info().runs // 2, count=ROWS,
        columns=tuple(MetricColumn(metric=name) for name in NAMES[:5]),
    )  # fmt: skip
    by_owner, by_both = (
        GroupKey(field="tag", key="owner"),
        (GroupKey(field="tag", key="owner"), GroupKey(field="status")),
    )
    figures = tuple(GroupFigure(metric=name, stat="min") for name in NAMES[:3])

    def counted(**conditions: Any) -> object:
        store.runs._names._kept.clear()  # as if the workspace had changed
        return reader.list_names(ListNames(kind="metric", **conditions))

    yield "rank_newest", lambda: reader.rank(RankRuns())
    yield "rank", lambda: reader.rank(RankRuns(order=by_loss))
    yield "rank_filter", lambda: reader.rank(RankRuns(order=by_loss, filter=FILTER))
    yield "rank_experiment", lambda: reader.rank(RankRuns(order=by_loss, experiment_id=experiment_id))
    yield "rows", lambda: reader.read_rows(rows)
    yield "names", counted
    yield "names_kept", lambda: reader.list_names(ListNames(kind="metric", search="LOS"))
    yield "names_experiment", lambda: counted(experiment_id=experiment_id)
    yield "names_tag", lambda: reader.list_names(ListNames(kind="tag"))
    yield "group", lambda: reader.group(GroupRuns(by=(by_owner,), figures=figures[:1]))
    yield "group_more", lambda: reader.group(GroupRuns(by=by_both, figures=figures, order=by_loss))
    yield "group_experiment", lambda: reader.group(
        GroupRuns(by=by_both, figures=figures, experiment_id=experiment_id)
    )  # fmt: skip


def times(count: int = RUNS) -> dict[str, float]:
    """The median time of each, milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore(Path(folder))
        fill(store, count)
        fill_metrics(store, count)
        spent = {name: _median_ms(ask) for name, ask in questions(store)}
        store.close()
    return spent


def _median_ms(ask: Callable[[], object]) -> float:
    ask()
    spent = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        ask()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent) * 1_000


def measure() -> list[Figure]:
    """The rows of the README's table."""
    spent = times()
    words = {
        "rank": f"order of {RUNS:,} runs by the minimum of a metric, to read rows by position",
        "rows": f"{ROWS} rows from the middle of it, five metric columns shown",
        "names": f"names of the metrics of {RUNS:,} runs of {METRICS} each, counted",
        "group": f"{RUNS:,} runs in groups by a tag, with mean, deviation and median of a metric",
    }
    return [
        Figure(
            what=what,
            measured=f"{spent[name]:.0f} ms",
            goal=f"under {GOALS_MS[name]:,.0f} ms",
            reached=spent[name] < GOALS_MS[name],
            note=f"median of {ROUNDS}, local store",
        )
        for name, what in words.items()
    ]


def main() -> None:
    """Print one line of JSON."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    spent = {f"{name}_ms": round(value, 2) for name, value in times(count).items()}
    print(json.dumps({"bench": "runs_table", "runs": count, "metrics": METRICS, **spent}))


if __name__ == "__main__":
    main()

"""Surveys by way of lists, page after page: for stores that cannot do better; correct, and slow where runs are many."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from runwatch.schema import limit
from runwatch.schema.change import ListChanges
from runwatch.schema.error import GoneError, NotFoundError
from runwatch.schema.metric import ListMetrics, Metric, MetricColumn, Stat, Summary
from runwatch.schema.run import ListRuns, Run, RunConditions, RunPage
from runwatch.schema.survey import GroupKey, GroupRuns, ListNames, Name
from runwatch.store.protocol import RankedRow, Ranking, RunFacts, Store
from runwatch.store.text import clean, to_json
from runwatch.store.walk import walk


class PagedSurvey:
    """Keeps `runwatch.store.protocol.Surveys` over any store; the handle of a run is its id.

    Runs that are made or change their place while pages are read may be missing.

    Args:
        store: Where the runs are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def rank(self, request: RunConditions) -> Ranking:
        """All runs that meet conditions, in their order."""
        sequence = self._store.changes.list(ListChanges(after=-1)).sequence
        return Ranking(handles=[run.run_id for page in self._pages(request) for run in page.runs], sequence=sequence)

    def look_up(self, handles: Sequence[Any], columns: Sequence[MetricColumn]) -> Sequence[RankedRow | None]:
        """Runs by their ids, in this order; None for those that were deleted."""
        wanted = RunConditions(run_ids=tuple(handles), hidden=True)
        found = {
            run.run_id: RankedRow(run=run, summaries=summaries, children=self._children(run.run_id))
            for page in self._pages(wanted, columns)
            for run, summaries in zip(page.runs, page.summaries, strict=True)
        }
        return [found.get(handle) for handle in handles]

    def list_names(self, request: ListNames) -> Sequence[Name]:
        """All names of a kind."""
        conditions = ListRuns(experiment_id=request.experiment_id, hidden=True, limit=limit.PAGE_ROWS)
        runs: Iterator[Run] = walk(self._store.runs.list, conditions)
        if request.kind != "metric":
            counted = Counter(name for run in runs for name in _labels(run, request.kind))
            return [Name(name=name, runs=count) for name, count in counted.items()]
        kinds: dict[tuple[str, str], str] = {}
        columns: Counter[tuple[str, str]] = Counter()
        for metric in (metric for run in runs for metric in self._metrics(run.run_id)):
            names = [(metric.name, column.column) for column in metric.columns]
            columns.update(names)
            kinds.update(dict.fromkeys(names, metric.kind.value))
        return [
            Name(name=name, column=column, metric_kind=kinds[name, column], runs=count)
            for (name, column), count in columns.items()
        ]

    def list_facts(self, request: GroupRuns) -> Sequence[RunFacts]:
        """What is to be grouped, in the order of the runs."""
        columns = [MetricColumn(metric=each.metric, column=each.column) for each in request.figures]
        stats = [each.stat for each in request.figures]
        return [
            RunFacts(
                run_id=run.run_id,
                values=tuple(_value(run, key) for key in request.by),
                figures=tuple(_figure(summary, stat) for summary, stat in zip(summaries, stats, strict=True)),
            )
            for page in self._pages(request, columns)
            for run, summaries in zip(page.runs, page.summaries, strict=True)
        ]

    def _pages(self, conditions: RunConditions, columns: Sequence[MetricColumn] = ()) -> Iterator[RunPage]:
        given = {name: getattr(conditions, name) for name in RunConditions.__struct_fields__}
        request = ListRuns(**given, columns=tuple(columns), limit=limit.PAGE_ROWS)
        while True:
            page = self._store.runs.list(request)
            yield page
            if page.next_cursor is None:
                return
            request = replace(request, cursor=page.next_cursor)

    def _children(self, run_id: str) -> int:
        children = ListRuns(parent_run_id=run_id, hidden=True, limit=limit.PAGE_ROWS)
        return sum(1 for _ in walk(self._store.runs.list, children))

    def _metrics(self, run_id: str) -> Iterator[Metric]:
        try:
            yield from walk(self._store.metrics.list, ListMetrics(run_id=run_id, limit=limit.PAGE_ROWS))
        except (GoneError, NotFoundError):  # deleted since its page was read
            return


def _labels(run: Run, kind: str) -> dict[str, Any]:
    return {"param": run.params, "tag": run.tags, "property": run.properties}[kind]


def _value(run: Run, key: GroupKey) -> str | None:
    if key.field == "param":
        name = clean(key.key)
        return to_json(run.params[name]) if name in run.params else None
    if key.field in ("tag", "property"):
        return _labels(run, key.field).get(clean(key.key))
    value = getattr(run, key.field)
    return None if value is None else str(value)


def _figure(summary: Summary | None, stat: Stat) -> float | None:
    value = None if summary is None else getattr(summary, stat)
    if value is None or isinstance(value, str) or math.isnan(value):
        return None
    return float(value)

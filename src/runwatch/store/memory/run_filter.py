"""Which runs a list shows and in which order, as plain Python."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from runwatch.schema.metric import MetricColumn, Stat, Summary
from runwatch.schema.run import ListRuns, MetricCondition, Run, RunOrder
from runwatch.store.memory.page import Place, Value
from runwatch.store.memory.state import Entry

_COMPARISONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}


def matches(entry: Entry, request: ListRuns) -> bool:
    """Whether a run meets all the conditions of a list."""
    return all(_conditions(entry, request))


def _conditions(entry: Entry, request: ListRuns) -> Iterator[bool]:
    run = entry.run
    yield request.experiment_id in (None, run.experiment_id)
    yield request.run_ids is None or run.run_id in request.run_ids
    yield request.parent_run_id in (None, run.parent_run_id)
    yield request.root_run_id in (None, run.root_run_id)
    whole_tree = request.include_children or request.parent_run_id is not None or request.root_run_id is not None
    yield whole_tree or run.parent_run_id is None
    yield not request.statuses or run.status in request.statuses
    yield request.type in (None, run.type)
    yield request.target in (None, run.target)
    yield any(contains(text, request.search) for text in (run.run_id, run.name, run.display_name))
    yield has_labels(run.tags, request.tags)
    yield has_labels(run.properties, request.properties)
    yield all(_holds(entry, condition) for condition in request.conditions)
    yield request.hidden or not run.hidden


def contains(text: str | None, search: str) -> bool:
    """Whether a text contains another one, letter case aside."""
    return not search or (text is not None and search.casefold() in text.casefold())


def has_labels(labels: Mapping[str, str | None], wanted: Mapping[str, str | None]) -> bool:
    """Whether all wanted labels are there; a wanted value of None is met by any."""
    return all(key in labels and value in (None, labels[key]) for key, value in wanted.items())


def summary(entry: Entry, column: MetricColumn) -> Summary | None:
    """What is known of a column of a metric of a run, if the run has it."""
    metric = entry.metrics.get(column.metric)
    return metric.summary(column.column) if metric and column.column in metric.all.columns else None


def figure(entry: Entry, column: MetricColumn, stat: Stat) -> float | int | None:
    """A figure to compare and sort by: None where the run lacks it, or where it is no number."""
    found = summary(entry, column)
    value = None if found is None else getattr(found, stat)
    if isinstance(value, str) or value is None or math.isnan(value):
        return None
    return value if stat == "count" else float(value)


def _holds(entry: Entry, condition: MetricCondition) -> bool:
    value = figure(entry, condition.metric, condition.stat)
    return value is not None and _COMPARISONS[condition.op](value, condition.value)


def place(entry: Entry, order: RunOrder) -> Place:
    """The value a run is sorted by, and its place among all runs ever made, which tells equal ones apart."""
    if order.field == "metric":
        assert order.metric is not None, "checked before"
        return figure(entry, order.metric, order.stat), entry.made
    return _field(entry.run, order.field), entry.made


def _field(run: Run, field: str) -> Value:
    value: Value = getattr(run, field)
    return str(value) if field == "status" else value


def sort_key(order: RunOrder) -> Callable[[Place], Any]:
    """What compares places: runs without a value come last in both directions, the newest of them first."""

    def key(where: Place) -> Any:
        value, made = where
        if value is None:
            return True, 0, -int(made or 0)
        return (False, _Falling(value), _Falling(made)) if order.descending else (False, value, made)

    return key


class _Falling:
    """A value that sorts the other way round."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Falling) -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Falling) and bool(other.value == self.value)

    __hash__ = None  # type: ignore[assignment]  # it is never a key

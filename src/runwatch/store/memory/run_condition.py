"""Whether a run meets a condition of a filter, as plain Python."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from runwatch.schema.metric import MetricColumn, Stat, Summary
from runwatch.schema.run import Run
from runwatch.store.filter.tree import (
    All,
    Compare,
    Condition,
    Either,
    Field,
    FigureField,
    Has,
    LabelField,
    Not,
    OwnField,
)
from runwatch.store.label import param_parts
from runwatch.store.memory.state import Entry

COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}


def holds(entry: Entry, condition: Condition, now: float) -> bool:
    """Whether a run meets a condition.

    Args:
        entry: The run.
        condition: The condition.
        now: What the durations of runs that go on last until, seconds UTC.
    """
    match condition:
        case All(parts):
            return all(holds(entry, part, now) for part in parts)
        case Either(parts):
            return any(holds(entry, part, now) for part in parts)
        case Not(inner):
            return not holds(entry, inner, now)
        case Has(field):
            return _has(entry, field, now)
        case Compare(field, how, wanted):
            return any(_compare(value, how, wanted) for value in _values(entry, field, now))


def _has(entry: Entry, field: Field, now: float) -> bool:
    if isinstance(field, LabelField):
        return field.key in _labels(entry.run, field)
    return any(value is not None for value in _values(entry, field, now))


def _compare(value: Any, how: str, wanted: float | str) -> bool:
    if value is None or isinstance(value, str) is not isinstance(wanted, str) or wanted != wanted:
        return False
    if how == "~":
        return str(wanted).casefold() in str(value).casefold()
    return COMPARISONS[how](value, wanted)


def _values(entry: Entry, field: Field, now: float) -> tuple[Any, ...]:
    """What there is to compare: None where the run has no value; a parameter may be a number or a text."""
    match field:
        case OwnField(name):
            return (own_value(entry.run, name, now),)
        case FigureField(metric, stat):
            return (figure(entry, metric, stat),)
        case LabelField(kind, key):
            value = _labels(entry.run, field).get(key)
            return param_parts(value) if kind == "param" else (value,)


def _labels(run: Run, field: LabelField) -> Mapping[str, Any]:
    return {"param": run.params, "tag": run.tags, "property": run.properties}[field.kind]


def own_value(run: Run, name: str, now: float) -> Any:
    """A value of the run itself: see `runwatch.store.filter.tree.OwnField`."""
    if name == "name":
        return run.display_name or run.name
    if name == "duration":
        end = now if run.ended_at is None else run.ended_at
        return None if run.started_at is None else end - run.started_at
    value = getattr(run, name)
    return str(value) if name == "status" else value


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

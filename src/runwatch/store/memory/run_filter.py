"""Which runs a list shows and in which order, as plain Python."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from runwatch.schema.registry import EXPERIMENTS
from runwatch.schema.run import MetricCondition, RunConditions, RunOrder
from runwatch.store.cursor import from_text
from runwatch.store.filter.registered import shows_registered
from runwatch.store.filter.text import read_filter
from runwatch.store.filter.tree import Condition, speaks_of
from runwatch.store.label import param_parts, sort_text
from runwatch.store.memory.page import Place, Value
from runwatch.store.memory.run_condition import COMPARISONS, figure, holds, own_value
from runwatch.store.memory.state import Entry


class Filter(Struct, frozen=True):
    """The conditions of a list.

    Attributes:
        request: The request.
        condition: What its filter states, if it has one.
        now: When the list's first page was asked for, seconds UTC.
    """

    request: RunConditions
    condition: Condition | None
    now: float

    def matches(self, entry: Entry) -> bool:
        """Whether a run meets all of them."""
        return all(_conditions(entry, self))


def make_filter(request: RunConditions, now: float) -> Filter:
    """Turn a request into conditions.

    Args:
        request: A checked request.
        now: When its first page was asked for, seconds UTC.

    Raises:
        InvalidValueError: The filter is not in the language.
        LimitError: It asks too much.
    """
    return Filter(request, read_filter(request.filter, now), now)


def _conditions(entry: Entry, given: Filter) -> Iterator[bool]:
    run, request = entry.run, given.request
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
    by_itself = given.condition is not None and speaks_of(given.condition, "hidden")
    yield request.hidden or by_itself or not run.hidden
    yield run.experiment not in EXPERIMENTS or shows_registered(request, given.condition)
    yield given.condition is None or holds(entry, given.condition, given.now)


def contains(text: str | None, search: str) -> bool:
    """Whether a text contains another one, letter case aside."""
    return not search or (text is not None and search.casefold() in text.casefold())


def has_labels(labels: Mapping[str, str | None], wanted: Mapping[str, str | None]) -> bool:
    """Whether all wanted labels are there; a wanted value of None is met by any."""
    return all(key in labels and value in (None, labels[key]) for key, value in wanted.items())


def _holds(entry: Entry, condition: MetricCondition) -> bool:
    value = figure(entry, condition.metric, condition.stat)
    return value is not None and COMPARISONS[condition.op](value, condition.value)


def place(entry: Entry, order: RunOrder, now: float) -> Place:
    """The value a run is sorted by, its place among all runs ever made, which tells equal ones apart, and `now`."""
    return _sort_value(entry, order, now), entry.made, now


def started_at(cursor: str | None) -> float:
    """When the first page of a list was asked for, seconds UTC: now, if this is it."""
    if cursor is None:
        return time.time()
    _, last = from_text(cursor, tuple[str, tuple[Value, ...]])
    return float(last[-1]) if last and isinstance(last[-1], int | float) else math.nan


def _sort_value(entry: Entry, order: RunOrder, now: float) -> Value:
    if order.field == "metric":
        assert order.metric is not None, "checked before"
        return figure(entry, order.metric, order.stat)
    run = entry.run
    if order.field == "param":
        number, text = param_parts(run.params.get(order.key))
        return number if text is None else sort_text(text)
    if order.field in ("tag", "property"):
        text = (run.tags if order.field == "tag" else run.properties).get(order.key)
        return None if text is None else sort_text(text)
    value: Value = own_value(run, order.field, now)
    return value


def sort_key(order: RunOrder) -> Callable[[Place], Any]:
    """What compares places: runs without a value come last in both directions, the newest of them first."""

    def key(where: Place) -> Any:
        value, made, _ = where
        if value is None:
            return True, 0, -int(made or 0)
        ranked = (isinstance(value, str), value)  # numbers before texts
        return (False, _Falling(ranked), _Falling(made)) if order.descending else (False, ranked, made)

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

"""The x of rows and of buckets of rows, for each kind of axis."""

from __future__ import annotations

from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from runwatch.schema.chart import AxisKind
from runwatch.series import pyramid
from runwatch.series.column import FloatArray, IntArray
from runwatch.store.chart.fact import Subject
from runwatch.store.chart.level import Levels, Stretch, choose_level

SECOND: Final = 1e6
"""Times of rows are microseconds."""

_ANCHORS: Final = 4_096
"""At least so many buckets of another metric, as far as it has rows, say which x belongs to a step."""


class Span(NamedTuple):
    """The x of buckets: the lowest, the highest, and that of the last row."""

    low: FloatArray
    high: FloatArray
    close: FloatArray


def of_steps(stretch: Stretch) -> Span:
    """Steps; a row without one stands at its index."""
    return Span(*pyramid.span(stretch.words, stretch.end))


def of_rows(stretch: Stretch) -> Span:
    """Indices of rows."""
    last = (stretch.ends() - 1).astype(np.float64)
    return Span(stretch.starts.astype(np.float64), last, last)


def of_times(stretch: Stretch, origin_at: float = 0.0) -> Span:
    """Times, seconds since an origin."""
    origin = round(origin_at * SECOND)
    return _order((stretch.buckets.first_time - origin) / SECOND, (stretch.buckets.last_time - origin) / SECOND)


def _order(first: FloatArray, last: FloatArray) -> Span:
    return Span(np.minimum(first, last), np.maximum(first, last), last)


class OtherMetric:
    """x is a column of another metric of the run, or of the same one.

    Of the same metric, x and y of a row belong together. Of another one, the last value that it had by the step of y
    counts, or by its index if one of the two has no steps; as it is found in buckets, for a long series it is exact to
    a 4,096th of it.

    Args:
        levels: Where to read it.
        subject: The series of x.
        y: The series of y.
    """

    def __init__(self, levels: Levels, subject: Subject, y: Subject) -> None:
        self._levels = levels
        self._subject = subject
        self._same = subject.metric == y.metric
        self._by_step = subject.has_steps and y.has_steps

    def of(self, level: int, stretch: Stretch) -> Span:
        """The x of some buckets of y."""
        first, end = int(stretch.starts[0]), stretch.end
        if self._same and end <= self._subject.rows:
            found = self._levels.read(self._subject, level, first, end).buckets
            return Span(found.min, found.max, found.last)
        places = of_steps(stretch) if self._by_step else of_rows(stretch)
        return Span(*map(self._at, places)) if self._subject.rows else _nowhere(len(places.low))

    def _at(self, places: FloatArray) -> FloatArray:
        """The last value that was there by these steps or rows; NaN before the first one."""
        known, values = self._anchors
        at = np.searchsorted(known, places, "right") - 1
        found: FloatArray = np.where(at < 0, np.nan, values[np.maximum(at, 0)])
        return found

    @cached_property
    def _anchors(self) -> tuple[FloatArray, FloatArray]:
        rows = self._subject.rows
        level = choose_level(rows, _ANCHORS)
        stretch = self._levels.read(self._subject, level, 0, rows)
        span = of_steps(stretch) if self._by_step else of_rows(stretch)
        held = stretch.buckets.count > 0
        known, values = span.close[held], stretch.buckets.last[held]
        if not len(known):
            return np.zeros(1), np.full(1, np.nan)
        order: IntArray = np.argsort(known, kind="stable")
        return known[order], values[order]


def _nowhere(rows: int) -> Span:
    nan = np.full(rows, np.nan)
    return Span(nan, nan, nan)


def is_whole(kind: AxisKind) -> bool:
    """Whether x are whole numbers."""
    return kind in (AxisKind.STEP, AxisKind.INDEX)


def is_time(kind: AxisKind) -> bool:
    """Whether x are seconds."""
    return kind in (AxisKind.TIME, AxisKind.RELATIVE)

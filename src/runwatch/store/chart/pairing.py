"""x is a column of a metric of the run: which of its values belongs to each row, or bucket of rows, of the series."""

from __future__ import annotations

from functools import cached_property
from typing import Final, Self

import numpy as np
from msgspec import Struct, structs

from runwatch.series.column import BoolArray, FloatArray, IntArray
from runwatch.store.chart.axis import Span, of_rows, of_steps
from runwatch.store.chart.fact import Subject
from runwatch.store.chart.level import Levels, Stretch, choose_level

ANCHORS: Final = 4_096
"""At least so many buckets of the whole other metric, as far as it has rows, say where in it a step lies."""

MOST_ANCHORS: Final = 4 * ANCHORS
"""At most so many are read for what is shown: for more rows they are buckets, and the chart says of how many."""


class OtherMetric:
    """x is a column of another metric of the run, or of the same one.

    Of the same metric, x and y of a row belong together. Of another one, the last finite value that it had by the step
    of y counts, or by its index if one of the two has no steps. Rows are paired exactly where the part of the other
    metric that goes with them has at most `MOST_ANCHORS` rows; else `Span.rows` says how many a bucket of it has.

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
        places = self._places(stretch)
        if not self._subject.rows:
            nowhere = np.full(len(places.low), np.nan)
            return Span(nowhere, nowhere, nowhere)
        return self._near(level, places).pair(places, each=stretch.is_rows)

    def _near(self, level: int, places: Span) -> _Anchors:
        """What says the x of some steps or rows, as finely as these are given if that is little enough to read."""
        coarse = self._whole
        first, end = coarse.around(float(np.min(places.low)), float(np.max(places.high)))
        rows = end - first
        fine = level if rows <= MOST_ANCHORS * level else choose_level(rows, MOST_ANCHORS // 2)
        return coarse if fine >= coarse.level or not rows else self._read(fine, first, end)

    @cached_property
    def _whole(self) -> _Anchors:
        return self._read(choose_level(self._subject.rows, ANCHORS), 0, self._subject.rows)

    def _read(self, level: int, first: int, end: int) -> _Anchors:
        stretch = self._levels.read(self._subject, level, first, end)
        return _Anchors.make(level, stretch, self._places(stretch))

    def _places(self, stretch: Stretch) -> Span:
        return of_steps(stretch) if self._by_step else of_rows(stretch)


class _Anchors(Struct, frozen=True, eq=False):
    """Rows of the other metric that have a finite value, or buckets of them, by the place (step or row) of the last.

    Attributes:
        level: Rows of a bucket.
        first: The first row of each.
        end: The row behind each.
        low: float64, its lowest place.
        high: float64, its highest place.
        close: float64, rising: the place of its last row.
        last: float64, its last value.
        min: float64, its lowest value.
        max: float64, its highest value.
    """

    level: int
    first: IntArray
    end: IntArray
    low: FloatArray
    high: FloatArray
    close: FloatArray
    last: FloatArray
    min: FloatArray
    max: FloatArray

    @classmethod
    def make(cls, level: int, stretch: Stretch, places: Span) -> Self:
        """Of a stretch of the metric, and the places of its buckets."""
        buckets = stretch.buckets
        rows, figures = (stretch.starts, stretch.ends()), (buckets.last, buckets.min, buckets.max)
        found = cls(level, *rows, *places[:3], *figures)
        held = buckets.count > 0
        if not held.all():
            found = found._select(held)
        if (found.close[1:] < found.close[:-1]).any():
            # Stable: of the rows of a step, the one logged last counts.
            found = found._select(np.argsort(found.close, kind="stable"))
        return found

    def _select(self, chosen: IntArray | BoolArray) -> Self:
        return structs.replace(self, **{name: getattr(self, name)[chosen] for name in self.__struct_fields__[1:]})

    def around(self, start: float, end: float) -> tuple[int, int]:
        """The rows, as first and end, among which the value of each place of a range is; equal if there is none."""
        # Each bucket that ends by the start has a row that far on: whatever lies before all of those is past.
        past = self.low[self.high <= start]
        chosen = (self.low <= end) & (self.high >= (past.max() if len(past) else -np.inf))
        if not chosen.any():
            return 0, 0
        return int(self.first[chosen].min()), int(self.end[chosen].max())

    def pair(self, places: Span, *, each: bool) -> Span:
        """The x of rows or buckets of y.

        Args:
            places: Their steps or rows.
            each: They are single rows.
        """
        if each:
            x = self._at(np.searchsorted(self.close, places.close, "right"))
            return Span(x, x, x, self.level)
        start, stop = (np.searchsorted(self.close, place, "right") for place in places[:2])
        edges = self._at(start), self._at(stop)
        if not self._rises:
            # The part of a bucket up to a place may have any of its values; none of them is to be lost.
            more = stop < len(self.close)
            more[more] = self.low[stop[more]] <= places.high[more]
            stop = stop + more
        low = np.fmin(np.fmin(*edges), _extremes(np.minimum, self.min, start, stop))
        high = np.fmax(np.fmax(*edges), _extremes(np.maximum, self.max, start, stop))
        return Span(low, high, self._at(np.searchsorted(self.close, places.close, "right")), self.level)

    def _at(self, behind: IntArray) -> FloatArray:
        """The value before each of these; NaN before the first one."""
        if not len(self.last):
            return np.full(len(behind), np.nan)
        found: FloatArray = np.where(behind == 0, np.nan, self.last[np.maximum(behind - 1, 0)])
        return found

    @property
    def _rises(self) -> bool:
        """Whether no bucket goes below what came before: what lies between two is then between their values."""
        return bool((self.min[1:] >= self.max[:-1]).all())


def _extremes(pick: np.ufunc, values: FloatArray, start: IntArray, stop: IntArray) -> FloatArray:
    """The extreme of each of these stretches; NaN of an empty one."""
    found = np.full(len(start), np.nan)
    held = start < stop
    if held.any():
        pairs = np.stack((start[held], stop[held]), axis=1).ravel()
        found[held] = pick.reduceat(np.append(values, values[-1:]), pairs)[::2]
    return found

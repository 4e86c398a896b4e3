"""Smoothed series: derived of all rows, with levels of their own, and kept like what is read."""

from __future__ import annotations

import threading
from typing import Any, Final

import numpy as np
from msgspec import structs

from runwatch.schema.chart import Smoothing
from runwatch.schema.metric import ReadMetric
from runwatch.series.column import FloatArray, IntArray, Values, numeric
from runwatch.series.figure import Figures, fold
from runwatch.series.smoothing import smooth
from runwatch.store.chart.cache import Cache, Key
from runwatch.store.chart.fact import Subject
from runwatch.store.chart.level import Stretch
from runwatch.store.protocol import Store

_READ_ROWS: Final = 1 << 20
"""Rows read at a time."""

_COARSE: Final = 256
"""Buckets of levels from this one on are made for the whole series and kept: they take a fortieth of the line."""


class Smoother:
    """Makes smoothed series.

    Args:
        store: Where series live.
        cache: Where the coarse levels of lines are kept, as long as no row is added.
        lines: Where lines themselves are kept: apart, since a single one would drive out the levels of many.
    """

    def __init__(self, store: Store, cache: Cache, lines: Cache) -> None:
        self._store = store
        self._cache = cache
        self._lines = lines
        self._turn = threading.Lock()

    def figures(self, subject: Subject, smoothing: Smoothing, level: int, stretch: Stretch) -> Figures:
        """The figures of the smoothed series in some buckets of the series itself.

        A row counts in both if it counts in one: what is no finite number is none when smoothed.

        Args:
            subject: The series.
            smoothing: How it is smoothed.
            level: The level that the buckets belong to.
            stretch: The buckets.
        """
        rows = stretch.starts
        if level >= _COARSE and _is_even(subject, level, stretch):
            first = int(rows[0]) // level
            found = self._level(subject, smoothing, level).select(slice(first, first + len(rows)))
        else:
            line = self._line(subject, smoothing)[int(rows[0]) : stretch.end]
            found = _fold_line(line, rows - rows[0])
        return structs.replace(found, nonfinite=stretch.buckets.nonfinite)

    def _level(self, subject: Subject, smoothing: Smoothing, level: int) -> Figures:
        key = _key(subject, smoothing, level)
        found: Figures | None = _of_rows(self._cache.get(key), subject)
        if found is None:
            if level == _COARSE:
                line = self._line(subject, smoothing)
                found = _fold_line(line, np.arange(0, len(line), level))
            else:
                finer = self._level(subject, smoothing, _COARSE)
                found = fold(finer, np.arange(0, len(finer.count), level // _COARSE))
            self._cache.put(key, (subject.rows, found), 48 * len(found.count))
        return found

    def _line(self, subject: Subject, smoothing: Smoothing) -> FloatArray:
        """The smoothed value of each row, NaN where there is none."""
        key = _key(subject, smoothing, 1)
        found: FloatArray | None = _of_rows(self._lines.get(key), subject)
        if found is not None:
            return found
        with self._turn:  # one at a time: a line takes much memory, and several charts may want the same one
            found = _of_rows(self._lines.get(key), subject)
            if found is None:
                values, times = self._read(subject)
                found = smooth(smoothing.kind.value, smoothing.amount, values, times)
                self._lines.put(key, (subject.rows, found), found.nbytes)
            return found

    def _read(self, subject: Subject) -> tuple[FloatArray, IntArray]:
        values, times = np.empty(subject.rows), np.empty(subject.rows, np.int64)
        for first in range(0, subject.rows, _READ_ROWS):
            count = min(_READ_ROWS, subject.rows - first)
            request = ReadMetric(
                run_id=subject.run_id, name=subject.metric, columns=(subject.column,), first=first, count=count
            )
            block = self._store.metrics.read(request).block
            column = block.columns[0]
            part = slice(first, first + count)
            values[part] = numeric(Values.from_wire(column.type, column.data, column.valid, block.rows))[0]
            times[part] = np.frombuffer(block.times, "<i8")
        return values, times


def _is_even(subject: Subject, level: int, stretch: Stretch) -> bool:
    """Whether all buckets are those of the level: texts make for short chunks, where some begin and end elsewhere."""
    rows = stretch.starts
    even = rows[0] % level == 0 and stretch.end == min(rows[-1] + level, subject.rows)
    return bool(even and (np.diff(rows) == level).all())


def _fold_line(line: FloatArray, starts: IntArray) -> Figures:
    return fold(Figures(np.isfinite(line), np.zeros(len(line), np.bool_), line, line, line, line), starts)


def _of_rows(kept: tuple[int, Any] | None, subject: Subject) -> Any:
    """What was kept, if no row was added since."""
    return kept[1] if kept is not None and kept[0] == subject.rows else None


def _key(subject: Subject, smoothing: Smoothing, level: int) -> Key:
    """Without the number of rows, so that what is made anew takes the place of what nobody will ask for again."""
    rest = subject.metric, subject.column, subject.birth, smoothing.kind, smoothing.amount, level
    return subject.run_id, ("smooth", *rest)

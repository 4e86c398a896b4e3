"""A series on its way into a chart: which of its rows lie within a range of x, and at which level to show them."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct

from runwatch.schema.chart import Smoothing
from runwatch.series.figure import FIGURES, Figures
from runwatch.series.pyramid import choose_stored
from runwatch.series.regrid import Source, reach, touches
from runwatch.store.chart.axis import Span
from runwatch.store.chart.fact import Subject
from runwatch.store.chart.level import NAMES, Levels, Stretch, choose_level
from runwatch.store.chart.smooth import Smoother

OVERVIEW_SOURCES: Final = 2_000
"""At least so many buckets show how far a series reaches and where a range of x lies in it."""

SOURCES_PER_BUCKET: Final = 2
"""At least so many source buckets for each bucket of a chart, so that an extreme stands a quarter of one off its place
at most."""

STORED_PER_BUCKET: Final = 0.75
"""At least so many where they are stored as they are, since finer ones would be four times as many to read: an extreme
stands two thirds of a bucket off its place at most, and some buckets stay empty, over which a line runs on."""

MOST_PIECES: Final = 64
"""A range of x that a series leaves and enters more often than this is read from its first row in it to its last."""

_VIEW_BYTES: Final = 8 * (len(NAMES) + 3)
"""What an overview takes for each bucket."""


class Scale(NamedTuple):
    """What x is for one series.

    Attributes:
        to_span: The x of buckets of a level.
        name: Tells it from others of the same series.
        rows: Of the metric that is x, if it is one: with more of them x is read anew.
    """

    to_span: Callable[[int, Stretch], Span]
    name: Hashable
    rows: int = 0


class View(Struct, frozen=True, eq=False):
    """Rows of a series for a chart.

    Attributes:
        source: Them, with at least a little of what is beside the range.
        level: Rows of a bucket.
        x_level: Rows of a bucket of the metric that is x, if it is another one; 1 where x is exact for each row.
        low: The lowest x; NaN if there is none.
        high: The highest.
        is_placed: All rows have an x.
    """

    source: Source
    level: int
    x_level: int
    low: float
    high: float
    is_placed: bool

    def lies_within(self, start: float, end: float) -> bool:
        """Whether all of it is between two x."""
        return self.is_placed and start <= self.low and self.high <= end


class _Look(Struct, frozen=True, eq=False):
    """An overview, the buckets it was made of, and how many rows x had."""

    view: View
    stretch: Stretch
    x_rows: int


class Track:
    """A series of a chart.

    Args:
        subject: The series; it has rows.
        levels: Where to read it.
        smoother: Where to have it smoothed.
        scale: What x is.
        smoothing: How it is smoothed, or None.
    """

    def __init__(
        self, subject: Subject, levels: Levels, smoother: Smoother, scale: Scale, smoothing: Smoothing | None
    ) -> None:
        self.subject = subject
        self._levels = levels
        self._smoother = smoother
        self._scale = scale
        self._smoothing = smoothing
        self.whole, self._rows = self._look()

    def _look(self) -> tuple[View, list[Stretch]]:
        """The whole series in coarse buckets."""
        subject, cache = self.subject, self._levels.cache
        about = subject.metric, subject.column, subject.birth
        key = subject.run_id, ("view", *about, self._scale.name, self._smoothing)
        kept: _Look | None = cache.get(key)
        # Rows stay out of the key, so that what is new takes the place of the old.
        if kept is None or kept.x_rows != self._scale.rows or kept.stretch.end != subject.rows:
            level = choose_level(subject.rows, OVERVIEW_SOURCES)
            whole = self._grown(kept, level) or self._levels.whole(subject, level)
            kept = _Look(self._view(level, [whole]), whole, self._scale.rows)
            cache.put(key, kept, _VIEW_BYTES * len(kept.view.source))
        return kept.view, [kept.stretch]

    def _grown(self, kept: _Look | None, level: int) -> Stretch | None:
        """The overview that was made last with the rows that have come since, if that is how it differs."""
        if kept is None or kept.view.level != level or kept.stretch.end > self.subject.rows:
            return None
        if kept.stretch.end == self.subject.rows:
            return kept.stretch
        return self._levels.extend(self.subject, level, kept.stretch, self.subject.rows)

    def view(self, start: float, end: float, buckets: int) -> View:
        """The series between two x, in enough source buckets for so many buckets of a chart, as far as it has rows.

        A part of a long series is found from coarse buckets to finer ones, so that what lies outside is not read.

        Args:
            start: The lowest x.
            end: The highest x.
            buckets: How many buckets the chart has for the range.
        """
        view, stretches, is_last = self.whole, self._rows, False
        while True:
            pieces = _pieces(view, stretches, start, end)
            level = _choose(_least(pieces, view.level), buckets)
            if is_last or not pieces:
                return view
            if level >= view.level:
                # Rows that are exact but for their x: of fewer of them it may be read more finely, once.
                if view.level > 1 or view.x_level == 1 or not _is_less(pieces, stretches):
                    return view
                level, is_last = 1, True
            level = self._levels.fit(level, sum(stop - first for first, stop in pieces))
            stretches = [self._levels.read(self.subject, level, first, stop) for first, stop in pieces]
            view = self._view(level, stretches)

    def _view(self, level: int, stretches: Sequence[Stretch]) -> View:
        spans = [self._scale.to_span(level, stretch) for stretch in stretches]
        source = self._source(level, stretches, spans)
        low, high = float(np.minimum.reduce(source.low)), float(np.maximum.reduce(source.high))
        is_placed = math.isfinite(low) and math.isfinite(high)
        if not is_placed:
            low, high = float(np.fmin.reduce(source.low)), float(np.fmax.reduce(source.high))
        return View(source, level, max(span.rows for span in spans), low, high, is_placed)

    def _source(self, level: int, stretches: Sequence[Stretch], spans: Sequence[Span]) -> Source:
        figures = [self._figures(level, stretch) for stretch in stretches]
        has_end = stretches[-1].end == self.subject.rows
        if len(stretches) == 1:
            low, high, close, _ = spans[0]
            return Source(low=low, high=high, close=close, figures=figures[0], has_end=has_end)
        low, high, close = (np.concatenate(arrays) for arrays in zip(*(span[:3] for span in spans), strict=True))
        folded = Figures(*(np.concatenate([getattr(each, name) for each in figures]) for name in FIGURES))
        return Source(low=low, high=high, close=close, figures=folded, has_end=has_end)

    def _figures(self, level: int, stretch: Stretch) -> Figures:
        if self._smoothing is None:
            return Figures(*(getattr(stretch.buckets, name) for name in FIGURES))
        return self._smoother.figures(self.subject, self._smoothing, level, stretch)


def _least(pieces: Sequence[tuple[int, int]], level: int) -> int:
    """How many rows of these pieces lie in the range at least.

    A level that was chosen by all of them would now and then be too coarse once they are known better, and the range be
    read twice.

    Args:
        pieces: What `_pieces` found.
        level: Rows of a bucket there: at either end one lies beside the range, and one in it with a part alone.
    """
    rows = sum(stop - first for first, stop in pieces)
    return max(rows - 4 * level * len(pieces), rows // 2)


def _is_less(pieces: Sequence[tuple[int, int]], stretches: Sequence[Stretch]) -> bool:
    """Whether pieces leave out any row of what they were found in."""
    return sum(stop - first for first, stop in pieces) < sum(stretch.end - stretch.first for stretch in stretches)


def _choose(rows: int, buckets: int) -> int:
    """A level with `SOURCES_PER_BUCKET`, or a coarser one that is stored and has `STORED_PER_BUCKET`."""
    stored = choose_stored(rows / buckets / STORED_PER_BUCKET, divides=False)
    return max(choose_level(rows, SOURCES_PER_BUCKET * buckets), stored or 1)


def _pieces(view: View, stretches: Sequence[Stretch], start: float, end: float) -> list[tuple[int, int]]:
    """The rows, as first and end, of the buckets that reach into a range of x and of one beside them."""
    if len(stretches) == 1 and view.lies_within(start, end):
        return [(int(stretches[0].starts[0]), stretches[0].end)]
    source = view.source
    first, behind, many = reach(source.low, source.high, start, end)
    if not many:
        return []
    if len(stretches) == 1 and behind - first == many:  # in one piece, as most series are
        return [stretches[0].rows(first, behind - 1)]
    places = np.flatnonzero(touches(source.low, source.high, start, end))
    firsts = np.concatenate([stretch.starts for stretch in stretches])
    ends = np.concatenate([stretch.ends() for stretch in stretches])
    breaks = np.flatnonzero(firsts[places[1:]] != ends[places[:-1]]) + 1
    if len(breaks) >= MOST_PIECES:
        breaks = breaks[:0]
    starts, stops = places[np.append(0, breaks)], places[np.append(breaks, len(places)) - 1]
    return [(int(firsts[place]), int(ends[last])) for place, last in zip(starts, stops, strict=True)]

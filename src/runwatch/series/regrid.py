"""From rows, or buckets of consecutive rows, to buckets along x: every extreme is kept, and the last point is shown."""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec import Struct

from runwatch.series.column import BoolArray, FloatArray, IntArray
from runwatch.series.figure import FIGURES, Figures, fold
from runwatch.series.grid import Grid
from runwatch.series.native import native

_PARTS: Final = ("last", "min", "max", "mean", "count")


class Source(Struct, frozen=True, eq=False, kw_only=True):
    """Rows of a series, one by one or in buckets of consecutive ones, in the order logged, with the x they span.

    Attributes:
        low: float64, the lowest x of each; NaN where it has none.
        high: float64, the highest; equal to ``low`` for a row.
        close: float64, the x of the last row of each.
        figures: What they hold.
        has_end: Whether the last one is the end of the series.
    """

    low: FloatArray
    high: FloatArray
    close: FloatArray
    figures: Figures
    has_end: bool = True

    def __len__(self) -> int:
        return len(self.low)


class Line(Struct, frozen=True, eq=False, kw_only=True):
    """A series on a grid, or at points of its own; all arrays are of equal length.

    Attributes:
        last: float64, the last finite number; NaN in a bucket without one. Likewise min, max and mean.
        min: float64.
        max: float64.
        mean: float64.
        count: int64, the finite numbers within the range that a bucket or a point stands for.
        nonfinite: How many values are not drawn: NaN and infinities, and numbers that have no finite x.
        x: float64, where points stand that are not in buckets; None on a grid.
    """

    last: FloatArray
    min: FloatArray
    max: FloatArray
    mean: FloatArray
    count: IntArray
    nonfinite: int
    x: FloatArray | None = None

    @property
    def points(self) -> int:
        """How many finite numbers the line stands for."""
        return int(self.count.sum())


def blank(buckets: int | None) -> Line:
    """A line without any point: on a grid of so many buckets, or without x."""
    none = np.full(buckets or 0, np.nan)
    count = np.zeros(buckets or 0, np.int64)
    x = none if buckets is None else None
    return Line(last=none, min=none, max=none, mean=none, count=count, nonfinite=0, x=x)


def regrid(source: Source, grid: Grid, *, means: bool = True, whole: bool = False) -> Line:
    """A series on a grid.

    Each bucket of the source that reaches into the grid goes as a whole to the bucket at the middle of its x, so that
    an extreme stands at most half a source bucket away from its place - provided that x within a source bucket does not
    leave what lies between its first and its last row, which stored buckets cannot tell. At the edges of the grid this
    takes in up to one source bucket from beyond, and leaves none out. Rows that come back to an earlier x (a run that
    went on from a checkpoint) join the bucket that is there, and its last value is the one logged last. The last point
    of the series stands at its own x.

    Args:
        source: The series.
        grid: The buckets.
        means: Whether means are wanted; else they are NaN.
        whole: All of the series is known to lie on the grid.
    """
    if native:
        return _regrid_quickly(source, grid, means=means, whole=whole)
    return regrid_slowly(source, grid, means=means, whole=whole)


def _regrid_quickly(source: Source, grid: Grid, *, means: bool, whole: bool) -> Line:
    figures = source.figures
    wholes = [each if each.dtype == np.int64 else each.astype(np.int64) for each in (figures.count, figures.nonfinite)]
    arrays = (source.low, source.high, source.close, *wholes, figures.min, figures.max, figures.last, figures.mean)
    filled = np.full((len(_PARTS), grid.buckets), np.nan)
    count = filled[-1].view(np.int64)
    count[:] = 0
    undrawn = native.regrid(arrays, grid.width, grid.first, grid.buckets, whole, source.has_end, filled)
    last, low, high, mean = filled[:-1]
    if not means:
        mean[:] = np.nan
    return Line(last=last, min=low, max=high, mean=mean, count=count, nonfinite=undrawn)


def regrid_slowly(source: Source, grid: Grid, *, means: bool = True, whole: bool = False) -> Line:
    """The twin of the native `regrid`."""
    figures, low, high, close, lost = source.figures, source.low, source.high, source.close, 0
    has_end = source.has_end
    inside = None if whole else grid.overlaps(low, high)
    if inside is not None and not inside.all():
        lost = count_lost(source)
        has_end = has_end and bool(inside[-1])
        rows = _to_slice(inside)
        figures, low, high, close = figures.select(rows), low[rows], high[rows], close[rows]
    place = grid.place(low if high is low else low / 2 + high / 2)
    if has_end and len(place):
        place, figures = _part_end(close, grid, place, figures)
    return _fill(place, figures, grid.buckets, lost, means=means)


def to_points(source: Source, start: float, end: float, *, whole: bool = False) -> Line:
    """The rows of a series between two x as points, in the order logged.

    Rows outside are kept where the line between them and the row beside them crosses the range, so that it runs to the
    edge of the chart and does not leap from where it leaves to where it comes back. Their count is 0.

    Args:
        source: Rows, each for itself.
        start: The lowest x.
        end: The highest x.
        whole: All of them are known to lie there.
    """
    figures = source.figures
    if whole:
        held = figures.count > 0
        x, values = (source.low, figures.last) if held.all() else (source.low[held], figures.last[held])
        count = np.ones(len(x), np.int64)
        lost = int(figures.nonfinite.sum())
        return Line(last=values, min=values, max=values, mean=values, count=count, nonfinite=lost, x=x)
    chosen = np.flatnonzero((figures.count > 0) & np.isfinite(source.low))
    x = source.low[chosen]
    within = (x >= start) & (x <= end)
    wide = touches(x, x, start, end)
    chosen = chosen[wide]
    values = figures.last[chosen]
    inside = (source.low >= start) & (source.low <= end)
    return Line(
        last=values,
        min=values,
        max=values,
        mean=values,
        count=within[wide].astype(np.int64),
        nonfinite=int(figures.nonfinite[inside].sum()) + count_lost(source),
        x=source.low[chosen],
    )


def touches(low: FloatArray, high: FloatArray, start: float, end: float) -> BoolArray:
    """Which stretches of x reach into a range, and those next to them if the line between the two does."""
    found: BoolArray = (high >= start) & (low <= end)
    between = (np.maximum(high[:-1], high[1:]) >= start) & (np.minimum(low[:-1], low[1:]) <= end)
    found[:-1] |= between
    found[1:] |= between
    return found


def reach(low: FloatArray, high: FloatArray, start: float, end: float) -> tuple[int, int, int]:
    """The first of those that `touches` finds, the place behind the last one, and how many there are; else zeros."""
    found: tuple[int, int, int] = (native.reach if native else reach_slowly)(low, high, start, end)
    return found


def reach_slowly(low: FloatArray, high: FloatArray, start: float, end: float) -> tuple[int, int, int]:
    """The twin of the native `reach`."""
    places = np.flatnonzero(touches(low, high, start, end))
    return (int(places[0]), int(places[-1]) + 1, len(places)) if len(places) else (0, 0, 0)


def count_lost(source: Source) -> int:
    """Values without an x."""
    nowhere = ~np.isfinite(source.low)
    return int(source.figures.count[nowhere].sum() + source.figures.nonfinite[nowhere].sum())


def _to_slice(chosen: BoolArray) -> slice | BoolArray:
    """The same rows without a copy of them, where they are in one piece, as most are."""
    places = np.flatnonzero(chosen)
    if len(places) and places[-1] - places[0] == len(places) - 1:
        return slice(int(places[0]), int(places[-1]) + 1)
    return chosen


def _part_end(close: FloatArray, grid: Grid, place: IntArray, figures: Figures) -> tuple[IntArray, Figures]:
    """Make the last point one of its own, if its bucket was to go elsewhere than where this point stands."""
    held = np.flatnonzero(figures.count)
    if not len(held):
        return place, figures
    at = int(held[-1])
    end = grid.number(close[at : at + 1])[0]
    if not 0 <= end < grid.buckets or end == place[at]:
        return place, figures
    rest, value = int(figures.count[at]) - 1, figures.last[at]
    arrays = {name: np.append(getattr(figures, name), value) for name in ("min", "max", "last", "mean")}
    count, nonfinite = np.append(figures.count, 1), np.append(figures.nonfinite, 0)
    count[at] = rest
    if rest:
        mean = arrays["mean"][at]
        with np.errstate(over="ignore"):  # of the largest numbers: the nearest that the bucket holds is left then
            mean += mean / rest - value / rest
        arrays["mean"][at] = np.clip(mean, figures.min[at], figures.max[at])
    return np.append(place, np.int64(end)), Figures(count, nonfinite, **arrays)


def _fill(place: IntArray, figures: Figures, buckets: int, lost: int, *, means: bool) -> Line:
    """Fold what goes to the same bucket, and leave the other buckets empty."""
    step = np.diff(place)
    if len(step) and step.min() < 0:
        order = np.argsort(place, kind="stable")  # stable: the last of a bucket stays the one logged last
        place, figures = place[order], figures.select(order)
        step = np.diff(place)
    starts = np.append(0, np.flatnonzero(step) + 1) if len(place) else place
    found = fold(figures, starts, means=means)
    filled = np.full((4, buckets), np.nan)
    count = np.zeros(buckets, np.int64)
    where = place[starts]
    count[where] = found.count
    for row, name in zip(filled, FIGURES[2:], strict=True):
        row[where] = getattr(found, name)
    low, high, last, mean = filled
    nonfinite = int(found.nonfinite.sum()) + lost
    return Line(last=last, min=low, max=high, mean=mean, count=count, nonfinite=nonfinite)

"""Lines whose x turns back, such as a circle: fewer points in the order logged, with every extreme of x and of y."""

from __future__ import annotations

from typing import Final

import numpy as np

from runwatch.series.column import FloatArray, IntArray
from runwatch.series.regrid import Line, Source, count_lost, touches

PICKS: Final = 6
"""Points that a stretch of rows is drawn with: its ends, and the extremes of y and of x."""


def turns_back(source: Source) -> bool:
    """Whether x goes down anywhere."""
    there = np.isfinite(source.low) & np.isfinite(source.high)
    low, high = source.low[there], source.high[there]
    return bool((low[1:] < high[:-1]).any())


def thin(source: Source, start: float, end: float, points: int) -> Line:
    """Points of the rows between two x, in the order logged and never sorted.

    The rows are cut into stretches of as many entries of the source each, and of each its first and last point, and
    those with the lowest and the highest y and x are kept. Where an entry is a bucket of rows, the extremes of y stand
    in the middle of its x, and those of x at its mean y. The count of a stretch stands at its last point.

    Args:
        source: The series.
        start: The lowest x.
        end: The highest x.
        points: At most so many, at least `PICKS`.
    """
    figures = source.figures
    there = np.flatnonzero((figures.count > 0) & np.isfinite(source.low) & np.isfinite(source.high))
    within = (source.high[there] >= start) & (source.low[there] <= end)
    wide = touches(source.low[there], source.high[there], start, end)
    entries, within = there[wide], within[wide]
    stretches = min(max(points // PICKS, 1), len(entries))
    edges = np.arange(stretches, dtype=np.int64) * len(entries) // max(stretches, 1)
    at, x, y = _pick(source, entries, edges)
    count = np.zeros(len(at), np.int64)
    if len(at):
        last = np.append(np.searchsorted(at, edges[1:]), len(at)) - 1
        count[last] = np.add.reduceat(np.where(within, figures.count[entries], 0), edges)
    inside = (source.high >= start) & (source.low <= end)
    nonfinite = int(figures.nonfinite[inside].sum()) + count_lost(source)
    return Line(last=y, min=y, max=y, mean=y, count=count, nonfinite=nonfinite, x=x)


def _pick(source: Source, entries: IntArray, edges: IntArray) -> tuple[IntArray, FloatArray, FloatArray]:
    """The points that are kept: the places of their entries, rising, their x and their y."""
    if not len(entries):
        return entries, np.zeros(0), np.zeros(0)
    figures = source.figures.select(entries)
    low, high, close = source.low[entries], source.high[entries], source.close[entries]
    middle = low / 2 + high / 2
    ends = np.append(edges[1:], len(entries)) - 1
    picks = [
        (edges, low, figures.mean),
        (_lowest(figures.min, edges), middle, figures.min),
        (_lowest(-figures.max, edges), middle, figures.max),
        (_lowest(low, edges), low, figures.mean),
        (_lowest(-high, edges), high, figures.mean),
        (ends, close, figures.last),
    ]
    at = np.concatenate([pick[0] for pick in picks])
    x = np.concatenate([values[rows] for rows, values, _ in picks])
    y = np.concatenate([values[rows] for rows, _, values in picks])
    order = np.argsort(at, kind="stable")
    at, x, y = at[order], x[order], y[order]
    fresh = np.append(True, (np.diff(at) > 0) | (x[1:] != x[:-1]) | (y[1:] != y[:-1]))
    return at[fresh], x[fresh], y[fresh]


def _lowest(keys: FloatArray, edges: IntArray) -> IntArray:
    """The place of the lowest key of each stretch, the first one if there are several."""
    sizes = np.diff(np.append(edges, len(keys)))
    hits = np.flatnonzero(keys == np.repeat(np.minimum.reduceat(keys, edges), sizes))
    stretch = np.searchsorted(edges, hits, "right")
    places: IntArray = hits[np.append(True, np.diff(stretch) > 0)]
    return places

"""The six figures of a bucket, and how those of larger buckets are made of them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from runwatch.series.column import FloatArray, IntArray

FIGURES: Final = ("count", "nonfinite", "min", "max", "last", "mean")

SCALE: Final = 2.0**-64
"""Sums of fewer than 2**63 numbers scaled by this cannot overflow."""


class Figures(Struct, frozen=True, eq=False):
    """Buckets, or rows, each of which is its own extremes and mean; all arrays are of equal length.

    Attributes:
        count: Values that are finite numbers; bool or of any integer type.
        nonfinite: Values that are NaN or infinite, likewise.
        min: float64, of no meaning where there is no finite number; likewise max, last and mean.
        max: float64.
        last: float64, the last finite number.
        mean: float64.
    """

    count: NDArray[Any]
    nonfinite: NDArray[Any]
    min: FloatArray
    max: FloatArray
    last: FloatArray
    mean: FloatArray

    def select(self, rows: slice | NDArray[Any]) -> Figures:
        """Only these of them."""
        return Figures(*(getattr(self, name)[rows] for name in FIGURES))


def fold(source: Figures, starts: IntArray, *, means: bool = True) -> Figures:
    """The figures of the larger buckets that begin at these entries, each ending where the next one begins.

    Counts are int64. Where a bucket has no finite number, its other figures are NaN.

    Args:
        source: What is folded.
        starts: Places in it, rising, the first one 0.
        means: Whether means are wanted; else they are NaN.
    """
    if not len(starts):
        none, empty = np.zeros(0, np.int64), np.zeros(0)
        return Figures(none, none, empty, empty, empty, empty)
    held = source.count > 0
    if len(starts) == len(held):
        return _each(source, held, means=means)
    count = np.add.reduceat(source.count, starts, dtype=np.int64)
    nonfinite = np.zeros(len(starts), np.int64)
    if source.nonfinite.any():
        nonfinite = np.add.reduceat(source.nonfinite, starts, dtype=np.int64)
    if not held.all():
        return _fold_with_gaps(source, starts, held, count, nonfinite)
    ends = np.empty(len(starts), np.int64)
    ends[:-1], ends[-1] = starts[1:], len(held)
    low, high = np.minimum.reduceat(source.min, starts), np.maximum.reduceat(source.max, starts)
    mean = np.clip(_mean(source, starts, count), low, high) if means else np.full(len(starts), np.nan)
    return Figures(count, nonfinite, low, high, source.last[ends - 1], mean)


def _each(source: Figures, held: NDArray[Any], *, means: bool) -> Figures:
    """Each entry as a bucket of its own."""
    count, nonfinite = source.count.astype(np.int64), source.nonfinite.astype(np.int64)
    figures = (source.min, source.max, source.last, source.mean)
    if not held.all():
        figures = tuple(np.where(held, figure, np.nan) for figure in figures)  # type: ignore[assignment]
    low, high, last, mean = figures
    return Figures(count, nonfinite, low, high, last, mean if means else np.full(len(held), np.nan))


def _fold_with_gaps(
    source: Figures, starts: IntArray, held: NDArray[Any], count: IntArray, nonfinite: IntArray
) -> Figures:
    empty = count == 0
    low = np.minimum.reduceat(np.where(held, source.min, np.inf), starts)
    high = np.maximum.reduceat(np.where(held, source.max, -np.inf), starts)
    # The latest entry that holds a number; an empty bucket may find one of an earlier bucket, and is blanked below.
    latest = np.maximum.reduceat(np.where(held, np.arange(len(held)), 0), starts)
    there = Figures(
        source.count, source.nonfinite, source.min, source.max, source.last, np.where(held, source.mean, 0.0)
    )
    mean = np.clip(_mean(there, starts, count), low, high)
    figures = (np.where(empty, np.nan, figure) for figure in (low, high, source.last[latest], mean))
    return Figures(count, nonfinite, *figures)


def _mean(source: Figures, starts: IntArray, count: IntArray) -> FloatArray:
    """Weighted means, exact to rounding even where their sum is beyond float64."""
    means, weights, total = source.mean, source.count, np.maximum(count, 1)
    with np.errstate(over="ignore", invalid="ignore"):
        mean: FloatArray = np.add.reduceat(means * weights, starts) / total
        if np.isfinite(mean).all():
            return mean
        return np.where(np.isfinite(mean), mean, np.add.reduceat(means * SCALE * weights, starts) / total / SCALE)

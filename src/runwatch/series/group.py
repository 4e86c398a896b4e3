"""Several series on one grid as one line with a band around it."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
from msgspec import Struct

from runwatch.series.column import FloatArray, IntArray
from runwatch.series.regrid import Line

Aggregate: TypeAlias = Literal["mean", "median", "min", "max"]
Band: TypeAlias = Literal["none", "std", "stderr", "minmax", "quartiles"]
Between: TypeAlias = Literal["before", "line"]


class GroupLine(Struct, frozen=True, eq=False, kw_only=True):
    """A group on a grid; all arrays are of equal length.

    Attributes:
        value: float64, the line; NaN in a bucket where no series counts.
        low: float64, the lower border of the band; None without one.
        high: float64, the upper one.
        count: int64, how many series count in a bucket.
    """

    value: FloatArray
    count: IntArray
    low: FloatArray | None = None
    high: FloatArray | None = None


def gather(
    lines: Sequence[Line], aggregate: Aggregate, band: Band, buckets: int, between: Between = "before"
) -> GroupLine:
    """Aggregate lines of one grid, bucket by bucket.

    A line counts from its first bucket with a point to its last one; ``between`` says what it counts with in those
    between that have none. Minimum and maximum are over the extremes of the buckets, everything else over last values,
    so that no extreme is lost.

    Args:
        lines: Of so many buckets each.
        aggregate: The line: ``mean``, ``median``, ``min`` or ``max``.
        band: ``none``, ``std`` (one standard deviation, squares divided by n, on both sides of the line), ``stderr``
            (likewise the standard error of the mean; no width where only one series counts), ``minmax`` or
            ``quartiles``.
        buckets: How many buckets the grid has.
        between: ``before``: the last value before, as of what goes on in time; ``line``: what lies on the straight line
            to the next point, as where x is any number and no value holds until another one comes.
    """
    if not lines or not buckets:
        nan = np.full(buckets, np.nan)
        border = None if band == "none" else nan
        return GroupLine(value=nan, count=np.zeros(buckets, np.int64), low=border, high=border)
    carried = [_carry(line, between) for line in lines]
    last, low, high = (np.array(arrays) for arrays in zip(*carried, strict=True))
    count = np.count_nonzero(~np.isnan(last), axis=0)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)  # numpy warns of buckets without a series: they stay NaN
        value = _line(aggregate, last, low, high)
        borders = _borders(band, value, count, last, low, high)
    low_border, high_border = (None if border is None else _bound(border) for border in borders)
    return GroupLine(value=_bound(value), count=count, low=low_border, high=high_border)


def _bound(values: FloatArray) -> FloatArray:
    """Without infinities: a band around the largest numbers ends with them."""
    return np.clip(values, -sys.float_info.max, sys.float_info.max)


def _carry(line: Line, between: Between) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Last value and extremes of each bucket, and in buckets without a point the value between."""
    places = np.flatnonzero(line.count)
    blank = np.full(len(line.count), np.nan)
    if not len(places):
        return blank, blank, blank
    within = slice(places[0], places[-1] + 1)
    empty = line.count[within] == 0
    if not empty.any():
        return line.last, line.min, line.max
    known = line.last[places[np.cumsum(~empty) - 1]]
    if between == "line":
        known = np.interp(np.arange(len(empty)), places - places[0], line.last[places])
    carried = []
    for figures in (line.last, line.min, line.max):
        filled = blank.copy()
        filled[within] = np.where(empty, known, figures[within])
        carried.append(filled)
    return carried[0], carried[1], carried[2]


def _line(aggregate: Aggregate, last: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    found: FloatArray
    if aggregate == "mean":
        found = _mean(last)
    elif aggregate == "median":
        found = np.nanmedian(last, axis=0)
    elif aggregate == "min":
        found = np.nanmin(low, axis=0)
    else:
        found = np.nanmax(high, axis=0)
    return found


def _borders(
    band: Band, value: FloatArray, count: IntArray, last: FloatArray, low: FloatArray, high: FloatArray
) -> tuple[FloatArray | None, FloatArray | None]:
    if band == "none":
        return None, None
    if band == "minmax":
        return np.nanmin(low, axis=0), np.nanmax(high, axis=0)
    if band == "quartiles":
        first, third = np.nanquantile(last, (0.25, 0.75), axis=0)
        return first, third
    spread = _deviation(last)
    if band == "stderr":
        spread = np.where(count > 1, spread / np.sqrt(np.maximum(count - 1, 1)), 0.0)
    return value - spread, value + spread


def _mean(values: FloatArray) -> FloatArray:
    scale = _scale(values)
    found: FloatArray = np.nanmean(values / scale, axis=0) * scale
    return found


def _deviation(values: FloatArray) -> FloatArray:
    scale = _scale(values)
    found: FloatArray = np.nanstd(values / scale, axis=0) * scale
    return found


def _scale(values: FloatArray) -> float:
    """1, or a power of two by which values are divided so that their squares can be added up."""
    largest = float(np.nanmax(np.abs(values), initial=0.0, where=~np.isnan(values)))
    return 1.0 if largest < 1e140 else 2.0**600

"""The buckets along x that all series of a chart share: of a round width, at multiples of it."""

from __future__ import annotations

import math
import sys
from typing import Final

import numpy as np
from msgspec import Struct

from runwatch.series.column import BoolArray, FloatArray, IntArray

LEAST_BUCKETS: Final = 4
"""Fewer cannot hold every stretch: multiples of a width have 0 as a border, and a width has to be a float."""

_MINUTE: Final = 60.0
_HOUR: Final = 3_600.0
_DAY: Final = 86_400.0
_CLOCK: Final = (
    *(each * 10.0**power for power in range(-6, 0) for each in (1, 2, 5)),
    *(1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(_MINUTE * each for each in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * each for each in (1, 2, 3, 6, 12)),
    *(_DAY * each * 10.0**power for power in range(9) for each in (1, 2, 5)),
)
"""Widths of buckets of time, seconds: those at which clocks and calendars have their marks."""


class Grid(Struct, frozen=True):
    """Buckets of equal width; bucket i holds x from ``(first + i) * width`` up to and without the next one's start.

    Attributes:
        width: Width of a bucket.
        first: The number of the first bucket, counted from x = 0.
        buckets: How many there are.
    """

    width: float
    first: int
    buckets: int

    @property
    def start(self) -> float:
        """Where the first bucket begins."""
        return max(self.first * self.width, -sys.float_info.max)

    @property
    def end(self) -> float:
        """Where the last bucket ends."""
        return min((self.first + self.buckets) * self.width, sys.float_info.max)

    def starts(self) -> FloatArray:
        """Where each bucket begins."""
        numbers = np.arange(self.first, self.first + self.buckets, dtype=np.float64)
        with np.errstate(over="ignore"):
            return np.clip(numbers * self.width, -sys.float_info.max, sys.float_info.max)

    def number(self, x: FloatArray) -> FloatArray:
        """The number of the bucket of each x, counted from the first one: also of buckets that are not in the grid."""
        with np.errstate(over="ignore"):  # far outside of a very narrow grid
            found: FloatArray = np.floor(x / self.width) - self.first
        return found

    def place(self, x: FloatArray) -> IntArray:
        """The bucket of each finite x; those outside are counted to the first or the last one."""
        found = self.number(x)
        places: IntArray = np.clip(found, 0, self.buckets - 1).astype(np.int64)
        return places

    def overlaps(self, low: FloatArray, high: FloatArray) -> BoolArray:
        """Which stretches of x reach into the grid; those of NaN do not."""
        first, last = self.number(low), self.number(high)
        found: BoolArray = (last >= 0) & (first < self.buckets)
        return found


def make_grid(start: float, end: float, buckets: int, *, whole: bool = False, time: bool = False) -> Grid:
    """The finest grid of a round width that covers a stretch with at most so many buckets, and one for its ends.

    Widths are 1, 2 or 5 times a power of ten, or those of clocks, and buckets begin at multiples of them. So a
    stretch that grows gets more buckets of the same width, and those it had stay as they are until the width changes.

    Args:
        start: The lowest x, finite.
        end: The highest x, not below it.
        buckets: At least `LEAST_BUCKETS`.
        whole: x are whole numbers: no bucket is narrower than 1.
        time: x are seconds.
    """
    reach = end - start
    size = reach / buckets if math.isfinite(reach) else end / buckets - start / buckets
    size = max(size, 1.0 if whole else 0.0, math.ulp(max(abs(start), abs(end))))
    width = _round_up(size, time=time)
    while (found := _cover(start, end, width)).buckets > buckets + 1:
        width = _round_up(width * 1.01, time=time)
    return found


def _cover(start: float, end: float, width: float) -> Grid:
    first = math.floor(start / width)
    return Grid(width, first, math.floor(end / width) - first + 1)


def _round_up(size: float, *, time: bool = False) -> float:
    """The narrowest round width that is not below a size."""
    if time and size <= _CLOCK[-1]:
        return next(width for width in _CLOCK if width >= size)
    power = math.floor(math.log10(size))
    for exponent in (power, power + 1):
        for each in (1, 2, 5):
            width = float(f"{each}e{exponent}")
            if width >= size:
                return width
    raise AssertionError("a power of ten is above its tenth")

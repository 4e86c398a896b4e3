"""A line chart in the terminal that keeps every extreme: a column of dots spans all the points it stands for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from msgspec import Struct

from runwatch.cli import figure

DOTS_ACROSS: Final = 2
"""Dots of a braille character from left to right."""

DOTS_DOWN: Final = 4
"""And from top to bottom."""

_DOT_BITS: Final = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_BLANK: Final = 0x2800


class Bar(Struct, frozen=True):
    """What one bucket of points covers; all NaN where it has no finite number."""

    low: float
    high: float
    last: float


def line_chart(bars: Sequence[Bar], *, width: int, height: int) -> list[str]:
    """Lines of text: the bars from left to right, joined by lines, with the highest and lowest value at the left.

    Args:
        bars: At most ``2 * width`` buckets of equal length, oldest first. Fewer are spread over the whole width.
        width: Characters across, without the labels.
        height: Characters down.

    Returns:
        ``height`` lines; none if there is no finite number.
    """
    finite = [bar for bar in bars if math.isfinite(bar.low)]
    if not finite:
        return []
    bottom, top = min(bar.low for bar in finite), max(bar.high for bar in finite)
    canvas = _Canvas(width, height, bottom, top)
    across = width * DOTS_ACROSS
    places = [round(index * (across - 1) / max(1, len(bars) - 1)) for index in range(len(bars))]
    for place, bar in zip(places, bars, strict=True):
        if math.isfinite(bar.low):
            canvas.span(place, bar.low, bar.high)
    for (left, before), (right, after) in pairwise(zip(places, bars, strict=True)):
        if math.isfinite(before.low) and math.isfinite(after.low):
            canvas.join(left, before.last, right, min(max(before.last, after.low), after.high))
    return _labelled(canvas.lines(), bottom, top)


def _labelled(lines: list[str], bottom: float, top: float) -> list[str]:
    labels = [""] * len(lines)
    labels[-1] = figure.number(bottom)
    labels[0] = figure.number(top)
    widest = max(map(len, labels))
    return [f"{label.rjust(widest)} ┤{line.rstrip(chr(_BLANK))}" for label, line in zip(labels, lines, strict=True)]


class _Canvas:
    """A grid of dots, two across and four down in each character."""

    def __init__(self, width: int, height: int, bottom: float, top: float) -> None:
        self._cells = [[0] * width for _ in range(height)]
        self._rows = height * DOTS_DOWN
        self._bottom, self._top = bottom, top

    def span(self, x: int, low: float, high: float) -> None:
        """Dots at one place, from low to high."""
        first, last = self._row(high), self._row(low)
        for y in range(first, last + 1):
            self._dot(x, y)

    def join(self, left: int, start: float, right: int, end: float) -> None:
        """A straight line between two places."""
        first, last = self._row(start), self._row(end)
        steps = max(abs(right - left), abs(last - first), 1)
        for step in range(steps + 1):
            self._dot(left + round((right - left) * step / steps), first + round((last - first) * step / steps))

    def lines(self) -> list[str]:
        """The characters, a text for each row of them."""
        return ["".join(chr(_BLANK + bits) for bits in row) for row in self._cells]

    def _row(self, value: float) -> int:
        """The row of dots of a value, 0 at the top; a flat line runs through the middle."""
        if self._top == self._bottom:
            return self._rows // 2
        # Halves first: the difference of two huge values would be infinite.
        share = (self._top / 2 - value / 2) / (self._top / 2 - self._bottom / 2)
        return min(self._rows - 1, max(0, round(share * (self._rows - 1))))

    def _dot(self, x: int, y: int) -> None:
        self._cells[y // DOTS_DOWN][x // DOTS_ACROSS] |= _DOT_BITS[x % DOTS_ACROSS][y % DOTS_DOWN]

"""Small charts as SVG: the line of last values over the span that each bucket covers, and the last point."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Final

import numpy as np

from runwatch.series.column import FloatArray
from runwatch.series.frame import Frame
from runwatch.widget import words

WIDTH: Final = 240
HEIGHT: Final = 80
BUCKETS: Final = 100
"""A bucket is wider than two pixels; what lies within is drawn as its span, so that no extreme is lost."""

_MARGIN: Final = 5.0


def chart(frame: Frame, title: str) -> str:
    """A chart of the first series of a frame.

    Args:
        frame: With the columns last, min and max; points are drawn in their order, so that curves may turn back.
        title: What is logged; escaped here.

    Returns:
        An ``svg`` element, or a sentence if there is nothing to be drawn.
    """
    x, last = _x(frame), frame.y("last", series=0)
    low, high = frame.y("min", series=0), frame.y("max", series=0)
    if x is None or last is None or not np.isfinite(last).any():
        return '<p class="rw-dim">no number to draw</p>'
    low, high = last if low is None else low, last if high is None else high
    across = _scale(x[np.isfinite(last)], WIDTH)
    down = _scale(np.concatenate((low[np.isfinite(low)], high[np.isfinite(high)])), HEIGHT)
    xs = [across(float(each)) for each in x]
    spans = _spans(xs, [(HEIGHT - down(float(a)), HEIGHT - down(float(b))) for a, b in zip(low, high, strict=True)])
    line = _line(xs, [HEIGHT - down(float(each)) for each in last])
    end = int(np.flatnonzero(np.isfinite(last))[-1])
    dot = f'<circle cx="{xs[end]:.1f}" cy="{HEIGHT - down(float(last[end])):.1f}" r="2.5" fill="currentColor"/>'
    bottom, top = float(np.nanmin(low)), float(np.nanmax(high))
    label = f"{title}: last {words.number(float(last[end]))}, {words.number(bottom)} to {words.number(top)}"
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}"><title>{escape(label)}</title>'
        f'<path d="{spans}" stroke-opacity=".35"/><path d="{line}"/>{dot}</svg>'
    )


def sparkline(values: Sequence[float], width: int) -> str:
    """Blocks of eight heights, for a terminal; of each stretch the value that lies furthest from the mean is shown.

    Args:
        values: In the order logged; NaN leaves a gap.
        width: At most so many characters.
    """
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return ""
    low, high = min(finite), max(finite)
    mean, span = sum(value / len(finite) for value in finite), (high - low) or 1.0
    size = max(1, math.ceil(len(values) / width))
    marks = []
    for first in range(0, len(values), size):
        stretch = [value for value in values[first : first + size] if math.isfinite(value)]
        value = max(stretch, key=lambda each: abs(each - mean), default=math.nan)
        if first + size >= len(values) and stretch:
            value = stretch[-1]  # the last point is shown as it is
        marks.append(" " if math.isnan(value) else "▁▂▃▄▅▆▇█"[min(7, int((value - low) / span * 8))])
    return "".join(marks)


def _x(frame: Frame) -> FloatArray | None:
    """Where points stand; of buckets their middles."""
    x = frame.head.x
    if x.form == "points":
        return frame.y("x", series=0)
    if x.start is None or not x.buckets:
        return None
    return np.asarray(x.start + x.width * (np.arange(x.buckets) + 0.5), np.float64)


class _Scale:
    """From values to pixels; halves, since the difference of two huge values would be infinite."""

    def __init__(self, values: FloatArray, size: float) -> None:
        finite = values[np.isfinite(values)]
        self._low = float(finite.min()) if len(finite) else 0.0
        self._high = float(finite.max()) if len(finite) else 0.0
        self._size = size - 2 * _MARGIN

    def __call__(self, value: float) -> float:
        if not math.isfinite(value):
            return math.nan
        if self._high == self._low:
            return _MARGIN + self._size / 2
        share = (value / 2 - self._low / 2) / (self._high / 2 - self._low / 2)
        return _MARGIN + self._size * min(1.0, max(0.0, share))


def _scale(values: FloatArray, size: float) -> _Scale:
    return _Scale(values, size)


def _spans(xs: Sequence[float], spans: Sequence[tuple[float, float]]) -> str:
    """A stroke from the smallest to the largest value of each bucket, where that is more than a line is thick."""
    return "".join(
        f"M{x:.1f} {low:.1f}V{high:.1f}"
        for x, (low, high) in zip(xs, spans, strict=True)
        if math.isfinite(x) and math.isfinite(low) and low - high > 0.5
    )


def _line(xs: Sequence[float], ys: Sequence[float]) -> str:
    """A line through what is there; buckets without a point are passed over, as in the studio."""
    points = [f"{x:.1f} {y:.1f}" for x, y in zip(xs, ys, strict=True) if math.isfinite(x) and math.isfinite(y)]
    return "M" + "L".join(points) if points else ""

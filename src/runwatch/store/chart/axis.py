"""The x of rows and of buckets of rows, for each kind of axis."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from runwatch.schema.chart import AxisKind
from runwatch.series import pyramid
from runwatch.series.column import FloatArray
from runwatch.store.chart.level import Stretch

SECOND: Final = 1e6
"""Times of rows are microseconds."""


class Span(NamedTuple):
    """The x of buckets.

    Attributes:
        low: The lowest of each.
        high: The highest.
        close: That of the last row.
        rows: Of a bucket of what x was read from, if that is another series: 1 are the rows themselves.
    """

    low: FloatArray
    high: FloatArray
    close: FloatArray
    rows: int = 1


def of_steps(stretch: Stretch) -> Span:
    """Steps; a row without one stands at its index."""
    return Span(*pyramid.span(stretch.words, stretch.end))


def of_rows(stretch: Stretch) -> Span:
    """Indices of rows."""
    last = (stretch.ends() - 1).astype(np.float64)
    return Span(stretch.starts.astype(np.float64), last, last)


def of_times(stretch: Stretch, origin_at: float = 0.0) -> Span:
    """Times, seconds since an origin."""
    origin = round(origin_at * SECOND)
    return _order((stretch.buckets.first_time - origin) / SECOND, (stretch.buckets.last_time - origin) / SECOND)


def _order(first: FloatArray, last: FloatArray) -> Span:
    return Span(np.minimum(first, last), np.maximum(first, last), last)


def is_whole(kind: AxisKind) -> bool:
    """Whether x are whole numbers."""
    return kind in (AxisKind.STEP, AxisKind.INDEX)


def is_time(kind: AxisKind) -> bool:
    """Whether x are seconds."""
    return kind in (AxisKind.TIME, AxisKind.RELATIVE)

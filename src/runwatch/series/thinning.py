"""Whether a chart is drawn from rows or from stored buckets."""

from __future__ import annotations

from typing import Final, Literal

from runwatch.series.pyramid import BUCKET_ROWS

SOURCES_PER_BUCKET: Final = 2
"""At least so many stored buckets for each one wanted, so that whole ones can be joined into nearly even ones."""


def choose_source(rows: int, buckets: int) -> Literal["rows", "buckets"]:
    """What an overview is to be made of.

    Stored buckets where each bucket of the chart stands for 512 rows or more: nothing is decoded then. Rows otherwise:
    at most 512 times the buckets wanted, so that the work is bounded by the chart's width and not by the run's length.

    Args:
        rows: The rows the chart is to show.
        buckets: How many buckets it has at most.
    """
    return "buckets" if rows >= SOURCES_PER_BUCKET * BUCKET_ROWS * buckets else "rows"

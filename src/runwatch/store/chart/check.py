"""Checks of chart requests, made before anything is read."""

from __future__ import annotations

import math

from runwatch.schema import limit
from runwatch.schema.chart import Axis, AxisKind, Chart, ChartBatch, Smoothing
from runwatch.schema.error import InvalidValueError, LimitError
from runwatch.series.error import ValuesError
from runwatch.series.grid import LEAST_BUCKETS
from runwatch.series.smoothing import check_amount


def check_batch(request: ChartBatch) -> None:
    """Check a request for charts.

    Raises:
        InvalidValueError: Something in it makes no sense.
        LimitError: There is too much of something.
    """
    _check_count("charts", len(request.charts), limit.CHARTS)
    for chart in request.charts:
        _check_chart(chart)


def _check_chart(chart: Chart) -> None:
    _check_count("series", len(chart.series), limit.CHART_SERIES)
    if len(chart.groups) > limit.CHART_GROUPS:
        _check_count("groups", len(chart.groups), limit.CHART_GROUPS)
    if not LEAST_BUCKETS <= chart.buckets <= limit.BUCKETS:
        raise InvalidValueError(
            f"A chart cannot have {chart.buckets} buckets.", hint=f"Ask for {LEAST_BUCKETS} to {limit.BUCKETS:,}."
        )
    if not chart.parts or len(set(chart.parts)) != len(chart.parts):
        raise InvalidValueError(
            "A chart wants each part of its buckets once, and at least one.", hint="Ask for last, min and max."
        )
    _check_axis(chart.x)
    if chart.smoothing is not None:
        _check_smoothing(chart.smoothing)
    for group in chart.groups:
        if not group.series or len(set(group.series)) != len(group.series):
            raise InvalidValueError(
                "A group has each of its series once, and at least one.", hint="Leave the group out, or name a series."
            )
        if not all(0 <= place < len(chart.series) for place in group.series):
            raise InvalidValueError(
                f"A group names a series that is not among the {len(chart.series)} of its chart.",
                hint="Count the series from 0.",
            )


def _check_count(what: str, count: int, most: int) -> None:
    if count < 1:
        raise InvalidValueError(f"There are no {what} in the request.", hint="Ask for at least one.")
    if count > most:
        raise LimitError(f"{count:,} {what} are too many.", hint=f"Ask for at most {most:,} at a time.")


def _check_axis(axis: Axis) -> None:
    if axis.kind is AxisKind.METRIC and not axis.metric:
        raise InvalidValueError("The x axis is to be a metric, but none is named.", hint="Give Axis(metric=…).")
    for x in (axis.start, axis.end):
        if x is not None and not math.isfinite(x):
            raise InvalidValueError(f"An x axis cannot reach to {x}.", hint="Give a number, or none for all there is.")
    if axis.start is not None and axis.end is not None and axis.start > axis.end:
        raise InvalidValueError(f"The x axis starts at {axis.start:g}, behind its end {axis.end:g}.", hint="Swap them.")


def _check_smoothing(smoothing: Smoothing) -> None:
    try:
        check_amount(smoothing.kind.value, smoothing.amount)
    except ValuesError as error:
        raise InvalidValueError(str(error), hint="Give another amount.") from error

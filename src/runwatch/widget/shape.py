"""Which charts a run is shown with by itself: by what was logged, as the studio chooses (its ``charts/chooser.ts``)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from runwatch.schema.chart import Axis, AxisKind, Chart, Part, Series
from runwatch.schema.metric import ColumnType, Metric, MetricKind, Summary

CHARTS: Final = 12
"""So many charts are shown at first."""

BUCKETS: Final = 400
"""A chart of a notebook is some 300 pixels wide."""

SYSTEM: Final = "system/"
"""Metrics of the machine begin so; they stand behind the others."""

NAMES: Final = 4_096
"""Names whose place in the order is kept: they are put into it several times a second."""

_PARTS: Final = (Part.LAST, Part.MIN, Part.MAX, Part.COUNT)
_LINES: Final = frozenset({MetricKind.SCALAR, MetricKind.LIST, MetricKind.TABLE})


def is_card(metric: Metric) -> bool:
    """Whether it is one value, to be shown as such."""
    single = metric.kind in {MetricKind.SCALAR, MetricKind.LIST}
    return single and metric.rows == 1 and len(metric.columns) == 1


def is_numeric(summary: Summary) -> bool:
    """Whether a line can be drawn through all its values."""
    return summary.count == 0 or (summary.numeric == summary.count and summary.type is not ColumnType.STR)


def chart_of(run_id: str, metric: Metric, buckets: int = BUCKETS) -> Chart | None:
    """The chart of a metric; None where it is shown otherwise, as a number, a table or an image.

    Args:
        run_id: The run.
        metric: What was logged.
        buckets: See `runwatch.schema.chart.Chart`.
    """
    if metric.kind not in _LINES or is_card(metric):
        return None
    columns = [summary.column for summary in metric.columns]
    if not columns or not all(is_numeric(summary) for summary in metric.columns):
        return None
    if len(columns) == 1:
        single = Series(run_id=run_id, metric=metric.name, column=columns[0])
        return Chart(series=(single,), buckets=buckets, parts=_PARTS)
    if len(columns) == 2 and metric.kind is not MetricKind.LIST:
        axis = Axis(kind=AxisKind.METRIC, metric=metric.name, column=columns[0])
        series = Series(run_id=run_id, metric=metric.name, column=columns[1])
        return Chart(series=(series,), x=axis, buckets=buckets, parts=_PARTS)
    return None


def standard(run_id: str, metrics: Iterable[Metric], buckets: int = BUCKETS, most: int = CHARTS) -> list[Chart]:
    """The charts that are shown at first, in the order of their names."""
    found: list[Chart] = []
    for metric in ordered(metrics):
        chart = chart_of(run_id, metric, buckets)
        if chart is not None:
            found.append(chart)
        if len(found) >= most:
            break
    return found


def ordered(metrics: Iterable[Metric]) -> list[Metric]:
    """By name, ``loss2`` before ``loss10``; those of the machine last."""
    return sorted(metrics, key=lambda metric: (metric.name.startswith(SYSTEM), _natural(metric.name)))


@lru_cache(NAMES)
def _natural(name: str) -> list[tuple[bool, int, str]]:
    parts = re.split(r"([0-9]{1,18})", name.lower())
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]

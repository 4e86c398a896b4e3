"""The answer to a chart: its lines and groups over one x, and what they stand for."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from runwatch.series.grid import Grid
from runwatch.series.group import GroupLine
from runwatch.series.regrid import Line

Part: TypeAlias = Literal["last", "min", "max", "mean", "count"]


class DrawnSeries(Struct, frozen=True, eq=False, kw_only=True):
    """A series of the chart.

    Attributes:
        run: The run's id.
        metric: The metric's name.
        column: The column's name.
        line: What is drawn; None if there is nothing, because of ``error``.
        total: All rows of the metric.
        level: The most rows of a source bucket that the line was made of: an extreme is at most half of them away from
            its place. Where x is another metric, its buckets count too. 1: the rows themselves, each over its own x.
        error: The code of the error because of which there is no line, such as ``not_found``.
        message: The error in words.
    """

    run: str
    metric: str
    column: str
    line: Line | None = None
    total: int = 0
    level: int = 1
    error: str = ""
    message: str = ""


class DrawnGroup(Struct, frozen=True, eq=False, kw_only=True):
    """A group of the chart.

    Attributes:
        series: The places of its series in the chart.
        aggregate: Its line.
        band: What is around the line.
        line: What is drawn.
    """

    series: tuple[int, ...]
    aggregate: str
    band: str
    line: GroupLine


class Plot(Struct, frozen=True, eq=False, kw_only=True):
    """A chart, ready to be encoded (`frame`).

    Attributes:
        kind: What x is: ``step``, ``index``, ``time``, ``relative`` or ``metric``.
        grid: The buckets; None if the lines have points of their own.
        series: The series, in the order asked for.
        groups: The groups, likewise.
        parts: The figures asked for.
        rev: The sequence number of the store's last change that is certainly in it.
    """

    kind: str
    grid: Grid | None
    series: tuple[DrawnSeries, ...]
    parts: tuple[Part, ...]
    groups: tuple[DrawnGroup, ...] = ()
    rev: int = 0

"""Charts over many runs: which series, over which x, in how many buckets; the answer is a frame of columns."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class AxisKind(StrEnum):
    """What x is."""

    STEP = "step"  # rows without a step stand at their index
    INDEX = "index"  # of the row within its metric
    TIME = "time"  # seconds since 1970 UTC
    RELATIVE = "relative"  # seconds since the run started
    METRIC = "metric"  # a column of the same run


class Part(StrEnum):
    """A figure of a bucket."""

    LAST = "last"
    MIN = "min"
    MAX = "max"
    MEAN = "mean"
    COUNT = "count"


class SmoothingKind(StrEnum):
    """How a line is smoothed; always over all its points, whatever part of them is shown."""

    EMA = "ema"
    TIME_EMA = "time_ema"
    GAUSSIAN = "gaussian"
    RUNNING_MEAN = "running_mean"


class Aggregate(StrEnum):
    """The line of a group."""

    MEAN = "mean"
    MEDIAN = "median"
    MIN = "min"
    MAX = "max"


class Band(StrEnum):
    """The band around the line of a group."""

    NONE = "none"
    STD = "std"  # one standard deviation of the n series (their squares divided by n) on both sides of the line
    STDERR = "stderr"  # likewise the standard error of their mean: squares divided by n - 1, and by n
    MINMAX = "minmax"
    QUARTILES = "quartiles"


class Series(Struct, frozen=True, kw_only=True):
    """A line of a chart.

    Attributes:
        run_id: The run.
        metric: The metric.
        column: A column with numbers.
    """

    run_id: str
    metric: str
    column: str = "value"


class Axis(Struct, frozen=True, kw_only=True):
    """What x is, and from where to where.

    Attributes:
        kind: What it is.
        metric: Of kind METRIC: the metric whose values are x. If it is the series' own metric, x and y stand in the
            same row. Another metric counts with the last value it had by the step of y (by its index, if one of the two
            has no steps).
        column: Of kind METRIC: its column.
        start: The lowest x to show; None means the first there is.
        end: The highest x to show; None means the last there is.
    """

    kind: AxisKind = AxisKind.STEP
    metric: str = ""
    column: str = "value"
    start: float | None = None
    end: float | None = None


class Smoothing(Struct, frozen=True, kw_only=True):
    """How lines are smoothed.

    Attributes:
        kind: The method.
        amount: EMA: the weight of what came before, 0 to less than 1, corrected for the start. TIME_EMA: seconds
            after which a point's weight has fallen to 1/e. GAUSSIAN: the standard deviation in points. RUNNING_MEAN:
            the points of the window, half of them on each side; a window is cut at the ends of the series.
    """

    kind: SmoothingKind
    amount: float


class Group(Struct, frozen=True, kw_only=True):
    """Several series as one line with a band.

    Series are aligned by bucket; in a bucket without a point a series counts with the last value before it, as long as
    it has a point later on. MIN, MAX and MINMAX are over the extremes of the buckets, the others over the last values.

    Attributes:
        series: Places in `Chart.series`.
        aggregate: The line.
        band: What is around it.
    """

    series: tuple[int, ...]
    aggregate: Aggregate = Aggregate.MEAN
    band: Band = Band.NONE


class Chart(Struct, frozen=True, kw_only=True):
    """Series over one x.

    Attributes:
        series: The lines, 1 to `limit.CHART_SERIES`.
        x: What x is.
        buckets: At most so many, 4 to `limit.BUCKETS`, and one more where the range begins or ends within one. All
            series share them. If there are no groups, points are shown instead where no series has more of them than
            that within the range, and where x is a metric that turns back: then so many points, in the order logged, of
            longer series.
        parts: The figures wanted of each bucket.
        smoothing: How lines are smoothed, if they are.
        groups: Lines made of several series, beside them.
    """

    series: tuple[Series, ...]
    x: Axis = Axis()
    buckets: int = 1_000
    parts: tuple[Part, ...] = (Part.LAST, Part.MIN, Part.MAX)
    smoothing: Smoothing | None = None
    groups: tuple[Group, ...] = ()


class ChartBatch(Struct, frozen=True, kw_only=True):
    """All charts on a screen, 1 to `limit.CHARTS`; each is answered with a frame of its own, in this order."""

    charts: tuple[Chart, ...]

"""Charts over many runs: a batch of requests in, one plot for each out, from any store."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from runwatch.schema.chart import Axis, AxisKind, Chart, ChartBatch, Group, Part, Series
from runwatch.schema.error import CorruptDataError, GoneError, NotFoundError
from runwatch.schema.metric import Metric
from runwatch.series.curve import PICKS, thin, turns_back
from runwatch.series.grid import Grid, make_grid
from runwatch.series.group import Between, gather
from runwatch.series.plot import DrawnGroup, DrawnSeries, Plot
from runwatch.series.regrid import Line, blank, regrid, to_points
from runwatch.store.chart import axis as axes
from runwatch.store.chart.cache import CACHE_BYTES, Cache
from runwatch.store.chart.check import check_batch
from runwatch.store.chart.fact import Facts, Missing, Subject, to_subject
from runwatch.store.chart.level import Levels
from runwatch.store.chart.pairing import OtherMetric
from runwatch.store.chart.smooth import Smoother
from runwatch.store.chart.track import Scale, Track, View
from runwatch.store.protocol import Store

_STEPS = Scale(lambda _, stretch: axes.of_steps(stretch), "step")
_ROWS = Scale(lambda _, stretch: axes.of_rows(stretch), "index")

GLANCE_SERIES: Final = 128
"""Series of charts that are made in one look at the store: what is known of a metric is looked up once for it, and the
look is over in some 30 ms."""

_SPOILED = (NotFoundError, GoneError, CorruptDataError)
"""What may be wrong with a single series: it was deleted a moment ago, or its rows are damaged."""

_Found: TypeAlias = Mapping[tuple[str, str], Metric | Missing]


class ChartReader:
    """Answers requests for charts; safe to use from any thread.

    What was read stays in memory, so that the next zoom reads only what is new in it. Whether runs have changed is one
    look at the store's changes for a whole batch.

    Args:
        store: Where series live.
        cache_bytes: What the memory may take: a half for what is read, and a half for smooth lines.
    """

    def __init__(self, store: Store, cache_bytes: int = CACHE_BYTES) -> None:
        self._caches = cache, lines = Cache(cache_bytes // 2), Cache(cache_bytes // 2)
        self._facts = Facts(store, self._caches)
        self._levels = Levels(store, cache)
        self._smoother = Smoother(store, cache, lines)

    @property
    def size_bytes(self) -> int:
        """What the memory takes."""
        return sum(cache.size_bytes for cache in self._caches)

    def answer(self, request: ChartBatch) -> Iterator[Plot]:
        """One plot for each chart, in their order, some made at a time when the first of them is asked for.

        A series that is not there does not spoil its chart: it has an error instead of a line.

        Raises:
            InvalidValueError: Something in the request makes no sense; raised at once, not with the first plot.
            LimitError: There is too much of something; likewise.
        """
        check_batch(request)
        return self._plots(request)

    def _plots(self, request: ChartBatch) -> Iterator[Plot]:
        for charts in _together(request.charts):
            with self._facts.glance() as rev:
                found = self._facts.find((name for chart in charts for name in _names(chart)), rev)
                plots = [self._plot(chart, found, rev) for chart in charts]
            yield from plots

    def _plot(self, chart: Chart, found: _Found, rev: int) -> Plot:
        tracks = [self._track(chart, series, found, rev) for series in chart.series]
        grid = _grid(chart, [track for track in tracks if isinstance(track, Track)])
        lines: dict[int, Line] = {}
        levels: dict[int, int] = {}
        if grid is not None:
            views = _views(tracks, grid)
            levels = {place: max(view.level, view.x_level) for place, view in views.items()}
            lines, grid = _to_lines(chart, views, grid)
        nothing = blank(None if grid is None else grid.buckets)
        series = tuple(
            _drawn(names, tracks[place], lines.get(place, nothing), levels.get(place, 1))
            for place, names in enumerate(chart.series)
        )
        return Plot(
            kind=chart.x.kind.value,
            grid=grid,
            series=series,
            parts=tuple(part.value for part in chart.parts),
            groups=tuple(_drawn_group(group, series, grid, chart.x.kind) for group in chart.groups),
            rev=rev,
        )

    def _track(self, chart: Chart, series: Series, found: _Found, rev: int) -> Track | Missing | Subject:
        """A series of the chart; just its name where it has no rows yet, and why where it is missing."""
        metric = found[series.run_id, series.metric]
        subject = metric if isinstance(metric, Missing) else to_subject(series.run_id, metric, series.column)
        if isinstance(subject, Missing) or not subject.rows:
            return subject
        try:
            scale = self._scale(chart.x, subject, found, rev)
            if isinstance(scale, Missing):
                return scale
            return Track(subject, self._levels, self._smoother, scale, chart.smoothing)
        except _SPOILED as error:
            return Missing(error.code, error.message)

    def _scale(self, x: Axis, subject: Subject, found: _Found, rev: int) -> Scale | Missing:
        if x.kind is AxisKind.STEP:
            return _STEPS
        if x.kind is AxisKind.INDEX:
            return _ROWS
        if x.kind is AxisKind.METRIC:
            metric = found[subject.run_id, x.metric]
            other = metric if isinstance(metric, Missing) else to_subject(subject.run_id, metric, x.column)
            if isinstance(other, Missing):
                return other
            name = "metric", other.metric, other.column, other.birth
            return Scale(OtherMetric(self._levels, other, subject).of, name, other.rows)
        origin_at = 0.0
        if x.kind is AxisKind.RELATIVE:
            started_at = self._facts.started_at(subject.run_id, rev)
            # Rows from before the start were imported or logged while queueing: they would stand at negative x.
            origin_at = subject.first_at if started_at is None else min(started_at, subject.first_at)
        return Scale(lambda _, stretch: axes.of_times(stretch, origin_at), ("time", origin_at))


def _together(charts: Sequence[Chart]) -> Iterator[Sequence[Chart]]:
    """Charts that are made in one glance."""
    first, series = 0, 0
    for place, chart in enumerate(charts):
        series += len(chart.series)
        if series > GLANCE_SERIES and place > first:
            yield charts[first:place]
            first, series = place, len(chart.series)
    yield charts[first:]


def _names(chart: Chart) -> Iterator[tuple[str, str]]:
    """The metrics that a chart needs."""
    for series in chart.series:
        yield series.run_id, series.metric
        if chart.x.kind is AxisKind.METRIC:
            yield series.run_id, chart.x.metric


def _grid(chart: Chart, tracks: Collection[Track]) -> Grid | None:
    """The buckets from where the first series begins, or is to be shown, to where the last one ends."""
    low = min((track.whole.low for track in tracks if math.isfinite(track.whole.low)), default=None)
    high = max((track.whole.high for track in tracks if math.isfinite(track.whole.high)), default=None)
    if low is None or high is None:
        return None
    start = low if chart.x.start is None else max(low, chart.x.start)
    end = high if chart.x.end is None else min(high, chart.x.end)
    if start > end:
        return None
    whole, time = axes.is_whole(chart.x.kind), axes.is_time(chart.x.kind)
    return make_grid(start, end, chart.buckets, whole=whole, time=time)


def _views(tracks: list[Track | Missing | Subject], grid: Grid) -> dict[int, View]:
    """The series as the grid needs them, by their places; one that cannot be read any more becomes a missing one."""
    found: dict[int, View] = {}
    for place, track in enumerate(tracks):
        if isinstance(track, Track):
            try:
                found[place] = track.view(grid.start, grid.end, grid.buckets)
            except _SPOILED as error:
                tracks[place] = Missing(error.code, error.message)
    return found


def _to_lines(chart: Chart, views: Mapping[int, View], grid: Grid) -> tuple[dict[int, Line], Grid | None]:
    """What is drawn of each series, and the grid if that is buckets."""
    points = _to_points(chart, views, grid)
    if points is not None:
        return points, None
    means = Part.MEAN in chart.parts
    lines: dict[int, Line] = {}
    for place, view in views.items():
        whole = view.high < grid.end and view.lies_within(grid.start, grid.end)  # what ends a grid is not in it
        lines[place] = regrid(view.source, grid, means=means, whole=whole)
    return lines, grid


def _to_points(chart: Chart, views: Mapping[int, View], grid: Grid) -> dict[int, Line] | None:
    """The points of all series, if none has more of them than the chart has buckets, or if x turns back; else None."""
    if chart.groups:
        return None
    start = grid.start if chart.x.start is None else chart.x.start
    end = grid.end if chart.x.end is None else chart.x.end
    if all(view.level == 1 for view in views.values()):
        points: dict[int, Line] = {}
        for place, view in views.items():
            points[place] = to_points(view.source, start, end, whole=view.lies_within(start, end))
            if points[place].points > chart.buckets:
                break
        else:
            return points
    if chart.x.kind is AxisKind.METRIC and any(turns_back(view.source) for view in views.values()):
        return {place: thin(view.source, start, end, max(chart.buckets, PICKS)) for place, view in views.items()}
    return None


def _drawn(names: Series, track: Track | Missing | Subject, line: Line, level: int) -> DrawnSeries:
    run, metric, column = names.run_id, names.metric, names.column
    if isinstance(track, Missing):
        return DrawnSeries(run=run, metric=metric, column=column, error=track.error, message=track.message)
    rows = track.subject.rows if isinstance(track, Track) else track.rows
    return DrawnSeries(run=run, metric=metric, column=column, line=line, total=rows, level=level)


def _drawn_group(group: Group, series: Sequence[DrawnSeries], grid: Grid | None, x: AxisKind) -> DrawnGroup:
    lines = [line for place in group.series if (line := series[place].line) is not None]
    # By step or time a value holds until the next one; over another metric nothing does between two points.
    between: Between = "line" if x is AxisKind.METRIC else "before"
    buckets = 0 if grid is None else grid.buckets
    gathered = gather(lines, group.aggregate.value, group.band.value, buckets, between)
    return DrawnGroup(series=group.series, aggregate=group.aggregate.value, band=group.band.value, line=gathered)

"""Short ways to ask for a chart, and a store that counts what is read from it."""

from __future__ import annotations

from typing import Any

from runwatch.schema.chart import Axis, Chart, ChartBatch, Part, Series
from runwatch.schema.metric import DeleteMetrics, MetricRows, Overview, ReadMetric, ReadOverview
from runwatch.schema.run import Run
from runwatch.series.plot import Plot
from runwatch.series.regrid import Line
from runwatch.store.chart.reader import ChartReader
from runwatch.store.protocol import Store

ALL = (Part.LAST, Part.MIN, Part.MAX, Part.MEAN, Part.COUNT)


def chart(*runs: Run, metric: str = "m", column: str = "value", **changes: Any) -> Chart:
    series = tuple(Series(run_id=run.run_id, metric=metric, column=column) for run in runs)
    values: dict[str, Any] = {"series": series, "parts": ALL, "x": Axis()} | changes
    return Chart(**values)


def ask(source: Store | ChartReader, wanted: Chart) -> Plot:
    reader = source if isinstance(source, ChartReader) else ChartReader(source)
    return next(reader.answer(ChartBatch(charts=(wanted,))))


def line_of(plot: Plot, place: int = 0) -> Line:
    line = plot.series[place].line
    assert line is not None, plot.series[place].message
    return line


class Counted:
    """A metrics shelf that notes how many rows were asked for, at which size of buckets."""

    def __init__(self, store: Store) -> None:
        self.shelf: Any = store.metrics
        self.overviews: list[tuple[int, int]] = []
        self.lists = 0
        self.reads = 0

    def read_overview(self, request: ReadOverview) -> Overview:
        found: Overview = self.shelf.read_overview(request)
        self.overviews.append((request.bucket_rows, found.points))
        return found

    def list(self, request: Any) -> Any:
        self.lists += 1
        return self.shelf.list(request)

    def read(self, request: ReadMetric) -> MetricRows:
        self.reads += 1
        found: MetricRows = self.shelf.read(request)
        return found


class Watched:
    """A store whose metrics shelf is counted."""

    def __init__(self, store: Store) -> None:
        self.counted = Counted(store)
        self.metrics: Any = self.counted
        self.changes, self.runs = store.changes, store.runs


class Vanishing(Counted):
    """A metrics shelf that deletes the metric before the second overview is read."""

    def __init__(self, store: Store, run_id: str) -> None:
        super().__init__(store)
        self.run_id = run_id

    def read_overview(self, request: ReadOverview) -> Overview:
        if self.overviews:
            self.shelf.delete(DeleteMetrics(run_id=self.run_id, names=(request.name,)))
        return super().read_overview(request)


class Moving:
    """A store that is replaced by another one under its reader.

    Args:
        store: The first one.
        metrics: A metrics shelf instead of its own.
    """

    def __init__(self, store: Store, metrics: Any = None) -> None:
        self.store = store
        self._metrics = metrics

    @property
    def metrics(self) -> Any:
        return self._metrics or self.store.metrics

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

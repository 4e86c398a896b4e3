"""Charts of any store: equal over backends, no extreme lost, and the same whether read at once or while growing."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from runwatch.schema.chart import Axis, AxisKind, Chart, ChartBatch, Group, Part, Series, Smoothing, SmoothingKind
from runwatch.schema.run import CreateRun
from runwatch.series import frame
from runwatch.series.plot import Plot
from runwatch.store.chart.reader import ChartReader
from runwatch.store.memory.store import MemoryStore
from runwatch.store.protocol import Store
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import START_AT, Writer, scalars

ALL = (Part.LAST, Part.MIN, Part.MAX, Part.MEAN, Part.COUNT)


@contextmanager
def stores() -> Iterator[list[Store]]:
    with tempfile.TemporaryDirectory() as folder, closing(SqlStore(Path(folder))) as sql:
        yield [MemoryStore(), sql]


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[float], list[int] | None, list[int]]:
    """Values, steps, and where batches end."""
    rows = draw(st.integers(1, 20) | st.integers(1, 30_000))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    values = np.round(rng.normal(0, 10, rows), 3)
    for row in draw(st.lists(st.integers(0, rows - 1), max_size=5)):
        values[row : row + 3] = draw(st.sampled_from([math.nan, math.inf, 1e9, -1e9]))
    steps = np.arange(rows) * draw(st.sampled_from([1, 7]))
    shape = draw(st.sampled_from(["none", "rising", "set back"]))
    if shape == "set back":
        steps[rows // 2 :] -= steps[rows // 3]
    ends = sorted({rows, *draw(st.lists(st.integers(1, rows), max_size=4))})
    return values.tolist(), None if shape == "none" else steps.tolist(), ends


def record(store: Store, values: list[float], steps: list[int] | None, ends: list[int]) -> Iterator[int]:
    """Append batch by batch."""
    store.runs.create(CreateRun(experiment="e", run_id="r", token="t", created_at=0.0))
    writer = Writer(store, "r")
    for end in ends:
        part = slice(writer.next, end)
        first_at = START_AT + writer.next / 1_000
        writer.append(scalars("m", values[part], None if steps is None else steps[part], first_at=first_at))
        yield end


@st.composite
def charts(draw: st.DrawFn, length: float) -> Chart:
    """A chart of the metric, or of a range of it."""
    start, end = sorted(draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))
    x = Axis(kind=draw(st.sampled_from([AxisKind.STEP, AxisKind.INDEX, AxisKind.RELATIVE])))
    if draw(st.booleans()):
        scale = length / 1_000 if x.kind is AxisKind.RELATIVE else length
        x = Axis(kind=x.kind, start=start * scale, end=end * scale)
    smoothing = draw(st.sampled_from([None, Smoothing(kind=SmoothingKind.EMA, amount=0.9)]))
    return Chart(
        series=(Series(run_id="r", metric="m"),),
        x=x,
        buckets=draw(st.integers(4, 500)),
        parts=ALL,
        smoothing=smoothing,
        groups=draw(st.sampled_from([(), (Group(series=(0,)),)])),
    )


def ask(reader: ChartReader, chart: Chart) -> Plot:
    return next(reader.answer(ChartBatch(charts=(chart,))))


def equal(a: Plot, b: Plot) -> bool:
    """The same numbers; means may differ in rounding, since they are sums in another order."""
    if (a.grid, len(a.series)) != (b.grid, len(b.series)):
        return False
    one, other = a.series[0].line, b.series[0].line
    assert one is not None
    assert other is not None
    same = all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in ("last", "min", "max", "count")
    )
    return same and np.allclose(one.mean, other.mean, rtol=1e-9, atol=1e-9, equal_nan=True)


@given(logs(), st.data())
@settings(max_examples=40, deadline=None)
def test_stores_answer_alike_and_growing_changes_nothing(
    log: tuple[list[float], list[int] | None, list[int]], data: st.DataObject
) -> None:
    length = float(max(log[1] or [len(log[0])]))
    wanted = [data.draw(charts(length)) for _ in range(2)]
    with stores() as both:
        readers = [ChartReader(store) for store in both]
        for _ in zip(*(record(store, *log) for store in both), strict=True):
            for chart in wanted:
                memory, sql = (ask(reader, chart) for reader in readers)
                assert equal(memory, sql)
                assert equal(sql, ask(ChartReader(both[1]), chart))
                head = frame.decode(frame.encode(sql)).head
                line = sql.series[0].line
                assert line is not None
                assert head.series[0].n == line.points == int(line.count.sum())


@given(logs(), st.data())
@settings(max_examples=60, deadline=None)
def test_no_extreme_and_no_last_point_is_lost(
    log: tuple[list[float], list[int] | None, list[int]], data: st.DataObject
) -> None:
    values = np.array(log[0])
    x = np.arange(len(values)) if log[1] is None else np.array(log[1])
    store = MemoryStore()
    list(record(store, *log))
    start, end = sorted(data.draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))
    low, high = start * float(x.max()), end * float(x.max())
    axis = Axis(start=low, end=high)
    buckets = data.draw(st.integers(4, 1_000))
    chart = Chart(series=(Series(run_id="r", metric="m"),), x=axis, buckets=buckets, parts=ALL)
    plot = ask(ChartReader(store), chart)
    line = plot.series[0].line
    assert line is not None
    inside = (x >= low) & (x <= high) & np.isfinite(values)
    if plot.grid is None:
        assert line.points == np.count_nonzero(inside) <= buckets
    assert line.points >= np.count_nonzero(inside)
    if inside.any():
        assert np.nanmin(line.min) <= values[inside].min()
        assert np.nanmax(line.max) >= values[inside].max()
    if np.isfinite(values[-1]) and inside[-1]:
        at = [-1] if line.x is not None else []
        at = at or ([] if plot.grid is None else plot.grid.place(x[-1:].astype(float)).tolist())
        shown = line.last if line.x is None else line.last[line.count > 0]
        assert shown[at[0]] == values[-1]

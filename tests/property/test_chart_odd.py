"""Odd numbers in odd charts: whatever was logged, every chart of it is answered and can be encoded."""

from __future__ import annotations

import itertools
import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from runwatch.schema.chart import (
    Aggregate,
    Axis,
    AxisKind,
    Band,
    Chart,
    ChartBatch,
    Group,
    Part,
    Series,
    Smoothing,
    SmoothingKind,
)
from runwatch.series import frame
from runwatch.store.chart.encoding import to_arrow, to_json
from runwatch.store.chart.reader import ChartReader
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import START_AT, Value, Writer, new_run, scalars

NUMBERS = [math.nan, math.inf, -math.inf, 1.79e308, -1.79e308, 5e-324, -0.0, 1.0, 2**62, True, None, "text"]
STEPS = [-(2**63) + 1, 2**63 - 1, -5, 0, 1, 2, 2**53 + 1]
ENDS = st.sampled_from([None, -1e300, -1e18, -1.5, 0.0, 3.0, 100.0, 1e10, 1e300])
GROUPS = tuple(Group(series=(0, 1), aggregate=a, band=b) for a, b in itertools.product(Aggregate, Band))
SMOOTHINGS = [
    None,
    Smoothing(kind=SmoothingKind.EMA, amount=0.5),
    Smoothing(kind=SmoothingKind.TIME_EMA, amount=1e-9),
    Smoothing(kind=SmoothingKind.GAUSSIAN, amount=1e5),
    Smoothing(kind=SmoothingKind.RUNNING_MEAN, amount=1e300),
]


@st.composite
def rows(draw: st.DrawFn) -> tuple[list[Value], list[int] | None]:
    values: list[Value] = draw(st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=12))
    values *= draw(st.sampled_from([1, 1, 100]))
    steps = draw(st.none() | st.lists(st.sampled_from(STEPS), min_size=len(values), max_size=len(values)))
    return values, steps


@st.composite
def axes(draw: st.DrawFn) -> Axis:
    start, end = draw(ENDS), draw(ENDS)
    if start is not None and end is not None and start > end:
        start, end = end, start
    metric = draw(st.sampled_from(["m", "e"]))
    return Axis(kind=draw(st.sampled_from(list(AxisKind))), metric=metric, start=start, end=end)


@given(rows(), rows(), axes(), st.sampled_from(SMOOTHINGS), st.booleans(), st.sampled_from([4, 1_000]))
@settings(max_examples=150, deadline=None)
def test_every_chart_is_answered(
    m: tuple[list[Value], list[int] | None],
    e: tuple[list[Value], list[int] | None],
    x: Axis,
    smoothing: Smoothing | None,
    grouped: bool,
    buckets: int,
) -> None:
    store = MemoryStore()
    run = new_run(store)
    Writer(store, run.run_id).append(scalars("m", *m), scalars("e", *e, first_at=START_AT - 1))
    series = tuple(Series(run_id=run.run_id, metric=metric) for metric in ("m", "e"))
    groups = GROUPS if grouped else ()
    chart = Chart(series=series, x=x, smoothing=smoothing, groups=groups, buckets=buckets, parts=tuple(Part))
    plot = next(ChartReader(store).answer(ChartBatch(charts=(chart,))))
    read = frame.decode(frame.encode(plot))
    assert to_json(plot)
    assert to_arrow(plot)
    for place, drawn in enumerate(plot.series):
        line = drawn.line
        assert line is not None
        assert line.points + line.nonfinite <= drawn.total
        assert read.head.series[place].n == line.points
        for part in ("last", "min", "max", "mean"):
            assert not np.isinf(getattr(line, part)).any()

"""Charts over another metric: each value stands over the x of its own row or step, or the answer says how far not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from runwatch.schema.chart import Axis, AxisKind, Part
from runwatch.series.column import FloatArray, IntArray
from runwatch.series.plot import Plot
from runwatch.store.chart.pairing import MOST_ANCHORS
from runwatch.store.chart.reader import ChartReader
from runwatch.store.protocol import Store
from runwatch.testing.sample import Writer, new_run, scalars
from tests.unit.store.chart.asking import Watched, ask, chart, line_of

ROWS = 40_000


def record(store: Store, x: Sequence[float], y: Sequence[float], *steps: Sequence[int] | None) -> Any:
    run = new_run(store)
    writer = Writer(store, run.run_id)
    for name, values, where in zip(("a", "b"), (x, y), steps or (None, None), strict=True):
        for first in range(0, len(values), 10_000):
            part = slice(first, first + 10_000)
            writer.append(scalars(name, list(values[part]), None if where is None else list(where[part])))
    return run


def zoom(source: Store | ChartReader, run: Any, start: float | None, end: float | None, **changes: Any) -> Plot:
    axis = Axis(kind=AxisKind.METRIC, metric="a", start=start, end=end)
    return ask(source, chart(run, metric="b", x=axis, **changes))


def shown(plot: Plot) -> list[tuple[float, float]]:
    """The points in the range, without the neighbours beyond its edges."""
    line = line_of(plot)
    assert line.x is not None
    return [(x, y) for x, y, count in zip(line.x, line.last, line.count, strict=True) if count]


def paired(x: FloatArray, x_steps: IntArray, y_steps: IntArray) -> FloatArray:
    """The x of each y, in the plainest way."""
    held = np.isfinite(x)
    order = np.argsort(x_steps[held], kind="stable")
    known, values = x_steps[held][order], x[held][order]
    at = np.searchsorted(known, y_steps, "right")
    found: FloatArray = np.where(at == 0, np.nan, values[np.maximum(at - 1, 0)])
    return found


@pytest.mark.parametrize("steps", [None, range(0, 3 * ROWS, 3)])
def test_a_zoom_over_another_metric_pairs_the_values_of_each_row(store: Store, steps: range | None) -> None:
    values = [float(number) for number in range(ROWS)]
    run = record(store, values, values, steps, steps)
    plot = zoom(store, run, 10_000, 10_040)
    assert shown(plot) == [(float(number), float(number)) for number in range(10_000, 10_041)]
    assert plot.series[0].level == 1
    whole = zoom(store, run, None, None)
    assert whole.series[0].level > 1
    assert line_of(whole).points == ROWS


@pytest.mark.parametrize("shape", ["rising", "falling", "noisy", "gappy", "waving", "again"])
@pytest.mark.parametrize("apart", [(1, 1), (3, 7), (1, 50)])
def test_what_is_said_to_be_exact_is_exact(store: Store, shape: str, apart: tuple[int, int]) -> None:
    draw = np.random.default_rng(5)
    x = np.arange(30_000.0)
    if shape == "falling":
        x = -x
    elif shape == "noisy":
        x = x + draw.normal(0, 300, len(x))
    elif shape == "gappy":
        x[draw.random(len(x)) < 0.3] = np.nan
    elif shape == "waving":
        x = np.sin(x / 4_000) * 1_000
    x_steps = np.arange(len(x)) * apart[0]
    if shape == "again":
        x_steps[20_000:] -= 8_000 * apart[0]  # went on from a checkpoint
    y_steps = np.arange(5, int(x_steps.max()), apart[1])
    y = np.sqrt(np.arange(len(y_steps), dtype=float))
    run = record(store, x.tolist(), y.tolist(), x_steps.tolist(), y_steps.tolist())
    true = paired(x, x_steps, y_steps)
    reader, exact = ChartReader(store), 0
    starts = draw.uniform(np.nanmin(true), np.nanmax(true), 12)
    for start, width in zip(starts, np.geomspace(1, 3_000, 12), strict=True):
        plot = zoom(reader, run, start, start + width)
        inside = (true >= start) & (true <= start + width)
        if plot.grid is not None or plot.series[0].level > 1:
            continue
        exact += 1
        line = line_of(plot)
        assert line.points == inside.sum()
        if line.count.max(initial=0) <= 1:  # else some of the points of a curve that turns back
            assert shown(plot) == list(zip(true[inside], y[inside], strict=True))
    assert exact >= 6


def test_few_values_over_many_are_exact_once_little_enough_of_them_is_shown(store: Store) -> None:
    x = np.arange(100_000.0)
    y_steps = np.arange(777, 100_000, 1_000)
    run = record(store, x.tolist(), y_steps.astype(float).tolist(), range(len(x)), y_steps.tolist())
    reader = ChartReader(store)
    whole = zoom(reader, run, None, None)
    assert whole.series[0].level > 1, "what was not read row by row is not called exact"
    off = [place - value for place, value in shown(whole)]
    assert -whole.series[0].level < min(off) <= max(off) <= 0
    part = zoom(reader, run, 20_000, 30_000)
    assert part.series[0].level == 1
    assert shown(part) == [(float(place), float(place)) for place in range(20_777, 30_000, 1_000)]


def test_a_zoom_reads_no_more_of_x_than_it_needs(store: Store) -> None:
    values = [float(number) for number in range(200_000)]
    run = record(store, values, values)
    watched: Any = Watched(store)
    reader = ChartReader(watched)
    for _ in range(2):
        watched.counted.overviews.clear()
        zoom(reader, run, 100_000, 100_500)
    assert all(points <= MOST_ANCHORS for rows, points in watched.counted.overviews if rows == 1)
    assert sum(points // rows for rows, points in watched.counted.overviews) < 10_000


def test_no_extreme_is_lost_in_buckets_over_another_metric(store: Store) -> None:
    draw = np.random.default_rng(1)
    y = draw.normal(size=ROWS)
    run = record(store, np.arange(float(ROWS)).tolist(), y.tolist())
    plot = zoom(store, run, 4_000, 36_000, buckets=100, parts=(Part.MIN, Part.MAX, Part.COUNT))
    assert plot.grid is not None
    line = line_of(plot)
    assert np.nanmin(line.min) <= y[4_000:36_001].min()
    assert np.nanmax(line.max) >= y[4_000:36_001].max()
    steps = ask(store, chart(run, metric="b", x=Axis(start=4_000, end=36_000), buckets=100))
    assert abs(line.points - line_of(steps).points) <= 2 * plot.series[0].level

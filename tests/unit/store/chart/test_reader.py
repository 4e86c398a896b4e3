"""Charts from a store: what is drawn, what is read for it, and what is kept."""

from __future__ import annotations

import math
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from runwatch.schema.chart import Aggregate, Axis, AxisKind, Band, ChartBatch, Group, Part, Series, Smoothing
from runwatch.schema.chart import SmoothingKind as Kind
from runwatch.schema.metric import DeleteMetrics
from runwatch.schema.run import Delete, RunStatus, UpdateRun
from runwatch.series import frame
from runwatch.series.smoothing import smooth
from runwatch.store.chart import level as levels
from runwatch.store.chart.reader import ChartReader
from runwatch.store.protocol import Glances, Store
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import START_AT, Value, Writer, new_run, scalars, table
from tests.unit.store.chart.asking import Moving, Vanishing, Watched, ask, chart, line_of

NAN = math.nan


def walk(rows: int, seed: int = 0) -> list[Value]:
    numbers = np.random.default_rng(seed).normal(size=rows).cumsum()
    numbers[::131] = NAN
    numbers[rows // 2] = 1e9
    return cast(list[Value], numbers.tolist())


def fill(store: Store, values: list[Value], steps: list[int] | None = None, name: str = "m") -> Any:
    run = new_run(store)
    Writer(store, run.run_id).append(scalars(name, values, steps))
    return run


def test_few_points_are_shown_as_they_are(store: Store) -> None:
    run = fill(store, [1.0, NAN, 3.0, math.inf, 5.0], [0, 10, 20, 20, 5])
    plot = ask(store, chart(run))
    line = line_of(plot)
    assert plot.grid is None
    assert line.x is not None
    assert line.x.tolist() == [0, 20, 5]
    assert line.last.tolist() == [1, 3, 5]
    assert (line.points, line.nonfinite, plot.series[0].total, plot.series[0].level) == (3, 2, 5, 1)


def test_many_points_are_shown_in_shared_buckets(store: Store) -> None:
    a, b = fill(store, walk(5_000)), fill(store, [1.0, 2.0], [100, 4_000])
    plot = ask(store, chart(a, b, buckets=100))
    assert plot.grid is not None
    assert (plot.grid.width, plot.grid.first, plot.grid.buckets) == (50, 0, 100)
    long, short = line_of(plot), line_of(plot, 1)
    assert long.points + long.nonfinite == 5_000
    assert np.nanmax(long.max) == 1e9
    assert np.flatnonzero(short.count).tolist() == [2, 80]
    assert short.last[[2, 80]].tolist() == [1, 2]


def test_a_point_where_the_grid_ends_is_not_in_its_last_bucket(store: Store) -> None:
    long = fill(store, [float(row) for row in range(2_000)], list(range(2_000)))
    beyond = fill(store, [1.0, 2.0, 7.0], [0, 10, 1_000])
    plot = ask(store, chart(long, beyond, buckets=100, x=Axis(start=0, end=999)))
    assert plot.grid is not None
    assert plot.grid.end == 1_000
    assert line_of(plot, 1).last[-1:].tolist() != [7.0]
    assert line_of(plot, 1).points == 2
    assert line_of(plot).points == 1_000


def test_rows_without_a_step_stand_at_their_index(store: Store) -> None:
    run = new_run(store)
    writer = Writer(store, run.run_id)
    writer.append(scalars("m", [1.0, 2.0]))
    writer.append(scalars("m", [3.0, 4.0], [7, 9]))
    x = line_of(ask(store, chart(run))).x
    assert x is not None
    assert x.tolist() == [0, 1, 7, 9]


def test_every_kind_of_x(store: Store) -> None:
    run = new_run(store)
    Writer(store, run.run_id).append(scalars("m", [1.0, 2.0, 3.0], [5, 6, 9]))
    store.runs.update(UpdateRun(run_id=run.run_id, status=RunStatus.RUNNING, at=START_AT - 10))
    expected = {
        AxisKind.STEP: [5, 6, 9],
        AxisKind.INDEX: [0, 1, 2],
        AxisKind.TIME: [START_AT, START_AT + 0.001, START_AT + 0.002],
        AxisKind.RELATIVE: [10, 10.001, 10.002],
    }
    for kind, x in expected.items():
        found = line_of(ask(store, chart(run, x=Axis(kind=kind)))).x
        assert found is not None
        assert found.tolist() == pytest.approx(x)


def test_relative_time_begins_with_the_first_row_if_that_was_before_the_start(store: Store) -> None:
    run = fill(store, [1.0, 2.0])
    store.runs.update(UpdateRun(run_id=run.run_id, status=RunStatus.RUNNING, at=START_AT + 100))
    x = line_of(ask(store, chart(run, x=Axis(kind=AxisKind.RELATIVE)))).x
    assert x is not None
    assert x.tolist() == [0, 0.001]


def test_x_may_be_another_column_of_the_same_rows(store: Store) -> None:
    run = new_run(store)
    Writer(store, run.run_id).append(table("t", {"x": [0.0, 3.0, 1.0, None], "y": [1.0, 2.0, 3.0, 4.0]}))
    axis = Axis(kind=AxisKind.METRIC, metric="t", column="x")
    line = line_of(ask(store, chart(run, metric="t", column="y", x=axis)))
    assert line.x is not None
    assert line.x.tolist() == [0, 3, 1]
    assert line.last.tolist() == [1, 2, 3]
    assert line.nonfinite == 1


def test_x_may_be_another_metric_with_the_value_it_had_last(store: Store) -> None:
    run = new_run(store)
    writer = Writer(store, run.run_id)
    writer.append(scalars("epoch", [1.0, 2.0, 3.0], [10, 20, 30]))
    writer.append(scalars("m", [0.5, 0.4, 0.3, 0.2], [5, 10, 25, 99]))
    line = line_of(ask(store, chart(run, x=Axis(kind=AxisKind.METRIC, metric="epoch"))))
    assert line.x is not None
    assert line.x.tolist() == [1, 2, 3]
    assert line.last.tolist() == [0.4, 0.3, 0.2]
    missing = ask(store, chart(run, x=Axis(kind=AxisKind.METRIC, metric="none")))
    assert missing.series[0].error == "not_found"


def test_an_epoch_like_x_of_a_long_series(store: Store) -> None:
    run = new_run(store)
    writer = Writer(store, run.run_id)
    writer.append(scalars("m", walk(20_000), list(range(20_000))))
    writer.append(scalars("epoch", [float(epoch) for epoch in range(20)], [1_000 * epoch for epoch in range(20)]))
    plot = ask(store, chart(run, x=Axis(kind=AxisKind.METRIC, metric="epoch"), buckets=20))
    assert plot.grid is not None
    assert (plot.grid.width, plot.grid.buckets) == (1, 20)
    line = line_of(plot)
    assert line.points + line.nonfinite == 20_000
    assert abs(line.count - 1_000).max() < 30


def test_a_curve_that_turns_back_is_drawn_in_the_order_logged(store: Store) -> None:
    run = new_run(store)
    angle = np.linspace(0, 8 * np.pi, 20_000)
    x, y = (angle * np.cos(angle)).tolist(), (angle * np.sin(angle)).tolist()
    Writer(store, run.run_id).append(table("spiral", {"x": x, "y": y}))
    axis = Axis(kind=AxisKind.METRIC, metric="spiral", column="x")
    plot = ask(store, chart(run, metric="spiral", column="y", x=axis, buckets=600))
    line = line_of(plot)
    assert plot.grid is None
    assert line.x is not None
    assert 300 < len(line.x) <= 600
    assert line.points == 20_000
    assert [line.x.min(), line.x.max()] == [min(x), max(x)]
    assert [line.last.min(), line.last.max()] == [min(y), max(y)]
    assert (line.x[-1], line.last[-1]) == (x[-1], y[-1])
    along = np.unwrap(np.arctan2(line.last, line.x)[1:])
    assert along[-1] > 7.9 * np.pi
    part = line_of(ask(store, chart(run, metric="spiral", column="y", x=Axis(**_shown(axis, 5.0, 6.0)))))
    assert part.x is not None
    inside = [5.0 <= each <= 6.0 for each in x]
    assert np.count_nonzero((part.x >= 5) & (part.x <= 6)) == part.points == sum(inside)


def _shown(axis: Axis, start: float, end: float) -> dict[str, Any]:
    return {"kind": axis.kind, "metric": axis.metric, "column": axis.column, "start": start, "end": end}


def test_what_is_missing_has_an_error_and_spoils_nothing(store: Store) -> None:
    run, gone = fill(store, [1.0, 2.0]), fill(store, [3.0])
    store.runs.delete(Delete(run_ids=(gone.run_id,)))
    series = (
        Series(run_id=run.run_id, metric="m"),
        Series(run_id="nobody", metric="m"),
        Series(run_id=gone.run_id, metric="m"),
        Series(run_id=run.run_id, metric="n"),
        Series(run_id=run.run_id, metric="m", column="n"),
    )
    plot = ask(store, chart(run, series=series, groups=(Group(series=(0, 1)),)))
    assert [each.error for each in plot.series] == ["", "not_found", "gone", "not_found", "not_found"]
    assert all(each.message for each in plot.series[1:])
    assert frame.decode(frame.encode(plot)).head.series[2].error == "gone"
    assert plot.groups[0].line.count.tolist() == [1, 1]


def test_texts_and_empty_charts_have_no_points(store: Store) -> None:
    run = new_run(store)
    Writer(store, run.run_id).append(table("t", {"a": ["x", "y"], "b": [NAN, NAN]}))
    for column, nonfinite in (("a", 0), ("b", 2)):
        plot = ask(store, chart(run, metric="t", column=column))
        assert (line_of(plot).points, line_of(plot).nonfinite, plot.series[0].total) == (0, nonfinite, 2)
    beyond = ask(store, chart(run, metric="t", column="b", x=Axis(start=5, end=9)))
    assert (beyond.grid, line_of(beyond).points) == (None, 0)
    assert frame.decode(frame.encode(beyond)).head.x.start is None


def test_a_range_shows_its_points_and_their_neighbours(store: Store) -> None:
    run = fill(store, [float(row) for row in range(50_000)], list(range(50_000)))
    line = line_of(ask(store, chart(run, x=Axis(start=20_000.5, end=20_010))))
    assert line.x is not None
    assert line.x.tolist() == list(range(20_000, 20_012))
    assert line.count.tolist() == [0, *[1] * 10, 0]
    assert line.points == 10


def test_a_range_between_two_points_shows_the_line_through_it(store: Store) -> None:
    steps = [*range(10_000), *range(50_000, 60_000)]
    run = fill(store, [float(step) for step in steps], steps)
    line = line_of(ask(store, chart(run, x=Axis(start=20_000, end=30_000))))
    assert line.x is not None
    assert line.x.tolist() == [9_999, 50_000]
    assert (line.count.tolist(), line.points) == ([0, 0], 0)


def test_a_small_range_of_a_long_series_is_not_read_as_a_whole(store: Store) -> None:
    rows = 300_000
    run = fill(store, [float(row) for row in range(rows)], list(range(rows)))
    watched = Watched(store)
    reader = ChartReader(cast(Store, watched))
    ask(reader, chart(run))
    coarse = watched.counted.overviews.copy()
    assert all(size > 1 for size, _ in coarse)
    watched.counted.overviews.clear()
    ask(reader, chart(run, x=Axis(start=100_000, end=100_900)))
    assert sum(points for size, points in watched.counted.overviews if size < 64) <= 60_000
    watched.counted.overviews.clear()
    ask(reader, chart(run))
    ask(reader, chart(run, x=Axis(start=100_000, end=100_900)))
    assert watched.counted.overviews == []


def test_nothing_is_looked_up_twice_while_nothing_changes(store: Store) -> None:
    run = fill(store, walk(30_000))
    watched = Watched(store)
    reader = ChartReader(cast(Store, watched))
    first = ask(reader, chart(run, buckets=100))
    watched.counted.overviews.clear()
    again = ask(reader, chart(run, buckets=100))
    assert frame.encode(first) == frame.encode(again)
    assert (watched.counted.lists, watched.counted.overviews) == (1, [])


def test_added_rows_are_read_and_nothing_else(store: Store) -> None:
    run = new_run(store)
    writer = Writer(store, run.run_id)
    values = walk(40_000)
    writer.append(scalars("m", values[:33_000]))
    watched = Watched(store)
    reader = ChartReader(cast(Store, watched))
    before = ask(reader, chart(run, buckets=100, x=Axis(start=0, end=40_000)))
    for end in (33_001, 33_017, 34_000, 40_000):
        writer.append(scalars("m", values[writer.next : end], first_at=START_AT + writer.next / 1_000))
        watched.counted.overviews.clear()
        after = ask(reader, chart(run, buckets=100, x=Axis(start=0, end=40_000)))
        assert after.rev > before.rev
        assert after.series[0].total == end
        assert sum(points for _, points in watched.counted.overviews) <= end - 33_000 + 64
        assert frame.encode(after) == frame.encode(ask(store, chart(run, buckets=100, x=Axis(start=0, end=40_000))))


def test_a_metric_that_was_deleted_and_logged_anew_is_read_anew(store: Store) -> None:
    run = new_run(store)
    writer = Writer(store, run.run_id)
    writer.append(scalars("m", [1.0] * 5_000))
    reader = ChartReader(store)
    assert np.nanmax(line_of(ask(reader, chart(run, buckets=50))).max) == 1
    store.metrics.delete(DeleteMetrics(run_id=run.run_id, names=("m",)))
    assert ask(reader, chart(run)).series[0].error == "not_found"
    writer.append(scalars("m", [1.0] + [2.0] * 7_000))
    line = line_of(ask(reader, chart(run, buckets=50)))
    assert line.points == 7_001
    assert np.nanmax(line.max) == 2


def test_a_run_that_came_back_to_an_earlier_step_shows_both_ways(store: Store) -> None:
    run = new_run(store)
    writer = Writer(store, run.run_id)
    writer.append(scalars("m", [1.0] * 20_000, list(range(20_000))))
    writer.append(scalars("m", [2.0] * 20_000, list(range(10_000, 30_000)), first_at=START_AT + 20))
    line = line_of(ask(store, chart(run, x=Axis(start=12_000, end=12_999), buckets=100)))
    held = line.count > 0
    assert set(line.last[held]) == {2.0}
    assert (line.min[held][2:-2] == 1).all()
    assert abs(line.count[2:-2] - 20).max() <= 16  # two source buckets of 8


@pytest.mark.parametrize(
    ("kind", "amount"), [(Kind.EMA, 0.9), (Kind.TIME_EMA, 0.05), (Kind.GAUSSIAN, 5), (Kind.RUNNING_MEAN, 11)]
)
def test_smooth_lines_are_made_of_all_points_whatever_is_shown(store: Store, kind: Kind, amount: float) -> None:
    values = walk(20_000)
    run = fill(store, values, list(range(20_000)))
    floats = np.array(values, np.float64)
    smoothed = smooth(kind.value, amount, floats, np.arange(20_000) * 1_000)
    reader = ChartReader(store)
    smoothing = Smoothing(kind=kind, amount=amount)
    part = line_of(ask(reader, chart(run, x=Axis(start=5_000, end=5_100), smoothing=smoothing)))
    inside = smoothed[5_000:5_101]
    assert part.last[part.count > 0].tolist() == inside[~np.isnan(inside)].tolist()
    whole = line_of(ask(reader, chart(run, buckets=20, smoothing=smoothing)))
    blocks = smoothed.reshape(20, 1_000)
    assert whole.min.tolist() == np.nanmin(blocks, axis=1).tolist()
    assert whole.max.tolist() == np.nanmax(blocks, axis=1).tolist()
    assert whole.mean == pytest.approx(np.nanmean(blocks, axis=1))
    assert (whole.points, whole.nonfinite) == (np.isfinite(floats).sum(), np.isnan(floats).sum())


def test_smoothing_follows_a_growing_run(store: Store) -> None:
    run = new_run(store)
    writer = Writer(store, run.run_id)
    reader = ChartReader(store)
    smoothing = Smoothing(kind=Kind.EMA, amount=0.5)
    for rows in (3, 5_000, 1):
        writer.append(scalars("m", [float(rows)] * rows))
        plot = ask(reader, chart(run, buckets=50, smoothing=smoothing))
        assert line_of(plot).points == writer.next
        assert frame.encode(plot) == frame.encode(ask(store, chart(run, buckets=50, smoothing=smoothing)))


@pytest.mark.parametrize("smoothing", [None, Smoothing(kind=Kind.EMA, amount=0.5)])
def test_answers_about_a_growing_run_leave_nothing_behind(store: Store, smoothing: Smoothing | None) -> None:
    run = new_run(store)
    writer = Writer(store, run.run_id)
    reader = ChartReader(store)
    sizes = []
    for rows in (1_000, *[1] * 50):
        writer.append(scalars("m", [1.0] * rows))
        ask(reader, chart(run, buckets=100, smoothing=smoothing))
        sizes.append(reader.size_bytes)
    assert sizes[-1] < 1.2 * sizes[0]


def test_the_overviews_of_a_screen_fit_into_memory_however_long_its_series_grow(store: Store) -> None:
    """What is kept of a whole series is bounded; were its parts kept beside it, a screen of 120 would not fit."""
    runs = [fill(store, walk(31_000, seed)) for seed in range(3)]
    watched = Watched(store)
    reader = ChartReader(cast(Store, watched), cache_bytes=len(runs) * 2 * 500_000)
    for _ in range(2):
        watched.counted.overviews.clear()
        ask(reader, chart(*runs, buckets=100))
    assert watched.counted.overviews == []


def test_groups_are_numpys_on_aligned_runs(store: Store) -> None:
    rows = np.random.default_rng(4).normal(size=(5, 60))
    runs = [fill(store, cast(list[Value], row.tolist()), list(range(60))) for row in rows]
    groups = (
        Group(series=(0, 1, 2, 3, 4), aggregate=Aggregate.MEAN, band=Band.STD),
        Group(series=(1, 3), aggregate=Aggregate.MEDIAN, band=Band.MINMAX),
    )
    plot = ask(store, chart(*runs, groups=groups))
    assert plot.grid is not None
    assert (plot.grid.width, plot.grid.buckets) == (1, 60)
    mean, middle = plot.groups[0].line, plot.groups[1].line
    assert mean.value == pytest.approx(rows.mean(axis=0))
    assert mean.high == pytest.approx(rows.mean(axis=0) + rows.std(axis=0))
    assert middle.value == pytest.approx(np.median(rows[[1, 3]], axis=0))
    assert middle.low is not None
    assert middle.low == pytest.approx(rows[[1, 3]].min(axis=0))
    read = frame.decode(frame.encode(plot))
    assert read.y("value", group=0) == pytest.approx(rows.mean(axis=0), abs=1e-6)


def test_a_group_over_another_metric_goes_from_point_to_point(store: Store) -> None:
    """A value by step holds until the next one; over a learning rate nothing does, and no staircase is drawn."""
    runs = []
    for _ in range(2):
        runs.append(new_run(store))
        writer = Writer(store, runs[-1].run_id)
        writer.append(scalars("rate", [1.0, 100.0], [0, 1]))
        writer.append(scalars("m", [0.0, 10.0], [0, 1]))
    group = Group(series=(0, 1), aggregate=Aggregate.MEAN, band=Band.STD)
    axis = Axis(kind=AxisKind.METRIC, metric="rate")
    line = ask(store, chart(*runs, x=axis, buckets=50, groups=(group,))).groups[0].line.value
    known = line[~np.isnan(line)]
    assert len(known) > 20
    assert np.diff(known) == pytest.approx(np.full(len(known) - 1, 10.0 / (len(known) - 1)))


def test_all_charts_of_a_batch_are_answered_in_order(store: Store) -> None:
    run = fill(store, [1.0, 2.0, 3.0])
    charts = (chart(run), chart(run, metric="none"), chart(run, parts=(Part.MEAN,)))
    plots = list(ChartReader(store).answer(ChartBatch(charts=charts)))
    frames = b"".join(map(frame.encode, plots))
    heads = [frame.decode(part).head for part in frame.split(frames)]
    assert [[column.name for column in head.columns] for head in heads] == [
        ["x", "last", "min", "max", "mean", "count"],
        [],
        ["x", "mean"],
    ]


def test_long_texts_do_not_disturb_blocks(store: Store) -> None:
    """Texts make for short chunks, whose buckets do not begin at multiples of their size."""
    run = new_run(store)
    writer = Writer(store, run.run_id)
    heavy: list[Value] = ["x" * 2_000] * 600
    for part in range(30):
        numbers: list[Value] = [float(600 * part + row) for row in range(600)]
        writer.append(table("t", {"x": numbers, "t": heavy}, first_at=START_AT + part))
    reader = ChartReader(store)
    for x in (Axis(), Axis(start=3_000, end=9_000), Axis(start=700, end=1_100)):
        for smoothing in (None, Smoothing(kind=Kind.EMA, amount=0.0)):
            line = line_of(ask(reader, chart(run, metric="t", column="x", x=x, buckets=50, smoothing=smoothing)))
            start, end = x.start or 0.0, x.end or 17_999.0
            assert np.nanmin(line.min) <= start
            assert np.nanmax(line.max) >= end
            assert line.points >= end - start + 1


def test_threads_may_ask_while_a_run_grows(store: Store) -> None:
    run = new_run(store)
    writer = Writer(store, run.run_id)
    writer.append(scalars("m", [0.0] * 3_000))
    reader = ChartReader(store)
    wanted = chart(run, buckets=50)
    seen: list[list[int]] = [[] for _ in range(4)]

    def watch(place: int) -> None:
        while not seen[place] or seen[place][-1] < 8_000:
            plot = ask(reader, wanted)
            line = line_of(plot)
            assert line.points == plot.series[0].total
            seen[place].append(line.points)

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(watch, place) for place in range(4)]
        for first in range(3_000, 8_000, 250):
            writer.append(scalars("m", [1.0] * 250, first_at=START_AT + first / 1_000))
        for each in asked:
            each.result(timeout=60)
    assert all(counts == sorted(counts) for counts in seen)


def test_a_workspace_that_was_set_back_is_read_anew(tmp_path: Path) -> None:
    folder, copy = tmp_path / "workspace", tmp_path / "copy"
    store = SqlStore(folder)
    run = fill(store, [1.0, 2.0])
    store.close()
    shutil.copytree(folder, copy)
    old, new = SqlStore(copy), SqlStore(folder)
    for name in "bcd":
        Writer(new, run.run_id, name=name).append(scalars("m", [9.0]))
    moving = Moving(new)
    reader = ChartReader(cast(Store, moving))
    assert line_of(ask(reader, chart(run))).points == 5
    moving.store = old
    assert line_of(ask(reader, chart(run))).points == 2
    old.close()
    new.close()


def test_damage_spoils_only_its_own_series(tmp_path: Path) -> None:
    store = SqlStore(tmp_path / "workspace")
    broken, whole = fill(store, walk(9_000)), fill(store, walk(9_000))
    with sqlite3.connect(tmp_path / "workspace" / "runwatch.db") as connection:
        connection.execute("UPDATE chunks SET data = zeroblob(99) WHERE metric_key = 1 AND first_row = 0")
    connection.close()
    plot = ask(store, chart(broken, whole))
    assert [series.error for series in plot.series] == ["corrupt_data", ""]
    assert line_of(plot, 1).points > 8_900
    store.close()


def test_a_metric_that_is_deleted_while_it_is_read_is_missing(store: Store) -> None:
    run = fill(store, [float(row) for row in range(300_000)])
    moving = Moving(store, Vanishing(store, run.run_id))
    reader = ChartReader(cast(Store, moving))
    ask(reader, chart(run))
    zoomed = ask(reader, chart(run, x=Axis(start=1_000, end=1_010)))
    if isinstance(moving, Glances):  # a chart sees the workspace as it was when it was begun
        assert line_of(zoomed).points >= 10
        zoomed = ask(reader, chart(run, x=Axis(start=1_000, end=1_010)))
    assert zoomed.series[0].error == "not_found"


def test_a_range_is_read_at_one_level(tmp_path: Path) -> None:
    """Also where it has just about as many rows as would do for a coarser one."""
    with closing(SqlStore(tmp_path)) as store:
        run = fill(store, cast(list[Value], np.arange(300_000.0).tolist()))
        for width in range(800, 1_300, 20):
            watched = Watched(store)
            reader = ChartReader(cast(Store, watched))
            ask(reader, chart(run, buckets=50))
            watched.counted.overviews.clear()
            plot = ask(reader, chart(run, buckets=20, x=Axis(start=150_100, end=150_100 + width)))
            assert plot.grid is not None
            ((level, _),) = watched.counted.overviews
            assert level == plot.series[0].level <= width / plot.grid.buckets


def test_a_chart_of_many_long_series_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What zooms into them are cut from does not fit beside their overviews, and does not push these out."""
    monkeypatch.setattr(levels, "LARGEST", 2)
    with closing(SqlStore(tmp_path)) as store:
        runs = [fill(store, walk(9_000, seed)) for seed in range(8)]
        watched = Watched(store)
        reader = ChartReader(cast(Store, watched), cache_bytes=6_000_000)
        first = ask(reader, chart(*runs, buckets=50))
        assert watched.counted.overviews == [(2, 9_000)] * 8
        assert 2 * reader.size_bytes > 5_000_000  # the part of it that is for what is read is full
        watched.counted.overviews.clear()
        again = ask(reader, chart(*runs, buckets=50))
        assert watched.counted.overviews == []
        for place in range(8):
            assert np.array_equal(line_of(first, place).max, line_of(again, place).max, equal_nan=True)

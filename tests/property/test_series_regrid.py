"""A chart never lies: whatever the rows, levels, width and range, no extreme and no last point is lost."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from runwatch.series import pyramid
from runwatch.series.column import FloatArray, Values
from runwatch.series.figure import FIGURES, Figures
from runwatch.series.grid import make_grid
from runwatch.series.regrid import Source, regrid, to_points


@st.composite
def curves(draw: st.DrawFn) -> tuple[FloatArray, FloatArray]:
    """Values and the x they belong to: rising, with repeats, set back, or anything."""
    rows = draw(st.integers(1, 30) | st.integers(1, 2_000))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    values = np.round(rng.normal(0, 10, rows), 3)
    for row in draw(st.lists(st.integers(0, rows - 1), max_size=8)):
        values[row : row + draw(st.sampled_from([1, 3, 200]))] = draw(
            st.sampled_from([np.nan, np.inf, -np.inf, 1e300, -1e300, 0.0])
        )
    shape = draw(st.sampled_from(["rising", "even", "set back", "any"]))
    x = np.cumsum(rng.integers(0, 9, rows)).astype(float)
    if shape == "even":
        x = np.arange(rows) * 10.0
    elif shape == "set back":
        x[rows // 2 :] -= x[rows // 3]
    elif shape == "any":
        x = rng.normal(0, 1e4, rows)
    return values, x


def source(values: FloatArray, x: FloatArray, level: int) -> Source:
    """Rows in buckets of a level, with the x that they really span."""
    rows = len(values)
    starts = np.arange(0, rows, level)
    found = pyramid.align_rows(Values("float", values), None, np.arange(rows), level)
    return Source(
        low=np.minimum.reduceat(x, starts),
        high=np.maximum.reduceat(x, starts),
        close=x[np.append(starts[1:], rows) - 1],
        figures=Figures(*(getattr(found, name) for name in FIGURES)),
    )


@given(curves(), st.sampled_from([1, 2, 16, 256]), st.integers(4, 300))
@settings(max_examples=200, deadline=None)
def test_the_whole_series_is_in_the_buckets(curve: tuple[FloatArray, FloatArray], level: int, buckets: int) -> None:
    values, x = curve
    finite = np.isfinite(values)
    line = regrid(source(values, x, level), make_grid(float(x.min()), float(x.max()), buckets))
    assert line.points == np.count_nonzero(finite)
    assert line.nonfinite == len(values) - line.points
    assert (np.isnan(line.last) == (line.count == 0)).all()
    if line.points:
        assert np.nanmin(line.min) == values[finite].min()
        assert np.nanmax(line.max) == values[finite].max()
        held = line.count > 0
        assert (line.min[held] <= line.mean[held]).all()
        assert (line.mean[held] <= line.max[held]).all()


@given(curves(), st.integers(4, 300))
@settings(max_examples=200, deadline=None)
def test_buckets_of_rows_say_what_the_rows_say(curve: tuple[FloatArray, FloatArray], buckets: int) -> None:
    values, x = curve
    grid = make_grid(float(x.min()), float(x.max()), buckets)
    line = regrid(source(values, x, 1), grid)
    places = grid.number(x)
    for place in range(grid.buckets):
        rows = values[places == place]
        rows = rows[np.isfinite(rows)]
        assert line.count[place] == len(rows)
        if len(rows):
            assert [line.min[place], line.max[place], line.last[place]] == [rows.min(), rows.max(), rows[-1]]
            scale = np.abs(rows).max() or 1.0
            assert abs(line.mean[place] / scale - np.mean(rows / scale)) < 1e-12


@given(curves(), st.sampled_from([1, 4, 64, 256]), st.integers(4, 300), st.tuples(st.floats(0, 1), st.floats(0, 1)))
@settings(max_examples=200, deadline=None)
def test_no_extreme_of_a_range_is_lost(
    curve: tuple[FloatArray, FloatArray], level: int, buckets: int, ends: tuple[float, float]
) -> None:
    values, x = curve
    reach = float(x.max() - x.min())
    start, end = (float(x.min()) + reach * each for each in sorted(ends))
    grid = make_grid(start, end, buckets)
    line = regrid(source(values, x, level), grid)
    inside = (x >= start) & (x <= end) & np.isfinite(values)
    if inside.any():
        assert np.nanmin(line.min) <= values[inside].min()
        assert np.nanmax(line.max) >= values[inside].max()
        assert line.points >= np.count_nonzero(inside)
    if level == 1:
        covered = np.isfinite(values) & (grid.place(x) == grid.number(x))
        assert line.points == np.count_nonzero(covered)


@given(curves(), st.sampled_from([1, 4, 64, 256]), st.integers(4, 300))
@settings(max_examples=200, deadline=None)
def test_the_last_point_stands_where_it_belongs(curve: tuple[FloatArray, FloatArray], level: int, buckets: int) -> None:
    values, x = curve
    if not np.isfinite(values[-1]):
        values[-1] = 42.0
    grid = make_grid(float(x.min()), float(x.max()), buckets)
    line = regrid(source(values, x, level), grid)
    assert line.last[grid.place(x[-1:])[0]] == values[-1]


@given(curves(), st.sampled_from([1, 16, 64]), st.integers(4, 100), st.integers(1, 400))
@settings(max_examples=150, deadline=None)
def test_rows_that_are_added_change_only_the_end(
    curve: tuple[FloatArray, FloatArray], level: int, buckets: int, added: int
) -> None:
    values, x = curve
    x = np.sort(x)
    rng = np.random.default_rng(added)
    more = np.append(values, rng.normal(size=added))
    further = np.append(x, x[-1] + np.cumsum(rng.integers(0, 3, added)))
    before = make_grid(float(x[0]), float(x[-1]), buckets)
    after = make_grid(float(x[0]), float(further[-1]), buckets)
    if before.width != after.width:
        return
    old, new = regrid(source(values, x, level), before), regrid(source(more, further, level), after)
    # The source bucket of the last number may have stood at its end, and the last one takes in what is added.
    numbers = np.flatnonzero(np.isfinite(values))
    last = min(int(numbers[-1]) if len(numbers) else 0, len(values) // level * level)
    same = int(before.place(x[last // level * level :][:1])[0])
    for name in ("last", "min", "max", "mean", "count"):
        assert getattr(old, name)[:same].tobytes() == getattr(new, name)[:same].tobytes()


@given(curves(), st.tuples(st.floats(0, 1), st.floats(0, 1)))
@settings(max_examples=150, deadline=None)
def test_points_are_the_rows_in_the_order_logged(
    curve: tuple[FloatArray, FloatArray], ends: tuple[float, float]
) -> None:
    values, x = curve
    reach = float(x.max() - x.min())
    start, end = (float(x.min()) + reach * each for each in sorted(ends))
    line = to_points(source(values, x, 1), start, end)
    inside = (x >= start) & (x <= end)
    drawn = inside & np.isfinite(values)
    assert line.x is not None
    shown = line.count == 1
    assert line.x[shown].tolist() == x[drawn].tolist()
    assert line.last[shown].tolist() == values[drawn].tolist()
    assert line.points == np.count_nonzero(drawn)
    assert line.nonfinite == np.count_nonzero(inside & ~np.isfinite(values))
    beside = ~((line.x >= start) & (line.x <= end))
    assert (beside == ~shown).all()

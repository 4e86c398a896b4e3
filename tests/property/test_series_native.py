"""The native half of charts and its twin in numpy say the same, of anything."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runwatch.series import bucket, native, pyramid, regrid
from runwatch.series.bucket import Records
from runwatch.series.chunk import NO_STEP
from runwatch.series.figure import FIGURES, Figures
from runwatch.series.grid import Grid, make_grid
from runwatch.series.native import native as fast
from runwatch.series.pyramid import Buckets
from runwatch.series.regrid import Line, Source

pytestmark = pytest.mark.skipif(fast is None, reason="the native extension is not built")

_ODD = [0.0, -0.0, 1.0, 5e-324, 1e300, -1e300, 1.7e308, -1.7e308]


@st.composite
def figures(draw: st.DrawFn, size: int, most: int) -> Figures:
    """Figures of buckets of so many numbers at most, some without any."""
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    count = rng.integers(0, most + 1, size) if draw(st.booleans()) else np.full(size, most)
    values = np.sort(rng.normal(0, 10, (4, size)), axis=0)
    for place in draw(st.lists(st.integers(0, max(0, size - 1)), max_size=6)):
        values[:, place : place + 1] = np.sort(draw(st.lists(st.sampled_from(_ODD), min_size=4, max_size=4)))[:, None]
    values[:, count == 0] = np.nan
    return Figures(count, rng.integers(0, 3, size), values[0], values[3], values[1], values[2])


@st.composite
def records(draw: st.DrawFn) -> Records:
    """Stored buckets of few or many rows each."""
    size = draw(st.integers(1, 60))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    found = draw(figures(size, 64))
    rows = found.count + found.nonfinite + rng.integers(0, 3, size)
    rows = np.maximum(rows, 1)
    arrays = np.vstack((found.min, found.max, found.last, found.mean))
    made = bucket.make(rows, found.count, found.nonfinite, arrays, rng.integers(-(2**63), 2**63 - 1, (4, size)))
    return bucket.read(bucket.write(made))


def same(found: Buckets | Line, twin: Buckets | Line, names: tuple[str, ...]) -> None:
    """Bit for bit, but for the mean: that to rounding, and never outside of the extremes."""
    for name in names:
        one, other = getattr(found, name), getattr(twin, name)
        assert one.dtype == other.dtype
        if name == "mean":
            np.testing.assert_array_equal(np.isnan(one), np.isnan(other))
            reach = np.maximum(np.abs(found.min), np.abs(found.max))
            held = ~np.isnan(one)
            assert (np.abs(one[held] / 2 - other[held] / 2) <= reach[held] * 1e-12).all()
            assert ((one >= found.min) & (one <= found.max))[held].all()
        else:
            np.testing.assert_array_equal(one, other, strict=True)


@given(records(), st.sampled_from([1, 7, 64, 256, 10**6]), st.integers(0, 10_000))
@settings(max_examples=200, deadline=None)
def test_buckets_are_aligned_alike(source: Records, rows: int, first_row: int) -> None:
    twin = pyramid.join(source, pyramid.align(source, rows, first_row), first_row)
    same(pyramid.align_buckets(source, rows, first_row), twin, Buckets.__struct_fields__)


@given(records(), st.data())
@settings(max_examples=200, deadline=None)
def test_chosen_buckets_are_joined_alike(source: Records, data: st.DataObject) -> None:
    chosen = np.array(sorted(data.draw(st.sets(st.integers(0, len(source) - 1))) | {0}))
    found = pyramid._join(source, chosen, 5)
    same(found, pyramid.join(source, chosen, 5), Buckets.__struct_fields__)
    assert found.count.sum() == source.count.sum()


@given(records(), st.data())
@settings(max_examples=100, deadline=None)
def test_damage_is_found_alike(source: Records, data: st.DataObject) -> None:
    words = bucket.read(bucket.write(source)).words.copy()
    assert fast.find_damaged(words) == bucket.find_damaged(words) == -1
    place = data.draw(st.integers(0, len(source) - 1))
    words[data.draw(st.integers(0, 8)), place] ^= 1 << data.draw(st.integers(0, 62))
    assert fast.find_damaged(words) == bucket.find_damaged(words) == place


@given(records(), st.integers(0, 10_000), st.integers(1, 70), st.data())
@settings(max_examples=200, deadline=None)
def test_steps_are_read_alike(source: Records, first_row: int, rows: int, data: st.DataObject) -> None:
    """Of large buckets and small ones, with steps of any size and without."""
    found = pyramid.align_buckets(source, rows, first_row)
    words = pyramid.to_words(found)
    for row in (7, 8):
        for place in data.draw(st.lists(st.integers(0, words.shape[1] - 1), max_size=8)):
            words[row, place] = data.draw(st.sampled_from([NO_STEP, 0, 5, 2**62]))
    end = first_row + int(source.rows.sum())
    np.testing.assert_array_equal(pyramid.span(words, end), pyramid.span_slowly(words, end), strict=True)


@st.composite
def sources(draw: st.DrawFn) -> Source:
    """Buckets with the x they span: rising, falling, anywhere, and some without any."""
    size = draw(st.integers(0, 60))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    low = rng.integers(-100, 100, size).astype(float)
    if draw(st.booleans()):
        low.sort()
    low += draw(st.sampled_from([0.0, 0.25, 1e9]))
    high = low + (rng.integers(0, 9, size) if draw(st.booleans()) else 0)
    close = low + (high - low) * rng.random(size)
    for place in draw(st.lists(st.integers(0, max(0, size - 1)), max_size=4)):
        low[place : place + 1] = high[place : place + 1] = close[place : place + 1] = np.nan
    if draw(st.booleans()):
        high = low  # rows
    return Source(
        low=low, high=high, close=close, figures=draw(figures(size, draw(st.sampled_from([1, 64])))),
        has_end=draw(st.booleans()),
    )  # fmt: skip


@given(sources(), st.integers(-120, 110), st.integers(0, 250), st.integers(4, 90), st.booleans())
@settings(max_examples=500, deadline=None)
def test_series_come_onto_a_grid_alike(source: Source, start: int, reach: int, buckets: int, means: bool) -> None:
    grid = make_grid(float(start), float(start + reach), buckets)
    compare(source, grid, means=means, whole=False)


def test_the_last_point_of_the_largest_numbers_leaves_its_bucket_alike() -> None:
    most = 1.7e308
    one = {name: np.array([most]) for name in ("min", "max", "mean")}
    figures = Figures(count=np.array([2]), nonfinite=np.array([0]), last=np.array([-most]), **one)
    source = Source(low=np.array([0.0]), high=np.array([40.0]), close=np.array([35.0]), figures=figures, has_end=True)
    grid = make_grid(0.0, 40.0, 4)
    compare(source, grid, means=True, whole=False)
    assert most in regrid.regrid_slowly(source, grid).mean


@given(sources(), st.integers(-120, 110), st.sampled_from([0.0, 0.5, 9.0, 90.0, np.inf]))
@settings(max_examples=500, deadline=None)
def test_a_range_is_reached_alike(source: Source, start: int, length: float) -> None:
    lows, highs = source.low.copy(), source.high.copy()
    lows[::17], highs[::17] = -np.inf, np.inf
    for low, high in ((source.low, source.high), (lows, highs)):
        found = regrid.reach(low, high, float(start), start + length)
        assert found == regrid.reach_slowly(low, high, float(start), start + length)
        assert found[2] == regrid.touches(low, high, float(start), start + length).sum()


@given(sources(), st.integers(4, 90))
@settings(max_examples=200, deadline=None)
def test_whole_series_come_onto_a_grid_alike(source: Source, buckets: int) -> None:
    placed = ~np.isnan(source.low)
    kept = np.flatnonzero(placed)
    source = Source(
        low=source.low[kept], high=source.high[kept], close=source.close[kept], figures=source.figures.select(kept),
        has_end=source.has_end,
    )  # fmt: skip
    low, high = (float(source.low.min()), float(source.high.max())) if len(source) else (0.0, 1.0)
    compare(source, make_grid(low, high, buckets), means=True, whole=True)


def compare(source: Source, grid: Grid, *, means: bool, whole: bool) -> None:
    found = regrid.regrid(source, grid, means=means, whole=whole)
    twin = regrid.regrid_slowly(source, grid, means=means, whole=whole)
    assert (found.points, found.nonfinite) == (twin.points, twin.nonfinite)
    same(found, twin, ("last", "min", "max", "mean", "count") if means else ("last", "min", "max", "count"))
    assert means or np.isnan(found.mean).all()


def test_counts_of_other_types_do_too() -> None:
    held = np.array([True, False, True])
    y = np.array([1.0, np.nan, 3.0])
    x = np.array([0.0, 1.0, 2.0])
    source = Source(low=x, high=x, close=x, figures=Figures(held, ~held, y, y, y, y))
    compare(source, make_grid(0.0, 2.0, 4), means=True, whole=True)


def test_arrays_may_have_any_stride() -> None:
    names = FIGURES[2:]
    wide = {name: np.arange(12.0)[::2] for name in names}
    count = np.ones(12, np.int64)[::2]
    x = np.arange(12.0)[::-2]
    source = Source(low=x, high=x, close=x, figures=Figures(count, count * 0, **wide))
    compare(source, make_grid(0.0, 12.0, 5), means=True, whole=False)


WORDS = np.zeros((9, 4), np.int64)
OUT = np.zeros((11, 4), np.int64)
LINE = np.zeros((5, 4))
NINE = tuple(np.zeros(3) for _ in range(9))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: fast.find_damaged(WORDS[:8]), ValueError),
        (lambda: fast.find_damaged(WORDS.astype(np.int32)), TypeError),
        (lambda: fast.find_damaged(b"no array of two dimensions"), TypeError),
        (lambda: fast.find_damaged(None), TypeError),
        (lambda: fast.join(WORDS, np.array([1]), 0, OUT), ValueError),
        (lambda: fast.join(WORDS, np.array([0, 0]), 0, OUT), ValueError),
        (lambda: fast.join(WORDS, np.array([0, 9]), 0, OUT), ValueError),
        (lambda: fast.join(WORDS, np.array([0, -1]), 0, OUT), ValueError),
        (lambda: fast.join(WORDS, np.arange(4), 0, OUT[:, :3]), ValueError),
        (lambda: fast.join(WORDS, np.arange(4), 0, OUT[:10]), ValueError),
        (lambda: fast.align(WORDS, 64, 0, OUT[:, :0]), ValueError),
        (lambda: fast.align(WORDS, 0, 0, OUT), ValueError),
        (lambda: fast.align(WORDS, 64, -1, OUT), ValueError),
        (lambda: fast.align(WORDS, 64, 0, bytes(8)), BufferError),
        (lambda: fast.span(WORDS, 0, np.zeros((3, 4))), ValueError),
        (lambda: fast.span(OUT, 0, np.zeros((3, 3))), ValueError),
        (lambda: fast.span(OUT, 0, np.zeros((2, 4))), ValueError),
        (lambda: fast.span(OUT, 0, bytes(8)), BufferError),
        (lambda: fast.reach(NINE[0], np.zeros(2), 0.0, 1.0), ValueError),
        (lambda: fast.reach(NINE[0], LINE, 0.0, 1.0), TypeError),
        (lambda: fast.regrid(NINE, 1.0, 0.0, 5, True, True, LINE), ValueError),
        (lambda: fast.regrid(NINE, 0.0, 0.0, 4, True, True, LINE), ValueError),
        (lambda: fast.regrid(NINE[:8], 1.0, 0.0, 4, True, True, LINE), ValueError),
        (lambda: fast.regrid((*NINE[:8], np.zeros(2)), 1.0, 0.0, 4, True, True, LINE), ValueError),
        (lambda: fast.regrid([*NINE], 1.0, 0.0, 4, True, True, LINE), TypeError),
    ],
)  # fmt: skip
def test_it_checks_what_it_is_given(call: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        call()


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNWATCH_SERIES_NATIVE", "0")
    assert native.load() is None

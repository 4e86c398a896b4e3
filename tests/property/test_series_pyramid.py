"""An overview never lies: every row is covered once, and every figure is that of the rows it stands for."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runwatch.series import bucket, packed, pyramid
from runwatch.series.bucket import Records
from runwatch.series.chunk import NO_STEP
from runwatch.series.column import FloatArray, IntArray, Values, numeric
from runwatch.series.error import ChunkFormatError
from runwatch.series.pyramid import Buckets

SPECIAL = [math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7e308, -1.7e308]


@st.composite
def tables(draw: st.DrawFn) -> tuple[Values, IntArray | None, IntArray]:
    """Up to some thousand rows, with chosen values at chosen rows."""
    rows = draw(st.integers(1, 40) | st.integers(1, 3_000))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    values = np.round(rng.normal(0, 10, rows), 3)
    for row, value in draw(st.lists(st.tuples(st.integers(0, rows - 1), st.sampled_from(SPECIAL) | st.floats()))):
        values[row : row + draw(st.sampled_from([1, 5, 300]))] = value
    valid = draw(st.sampled_from([None, rng.random(rows) < 0.5, np.zeros(rows, np.bool_)]))
    steps = draw(st.sampled_from([None, np.arange(rows), rng.integers(NO_STEP, 9, rows)]))
    return Values("float", values, valid), steps, np.arange(rows) * 1_000 + 10**15


@st.composite
def cuts(draw: st.DrawFn, rows: int) -> list[int]:
    """Where the rows are cut into chunks: tails of one row as well as long ones."""
    inner = draw(st.lists(st.integers(0, rows), max_size=12)) + draw(st.just([]) | st.just(list(range(min(rows, 30)))))
    return sorted({0, rows, *inner})


def join(column: Values, steps: IntArray | None, times: IntArray, edges: list[int], level: int) -> Records:
    """Buckets of one level beside chunks that were cut here, as they are read from what is stored."""
    stored = [
        pyramid.build_levels(column.select(part), None if steps is None else steps[part], times[part])[level]
        for part in (slice(first, end) for first, end in itertools.pairwise(edges))
    ]
    return packed.unpack(stored) if level == pyramid.FINE_ROWS else bucket.read(b"".join(stored))


def check(found: Buckets, column: Values, steps: IntArray | None, times: IntArray, first_row: int) -> None:
    """Compare each bucket with the rows it says it covers."""
    figures, mask = numeric(column)
    rows = len(figures)
    there = np.ones(rows, np.bool_) if mask is None else mask
    starts = (found.first_row - first_row).tolist()
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    for at, (start, end) in enumerate(zip(starts, [*starts[1:], rows], strict=True)):
        covered = figures[start:end]
        finite: FloatArray = covered[np.isfinite(covered)]
        assert found.count[at] == len(finite)
        assert found.nonfinite[at] == np.count_nonzero(there[start:end]) - len(finite)
        assert found.first_step[at] == (NO_STEP if steps is None else steps[start])
        assert found.last_step[at] == (NO_STEP if steps is None else steps[end - 1])
        assert (found.first_time[at], found.last_time[at]) == (times[start], times[end - 1])
        drawn = [found.min[at], found.max[at], found.last[at], found.mean[at]]
        if not len(finite):
            assert np.isnan(drawn).all()
            continue
        assert drawn[:3] == [finite.min(), finite.max(), finite[-1]]
        exact = float(sum(map(Fraction, finite.tolist())) / len(finite))
        assert drawn[3] == pytest.approx(exact, rel=1e-9, abs=max(1e-323, 1e-9 * float(np.abs(finite).max())))
        assert drawn[0] <= drawn[3] <= drawn[1]


@given(tables(), st.integers(1, 60), st.sampled_from([0, 12_345]))
@settings(max_examples=150, deadline=None)
def test_buckets_of_rows_are_true_and_even(
    table: tuple[Values, IntArray | None, IntArray], buckets: int, first_row: int
) -> None:
    found = pyramid.from_rows(*table, buckets, first_row)
    rows = len(table[0])
    assert len(found) == min(rows, buckets)
    sizes = np.diff(found.first_row, append=first_row + rows)
    assert sizes.max() - sizes.min() <= 1
    check(found, *table, first_row)


@given(tables(), st.integers(1, 60), st.sampled_from([0, 12_345]), st.sampled_from(pyramid.LEVELS), st.data())
@settings(max_examples=150, deadline=None)
def test_buckets_of_buckets_are_true_wherever_the_chunks_were_cut(
    table: tuple[Values, IntArray | None, IntArray], buckets: int, first_row: int, level: int, data: st.DataObject
) -> None:
    rows = len(table[0])
    stored = join(*table, data.draw(cuts(rows)), level)
    assert stored.rows.sum() == rows
    found = pyramid.from_buckets(stored, buckets, first_row)
    assert 0 < len(found) <= buckets
    assert np.diff(found.first_row, append=first_row + rows).max() <= -(-rows // buckets) + level
    check(found, *table, first_row)


@given(tables(), st.integers(1, 60), st.sampled_from(pyramid.LEVELS), st.data())
@settings(max_examples=100, deadline=None)
def test_no_extreme_and_no_end_is_lost(
    table: tuple[Values, IntArray | None, IntArray], buckets: int, level: int, data: st.DataObject
) -> None:
    column, _, times = table
    figures, _ = numeric(column)
    finite = figures[np.isfinite(figures)]
    stored = join(*table, data.draw(cuts(len(figures))), level)
    for found in (pyramid.from_rows(*table, buckets), pyramid.from_buckets(stored, buckets)):
        assert found.count.sum() == len(finite)
        assert found.last_time[-1] == times[-1]
        if len(finite):
            assert np.nanmin(found.min) == finite.min()
            assert np.nanmax(found.max) == finite.max()
            assert found.last[~np.isnan(found.last)][-1] == finite[-1]


@given(tables(), st.data())
@settings(max_examples=150, deadline=None)
def test_a_flipped_bit_or_a_cut_is_noticed(
    table: tuple[Values, IntArray | None, IntArray], data: st.DataObject
) -> None:
    sound = bucket.write(pyramid.build(*table, 256))
    damaged = bytearray(sound)
    at = data.draw(st.integers(0, len(sound) - 1))
    damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    for broken in (bytes(damaged), sound[: -data.draw(st.integers(1, bucket.BUCKET_BYTES - 1))]):
        with pytest.raises(ChunkFormatError):
            bucket.read(broken)


@given(tables(), st.data())
@settings(max_examples=150, deadline=None)
def test_a_flipped_bit_or_a_cut_of_packed_ones_is_noticed(
    table: tuple[Values, IntArray | None, IntArray], data: st.DataObject
) -> None:
    sound = packed.pack(pyramid.build(*table, pyramid.FINE_ROWS))
    damaged = bytearray(sound)
    at = data.draw(st.integers(0, len(sound) - 1))
    damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    for broken in (bytes(damaged), sound[: -data.draw(st.integers(1, len(sound)))], sound + b"x"):
        with pytest.raises(ChunkFormatError):
            packed.unpack([broken])


@given(st.lists(tables(), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_packed_buckets_come_back_as_they_were(many: list[tuple[Values, IntArray | None, IntArray]]) -> None:
    built = [pyramid.build(*table, pyramid.FINE_ROWS) for table in many]
    stored = [packed.pack(records) for records in built]
    assert [packed.unpack([data]).rows.sum() for data in stored] == [len(column) for column, _, _ in many]
    assert packed.unpack(stored).words.tobytes() == bucket.join(built).words.tobytes()

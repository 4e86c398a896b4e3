"""Grids: round widths, at multiples of them, that stay when a stretch grows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from runwatch.series.grid import LEAST_BUCKETS, make_grid


@pytest.mark.parametrize(
    ("start", "end", "buckets", "width"),
    [
        (0, 999, 1_000, 1),
        (0, 9_999_999, 1_000, 10_000),
        (0, 1_000, 1_000, 1),
        (0, 1_002, 1_000, 2),
        (7, 7, 1_000, 1),
        (-500, 499, 100, 10),
        (123_456, 234_567, 400, 500),
    ],
)
def test_steps_have_round_widths_of_one_or_more(start: int, end: int, buckets: int, width: float) -> None:
    grid = make_grid(start, end, buckets, whole=True)
    assert grid.width == width
    assert grid.start <= start
    assert grid.end > end
    assert grid.buckets <= buckets + 1


@pytest.mark.parametrize(
    ("span", "width"),
    [(0.9, 0.001), (100, 0.1), (1_000, 1), (12_000, 15), (50_000, 60), (4e6, 3_600 * 2), (8e7, 86_400)],
)
def test_times_have_widths_of_clocks(span: float, width: float) -> None:
    grid = make_grid(1_700_000_000.0, 1_700_000_000.0 + span, 1_000, time=True)
    assert grid.width == pytest.approx(width)
    assert grid.start % width == pytest.approx(0, abs=1e-3) or grid.start % width == pytest.approx(width, abs=1e-3)


def test_a_stretch_that_grows_keeps_its_buckets_until_the_width_changes() -> None:
    before = make_grid(3, 100, 200, whole=True)
    for end in range(100, 5_000, 13):
        grid = make_grid(3, end, 200, whole=True)
        assert grid.start <= 3
        if grid.width == before.width:
            assert grid.first == before.first
            assert grid.buckets >= before.buckets
        else:
            assert grid.width > before.width
        before = grid


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (0.0, 0.0),
        (0.0, 5e-324),
        (-5e-324, 5e-324),
        (-1.7e308, 1.7e308),
        (1.7e308, 1.7e308),
        (1e9, 1e9),
        (-1.0, 1e300),
        (-(2.0**63), 2.0**63),
        (0.1, 0.3),
    ],
)
def test_odd_stretches_have_a_grid(start: float, end: float) -> None:
    for buckets in (LEAST_BUCKETS, 1_000):
        grid = make_grid(start, end, buckets)
        assert 1 <= grid.buckets <= buckets + 1
        assert grid.place(np.array([start, end])).tolist() == [0, grid.buckets - 1]
        assert math.isfinite(grid.start)
        assert math.isfinite(grid.end)


def test_places_and_overlaps() -> None:
    grid = make_grid(0, 99, 10, whole=True)
    assert (grid.width, grid.first, grid.buckets) == (10, 0, 10)
    assert grid.place(np.array([0, 9.99, 10, 55, 99.0, -5, 1_000])).tolist() == [0, 0, 1, 5, 9, 0, 9]
    low, high = np.array([-9, -9, 95, 100, np.nan]), np.array([-1, 0, 200, 101, np.nan])
    assert grid.overlaps(low, high).tolist() == [False, True, True, False, False]

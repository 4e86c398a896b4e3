"""Curves that turn back: in the order logged, with every extreme."""

from __future__ import annotations

import numpy as np
import pytest

from runwatch.series import pyramid
from runwatch.series.column import FloatArray, Values
from runwatch.series.curve import PICKS, thin, turns_back
from runwatch.series.figure import FIGURES, Figures
from runwatch.series.regrid import Source


def source(x: FloatArray, y: FloatArray, level: int = 1) -> Source:
    rows = len(x)
    starts = np.arange(0, rows, level)
    found = pyramid.align_rows(Values("float", y), None, np.arange(rows), level)
    return Source(
        low=np.minimum.reduceat(x, starts),
        high=np.maximum.reduceat(x, starts),
        close=x[np.append(starts[1:], rows) - 1],
        figures=Figures(*(getattr(found, name) for name in FIGURES)),
    )


ANGLE = np.linspace(0, 6 * np.pi, 5_000)
X, Y = np.cos(ANGLE) * ANGLE, np.sin(3 * ANGLE)


@pytest.mark.parametrize("level", [1, 8])
@pytest.mark.parametrize("points", [PICKS, 7, 100, 1_000])
def test_extremes_and_ends_are_kept_in_few_points(level: int, points: int) -> None:
    line = thin(source(X, Y, level), -100, 100, points)
    assert line.x is not None
    assert len(line.x) <= points
    assert [line.x.min(), line.x.max(), line.last.min(), line.last.max()] == [X.min(), X.max(), Y.min(), Y.max()]
    assert (line.x[-1], line.last[-1]) == (X[-1], Y[-1])
    assert line.points == 5_000


def test_rows_are_drawn_themselves_and_in_order() -> None:
    line = thin(source(X, Y), -100, 100, 300)
    assert line.x is not None
    rows = [int(np.flatnonzero((x == X) & (y == Y))[0]) for x, y in zip(line.x, line.last, strict=True)]
    assert rows == sorted(rows)
    assert rows[0] == 0


def test_a_range_counts_only_what_is_in_it() -> None:
    line = thin(source(X, Y), 0.0, 3.0, 300)
    assert line.points == np.count_nonzero((X >= 0) & (X <= 3))


def test_nothing_is_nothing() -> None:
    nan = np.full(3, np.nan)
    for x, y in ((nan, np.ones(3)), (np.ones(3), nan), (np.arange(3.0), np.ones(3))):
        line = thin(source(x, y), 50, 60, 100)
        assert line.x is not None
        assert len(line.x) == line.points == 0


def test_turning_back() -> None:
    assert turns_back(source(X, Y))
    assert turns_back(source(np.array([1.0, np.nan, 0.5]), np.zeros(3)))
    assert not turns_back(source(np.array([1.0, np.nan, 1.0, 2.0]), np.zeros(4)))
    assert not turns_back(source(np.ones(1), np.ones(1)))

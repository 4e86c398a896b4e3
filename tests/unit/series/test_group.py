"""Groups of series, bucket by bucket, against numpy."""

from __future__ import annotations

import numpy as np
import pytest

from runwatch.series.column import FloatArray
from runwatch.series.group import Aggregate, Band, gather
from runwatch.series.regrid import Line


def line(values: FloatArray, spread: float = 0.0) -> Line:
    count = (~np.isnan(values)).astype(np.int64)
    return Line(last=values, min=values - spread, max=values + spread, mean=values, count=count, nonfinite=0)


ALIGNED = np.random.default_rng(3).normal(size=(7, 40))


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        ("mean", ALIGNED.mean(axis=0)),
        ("median", np.median(ALIGNED, axis=0)),
        ("min", ALIGNED.min(axis=0)),
        ("max", ALIGNED.max(axis=0)),
    ],
)
def test_lines_of_aligned_series_are_numpys(aggregate: Aggregate, expected: FloatArray) -> None:
    found = gather([line(row) for row in ALIGNED], aggregate, "none", 40)
    assert found.value == pytest.approx(expected)
    assert found.count.tolist() == [7] * 40
    assert found.low is None
    assert found.high is None


def test_bands_of_aligned_series_are_numpys() -> None:
    lines = [line(row) for row in ALIGNED]
    mean, deviation = ALIGNED.mean(axis=0), ALIGNED.std(axis=0)
    error = ALIGNED.std(axis=0, ddof=1) / np.sqrt(7)
    first, third = np.quantile(ALIGNED, (0.25, 0.75), axis=0)
    bands: dict[Band, tuple[FloatArray, FloatArray]] = {
        "std": (mean - deviation, mean + deviation),
        "stderr": (mean - error, mean + error),
        "minmax": (ALIGNED.min(axis=0), ALIGNED.max(axis=0)),
        "quartiles": (first, third),
    }
    for band, (low, high) in bands.items():
        found = gather(lines, "mean", band, 40)
        assert found.low == pytest.approx(low), band
        assert found.high == pytest.approx(high), band


def test_the_last_value_is_carried_within_a_series_and_not_beyond() -> None:
    nan = np.nan
    a = line(np.array([nan, 1.0, nan, nan, 4.0, nan]), spread=0.5)
    b = line(np.array([10.0, 10.0, 10.0, 10.0, 10.0, 10.0]))
    found = gather([a, b], "mean", "minmax", 6)
    assert found.count.tolist() == [1, 2, 2, 2, 2, 1]
    assert found.value.tolist() == [10.0, 5.5, 5.5, 5.5, 7.0, 10.0]
    assert found.low is not None
    assert found.low.tolist() == [10.0, 0.5, 1.0, 1.0, 3.5, 10.0]


def test_a_series_counts_with_what_lies_between_its_points_where_no_value_holds_until_the_next() -> None:
    nan = np.nan
    a = line(np.array([nan, 1.0, nan, nan, 4.0, nan]), spread=0.5)
    b = line(np.array([10.0, 10.0, 10.0, 10.0, 10.0, 10.0]))
    found = gather([a, b], "mean", "minmax", 6, "line")
    assert found.count.tolist() == [1, 2, 2, 2, 2, 1]
    assert found.value == pytest.approx([10.0, 5.5, 6.0, 6.5, 7.0, 10.0])
    assert found.low == pytest.approx([10.0, 0.5, 2.0, 3.0, 3.5, 10.0])


def test_no_extreme_of_a_bucket_is_lost() -> None:
    found = gather([line(np.zeros(3), spread=2.0), line(np.ones(3))], "max", "minmax", 3)
    assert found.value.tolist() == [2.0, 2.0, 2.0]
    assert found.low is not None
    assert found.low.tolist() == [-2.0, -2.0, -2.0]


def test_one_series_has_no_error_and_no_series_no_line() -> None:
    alone = gather([line(np.array([1.0, np.nan, 3.0]))], "median", "stderr", 3)
    assert alone.low is not None
    assert alone.low.tolist() == alone.value.tolist() == [1.0, 1.0, 3.0]
    empty = gather([line(np.full(2, np.nan))], "mean", "std", 2)
    assert np.isnan(empty.value).all()
    none = gather([], "mean", "std", 2)
    assert none.count.tolist() == [0, 0]
    assert none.high is not None


def test_the_largest_numbers_do_not_overflow() -> None:
    found = gather([line(np.array([1.7e308])), line(np.array([-1.7e308])), line(np.array([1.7e308]))], "mean", "std", 1)
    assert found.value[0] == pytest.approx(1.7e308 / 3)
    assert found.low is not None
    assert np.isfinite(found.low).all()

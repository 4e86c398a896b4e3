"""Smooth lines against plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest

from runwatch.series.column import FloatArray
from runwatch.series.error import ValuesError
from runwatch.series.smoothing import KINDS, Kind, check_amount, ema, gaussian, running_mean, smooth, time_ema


def numbers(count: int) -> FloatArray:
    return np.random.default_rng(count).normal(3, 10, count)


def plain_ema(values: FloatArray, weight: float) -> list[float]:
    state, left, found = 0.0, 1.0, []
    for value in values.tolist():
        state = weight * state + (1 - weight) * value
        left *= weight
        found.append(state / (1 - left))
    return found


@pytest.mark.parametrize("count", [0, 1, 2, 1_000, 40_000])
@pytest.mark.parametrize("weight", [0.0, 1e-9, 0.01, 0.3, 0.6, 0.9, 0.99, 0.9999, 1 - 1e-6])
def test_ema_is_the_plain_loop(count: int, weight: float) -> None:
    values = numbers(count)
    assert ema(values, weight) == pytest.approx(np.array(plain_ema(values, weight)), abs=1e-8)


def test_ema_of_a_flat_line_is_flat() -> None:
    for weight in (0.5, 0.99, 0.99999):
        assert ema(np.full(50_000, 12_345.678901), weight) == pytest.approx(12_345.678901, rel=1e-12)


@pytest.mark.parametrize("count", [1, 2, 500, 9_000])
@pytest.mark.parametrize("constant", [1e-3, 0.1, 1.0, 50.0, 1e6])
def test_time_ema_is_a_weighted_mean(count: int, constant: float) -> None:
    values, times = numbers(count), np.cumsum(np.random.default_rng(1).exponential(1.0, count) ** 3)
    found = time_ema(values, times, constant)
    for row in range(0, count, 97):
        weights = np.exp((times[: row + 1] - times[row]) / constant)
        assert found[row] == pytest.approx(np.average(values[: row + 1], weights=weights), abs=1e-8)


def test_time_ema_takes_a_clock_that_was_set_back() -> None:
    times = np.array([0.0, 10.0, 5.0, 6.0, 20.0])
    assert time_ema(np.arange(5.0), times, 4.0) == pytest.approx(
        time_ema(np.arange(5.0), np.maximum.accumulate(times), 4.0)
    )


def test_time_ema_of_even_times_is_an_ema() -> None:
    values = numbers(5_000)
    assert time_ema(values, np.arange(5_000.0), 20.0) == pytest.approx(ema(values, math.exp(-1 / 20)), abs=1e-9)


@pytest.mark.parametrize("count", [1, 2, 50, 3_000])
@pytest.mark.parametrize("deviation", [0.1, 1.0, 5.0, 12.0, 300.0, 10_000.0])
def test_gaussian_is_a_weighted_mean(count: int, deviation: float) -> None:
    values, rows = numbers(count), np.arange(count)
    found = gaussian(values, deviation)
    for row in range(0, count, 61):
        weights = np.exp(-0.5 * ((rows - row) / deviation) ** 2) * (abs(rows - row) <= math.ceil(5 * deviation))
        assert found[row] == pytest.approx(np.average(values, weights=weights), abs=1e-8)


@pytest.mark.parametrize("count", [1, 2, 10, 999])
@pytest.mark.parametrize("window", [1, 2, 3, 10, 11, 400, 5_000])
def test_running_mean_is_the_mean_of_its_window(count: int, window: int) -> None:
    values, half = numbers(count), window // 2
    plain = [values[max(0, row - half) : row + half + 1].mean() for row in range(count)]
    assert running_mean(values, window) == pytest.approx(np.array(plain), abs=1e-9)


def test_a_huge_value_spoils_no_running_mean_beyond_its_window() -> None:
    values = np.ones(100)
    values[50] = 1e300
    found = running_mean(values, 5)
    assert (found[:48] == 1).all()
    assert (found[53:] == 1).all()


AMOUNTS: dict[Kind, float] = {"ema": 0.9, "time_ema": 0.5, "gaussian": 2.0, "running_mean": 5}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_number_counts_for_nothing(kind: Kind) -> None:
    values = numbers(300)
    times = np.arange(300) * 1_000
    odd = np.random.default_rng(5).random(300) < 0.3
    holey = np.where(odd, np.nan, values)
    holey[np.flatnonzero(odd)[::2]] = np.inf
    found = smooth(kind, AMOUNTS[kind], holey, times)
    assert np.isnan(found[odd]).all()
    assert found[~odd] == pytest.approx(smooth(kind, AMOUNTS[kind], values[~odd], times[~odd]))


@pytest.mark.parametrize("kind", KINDS)
def test_the_largest_numbers_do_not_overflow(kind: Kind) -> None:
    values = np.array([1.7e308, -1.7e308, 1.7e308, 1.7e308])
    found = smooth(kind, AMOUNTS[kind], values, np.arange(4) * 1_000)
    assert np.isfinite(found).all()
    assert np.abs(found).max() <= 1.7e308
    assert len(smooth(kind, AMOUNTS[kind], np.zeros(0), np.zeros(0, np.int64))) == 0


@pytest.mark.parametrize(
    ("kind", "amount"),
    [
        ("ema", 1.0),
        ("ema", -0.1),
        ("ema", math.nan),
        ("time_ema", 0.0),
        ("gaussian", math.inf),
        ("gaussian", math.nan),
        ("running_mean", 0.5),
    ],
)
def test_amounts_out_of_range_are_refused(kind: Kind, amount: float) -> None:
    with pytest.raises(ValuesError):
        check_amount(kind, amount)

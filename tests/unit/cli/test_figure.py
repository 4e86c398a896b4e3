"""Numbers, times and sizes as people read them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runwatch.cli import figure


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.123456, "0.1235"),
        (12.3456, "12.35"),
        (1234.56, "1235"),
        (99999.99, "100000"),
        (0.00012345, "0.0001234"),
        (0.000012345, "1.234e-05"),
        (1e20, "1e+20"),
        (3.0, "3"),
        (0.0, "0"),
        (-0.5, "-0.5000"),
        (1234567, "1234567"),
        (12345678901, "12345678901"),
        (10**30, "1e+30"),
        (True, "True"),
        (math.nan, "NaN"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (None, "–"),
        ("a\x1bb", r"a\x1bb"),
    ],
)
def test_number(value: float | str | None, shown: str) -> None:
    assert figure.number(value) == shown


@given(st.floats(-1e300, 1e300))
def test_number_is_right_to_four_digits(value: float) -> None:
    assert float(figure.number(value)) == pytest.approx(value, rel=5.01e-4, abs=0)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "–"),
        (0.04, "0.0s"),
        (59.94, "59.9s"),
        (60, "1m 00s"),
        (3599.6, "1h 00m"),
        (3725, "1h 02m"),
        (90000, "1d 01h"),
    ],
)
def test_duration(seconds: float | None, shown: str) -> None:
    assert figure.duration(seconds) == shown


@pytest.mark.parametrize(
    ("passed", "shown"),
    [(0, "just now"), (30, "30 s ago"), (125, "2 min ago"), (7200, "2 h ago"), (86400 * 3, "3 d ago")],
)
def test_ago(passed: float, shown: str) -> None:
    assert figure.ago(1_000_000_000 - passed, 1_000_000_000) == shown


def test_ago_of_what_lies_in_the_future_is_a_date() -> None:
    assert figure.ago(1_000_000_000, 999_000_000) == figure.moment(1_000_000_000)


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (5 << 30, "5.0 GiB"), (1 << 50, "1024.0 TiB")]
)
def test_size(count: int, shown: str) -> None:
    assert figure.size(count) == shown

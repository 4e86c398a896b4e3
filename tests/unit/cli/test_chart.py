"""The terminal's chart keeps every extreme."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runwatch.cli.chart import DOTS_ACROSS, DOTS_DOWN, Bar, line_chart

_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
NAN = Bar(math.nan, math.nan, math.nan)


def _dots(lines: list[str], width: int) -> set[tuple[int, int]]:
    found = set()
    for row, line in enumerate(lines):
        for column, char in enumerate(line.partition("┤")[2].ljust(width, "\u2800")):
            for x in range(DOTS_ACROSS):
                for y in range(DOTS_DOWN):
                    if (ord(char) - 0x2800) & _BITS[x][y]:
                        found.add((column * DOTS_ACROSS + x, row * DOTS_DOWN + y))
    return found


def _point(value: float) -> Bar:
    return Bar(value, value, value)


def test_one_spike_among_many_points_is_drawn_to_the_top() -> None:
    bars = [_point(0.0)] * 40
    bars[17] = Bar(0.0, 5.0, 0.0)
    dots = _dots(line_chart(bars, width=20, height=4), 20)
    assert (17, 0) in dots
    assert {(x, 15) for x in range(40)} <= dots
    assert {x for x, y in dots if y < 14} == {17}


def test_labels_say_highest_and_lowest() -> None:
    lines = line_chart([_point(-1.5), _point(2.25)], width=10, height=3)
    assert lines[0].startswith(" 2.250 ┤")
    assert lines[-1].startswith("-1.500 ┤")


def test_what_is_not_finite_leaves_a_gap() -> None:
    bars = [_point(1.0), NAN, NAN, NAN, _point(1.0), _point(1.0)]
    dots = _dots(line_chart(bars, width=3, height=2), 3)
    assert {x for x, _ in dots} == {0, 4, 5}


def test_nothing_finite_draws_nothing() -> None:
    assert line_chart([NAN, NAN], width=10, height=3) == []
    assert line_chart([], width=10, height=3) == []


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=24))
def test_every_point_has_its_dot(values: list[float]) -> None:
    width, height = 12, 4
    lines = line_chart([_point(value) for value in values], width=width, height=height)
    assert len(lines) == height
    dots = _dots(lines, width)
    across = [round(index * (width * DOTS_ACROSS - 1) / max(1, len(values) - 1)) for index in range(len(values))]
    assert {x for x, _ in dots} >= set(across)
    if max(values) > min(values):
        assert (across[values.index(max(values))], 0) in dots
        assert (across[values.index(min(values))], height * DOTS_DOWN - 1) in dots


@pytest.mark.parametrize("value", [0.0, 1e308, -3.0])
def test_a_flat_curve_runs_through_the_middle(value: float) -> None:
    dots = _dots(line_chart([_point(value)] * 8, width=4, height=2), 4)
    assert {y for _, y in dots} == {4}

"""Summaries of pieces add up to the summary of the whole, and agree with plain Python."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runwatch.series.chunk import NO_STEP, merge_steps
from runwatch.series.column import IntArray, Scalar, Values, concat
from runwatch.series.summary import ColumnSummary, extend, merge, summarize

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=3) | st.just("x" * 300)
NUMBER = (
    st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0]) | st.integers(-(10**6), 10**6)
)
ITEM = st.none() | st.booleans() | NUMBER | st.integers(-(2**63), 2**63 - 1) | TEXT
ITEMS = st.lists(st.floats(-1e6, 1e6), max_size=40) | st.lists(NUMBER, max_size=40) | st.lists(ITEM, max_size=40)


@st.composite
def pieces(draw: st.DrawFn) -> tuple[Values, IntArray | None]:
    column = Values.from_list(draw(ITEMS.filter(bool)))
    step = st.integers(-5, 5) | st.just(NO_STEP)
    steps = draw(st.none() | st.lists(step, min_size=len(column), max_size=len(column)))
    return column, None if steps is None else np.array(steps, np.int64)


def figures(summary: ColumnSummary) -> tuple[object, ...]:
    """All that must be equal to the bit; NaN equals itself, and an integer the float that a join may make of it."""
    names = [name for name in ColumnSummary.__struct_fields__ if not name.startswith("sum")]
    values = [getattr(summary, name) for name in names]
    return tuple(repr(float(value) if type(value) is int else value) for value in values)


def close(a: ColumnSummary, b: ColumnSummary) -> None:
    assert figures(a) == figures(b)
    size = max(abs(x) for s in (a, b) for x in (s.min or 0.0, s.max or 0.0)) * max(a.numeric, 1)
    assert a.sum == pytest.approx(b.sum, rel=1e-9, abs=1e-9 * size)
    assert a.sum_squares == pytest.approx(b.sum_squares, rel=1e-9)


@given(pieces(), pieces())
@settings(max_examples=200, deadline=None)
def test_merged_summaries_equal_the_summary_of_the_whole(
    a: tuple[Values, IntArray | None], b: tuple[Values, IntArray | None]
) -> None:
    whole = concat([a[0], b[0]])
    steps = merge_steps([a[1], b[1]], [len(a[0]), len(b[0])])
    merged = merge(summarize(*a, 100), summarize(*b, 100 + len(a[0])))
    expected = summarize(whole, steps, 100)
    close(merged, expected)


@given(pieces(), pieces(), pieces())
@example((Values.from_list([5]), None), (Values.from_list([0.5]), None), (Values.from_list(["a"]), None))
@settings(max_examples=150, deadline=None)
def test_merging_is_associative(
    a: tuple[Values, IntArray | None], b: tuple[Values, IntArray | None], c: tuple[Values, IntArray | None]
) -> None:
    x = summarize(*a, 0)
    y = summarize(*b, len(a[0]))
    z = summarize(*c, len(a[0]) + len(b[0]))
    close(merge(merge(x, y), z), merge(x, merge(y, z)))


FEW_FLOATS = st.lists(
    st.floats() | st.sampled_from([0.0, -0.0, 1.0, 1e200, -1.7e308, math.nan]), min_size=1, max_size=18
)


@given(pieces() | FEW_FLOATS.map(lambda items: (Values.from_list(items), None)), FEW_FLOATS, st.booleans())
@settings(max_examples=400, deadline=None)
def test_a_few_more_floats_extend_a_summary_as_merging_would(
    a: tuple[Values, IntArray | None], items: list[float], has_steps: bool
) -> None:
    known, column = summarize(*a, 3), Values.from_list(items)
    steps = np.array([NO_STEP if row % 3 == 1 else -row for row in range(len(items))]) if has_steps else None
    found = extend(known, column, steps, 3 + len(a[0]))
    expected = merge(known, summarize(column, steps, 3 + len(a[0])))
    assert figures(found) == figures(expected)
    assert (found.sum, found.sum_squares) == (expected.sum, expected.sum_squares)


@given(pieces())
@settings(max_examples=200, deadline=None)
def test_a_summary_agrees_with_plain_python(piece: tuple[Values, IntArray | None]) -> None:
    column, steps = piece
    summary = summarize(column, steps, 7)
    there = [(row, value) for row, value in enumerate(column.to_list()) if value is not None]
    numbers = [(row, float(value)) for row, value in there if not isinstance(value, str)]
    finite = [(row, value) for row, value in numbers if math.isfinite(value)]
    assert summary.count == len(there)
    assert summary.numeric == len(numbers)
    assert summary.nonfinite == len(numbers) - len(finite)
    assert repr(summary.first) == repr(_cut(there[0][1]) if there else None)
    assert repr(summary.last) == repr(_cut(there[-1][1]) if there else None)
    if not finite:
        assert summary.min is summary.max is summary.min_step is summary.max_step is None
        assert summary.sum == summary.sum_squares == 0
        return

    def step(row: int) -> int:
        return row + 7 if steps is None or steps[row] == NO_STEP else int(steps[row])

    low = min(finite, key=lambda pair: pair[1])
    high = max(finite, key=lambda pair: pair[1])
    assert (summary.min, summary.min_step) == (low[1], step(low[0]))
    assert (summary.max, summary.max_step) == (high[1], step(high[0]))
    scale = max(abs(value) for _, value in finite) * len(finite)
    assert summary.sum == pytest.approx(math.fsum(value for _, value in finite), abs=1e-12 * scale)
    assert summary.sum_squares == pytest.approx(math.fsum(value * value for _, value in finite), rel=1e-9)


def _cut(value: Scalar) -> Scalar:
    return value[:255] if isinstance(value, str) else value

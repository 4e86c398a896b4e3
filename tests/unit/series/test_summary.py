from __future__ import annotations

import math

import numpy as np
import pytest

from runwatch.schema.metric import Summary
from runwatch.series.chunk import NO_STEP
from runwatch.series.column import Scalar, Values, missing
from runwatch.series.summary import ColumnSummary, merge, summarize


def test_it_has_the_figures_of_the_domain() -> None:
    assert set(ColumnSummary.__struct_fields__) == set(Summary.__struct_fields__) - {"column"}


@pytest.mark.parametrize("copies", [1, 30])  # short columns and long ones take different paths
def test_figures_of_a_column_with_everything_in_it(copies: int) -> None:
    items: list[Scalar] = ["start" * 60, None, 2, math.nan, -1.5, True, math.inf, -1.5, "end"]
    summary = summarize(Values.from_list(items * copies), np.arange(9 * copies) * 10)
    assert summary == ColumnSummary(
        type="mixed",
        count=8 * copies,
        numeric=6 * copies,
        nonfinite=2 * copies,
        first=("start" * 60)[:255],
        last="end",
        min=-1.5,
        max=2.0,
        sum=0.0,
        sum_squares=9.5 * copies,
        min_step=40,
        max_step=20,
    )


@pytest.mark.parametrize("rows", [3, 50])
def test_row_numbers_stand_in_for_steps(rows: int) -> None:
    column = Values("int", np.arange(rows))
    assert summarize(column, None, 100).max_step == 99 + rows
    steps = np.full(rows, 7)
    steps[-1] = NO_STEP
    summary = summarize(column, steps, 100)
    assert (summary.min_step, summary.max_step) == (7, 99 + rows)


@pytest.mark.parametrize("rows", [3, 50])
@pytest.mark.parametrize("kind", ["float", "int", "bool", "str", "mixed"])
def test_columns_without_values_have_no_figures(rows: int, kind: str) -> None:
    summary = summarize(missing(kind, rows))
    assert (summary.type, summary.count, summary.first, summary.last, summary.min) == (kind, 0, None, None, None)
    known = summarize(Values.from_list(["a"]))
    assert merge(summary, known) == merge(known, summary) == known


@pytest.mark.parametrize("rows", [4, 64])
def test_sums_stay_finite(rows: int) -> None:
    large = Values("float", np.full(rows, 1.7e308))
    summary = summarize(large)
    assert summary.sum == summary.sum_squares == np.finfo(np.float64).max
    negative = summarize(Values("float", np.full(rows, -1.7e308)))
    both = merge(merge(summary, summary), merge(negative, negative))
    assert both.sum == 0.0
    assert math.isfinite(both.sum_squares)
    swing = summarize(Values("float", np.tile([1.7e308, 1.7e308, -1.7e308, -1.7e308], rows)))
    assert math.isfinite(swing.sum)


def test_types_join_as_columns_do() -> None:
    def kind(*parts: list[Scalar]) -> str:
        summaries = [summarize(Values.from_list(part)) for part in parts]
        merged = summaries[0]
        for summary in summaries[1:]:
            merged = merge(merged, summary)
        return merged.type

    assert kind([1], [2]) == "int"
    assert kind([1], [0.5]) == "float"
    assert kind([2**53], [0.5]) == kind([0.5], [2**53]) == kind([1], [0.5], [2**53]) == "mixed"
    assert kind([True], [1]) == "mixed"
    assert kind(["a"], [None]) == "str"


def test_the_earlier_of_equal_extremes_counts() -> None:
    merged = merge(summarize(Values.from_list([1.0]), None, 0), summarize(Values.from_list([1.0]), None, 1))
    assert (merged.min_step, merged.max_step) == (0, 0)

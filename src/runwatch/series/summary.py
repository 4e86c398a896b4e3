"""What is known of a column without reading it: counts, extremes and sums, which add up over consecutive pieces."""

from __future__ import annotations

import math
import sys
from operator import mul
from typing import Any, Final

import numpy as np
from msgspec import Struct

from runwatch.series.chunk import NO_STEP
from runwatch.series.column import EXACT_INT, FloatArray, IntArray, Scalar, TypeName, Values, join_type, numeric

TEXT_CHARS: Final = 255
"""First and last texts are cut at this length: summaries stand in lists of runs."""

_FEW_ROWS: Final = 16
"""Up to here a loop in Python is quicker than numpy's cost for each call."""

_LARGEST: Final = sys.float_info.max
_SCALE: Final = 2.0**-64  # the sum of fewer than 2**63 numbers scaled by this cannot overflow


class ColumnSummary(Struct, frozen=True, kw_only=True, gc=False):
    """The figures of `runwatch.schema.metric.Summary`, without the column's name.

    ``sum`` and ``sum_squares`` are always finite: where they would overflow they stay at the largest float64.
    """

    type: TypeName
    count: int = 0
    nonfinite: int = 0
    numeric: int = 0
    first: Scalar = None
    last: Scalar = None
    min: float | None = None
    max: float | None = None
    sum: float = 0.0
    sum_squares: float = 0.0
    min_step: int | None = None
    max_step: int | None = None


def summarize(column: Values, steps: IntArray | None = None, first_row: int = 0) -> ColumnSummary:
    """Summarise rows of a column.

    Args:
        column: The values.
        steps: Their steps, `NO_STEP` where none was given; None if no row has one.
        first_row: The index of the first of these rows in the metric: stands in for steps that were not given.
    """
    if len(column.values) <= _FEW_ROWS:
        return _summarize_floats(column, steps, first_row) or _summarize_few(column, steps, first_row)
    return _summarize_many(column, steps, first_row)


def merge(a: ColumnSummary, b: ColumnSummary) -> ColumnSummary:
    """The summary of rows of which those of ``a`` come before those of ``b``."""
    if not a.count or not b.count:
        # Rows without any value say nothing; the earlier one decides the type if neither has one.
        return b if b.count else a
    low, high = _lower(a, b), _higher(a, b)
    kind = join_type(a.type, b.type, exact=_ints_exact(a) and _ints_exact(b))
    return ColumnSummary(
        type=kind,
        count=a.count + b.count,
        nonfinite=a.nonfinite + b.nonfinite,
        numeric=a.numeric + b.numeric,
        first=_as_type(a.first, kind),
        last=_as_type(b.last, kind),
        min=low.min,
        max=high.max,
        sum=_saturate(a.sum + b.sum),
        sum_squares=_saturate(a.sum_squares + b.sum_squares),
        min_step=low.min_step,
        max_step=high.max_step,
    )


def extend(known: ColumnSummary, column: Values, steps: IntArray | None, first_row: int) -> ColumnSummary:
    """The summary of rows that are known and new ones behind them: `merge` with what `summarize` says of these.

    Args:
        known: The summary so far.
        column: The new values.
        steps: Their steps, as in `summarize`.
        first_row: The index of the first new row.
    """
    return _extend_floats(known, column, steps, first_row) or merge(known, summarize(column, steps, first_row))


def _as_type(value: Scalar, kind: TypeName) -> Scalar:
    """Integers become floats in a column of floats, as `runwatch.series.column.concat` makes them."""
    return float(value) if kind == "float" and isinstance(value, int) else value


def _lower(a: ColumnSummary, b: ColumnSummary) -> ColumnSummary:
    if a.min is None or b.min is None:
        return b if a.min is None else a
    return b if b.min < a.min else a


def _higher(a: ColumnSummary, b: ColumnSummary) -> ColumnSummary:
    if a.max is None or b.max is None:
        return b if a.max is None else a
    return b if b.max > a.max else a


def _ints_exact(summary: ColumnSummary) -> bool:
    low, high = summary.min, summary.max
    return summary.type != "int" or low is None or high is None or (low > -EXACT_INT and high < EXACT_INT)


def _saturate(figure: float) -> float:
    return min(max(figure, -_LARGEST), _LARGEST)


def _cut(value: Any) -> Any:
    return value[:TEXT_CHARS] if isinstance(value, str) else value


def _summarize_floats(column: Values, steps: IntArray | None, first_row: int) -> ColumnSummary | None:
    """What nearly every small piece is: floats in all rows, all finite, and of finite sums; None if it is not."""
    if column.type != "float" or column.valid is not None or isinstance(column.values, list):
        return None
    values: list[float] = column.values.tolist()
    total, squares = sum(values), sum(map(mul, values, values))
    if not values or not -_LARGEST <= total <= _LARGEST or not squares <= _LARGEST:
        return None
    low, high, rows = min(values), max(values), len(values)
    return ColumnSummary(
        type="float",
        count=rows,
        numeric=rows,
        first=values[0],
        last=values[-1],
        min=low,
        max=high,
        sum=total,
        sum_squares=squares,
        min_step=_step(steps, values.index(low), first_row),
        max_step=_step(steps, values.index(high), first_row),
    )


def _extend_floats(
    known: ColumnSummary, column: Values, steps: IntArray | None, first_row: int
) -> ColumnSummary | None:
    """What a few finite floats make of the summary of floats, of which at least one is finite; None if it is not so."""
    low, high = known.min, known.max
    if known.type != "float" or low is None or high is None or column.type != "float" or column.valid is not None:
        return None
    if isinstance(column.values, list) or not 0 < len(column.values) <= _FEW_ROWS:
        return None
    values: list[float] = column.values.tolist()
    added, squares = sum(values), sum(map(mul, values, values))
    if not -_LARGEST <= added <= _LARGEST or not squares <= _LARGEST:
        return None
    new_low, new_high, rows = min(values), max(values), len(values)
    return ColumnSummary(
        type="float",
        count=known.count + rows,
        nonfinite=known.nonfinite,
        numeric=known.numeric + rows,
        first=known.first,
        last=values[-1],
        min=min(low, new_low),
        max=max(high, new_high),
        sum=_saturate(known.sum + added),
        sum_squares=_saturate(known.sum_squares + squares),
        min_step=known.min_step if low <= new_low else _step(steps, values.index(new_low), first_row),
        max_step=known.max_step if high >= new_high else _step(steps, values.index(new_high), first_row),
    )


def _summarize_few(column: Values, steps: IntArray | None, first_row: int) -> ColumnSummary:
    count = nonfinite = numbers = low_row = high_row = 0
    first: Scalar = None
    last: Scalar = None
    low, high, total, squares = math.inf, -math.inf, 0.0, 0.0
    for row, value in enumerate(column.to_list()):
        if value is None:
            continue
        if not count:
            first = value
        count += 1
        last = value
        if isinstance(value, str):
            continue
        numbers += 1
        figure = float(value)
        if not -_LARGEST <= figure <= _LARGEST:
            nonfinite += 1
            continue
        if figure < low:
            low, low_row = figure, row
        if figure > high:
            high, high_row = figure, row
        total = _saturate(total + figure)
        squares = _saturate(squares + figure * figure)
    some = numbers > nonfinite
    return ColumnSummary(
        type=column.type,
        count=count,
        nonfinite=nonfinite,
        numeric=numbers,
        first=_cut(first),
        last=_cut(last),
        min=low if some else None,
        max=high if some else None,
        sum=total,
        sum_squares=squares,
        min_step=_step(steps, low_row, first_row) if some else None,
        max_step=_step(steps, high_row, first_row) if some else None,
    )


def _summarize_many(column: Values, steps: IntArray | None, first_row: int) -> ColumnSummary:
    floats, mask = numeric(column)
    numbers = len(floats) if mask is None else int(np.count_nonzero(mask))
    finite = np.isfinite(floats)
    figures = floats[finite]
    first, last = _ends(column)
    counts = ColumnSummary(
        type=column.type,
        count=column.present(),
        nonfinite=numbers - len(figures),
        numeric=numbers,
        first=first,
        last=last,
    )
    if not len(figures):
        return counts
    rows = np.flatnonzero(finite)
    low, high = int(figures.argmin()), int(figures.argmax())
    return ColumnSummary(
        type=counts.type,
        count=counts.count,
        nonfinite=counts.nonfinite,
        numeric=counts.numeric,
        first=first,
        last=last,
        min=float(figures[low]),
        max=float(figures[high]),
        sum=_sum(figures),
        sum_squares=_sum_squares(figures),
        min_step=_step(steps, int(rows[low]), first_row),
        max_step=_step(steps, int(rows[high]), first_row),
    )


def _ends(column: Values) -> tuple[Scalar, Scalar]:
    """The first and the last value that is there."""
    first, last = 0, len(column.values) - 1
    if column.valid is not None:
        rows = np.flatnonzero(column.valid)
        if not len(rows):
            return None, None
        first, last = int(rows[0]), int(rows[-1])
    if isinstance(column.values, list):
        return _cut(column.values[first]), _cut(column.values[last])
    return column.values[first].item(), column.values[last].item()


def _step(steps: IntArray | None, row: int, first_row: int) -> int:
    step = NO_STEP if steps is None else int(steps[row])
    return first_row + row if step == NO_STEP else step


def _sum(figures: FloatArray) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        total = float(figures.sum())
    return total if math.isfinite(total) else _saturate(float((figures * _SCALE).sum()) / _SCALE)


def _sum_squares(figures: FloatArray) -> float:
    with np.errstate(over="ignore"):
        return _saturate(float(np.dot(figures, figures)))

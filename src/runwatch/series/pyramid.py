"""The min/max pyramid: buckets of three sizes beside each chunk, and overviews made of them or of raw rows."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct, structs

from runwatch.series import bucket, packed
from runwatch.series.bucket import ENDS, Records
from runwatch.series.chunk import NO_STEP
from runwatch.series.column import FloatArray, IntArray, Values, numeric
from runwatch.series.error import ValuesError
from runwatch.series.figure import FIGURES, SCALE, Figures, fold
from runwatch.series.native import native

FINE_ROWS: Final = packed.BUCKET_ROWS
LEVELS: Final = (FINE_ROWS, 256, 1_024)
"""Rows of the buckets that are stored: 0.31, 0.28 and 0.07 bytes a point. Each is four times as large as the one before
it, so that a chart of a range of any length reads at most three for each of its own."""

_FEW_ROWS: Final = 128
"""Up to here a loop in Python is quicker than numpy's cost for each call."""


class Buckets(Struct, frozen=True, eq=False, kw_only=True):
    """Buckets of consecutive rows, as the arrays of `runwatch.schema.metric.Overview`, all of equal length.

    Attributes:
        first_row: int64, index of the bucket's first row.
        count: int64, values that are finite numbers.
        nonfinite: int64, values that are NaN or infinite.
        min: float64, NaN where no value is a finite number; likewise max, last and mean.
        max: float64.
        last: float64, the last finite number.
        mean: float64, never outside of min and max.
        first_step: int64, `NO_STEP` if the bucket's first row has none.
        last_step: int64, likewise of its last row.
        first_time: int64, microseconds UTC.
        last_time: int64.
    """

    first_row: IntArray
    count: IntArray
    nonfinite: IntArray
    min: FloatArray
    max: FloatArray
    last: FloatArray
    mean: FloatArray
    first_step: IntArray
    last_step: IntArray
    first_time: IntArray
    last_time: IntArray

    def __len__(self) -> int:
        return len(self.first_row)


_NAMES: Final = Buckets.__struct_fields__


def build(column: Values, steps: IntArray | None, times: IntArray, bucket_rows: int) -> Records:
    """The buckets of consecutive rows: so many rows each, the last one with what is left.

    Buckets of consecutive pieces, of whatever lengths, may be joined and given to `from_buckets`.

    Args:
        column: The values; what is neither a number nor a boolean counts for nothing.
        steps: Their steps, `NO_STEP` where none was given; None if no row has one.
        times: When each row was logged, microseconds UTC.
        bucket_rows: One of `LEVELS`.

    Raises:
        ValuesError: If the lengths differ.
    """
    rows = _check_lengths(column, steps, times)
    if 0 < rows <= min(_FEW_ROWS, bucket_rows):
        return _build_one(column, steps, times)
    found = _fold_rows(column, steps, times, np.arange(0, rows, bucket_rows), 0)
    return _to_records(found, rows)


def build_levels(column: Values, steps: IntArray | None, times: IntArray) -> dict[int, bytes]:
    """What is stored of the rows of a chunk, by the rows of a bucket: the finest packed, the others as records.

    Args:
        column: The values, at least one.
        steps: Their steps, or None.
        times: When each row was logged.

    Raises:
        ValuesError: If the lengths differ.
    """
    records = build(column, steps, times, FINE_ROWS)
    found = {FINE_ROWS: packed.pack(records)}
    for finer, level in itertools.pairwise(LEVELS):
        records = coarsen(records, level // finer)
        found[level] = bucket.write(records)
    return found


def coarsen(records: Records, times: int) -> Records:
    """Buckets of so many each, the last one with what is left."""
    return _to_records(_join(records, np.arange(0, len(records), times)), int(records.rows.sum()))


def choose_stored(most_rows: float, *, divides: bool) -> int | None:
    """The largest of the stored levels that has at most so many rows in a bucket; None if there is none.

    Args:
        most_rows: Of a bucket that is wanted.
        divides: Whether those wanted are to be whole numbers of stored ones.
    """
    fit = (level for level in reversed(LEVELS) if level <= most_rows and not (divides and most_rows % level))
    return next(fit, None)


def from_rows(column: Values, steps: IntArray | None, times: IntArray, buckets: int, first_row: int = 0) -> Buckets:
    """At most ``buckets`` buckets of rows, whose numbers of rows differ by one at most.

    Args:
        column: The values.
        steps: Their steps, or None.
        times: When each row was logged, microseconds UTC.
        buckets: At least 1; with no more rows than that, each row is a bucket of its own.
        first_row: The index of the first of these rows in the metric.

    Raises:
        ValuesError: If the lengths differ.
    """
    rows = _check_lengths(column, steps, times)
    return _fold_rows(column, steps, times, _even_edges(rows, min(buckets, rows)), first_row)


def from_buckets(source: Records, buckets: int, first_row: int = 0) -> Buckets:
    """At most ``buckets`` buckets, each made of whole source buckets, as even in rows as these allow.

    Args:
        source: What `build` made of consecutive pieces, joined.
        buckets: At least 1.
        first_row: The index of the first of these rows in the metric.
    """
    rows = source.rows
    starts = _starts(rows)
    return _join(source, _choose(starts, starts + rows, buckets), first_row)


def align_rows(
    column: Values, steps: IntArray | None, times: IntArray, bucket_rows: int, first_row: int = 0
) -> Buckets:
    """Buckets of rows that begin at the multiples of ``bucket_rows``, the first one at the first row.

    Args:
        column: The values.
        steps: Their steps, or None.
        times: When each row was logged, microseconds UTC.
        bucket_rows: Rows of a bucket, at least 1.
        first_row: The index of the first of these rows in the metric.

    Raises:
        ValuesError: If the lengths differ.
    """
    rows = _check_lengths(column, steps, times)
    starts = np.maximum(np.arange(-(first_row % bucket_rows), rows, bucket_rows, dtype=np.int64), 0)
    return _fold_rows(column, steps, times, starts if rows else starts[:0], first_row)


def align_buckets(source: Records, bucket_rows: int, first_row: int = 0) -> Buckets:
    """Whole source buckets joined so that each result begins at a multiple of ``bucket_rows`` or with the next source.

    Args:
        source: What `build` made of consecutive pieces, joined.
        bucket_rows: Rows of a bucket, a multiple of those of the source.
        first_row: The index of the first of these rows in the metric.
    """
    if not native:
        return join(source, align(source, bucket_rows, first_row), first_row)
    words = np.empty((len(_NAMES), len(source)), np.int64)
    many = native.align(source.words, bucket_rows, first_row, words)
    return to_buckets(words[:, :many])


def concat(pieces: Sequence[Buckets]) -> Buckets:
    """Buckets one after another.

    Args:
        pieces: At least one.
    """
    if len(pieces) == 1:
        return pieces[0]
    return Buckets(**{name: np.concatenate([getattr(piece, name) for piece in pieces]) for name in _NAMES})


def _check_lengths(column: Values, steps: IntArray | None, times: IntArray) -> int:
    rows = len(column.values)
    if len(times) != rows or (steps is not None and len(steps) != rows):
        raise ValuesError(f"{rows:,} values need as many times and steps.")
    return rows


def _to_records(found: Buckets, rows: int) -> Records:
    return bucket.make(
        np.diff(found.first_row, append=rows),
        found.count,
        found.nonfinite,
        np.vstack((found.min, found.max, found.last, found.mean)),
        np.vstack([getattr(found, name) for name in ENDS]),
    )


def join(source: Records, chosen: IntArray, first_row: int) -> Buckets:
    """Larger buckets; the twin of the native one.

    Args:
        source: Those of consecutive rows.
        chosen: Where larger ones begin in it: rising, the first one 0.
        first_row: The index of the first row.
    """
    rows = _starts(source.rows) + first_row
    figures = dict(zip(FIGURES, (source.count, source.nonfinite, *source.figures), strict=True))
    return enlarge(Buckets(first_row=rows, **figures, **dict(zip(ENDS, source.ends, strict=True))), chosen)


def enlarge(source: Buckets, chosen: IntArray) -> Buckets:
    """Larger buckets.

    Args:
        source: Those of consecutive rows.
        chosen: Where larger ones begin in it: rising, the first one 0.
    """
    if len(chosen) == len(source):
        return source
    final = _final(chosen, len(source))
    figures = fold(Figures(*(getattr(source, name) for name in FIGURES)), chosen)
    return Buckets(
        first_row=source.first_row[chosen],
        **structs.asdict(figures),
        first_step=source.first_step[chosen],
        last_step=source.last_step[final],
        first_time=source.first_time[chosen],
        last_time=source.last_time[final],
    )


def span(words: IntArray, end: int) -> FloatArray:
    """From which step to which each bucket reaches; a row without a step stands at its index.

    Args:
        words: The arrays of `Buckets` as the rows of one, bit for bit.
        end: The row behind the last bucket.

    Returns:
        float64, shape (3, buckets): the lower one of the first and the last row's, the higher one, and the last row's.
    """
    if not native:
        return span_slowly(words, end)
    found = np.empty((3, words.shape[1]))
    native.span(words, end, found)
    return found


def span_slowly(words: IntArray, end: int) -> FloatArray:
    """The twin of the native `span`."""
    rows, firsts, lasts = (words[_NAMES.index(name)] for name in ("first_row", "first_step", "last_step"))
    first = np.where(firsts == NO_STEP, rows, firsts).astype(np.float64)
    last = np.where(lasts == NO_STEP, np.append(rows[1:], end) - 1, lasts).astype(np.float64)
    return np.stack((np.minimum(first, last), np.maximum(first, last), last))


def _join(source: Records, chosen: IntArray, first_row: int = 0) -> Buckets:
    if not native:
        return join(source, chosen, first_row)
    words = np.empty((len(_NAMES), len(chosen)), np.int64)
    native.join(source.words, chosen, first_row, words)
    return to_buckets(words)


def align(source: Records, bucket_rows: int, first_row: int) -> IntArray:
    """With which source buckets those of `align_buckets` begin."""
    return begins(_starts(source.rows) + first_row, bucket_rows)


def begins(rows: IntArray, bucket_rows: int) -> IntArray:
    """With which buckets, of these first rows, larger ones of so many rows begin."""
    place = rows // bucket_rows
    found: IntArray = np.flatnonzero(np.diff(place, prepend=place[:1] - 1))
    return found


def to_buckets(words: IntArray) -> Buckets:
    """Buckets as the rows of one array, bit for bit: views of it."""
    floats = words.view(np.float64)
    arrays = [(floats if name in FIGURES[2:] else words)[place] for place, name in enumerate(_NAMES)]
    return Buckets(**dict(zip(_NAMES, arrays, strict=True)))


def to_words(buckets: Buckets) -> IntArray:
    """What `to_buckets` makes buckets of."""
    return np.stack([getattr(buckets, name).view(np.int64) for name in _NAMES])


def _starts(rows: IntArray) -> IntArray:
    found: IntArray = np.cumsum(rows)
    found -= rows
    return found


def _even_edges(rows: int, buckets: int) -> IntArray:
    return np.arange(buckets, dtype=np.int64) * rows // max(buckets, 1)


def _final(starts: IntArray, end: int) -> IntArray:
    """The last entry of each stretch that begins at one of these."""
    return np.append(starts, end)[1:] - 1


def _choose(starts: IntArray, ends: IntArray, buckets: int) -> IntArray:
    """The source buckets with which output buckets begin: those that start nearest to an even cut."""
    if len(starts) <= buckets:
        return np.arange(len(starts))
    edges = _even_edges(int(ends[-1]), buckets)
    return np.unique(np.searchsorted((starts[:-1] + ends[:-1]) // 2, edges))


def _fold_rows(column: Values, steps: IntArray | None, times: IntArray, starts: IntArray, first_row: int) -> Buckets:
    figures, numbers = numeric(column)
    finite = np.isfinite(figures)
    nonfinite = ~finite if numbers is None else numbers & ~finite
    folded = fold(Figures(finite, nonfinite, figures, figures, figures, figures), starts)
    if steps is None:
        steps = np.full(len(figures), NO_STEP, np.int64)
    firsts = lasts = steps, times
    if len(starts) < len(figures):  # else each row is a bucket
        final = _final(starts, len(figures))
        firsts, lasts = (steps[starts], times[starts]), (steps[final], times[final])
    return Buckets(
        first_row=starts + first_row,
        count=folded.count, nonfinite=folded.nonfinite,
        min=folded.min, max=folded.max, last=folded.last, mean=folded.mean,
        first_step=firsts[0], last_step=lasts[0], first_time=firsts[1], last_time=lasts[1],
    )  # fmt: skip


def _build_one(column: Values, steps: IntArray | None, times: IntArray) -> Records:
    values = column.to_list()
    figures = [float(value) for value in values if isinstance(value, float | int)]
    finite = [figure for figure in figures if math.isfinite(figure)]
    low = high = last = mean = math.nan
    if finite:
        low, high, last = min(finite), max(finite), finite[-1]
        mean = sum(finite) / len(finite)
        if not math.isfinite(mean):
            mean = sum(figure * SCALE for figure in finite) / len(finite) / SCALE
        mean = min(max(mean, low), high)
    reached = (NO_STEP, NO_STEP) if steps is None else (int(steps[0]), int(steps[-1]))
    counts = (len(values), len(finite), len(figures) - len(finite))
    return bucket.make_one(counts, (low, high, last, mean), (*reached, int(times[0]), int(times[-1])))

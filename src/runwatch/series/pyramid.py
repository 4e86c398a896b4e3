"""The first level of the min/max pyramid: buckets of 256 rows, and overviews made of them or of raw rows."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from runwatch.series.chunk import NO_STEP
from runwatch.series.column import FloatArray, IntArray, Values, numeric
from runwatch.series.error import ChunkFormatError, ValuesError
from runwatch.series.figure import FIGURES, SCALE, Figures, fold

BUCKET_ROWS: Final = 256
"""Rows of a bucket: 0.28 bytes a point, and a chart of 1,000 buckets over ten million rows reads 39,063 of them."""

BUCKET: Final = np.dtype(
    [
        ("rows", "<u2"),
        ("count", "<u2"),
        ("nonfinite", "<u2"),
        ("check", "<u2"),
        ("min", "<f8"),
        ("max", "<f8"),
        ("last", "<f8"),
        ("mean", "<f8"),
        ("first_step", "<i8"),
        ("last_step", "<i8"),
        ("first_time", "<i8"),
        ("last_time", "<i8"),
    ]
)
"""A bucket as it is stored (``docs/formats/chunk.md``); buckets of consecutive chunks are joined as bytes."""

_STORED: Final = (*FIGURES, "first_step", "last_step", "first_time", "last_time")
_RECORD: Final = struct.Struct("<HHHHddddqqqq")
_WORDS: Final = struct.Struct("<9Q")

_CHECK: Final = 0x5257
"""The exclusive or of a bucket's 36 16-bit words: shows flips within 16 neighbouring bits, and zeros are no bucket."""

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


def build(column: Values, steps: IntArray | None, times: IntArray) -> bytes:
    """The buckets of consecutive rows: 256 rows each, the last one with what is left.

    Buckets of consecutive pieces, of whatever lengths, may be joined as bytes and given to `from_buckets`.

    Args:
        column: The values; what is neither a number nor a boolean counts for nothing.
        steps: Their steps, `NO_STEP` where none was given; None if no row has one.
        times: When each row was logged, microseconds UTC.

    Raises:
        ValuesError: If the lengths differ.
    """
    rows = _check_lengths(column, steps, times)
    if 0 < rows <= _FEW_ROWS:
        return _build_few(column, steps, times)
    found = _fold_rows(column, steps, times, np.arange(0, rows, BUCKET_ROWS), 0)
    records = np.zeros(len(found), BUCKET)
    records["rows"] = np.diff(found.first_row, append=rows)
    for name in _STORED:
        records[name] = getattr(found, name)
    records["check"] = _fold_words(records) ^ np.uint64(_CHECK)
    return records.tobytes()


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


def from_buckets(data: bytes, buckets: int, first_row: int = 0) -> Buckets:
    """At most ``buckets`` buckets, each made of whole source buckets, as even in rows as these allow.

    Args:
        data: What `build` made of consecutive pieces, joined.
        buckets: At least 1.
        first_row: The index of the first of these rows in the metric.

    Raises:
        ChunkFormatError: If the bytes are no whole number of sound buckets.
    """
    source = _records(data)
    ends = np.cumsum(source["rows"], dtype=np.int64)
    starts = ends - source["rows"]
    return _join(source, starts + first_row, _choose(starts, ends, buckets))


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


def align_buckets(data: bytes, bucket_rows: int, first_row: int = 0) -> Buckets:
    """Whole source buckets joined so that each result begins at a multiple of ``bucket_rows`` or with the next source.

    Args:
        data: What `build` made of consecutive pieces, joined.
        bucket_rows: Rows of a bucket, a multiple of `BUCKET_ROWS`.
        first_row: The index of the first of these rows in the metric.

    Raises:
        ChunkFormatError: If the bytes are no whole number of sound buckets.
    """
    source = _records(data)
    starts = np.cumsum(source["rows"], dtype=np.int64) - source["rows"] + first_row
    place = starts // bucket_rows
    return _join(source, starts, np.flatnonzero(np.diff(place, prepend=place[:1] - 1)))


def concat(pieces: Sequence[Buckets]) -> Buckets:
    """Buckets one after another.

    Args:
        pieces: At least one.
    """
    if len(pieces) == 1:
        return pieces[0]
    names = Buckets.__struct_fields__
    return Buckets(**{name: np.concatenate([getattr(piece, name) for piece in pieces]) for name in names})


def count_rows(data: bytes) -> int:
    """How many rows buckets stand for.

    Raises:
        ChunkFormatError: If the bytes are no whole number of sound buckets.
    """
    return int(_records(data)["rows"].sum(dtype=np.int64))


def _check_lengths(column: Values, steps: IntArray | None, times: IntArray) -> int:
    rows = len(column.values)
    if len(times) != rows or (steps is not None and len(steps) != rows):
        raise ValuesError(f"{rows:,} values need as many times and steps.")
    return rows


def _records(data: bytes) -> NDArray[Any]:
    size = BUCKET.itemsize
    if len(data) % size:
        raise ChunkFormatError(f"Buckets take {size} bytes each; {len(data)} bytes are cut.", len(data) // size * size)
    records = np.frombuffer(data, BUCKET)
    damaged = _fold_words(records) != _CHECK
    if damaged.any():
        raise ChunkFormatError("A bucket does not match its check word.", int(damaged.argmax()) * size)
    return records


def _fold_words(records: NDArray[Any]) -> NDArray[np.uint64]:
    words = records.view("<u8").reshape(len(records), BUCKET.itemsize // 8)
    total: NDArray[np.uint64] = words[:, 0].copy()
    for column in range(1, words.shape[1]):
        total ^= words[:, column]
    total ^= total >> np.uint64(32)
    total ^= total >> np.uint64(16)
    return total & np.uint64(0xFFFF)


def _join(source: NDArray[Any], starts: IntArray, chosen: IntArray) -> Buckets:
    """Larger buckets that begin with the source buckets chosen."""
    final = _final(chosen, len(source))
    return Buckets(
        first_row=starts[chosen],
        **structs.asdict(fold(Figures(*(source[name] for name in FIGURES)), chosen)),
        first_step=source["first_step"][chosen],
        last_step=source["last_step"][final],
        first_time=source["first_time"][chosen],
        last_time=source["last_time"][final],
    )


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


def _build_few(column: Values, steps: IntArray | None, times: IntArray) -> bytes:
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
    fields = (low, high, last, mean, *reached, int(times[0]), int(times[-1]))
    counts = (len(values), len(finite), len(figures) - len(finite))
    check = _CHECK
    for word in _WORDS.unpack(_RECORD.pack(*counts, 0, *fields)):
        check ^= word
    check ^= check >> 32
    return _RECORD.pack(*counts, (check ^ (check >> 16)) & 0xFFFF, *fields)

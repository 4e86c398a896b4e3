"""Buckets as they are stored: records of 72 bytes, each of which checks itself."""

from __future__ import annotations

import struct
from typing import Final

import numpy as np

from runwatch.series.column import FloatArray, IntArray
from runwatch.series.error import ChunkFormatError
from runwatch.series.native import native

BUCKET_BYTES: Final = 72
"""Of a bucket as it is stored (``docs/formats/chunk.md``); buckets of consecutive chunks are joined as bytes."""

FIGURES: Final = ("min", "max", "last", "mean")
ENDS: Final = ("first_step", "last_step", "first_time", "last_time")

_WORDS: Final = BUCKET_BYTES // 8
_WORD: Final = np.dtype("<i8")
_RECORD: Final = struct.Struct("<HHHHddddqqqq")
_COUNT, _NONFINITE, _CHECK_BITS = 16, 32, 48  # where they begin in the first word; rows begin at 0
_MASK: Final = 0xFFFF

_CHECK: Final = 0x5257
"""The exclusive or of a bucket's 36 16-bit words: shows flips within 16 neighbouring bits, and zeros are no bucket."""


class Records:
    """Buckets of consecutive rows.

    Args:
        words: int64, shape (9, buckets): the words of each record in a column.
    """

    __slots__ = ("words",)

    def __init__(self, words: IntArray) -> None:
        self.words = words

    def __len__(self) -> int:
        return int(self.words.shape[1])

    @property
    def rows(self) -> IntArray:
        """int64, rows of each."""
        found: IntArray = self.words[0] & _MASK
        return found

    @property
    def count(self) -> IntArray:
        """int64, values that are finite numbers."""
        found: IntArray = (self.words[0] >> _COUNT) & _MASK
        return found

    @property
    def nonfinite(self) -> IntArray:
        """int64, values that are NaN or infinite."""
        found: IntArray = (self.words[0] >> _NONFINITE) & _MASK
        return found

    @property
    def figures(self) -> FloatArray:
        """float64, shape (4, buckets): `FIGURES`."""
        return self.words[1:5].view("<f8")

    @property
    def ends(self) -> IntArray:
        """int64, shape (4, buckets): `ENDS`."""
        return self.words[5:]

    def put(self, start: int, end: int, counts: tuple[IntArray, IntArray, IntArray | None], rest: IntArray) -> None:
        """Write some of them.

        Args:
            start: The first of them.
            end: The one behind the last.
            counts: Rows, finite numbers, values that are none (None: there are none).
            rest: Shape (8, buckets): `FIGURES` and `ENDS`, bit for bit.
        """
        rows, count, nonfinite = counts
        head = rows | (count << _COUNT)
        self.words[0, start:end] = head if nonfinite is None else head | (nonfinite << _NONFINITE)
        self.words[1:, start:end] = rest


def make(rows: IntArray, count: IntArray, nonfinite: IntArray, figures: FloatArray, ends: IntArray) -> Records:
    """Buckets of these properties."""
    found = empty(len(rows))
    found.put(0, len(rows), (rows, count, nonfinite), np.vstack((figures.view(_WORD), ends)))
    return found


def empty(buckets: int) -> Records:
    """So many buckets, all of which are to be put."""
    return Records(np.empty((_WORDS, buckets), _WORD))


def make_one(counts: tuple[int, int, int], figures: tuple[float, ...], ends: tuple[int, ...]) -> Records:
    """A single bucket, in a tenth of the time that arrays take.

    Args:
        counts: Rows, finite numbers, values that are none.
        figures: `FIGURES`.
        ends: `ENDS`.
    """
    return Records(np.frombuffer(_RECORD.pack(*counts, 0, *figures, *ends), _WORD).reshape(_WORDS, 1))


def join(parts: list[Records]) -> Records:
    """Buckets one after another.

    Args:
        parts: At least one.
    """
    return parts[0] if len(parts) == 1 else Records(np.concatenate([part.words for part in parts], axis=1))


def count(data: bytes) -> int:
    """How many whole buckets are stored."""
    return len(data) // BUCKET_BYTES


def read(data: bytes) -> Records:
    """Stored buckets.

    Raises:
        ChunkFormatError: If the bytes are no whole number of sound buckets.
    """
    if len(data) % BUCKET_BYTES:
        whole = len(data) // BUCKET_BYTES * BUCKET_BYTES
        raise ChunkFormatError(f"Buckets take {BUCKET_BYTES} bytes each; {len(data)} bytes are cut.", whole)
    words = np.frombuffer(data, _WORD).reshape(-1, _WORDS).T
    if not native:  # numpy is quicker where what is said of all buckets lies together
        words = words.copy()
    damaged = (native.find_damaged if native else find_damaged)(words)
    if damaged >= 0:
        raise ChunkFormatError("A bucket does not match its check word.", damaged * BUCKET_BYTES)
    return Records(words)


def find_damaged(words: IntArray) -> int:
    """The place of the first bucket that does not match its check word, or -1; the twin of the native one."""
    damaged = np.flatnonzero(_fold(words) != _CHECK)
    return int(damaged[0]) if len(damaged) else -1


def write(records: Records) -> bytes:
    """Buckets to be stored; their check words are set."""
    words = records.words.copy()
    words[0] &= (1 << _CHECK_BITS) - 1
    words[0] |= (_fold(words) ^ _CHECK) << _CHECK_BITS
    return words.T.tobytes()


def _fold(words: IntArray) -> IntArray:
    total: IntArray = np.bitwise_xor.reduce(words, axis=0)
    total ^= total >> 32
    return (total ^ (total >> 16)) & _MASK

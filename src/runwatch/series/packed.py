"""The finest buckets beside a chunk, packed: there are so many that as records they would take a fifth of its size."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from runwatch.series import bucket, part
from runwatch.series.bucket import Records
from runwatch.series.error import ChunkFormatError, ValuesError

BUCKET_ROWS: Final = 64
"""Rows of a bucket: 0.31 bytes a point where a chunk has 4.8."""

MAGIC: Final = b"RWB1"

_HEAD: Final = struct.Struct("<4sIIIB3x")
_CHECKED: Final = 8  # the checksum is of all that follows it
_FULL: Final = 1  # flag: each row holds a finite number

_FIGURES: Final = 4
_ENDS: Final = 4
_WHOLE: Final = _ENDS + 2  # with the counts


class _Head(NamedTuple):
    rows: int
    figures_bytes: int
    flags: int

    @property
    def buckets(self) -> int:
        return -(-self.rows // BUCKET_ROWS)

    @property
    def whole(self) -> int:
        """How many whole numbers of each bucket follow the figures."""
        return _ENDS if self.flags & _FULL else _WHOLE


def pack(records: Records) -> bytes:
    """Buckets of `BUCKET_ROWS` rows each, the last one of what is left.

    Args:
        records: At least one.
    """
    rows = records.rows
    full = bool((records.count == rows).all())
    whole = records.ends if full else np.vstack((records.ends, records.count, records.nonfinite))
    figures, numbers = part.squeeze(records.figures.reshape(-1)), part.squeeze(whole.reshape(-1))
    data = _HEAD.pack(MAGIC, 0, int(rows.sum()), len(figures), _FULL if full else 0) + figures + numbers
    checksum = struct.pack("<I", zlib.crc32(memoryview(data)[_CHECKED:]))
    return MAGIC + checksum + data[_CHECKED:]


def count(data: bytes) -> int:
    """How many buckets are packed.

    Raises:
        ChunkFormatError: If they are of an unknown version.
    """
    return _read_head(data).buckets


def unpack(pieces: Sequence[bytes]) -> Records:
    """Packed buckets of consecutive rows.

    Raises:
        ChunkFormatError: If one is cut, changed, or of an unknown version.
    """
    heads = [_read_head(data) for data in pieces]
    found = bucket.empty(sum(head.buckets for head in heads))
    start, shape, space = 0, (0, 0), np.empty((0, 0), np.int64)
    for head, data in zip(heads, pieces, strict=True):
        if zlib.crc32(memoryview(data)[_CHECKED:]) != int.from_bytes(data[4:8], "little"):
            raise ChunkFormatError("Packed buckets do not match their checksum.")
        if shape != (head.whole, head.buckets):  # one space for all pieces of a shape, as all but the last are
            shape = head.whole, head.buckets
            space = np.empty((_FIGURES + head.whole, head.buckets), np.int64)
            figures, whole = space[:_FIGURES].reshape(-1).view("<f8"), space[_FIGURES:].reshape(-1)
        end, border = start + head.buckets, _HEAD.size + head.figures_bytes
        _inflate(data[_HEAD.size : border], figures)
        _inflate(data[border:], whole)
        rows = np.full(head.buckets, BUCKET_ROWS)
        rows[-1] = head.rows - (head.buckets - 1) * BUCKET_ROWS
        count, nonfinite = (rows, None) if head.whole == _ENDS else space[-2:]
        found.put(start, end, (rows, count, nonfinite), space[: _FIGURES + _ENDS])
        start = end
    return found


def _read_head(data: bytes) -> _Head:
    if len(data) < _HEAD.size or data[:4] != MAGIC:
        raise ChunkFormatError("These are no packed buckets of a known version.")
    _, _, rows, figures_bytes, flags = _HEAD.unpack_from(data)
    return _Head(rows, figures_bytes, flags)


def _inflate(data: bytes, into: NDArray[Any]) -> None:
    try:
        part.inflate(data, into)
    except ValuesError as error:
        raise ChunkFormatError(f"Packed buckets are damaged: {error}", _HEAD.size) from error

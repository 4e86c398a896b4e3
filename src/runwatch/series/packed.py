"""The finest buckets beside a chunk, packed: there are so many that as records they would take a fifth of its size."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pcodec import ChunkConfig
from pcodec.standalone import simple_compress, simple_decompress_into

from runwatch.series.bucket import BUCKET, Records
from runwatch.series.error import ChunkFormatError

BUCKET_ROWS: Final = 64
"""Rows of a bucket: 0.31 bytes a point where a chunk has 4.8."""

MAGIC: Final = b"RWB1"

_HEAD: Final = struct.Struct("<4sIIIB3x")
_CHECKED: Final = 8  # the checksum is of all that follows it
_FULL: Final = 1  # flag: each row holds a finite number
_CONFIG: Final = ChunkConfig(compression_level=4)

_FIGURES: Final = ("min", "max", "last", "mean")
_ENDS: Final = ("first_step", "last_step", "first_time", "last_time")
_COUNTS: Final = ("count", "nonfinite")


class _Head(NamedTuple):
    rows: int
    figures_bytes: int
    flags: int

    @property
    def buckets(self) -> int:
        return -(-self.rows // BUCKET_ROWS)

    @property
    def whole(self) -> tuple[str, ...]:
        """The whole numbers that follow the figures."""
        return _ENDS if self.flags & _FULL else (*_ENDS, *_COUNTS)


def pack(records: Records) -> bytes:
    """Buckets of `BUCKET_ROWS` rows each, the last one of what is left.

    Args:
        records: At least one.
    """
    full = bool((records["count"] == records["rows"]).all())
    whole = _ENDS if full else (*_ENDS, *_COUNTS)
    figures: bytes = simple_compress(np.concatenate([records[name] for name in _FIGURES]), _CONFIG)
    numbers: bytes = simple_compress(np.concatenate([records[name] for name in whole], dtype=np.int64), _CONFIG)
    rows = int(records["rows"].sum(dtype=np.int64))
    data = _HEAD.pack(MAGIC, 0, rows, len(figures), _FULL if full else 0) + figures + numbers
    checksum = struct.pack("<I", zlib.crc32(memoryview(data)[_CHECKED:]))
    return MAGIC + checksum + data[_CHECKED:]


def count_rows(data: bytes) -> int:
    """How many rows packed buckets stand for, as their head says.

    Raises:
        ChunkFormatError: If it is no such head.
    """
    return _read_head(data).rows


def unpack(pieces: Sequence[bytes]) -> Records:
    """Packed buckets of consecutive rows as one array; their check words are not set.

    Raises:
        ChunkFormatError: If one is cut, changed, or of an unknown version.
    """
    heads = [_read_head(data) for data in pieces]
    records = np.zeros(sum(head.buckets for head in heads), BUCKET)
    records["rows"] = BUCKET_ROWS
    # Laid out as they come and put in place together: the fields of a record are 72 bytes apart.
    figures, whole = np.empty((4, len(records))), np.empty((6, len(records)), np.int64)
    start = 0
    for head, data in zip(heads, pieces, strict=True):
        if zlib.crc32(memoryview(data)[_CHECKED:]) != int.from_bytes(data[4:8], "little"):
            raise ChunkFormatError("Packed buckets do not match their checksum.")
        end, border = start + head.buckets, _HEAD.size + head.figures_bytes
        figures[:, start:end] = _inflate(data[_HEAD.size : border], np.empty((4, head.buckets)))
        last = head.rows - (head.buckets - 1) * BUCKET_ROWS
        records["rows"][end - 1] = last
        numbers = _inflate(data[border:], np.empty((len(head.whole), head.buckets), np.int64))
        whole[: len(numbers), start:end] = numbers
        if head.flags & _FULL:
            whole[4, start:end], whole[5, start:end], whole[4, end - 1] = BUCKET_ROWS, 0, last
        start = end
    for name, row in zip(_FIGURES, figures, strict=True):
        records[name] = row
    for name, numbers in zip((*_ENDS, *_COUNTS), whole, strict=True):
        records[name] = numbers
    return records


def _read_head(data: bytes) -> _Head:
    if len(data) < _HEAD.size or data[:4] != MAGIC:
        raise ChunkFormatError("These are no packed buckets of a known version.")
    _, _, rows, figures_bytes, flags = _HEAD.unpack_from(data)
    return _Head(rows, figures_bytes, flags)


def _inflate(data: bytes, into: NDArray[Any]) -> NDArray[Any]:
    try:
        progress = simple_decompress_into(data, into.reshape(-1))
    except (RuntimeError, TypeError) as error:
        raise ChunkFormatError(f"Packed buckets cannot be decompressed: {error}.", _HEAD.size) from error
    if not progress.finished or progress.n_processed != into.size:
        raise ChunkFormatError("Packed buckets are not as many as they should be.", _HEAD.size)
    return into

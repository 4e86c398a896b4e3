"""Checking records: which ones of a block of bytes are whole, and where reading can go on behind damage."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from runwatch.journal.format import HEAD_BYTES, WORD_BYTES, padded
from runwatch.journal.pen import native

Offsets = npt.NDArray[np.uint32]
Words = npt.NDArray[np.uint64]


def python_scan(data: bytes, start: int, salt: int, sequence: int, offsets: Any) -> tuple[int, int]:
    """The native ``scan``: whole records from ``start`` on that continue the sequence.

    Args:
        data: Bytes of a segment.
        start: Where the first record is expected.
        salt: Of the writer.
        sequence: The number the first record must have.
        offsets: A writable array of uint32: where the records start; it also limits their number.

    Returns:
        How many records there are, and where they end.
    """
    view = memoryview(data)
    count, most = 0, len(offsets)
    while count < most and (length := record_length(data, start, salt, sequence)):
        offsets[count] = start
        count += 1
        sequence += 1
        start += padded(length)
    view.release()
    return count, start


def record_length(data: bytes, start: int, salt: int, sequence: int) -> int:
    """The length of the whole record of this number at ``start``, or 0 if there is none."""
    if len(data) - start < HEAD_BYTES:
        return 0
    word = int.from_bytes(data[start : start + WORD_BYTES], "little")
    length = word & 0xFFFFFFFF
    if not HEAD_BYTES <= length <= len(data) - start:
        return 0
    body = memoryview(data)[start + WORD_BYTES : start + length]
    whole = int.from_bytes(body[:8], "little") == sequence and zlib.crc32(body, salt) == word >> 32
    return length if whole else 0


scan: Callable[[bytes, int, int, int, Any], tuple[int, int]] = python_scan if native is None else native.scan


def words_of(data: bytes) -> Words:
    """The bytes as words; what is left over at the end is left out."""
    return np.frombuffer(data, "<u8", len(data) // WORD_BYTES)


def find_record(data: bytes, start: int, salt: int, least: int) -> tuple[int, int] | None:
    """The first whole record behind damage: where it starts, and its sequence number.

    Args:
        data: The rest of a segment.
        start: Where to look first; a multiple of 8.
        salt: Of the writer.
        least: Its number must be this one or higher, and no higher than the bytes before it allow.
    """
    words = words_of(data)
    at = np.arange(start // WORD_BYTES, max(len(words) - 2, start // WORD_BYTES))
    length, sequence = words[at] & np.uint64(0xFFFFFFFF), words[at + 1]
    room = (at * WORD_BYTES - start) // HEAD_BYTES + 1
    likely = (length >= HEAD_BYTES) & (length <= len(data) - at * WORD_BYTES) & (sequence >= np.uint64(least))
    likely &= sequence <= np.uint64(least) + room.astype(np.uint64)
    for index in at[likely].tolist():
        number = int(words[index + 1])
        if record_length(data, index * WORD_BYTES, salt, number):
            return index * WORD_BYTES, number
    return None

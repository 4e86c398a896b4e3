"""Where the text of each row of a log stands in its file: exact for the rows that may change, packed for all others."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from runwatch.schema import limit
from runwatch.store.log.sequence import IntArray

REACH: Final = 100
"""How many rows a cursor can move up: more than a screen has. What lies above never changes."""

BLOCK_ROWS: Final = 1_024
"""Rows packed together. One odd row makes its whole block exact, so it is not larger."""

STRIDE_ROWS: Final = 64
"""Of plain rows every so many-eth offset is kept: finding the others costs less than the read around it."""

LONG_BYTES: Final = limit.LOG_LINE_BYTES
"""Longer rows are odd, so that no search for a line end crosses many of them."""

_STRETCH_BYTES: Final = 1 << 20
"""Of a larger block the rows are given a few at a time, to bound what one reading takes."""

_OBJECT_BYTES: Final = 400
"""What a packed block takes beside its numbers, measured."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Rows that stand in the file one behind the other, each up to its line end, with nothing hidden between them.

    Attributes:
        first: The first row's number.
        skip: How many rows are to be passed over.
        rows: How many rows are meant behind these.
        begin: The byte at which the first one begins.
        end: The byte behind the last one's text, or further.
    """

    first: int
    skip: int
    rows: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Exact:
    """Rows whose text stands anywhere.

    Attributes:
        first: The first row's number.
        starts: The byte at which each one's text begins.
        ends: The byte behind it.
    """

    first: int
    starts: IntArray
    ends: IntArray


Stretch = Plain | Exact


@dataclass(frozen=True, slots=True)
class _PlainBlock:
    begin: int
    end: int
    offsets: np.ndarray[tuple[int], np.dtype[np.uint32]]  # from begin, of every STRIDE_ROWS-th row

    def stretches(self, number: int, first: int, end: int) -> Iterator[Plain]:
        """Rows of this block, whose first one has a number; long ones a few at a time."""
        step = STRIDE_ROWS if self.end - self.begin > _STRETCH_BYTES else BLOCK_ROWS
        while first < end:
            until = min(end, (first // step + 1) * step)
            low, high = first // STRIDE_ROWS, -(-until // STRIDE_ROWS)
            last = self.begin + int(self.offsets[high]) if high < len(self.offsets) else self.end
            begin, skip = self.begin + int(self.offsets[low]), first - low * STRIDE_ROWS
            yield Plain(number + low * STRIDE_ROWS, skip, until - first, begin, last)
            first = until


@dataclass(frozen=True, slots=True)
class _ExactBlock:
    begin: int
    starts: IntArray
    ends: IntArray

    def stretches(self, number: int, first: int, end: int) -> Iterator[Exact]:
        """Rows of this block, whose first one has a number."""
        yield Exact(number + first, self.starts[first:end], self.ends[first:end])


class Rows:
    """The rows of a log; the last `REACH` can be changed."""

    def __init__(self) -> None:
        self._blocks: list[_PlainBlock | _ExactBlock] = []
        self._begins = array("q")
        self._starts, self._ends, self._odd = array("q"), array("q"), bytearray()
        self._bytes = 0

    def __len__(self) -> int:
        return self._packed + len(self._starts)

    @property
    def _packed(self) -> int:
        return len(self._blocks) * BLOCK_ROWS

    @property
    def memory_bytes(self) -> int:
        """What the index takes, about."""
        return self._bytes + 17 * len(self._starts) + 4 * _OBJECT_BYTES

    def put(self, row: int, start: int, end: int, *, odd: bool = True) -> None:
        """Say what a row shows: one that can be changed, or the next one."""
        place = row - self._packed
        if place == len(self._starts):
            self._starts.append(0)
            self._ends.append(0)
            self._odd.append(0)
        self._starts[place], self._ends[place] = start, end
        self._odd[place] = odd or end - start > LONG_BYTES
        if len(self._starts) >= 2 * BLOCK_ROWS:
            self._pack()

    def mark(self, row: int) -> None:
        """Say that there are hidden bytes around a row."""
        self._odd[row - self._packed] = 1

    def extend(self, starts: IntArray, ends: IntArray) -> None:
        """Add plain rows."""
        self._starts.frombytes(starts.astype(np.int64, copy=False).tobytes())
        self._ends.frombytes(ends.astype(np.int64, copy=False).tobytes())
        self._odd += (ends - starts > LONG_BYTES).tobytes()
        if len(self._starts) >= 2 * BLOCK_ROWS:
            self._pack()

    def stretches(self, first: int, end: int) -> Iterator[Stretch]:
        """Where rows stand, in their order."""
        end = min(end, len(self))
        for number in range(first // BLOCK_ROWS, -(-min(end, self._packed) // BLOCK_ROWS)):
            begin = number * BLOCK_ROWS
            yield from self._blocks[number].stretches(begin, max(0, first - begin), min(BLOCK_ROWS, end - begin))
        low, high = max(0, first - self._packed), end - self._packed
        if low < high:
            starts, ends = np.array(self._starts[low:high]), np.array(self._ends[low:high])
            yield Exact(self._packed + low, starts, ends)

    def near(self, offset: int) -> tuple[int, int]:
        """The first row and the one behind the last of the block in which a byte of the file stands."""
        if not self._blocks or (self._starts and offset >= min(self._starts)):
            return self._packed, len(self)
        first = max(0, bisect_right(self._begins, offset) - 1) * BLOCK_ROWS
        return first, first + BLOCK_ROWS

    def _pack(self) -> None:
        """Pack what cannot change any more."""
        starts, ends = np.array(self._starts), np.array(self._ends)
        blocks = (len(starts) - REACH) // BLOCK_ROWS
        for place in range(0, blocks * BLOCK_ROWS, BLOCK_ROWS):
            rows = slice(place, place + BLOCK_ROWS)
            self._add_block(starts[rows], ends[rows], odd=1 in self._odd[rows])
        done = blocks * BLOCK_ROWS
        del self._starts[:done], self._ends[:done], self._odd[:done]

    def _add_block(self, starts: IntArray, ends: IntArray, *, odd: bool) -> None:
        begin = int(starts.min())
        self._begins.append(begin)
        if odd:
            self._blocks.append(_ExactBlock(begin, starts.copy(), ends.copy()))
            self._bytes += starts.nbytes + ends.nbytes
        else:
            offsets = (starts[::STRIDE_ROWS] - begin).astype(np.uint32)
            self._blocks.append(_PlainBlock(begin, int(ends[-1]), offsets))
            self._bytes += offsets.nbytes
        self._bytes += _OBJECT_BYTES

"""Levels of a series: buckets of a size that is a power of two, read in blocks that are kept and extended."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import numpy as np
from msgspec import Struct

from runwatch.schema.error import NotFoundError
from runwatch.schema.metric import ReadOverview
from runwatch.series.column import IntArray
from runwatch.series.pyramid import Buckets
from runwatch.store.chart.cache import Cache
from runwatch.store.chart.fact import Subject
from runwatch.store.protocol import Store

NAMES: Final = Buckets.__struct_fields__
STEP: Final = 2
"""How many times larger the buckets of a level are than those of the next finer one."""

_BLOCK: Final = 128
"""Buckets of a block. A small one keeps a range from reading much beside it."""

_BYTES: Final = 8 * len(NAMES)
_STARTS: Final = NAMES.index("first_row")
_FLOATS: Final = tuple(name in {"min", "max", "last", "mean"} for name in NAMES)
_EXACT: Final = [place for place, name in enumerate(NAMES) if name != "mean"]
"""Means may differ in rounding from one reading of the same rows to the next."""


class Stretch:
    """Buckets of consecutive rows.

    Args:
        words: int64, shape (`NAMES`, buckets): the bits of all their arrays in one, so that joining and cutting take
            one copy and not one for each array.
        end: The row behind the last one.

    Attributes:
        words: The same.
        end: The same.
    """

    __slots__ = ("_buckets", "end", "words")

    def __init__(self, words: IntArray, end: int) -> None:
        self.words, self.end = words, end
        self._buckets: Buckets | None = None

    @property
    def starts(self) -> IntArray:
        """The first row of each bucket."""
        found: IntArray = self.words[_STARTS]
        return found

    @property
    def buckets(self) -> Buckets:
        """The buckets, at least one: views of the words, made when they are first asked for."""
        if self._buckets is None:
            floats = self.words.view("<f8")
            arrays = [(floats if is_float else self.words)[place] for place, is_float in enumerate(_FLOATS)]
            self._buckets = Buckets(**dict(zip(NAMES, arrays, strict=True)))
        return self._buckets

    @property
    def is_rows(self) -> bool:
        """Whether each bucket is a row."""
        return self.end - int(self.starts[0]) == len(self.starts)

    def rows(self, first: int, last: int) -> tuple[int, int]:
        """The first row of a bucket, and the row behind another one."""
        starts = self.starts
        return int(starts[first]), self.end if last + 1 == len(starts) else int(starts[last + 1])

    def ends(self) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        """The row behind each bucket."""
        return np.append(self.starts[1:], self.end)


class _Block(Struct, frozen=True, eq=False):
    """A stretch that was read when the metric had so many rows."""

    stretch: Stretch
    rows: int


def choose_level(rows: int, least: int) -> int:
    """The largest size of buckets of which so many rows make at least ``least``; 1 if there are fewer rows."""
    level = 1
    while rows >= least * level * STEP:
        level *= STEP
    return level


class Levels:
    """Reads levels.

    Args:
        store: Where series live.
        cache: Where blocks are kept. Those that are full never change.

    Attributes:
        cache: The same.
    """

    def __init__(self, store: Store, cache: Cache) -> None:
        self._store = store
        self.cache = cache

    def read(self, subject: Subject, level: int, first: int, end: int, *, keep: bool = True) -> Stretch:
        """The buckets that hold any of the rows from ``first`` up to and without ``end``.

        Args:
            subject: The series.
            level: Rows of a bucket: a power of two.
            first: The first row.
            end: The row behind the last one; beyond ``first``, within the metric.
            keep: Keep what had to be read, for the next one who wants some of it.
        """
        size = level * _BLOCK
        numbers = range(first // size, -(-end // size))
        known = [self._find(subject, level, number, size) for number in numbers]
        pieces: list[Stretch] = []
        for is_missing, some in groupby(zip(numbers, known, strict=True), lambda each: each[1] is None):
            if is_missing:
                pieces += self._fetch(subject, level, [number for number, _ in some], size, keep=keep)
            else:
                pieces += [block for _, block in some if block is not None]
        return _cut(_join(pieces), first, end)

    def extend(self, subject: Subject, level: int, stretch: Stretch, end: int) -> Stretch | None:
        """A stretch that was read earlier, with what has come since; None if it has to be read as a whole.

        Args:
            subject: The series.
            level: Rows of a bucket.
            stretch: What was read.
            end: The row behind the last one wanted; beyond the stretch's end, within the metric.
        """
        # All buckets but the last are full. The last full one is read again: if it differs, this is another metric.
        kept = stretch.words
        if kept.shape[1] < 3:
            return None
        fresh = self._ask(subject, level, int(stretch.starts[-2]), end)
        if (fresh.words[_EXACT, 0] != kept[_EXACT, -2]).any():
            return None
        return Stretch(np.concatenate((kept[:, :-2], fresh.words), axis=1), end)

    def _find(self, subject: Subject, level: int, number: int, size: int) -> Stretch | None:
        """A block that is kept, extended to what the metric has now; None if it has to be read."""
        block: _Block | None = self.cache.get(_key(subject, level, number))
        if block is None or block.rows > subject.rows:
            return None
        if block.rows == subject.rows or block.rows >= (number + 1) * size:
            return block.stretch
        stretch = self.extend(subject, level, block.stretch, min((number + 1) * size, subject.rows))
        if stretch is None:
            return None
        self._keep(subject, level, number, stretch)
        return stretch

    def _fetch(self, subject: Subject, level: int, numbers: Sequence[int], size: int, *, keep: bool) -> list[Stretch]:
        """Read consecutive blocks, as many at a time as one overview may hold."""
        found: list[Stretch] = []
        many = max(1, 16_384 * level // size)
        for start in range(0, len(numbers), many):
            found += self._fetch_some(subject, level, numbers[start : start + many], size, keep=keep)
        return found

    def _fetch_some(
        self, subject: Subject, level: int, numbers: Sequence[int], size: int, *, keep: bool
    ) -> list[Stretch]:
        end = min(numbers[-1] * size + size, subject.rows)
        whole = self._ask(subject, level, numbers[0] * size, end)
        borders = np.searchsorted(whole.starts, [number * size for number in numbers])
        found = [whole]
        if (whole.starts[borders] != np.array(numbers) * size).any():
            # Where texts made for short chunks, buckets may cross the borders of blocks: each is read for itself then.
            found = blocks = [
                self._ask(subject, level, number * size, min(number * size + size, end)) for number in numbers
            ]
        elif len(numbers) == 1 or not keep:
            blocks = found
        else:
            spans = zip(borders, [*borders[1:], len(whole.starts)], numbers, strict=True)
            blocks = [
                Stretch(whole.words[:, start:stop].copy(), min(number * size + size, end))
                for start, stop, number in spans
            ]
        if keep:
            for number, block in zip(numbers, blocks, strict=True):
                self._keep(subject, level, number, block)
        return found

    def _keep(self, subject: Subject, level: int, number: int, stretch: Stretch) -> None:
        self.cache.put(
            _key(subject, level, number), _Block(stretch, subject.rows), _BYTES * len(stretch.starts) + 1_000
        )

    def _ask(self, subject: Subject, level: int, first: int, end: int) -> Stretch:
        request = ReadOverview(
            run_id=subject.run_id,
            name=subject.metric,
            column=subject.column,
            first=first,
            count=end - first,
            bucket_rows=level,
        )
        found = self._store.metrics.read_overview(request)
        if found.points != end - first:
            raise NotFoundError(
                f"The metric {subject.metric!r:.300} was replaced while it was read.", hint="Ask once more."
            )
        words = np.frombuffer(b"".join([getattr(found, name) for name in NAMES]), "<i8").reshape(len(NAMES), -1)
        return Stretch(words, end)


def _key(subject: Subject, level: int, number: int) -> tuple[str, tuple[object, ...]]:
    return subject.run_id, ("level", subject.metric, subject.column, subject.birth, level, number)


def _join(stretches: list[Stretch]) -> Stretch:
    if len(stretches) == 1:
        return stretches[0]
    return Stretch(np.concatenate([stretch.words for stretch in stretches], axis=1), stretches[-1].end)


def _cut(stretch: Stretch, first: int, end: int) -> Stretch:
    """Only the buckets that hold any of these rows."""
    rows = stretch.starts
    start = int(np.searchsorted(rows, first, "right")) - 1 if first > rows[0] else 0
    stop = int(np.searchsorted(rows, end)) if end < stretch.end else len(rows)
    if start == 0 and stop == len(rows):
        return stretch
    behind = stretch.end if stop == len(rows) else int(rows[stop])
    return Stretch(stretch.words[:, start:stop], behind)

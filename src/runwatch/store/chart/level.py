"""Levels of a series: buckets of a size that is a power of two, in stretches that are kept, joined and extended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from runwatch.schema.error import NotFoundError
from runwatch.schema.metric import ReadOverview
from runwatch.series import pyramid
from runwatch.series.column import IntArray
from runwatch.series.pyramid import Buckets
from runwatch.store.chart.cache import Cache, Key
from runwatch.store.chart.fact import Subject
from runwatch.store.protocol import Store

NAMES: Final = Buckets.__struct_fields__
STEP: Final = 2
"""How many times larger the buckets of a level are than those of the next finer one."""

LARGEST: Final = pyramid.LEVELS[-1]
"""The largest buckets that are stored. Larger ones are made of these, which are as many to read."""

_ROUND: Final = 128
"""Buckets: what is read begins and ends at multiples of so many, so that a range a little beside it is there too."""

_LONG: Final = 16_384
"""Buckets that a store gives at a time, and of a stretch that is kept at most: LARGEST for 16 million rows."""

_STRETCHES: Final = 8
"""Of one level of one series that are kept at most."""

_STARTS: Final = NAMES.index("first_row")
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
    def first(self) -> int:
        """The first row."""
        return int(self.words[_STARTS, 0])

    @property
    def buckets(self) -> Buckets:
        """The buckets, at least one: views of the words, made when they are first asked for."""
        if self._buckets is None:
            self._buckets = pyramid.to_buckets(self.words)
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


class _Kept(Struct, frozen=True, eq=False):
    """Stretches of a level, none of which touches another, when the metric had so many rows."""

    rows: int
    stretches: tuple[Stretch, ...]


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
        cache: Where stretches are kept. Buckets that are full never change.

    Attributes:
        cache: The same.
    """

    def __init__(self, store: Store, cache: Cache) -> None:
        self._store = store
        self.cache = cache

    def read(self, subject: Subject, level: int, first: int, end: int) -> Stretch:
        """The buckets that hold any of the rows from ``first`` up to and without ``end``; they are kept.

        Args:
            subject: The series.
            level: Rows of a bucket: a power of two.
            first: The first row.
            end: The row behind the last one; beyond ``first``, within the metric.
        """
        key = subject.run_id, ("level", subject.metric, subject.column, subject.birth, level)
        kept = self._kept(key, subject, level)
        for stretch in kept:
            if stretch.first <= first and end <= stretch.end:
                return _cut(stretch, first, end)
        size = level * _ROUND
        start, stop = first // size * size, min(-(-end // size) * size, subject.rows)
        near = [each for each in kept if each.first <= stop and start <= each.end]
        if near and max(stop, near[-1].end) - min(start, near[0].first) > _LONG * level:
            near = []
        found = self._fill(subject, level, start, stop, near)
        others = [each for each in kept if found.end < each.first or each.end < found.first]
        self._keep(key, subject, sorted([*others[-_STRETCHES + 1 :], found], key=lambda each: each.first))
        return _cut(found, first, end)

    def whole(self, subject: Subject, level: int) -> Stretch:
        """All buckets. Of a long series those are kept of which they are made: a range of it will be asked for next."""
        if level > LARGEST and subject.rows <= LARGEST * _LONG:
            fine = self.read(subject, LARGEST, 0, subject.rows)
            larger = pyramid.enlarge(fine.buckets, pyramid.begins(fine.starts, level))
            return Stretch(pyramid.to_words(larger), fine.end)
        return self._fill(subject, level, 0, subject.rows, ())

    def fit(self, level: int, rows: int) -> int:
        """The level to read so many rows at, where this one has enough buckets for them: the same, or a finer one."""
        return LARGEST if level > LARGEST and rows <= LARGEST * _LONG else level

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

    def _kept(self, key: Key, subject: Subject, level: int) -> Sequence[Stretch]:
        """The stretches that are there, the one at the end of the series extended to what this has now; in order."""
        kept: _Kept | None = self.cache.get(key)
        if kept is None or kept.rows > subject.rows or not kept.stretches:
            return ()
        last = kept.stretches[-1]
        if kept.rows == subject.rows or last.end < kept.rows:
            return kept.stretches
        size = level * _ROUND
        grown = self.extend(subject, level, last, min((last.end // size + 1) * size, subject.rows))
        stretches = kept.stretches[:-1] if grown is None else (*kept.stretches[:-1], grown)
        self._keep(key, subject, stretches)
        return stretches

    def _keep(self, key: Key, subject: Subject, stretches: Sequence[Stretch]) -> None:
        size_bytes = sum(each.words.nbytes for each in stretches)
        self.cache.put(key, _Kept(subject.rows, tuple(stretches)), size_bytes + 1_000, spare=True)

    def _fill(self, subject: Subject, level: int, start: int, stop: int, near: Sequence[Stretch]) -> Stretch:
        """One stretch of these rows and of what is there already, which lies beside them or among them."""
        pieces: list[Stretch] = []
        at = min(start, near[0].first) if near else start
        for stretch in near:
            pieces += self._fetch(subject, level, at, stretch.first)
            pieces.append(stretch)
            at = stretch.end
        return _join([*pieces, *self._fetch(subject, level, at, stop)])

    def _fetch(self, subject: Subject, level: int, first: int, end: int) -> Iterator[Stretch]:
        """The buckets of these rows, as many at a time as one overview may hold."""
        for start in range(first, end, _LONG * level):
            yield self._ask(subject, level, start, min(start + _LONG * level, end))

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

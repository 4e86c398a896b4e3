"""Overviews: buckets of rows that lose no extreme, from the buckets stored beside sealed chunks or from the rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from msgspec import Struct, structs
from sqlalchemy import Connection

from runwatch.schema.metric import Overview, ReadOverview
from runwatch.series import bucket, packed, pyramid
from runwatch.series import chunk as codec
from runwatch.series.bucket import Records
from runwatch.series.chunk import SEALED_ROWS, Chunk
from runwatch.series.column import INT, Values, missing
from runwatch.series.error import ChunkFormatError
from runwatch.series.pyramid import FINE_ROWS, Buckets
from runwatch.store.check import check_bucket_count, check_overview
from runwatch.store.sql import metric_chunk
from runwatch.store.sql.metric_arrival import FindLate
from runwatch.store.sql.metric_chunk import Stored
from runwatch.store.sql.metric_read import window
from runwatch.store.sql.metric_row import Entry, find_metric

_NOTHING: Final = Chunk(rows=0, columns={}, times=np.zeros(0, INT))
_PIECE_ROWS: Final = 4_096
"""Fewer rows are not worth a step of their own."""


class Span(Struct):
    """Consecutive rows in stored buckets.

    Attributes:
        first: The first of them.
        end: The row behind the last one.
        records: Their buckets, one piece after the other.
    """

    first: int
    end: int
    records: list[Records]


class Found:
    """What one look into the database gave: enough to answer outside of the transaction.

    Where buckets of the answer are to be larger than stored ones, sealed chunks come as their stored buckets. What
    these do not cover comes as rows: the ends of the range, and chunks that do not have the column.

    Args:
        connection: In a read transaction.
        request: What is wanted.
        find: Finds the last rows of the metric.

    Raises:
        NotFoundError: There is no such run or metric.
        GoneError: The run was deleted.
        InvalidValueError: For a number of buckets out of range.
        CorruptDataError: Stored buckets are damaged.
    """

    def __init__(self, connection: Connection, request: ReadOverview, find: FindLate) -> None:
        check_overview(request)
        self.request = request
        self.entry: Entry = find_metric(connection, request.run_id, request.name, find)
        self.first, self.end = window(self.entry.rows, request.first, request.count)
        check_bucket_count(request, self.end - self.first)
        self.level = self._choose_level()
        self.buckets: list[Span] = [] if self.level is None else self._fetch_buckets(connection, self.level)
        self.rows: list[tuple[int, int, list[Stored]]] = [
            (first, end, metric_chunk.fetch(connection, self.entry, first, end)) for first, end in self._gaps()
        ]

    def answer(self) -> Overview:
        """The buckets.

        Raises:
            CorruptDataError: A chunk or its buckets are damaged.
        """
        found = self._from_buckets(self.level) if self.level and self.buckets else self._from_rows()
        arrays = {name: array.tobytes() for name, array in structs.asdict(found).items()}
        return Overview(total=self.entry.rows, points=self.end - self.first, **arrays)

    def _choose_level(self) -> int | None:
        """The rows of the stored buckets to answer from; None if there are none so small."""
        if self.request.bucket_rows:
            return pyramid.choose_stored(self.request.bucket_rows, divides=True)
        return pyramid.choose_stored((self.end - self.first) / self.request.buckets, divides=False)

    def _fetch_buckets(self, connection: Connection, level: int) -> list[Span]:
        """The stored buckets of those sealed chunks that lie in the range as a whole."""
        if self.request.column not in self.entry.columns:
            return []
        position = self.entry.columns.index(self.request.column)
        stored = metric_chunk.fetch_buckets(connection, self.entry, position, level, self.first, self.end)
        if span := self._in_one(stored):
            return [span]
        spans: list[Span] = []
        for first, data in stored:
            records = self._unpack(first, [data])
            end = first + int(records.rows.sum())
            if end > self.end:
                break
            if spans and spans[-1].end == first:
                spans[-1].end = end
                spans[-1].records.append(records)
            else:
                spans.append(Span(first, end, [records]))
        return spans

    def _in_one(self, stored: list[tuple[int, bytes]]) -> Span | None:
        """All of them that end in the range, if they are of full chunks without gaps, as they nearly always are."""
        if not stored or stored[-1][0] - stored[0][0] != (len(stored) - 1) * SEALED_ROWS:
            return None
        first, (last, data) = stored[0][0], stored[-1]
        records = self._unpack(first, [each for _, each in stored])
        rows = records.rows
        before = len(rows) - (packed.count(data) if self.level == FINE_ROWS else bucket.count(data))
        end = last + int(rows[before:].sum())
        # No chunk has more rows than a full one: where they add up, none is short, and none is left out.
        if int(rows[:before].sum()) != last - first:
            return None
        if end > self.end:  # the last one alone can reach beyond it
            records, end = Records(records.words[:, :before]), last
        return Span(first, end, [records]) if end > first else None

    def _unpack(self, first_row: int, pieces: list[bytes]) -> Records:
        try:
            return packed.unpack(pieces) if self.level == FINE_ROWS else bucket.read(b"".join(pieces))
        except ChunkFormatError as error:
            raise metric_chunk.damaged(self.entry, first_row, str(error)) from error

    def _gaps(self) -> Iterator[tuple[int, int]]:
        """The rows that no stored buckets cover, as ranges."""
        first = self.first
        for span in self.buckets:
            if first < span.first:
                yield first, span.first
            first = span.end
        if first < self.end:
            yield first, self.end

    def _from_rows(self) -> Buckets:
        if self.request.bucket_rows:
            return pyramid.concat([self._align(first, rows) for first, rows in self._pieces(self.request.bucket_rows)])
        rows = self._read(*self.rows[0]) if self.rows else _NOTHING
        assert rows.times is not None
        return pyramid.from_rows(self._values(rows), rows.steps, rows.times, self.request.buckets, self.first)

    def _pieces(self, size: int) -> Iterator[tuple[int, Chunk]]:
        """The rows and the first row of each of some pieces, cut where buckets are; at least one, which may be empty.

        Rows that stay in the processor's cache are folded in half the time of those of a long range, which have to be
        joined first.
        """
        first, held, many = self.first, list[Chunk](), 0
        for rows in self._decode(*self.rows[0]) if self.rows else ():
            held.append(rows)
            many += rows.rows
            if many >= _PIECE_ROWS and (first + many) % size == 0:
                yield first, codec.merge(held)
                first, held, many = first + many, [], 0
        if held or first == self.first:
            yield first, codec.merge(held or [_NOTHING])

    def _align(self, first: int, rows: Chunk) -> Buckets:
        assert rows.times is not None
        return pyramid.align_rows(self._values(rows), rows.steps, rows.times, self.request.bucket_rows, first)

    def _from_buckets(self, level: int) -> Buckets:
        parts = {first: [self._build(level, first, self._read(first, end, stored))] for first, end, stored in self.rows}
        parts |= {span.first: span.records for span in self.buckets}
        joined = bucket.join([piece for first in sorted(parts) for piece in parts[first]])
        if self.request.bucket_rows:
            return pyramid.align_buckets(joined, self.request.bucket_rows, self.first)
        return pyramid.from_buckets(joined, self.request.buckets, self.first)

    def _read(self, first: int, end: int, stored: list[Stored]) -> Chunk:
        """The rows of a range as one chunk."""
        return codec.merge(list(self._decode(first, end, stored)))

    def _decode(self, first: int, end: int, stored: list[Stored]) -> Iterator[Chunk]:
        return metric_chunk.read(self.entry, stored, first, end, {self.request.column})

    def _build(self, level: int, first: int, rows: Chunk) -> Records:
        """Buckets of rows; where a size is wanted they are cut where those of whole chunks are cut."""
        cut = -first % level if self.request.bucket_rows else 0
        parts = (rows.select(0, cut), rows.select(cut, rows.rows))
        return bucket.join([self._build_part(level, part) for part in parts])

    def _build_part(self, level: int, rows: Chunk) -> Records:
        assert rows.times is not None
        return pyramid.build(self._values(rows), rows.steps, rows.times, level)

    def _values(self, rows: Chunk) -> Values:
        return rows.columns.get(self.request.column) or missing("float", rows.rows)

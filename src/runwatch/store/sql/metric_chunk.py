"""Chunks of a metric in the database: which rows of the table to fetch, and what their bytes say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final, TypeAlias

from sqlalchemy import Connection, bindparam, select

from runwatch.schema.error import CorruptDataError
from runwatch.series import chunk as codec
from runwatch.series.chunk import Chunk
from runwatch.series.error import ChunkFormatError
from runwatch.store.sql.metric_row import Entry
from runwatch.store.sql.statement import Statement
from runwatch.store.sql.table.metric import chunk_buckets, chunks

Stored: TypeAlias = tuple[int, bytes | Chunk]
"""The first row of a chunk, and its bytes, or the rows themselves that no chunk has yet."""

_START: Final = (
    select(chunks.c.first_row)
    .where(chunks.c.metric_key == bindparam("key"), chunks.c.first_row <= bindparam("first"))
    .order_by(chunks.c.first_row.desc())
    .limit(1)
)
_FETCH: Final = Statement(
    select(chunks.c.first_row, chunks.c.data)
    .where(chunks.c.metric_key == bindparam("key"))
    .where(chunks.c.first_row >= _START.scalar_subquery(), chunks.c.first_row < bindparam("end"))
    .order_by(chunks.c.first_row),
    ("key", "first", "end"),
)
_FETCH_BUCKETS: Final = Statement(
    select(chunk_buckets.c.first_row, chunk_buckets.c.data)
    .where(chunk_buckets.c.metric_key == bindparam("key"), chunk_buckets.c.position == bindparam("position"))
    .where(chunk_buckets.c.level == bindparam("level"))
    .where(chunk_buckets.c.first_row >= bindparam("start"), chunk_buckets.c.first_row < bindparam("end"))
    .order_by(chunk_buckets.c.first_row),
    ("key", "position", "level", "start", "end"),
)


def fetch(connection: Connection, entry: Entry, first: int, end: int) -> list[Stored]:
    """The chunks that hold any of the rows from ``first`` up to and without ``end``, in order."""
    laid = entry.laid_rows
    stored: list[Stored] = _FETCH.all(connection, entry.key, first, min(end, laid)) if first < min(end, laid) else []
    if entry.late is not None and max(first, laid) < end:
        stored.append((laid, entry.late))
    return stored


def fetch_buckets(
    connection: Connection, entry: Entry, position: int, level: int, first: int, end: int
) -> list[tuple[int, bytes]]:
    """The buckets of a column of all sealed chunks that begin in this range of rows and have the column, in order."""
    return _FETCH_BUCKETS.all(connection, entry.key, position, level, first, end)


def read(
    entry: Entry, stored: Iterable[Stored], first: int, end: int, columns: Collection[str] | None = None
) -> Iterator[Chunk]:
    """The rows from ``first`` up to and without ``end``, chunk by chunk.

    Args:
        entry: The metric.
        stored: What `fetch` found for this range.
        first: The first row wanted.
        end: The row behind the last one wanted.
        columns: Only these columns; None means all.

    Raises:
        CorruptDataError: A chunk is damaged, missing or has not the rows it should have.
    """
    expected = first
    for start, data in stored:
        try:
            rows = _choose(data, columns) if isinstance(data, Chunk) else codec.decode(data, columns)
        except ChunkFormatError as error:
            raise damaged(entry, start, str(error)) from error
        if start > expected or start + rows.rows <= expected:
            raise damaged(entry, start, f"it has {rows.rows:,} rows where row {expected:,} should be")
        inner = expected - start, min(end - start, rows.rows)
        expected = start + inner[1]
        yield rows if inner == (0, rows.rows) else rows.select(*inner)
    if expected < end:
        raise damaged(entry, expected, "it is missing")


def _choose(rows: Chunk, columns: Collection[str] | None) -> Chunk:
    """The same rows with these columns alone."""
    if columns is None or all(name in columns for name in rows.columns):
        return rows
    kept = {name: values for name, values in rows.columns.items() if name in columns}
    return Chunk(rows=rows.rows, columns=kept, times=rows.times, steps=rows.steps)


def damaged(entry: Entry, row: int, cause: str) -> CorruptDataError:
    """A chunk, or its buckets, cannot be read."""
    return CorruptDataError(
        f"Rows of the metric {entry.name!r} cannot be read: the chunk at row {row:,} is damaged ({cause}).",
        file=f"chunks of metric {entry.key}",
        offset=row,
        hint="Run 'runwatch doctor', and restore the database from a backup.",
    )

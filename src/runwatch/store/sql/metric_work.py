"""What the new rows of a batch change in the tables, gathered so that each is written by one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert

from runwatch.schema import limit
from runwatch.series import chunk as codec
from runwatch.series import pyramid
from runwatch.series.chunk import Chunk
from runwatch.series.summary import ColumnSummary, extend, summarize
from runwatch.store.sql import metric_chunk, metric_tail
from runwatch.store.sql.metric_arrival import insert_arrival
from runwatch.store.sql.metric_batch import TOO_MANY_COLUMNS, Batch, Piece
from runwatch.store.sql.metric_row import Entry, update_metrics
from runwatch.store.sql.metric_state import RunState
from runwatch.store.sql.metric_summary import Key, goes_on, insert_summaries, update_summaries
from runwatch.store.sql.statement import Statement
from runwatch.store.sql.table.metric import chunk_buckets, chunks

HEAVY_CHARS: Final = 1 << 20
"""Rows with more text than this are sealed at once, however few: it bounds the memory and time of later merges."""

_INSERT_CHUNKS: Final = Statement(insert(chunks), ("metric_key", "first_row", "data"))
_INSERT_BUCKETS: Final = Statement(insert(chunk_buckets), ("metric_key", "position", "level", "first_row", "data"))
_DELETE_CHUNKS: Final = Statement(
    delete(chunks).where(chunks.c.metric_key == bindparam("key"), chunks.c.first_row >= bindparam("start")),
    ("key", "start"),
)


class Work:
    """Rows and summaries on their way into the tables.

    Args:
        connection: In a write transaction.
        state: The run's metrics, among them all that get new rows.
        late: Rows that have arrived before and are to move into chunks now, of all metrics that have any, or of none.
    """

    def __init__(self, connection: Connection, state: RunState, late: Mapping[str, Chunk]) -> None:
        self._connection = connection
        self._state = state
        self._late = dict(late)
        self._entries: dict[str, Entry] = {}
        self._new_summaries: dict[Key, ColumnSummary] = {}
        self._changed_summaries: dict[Key, ColumnSummary] = {}
        self._moved: set[Key] = set()
        self._rewritten: list[tuple[int, int]] = []
        self._chunks: list[tuple[int, int, bytes]] = []
        self._buckets: list[tuple[int, int, int, int, bytes]] = []
        self._kept: dict[str, Chunk] = {}

    def keep(self, entry: Entry, rows: Chunk) -> None:
        """Put new rows behind those of a metric, as they arrived.

        Args:
            entry: The metric, which is changed; it has all their columns.
            rows: A few numbers.
        """
        self._summarize(entry, rows)
        entry.extend(rows)
        entry.late_rows += rows.rows
        self._kept[entry.name] = rows

    def extend(self, entry: Entry, piece: Piece, batch: Batch) -> None:
        """Put new rows behind those of a metric, in chunks.

        Args:
            entry: The metric, which is changed; it has no late rows but those given.
            piece: Its new rows.
            batch: Where to count values that cannot be kept.
        """
        rows = _admit_columns(entry, piece.chunk, batch)
        entry.description = piece.description or entry.description
        self._entries[entry.name] = entry
        self._summarize(entry, rows)
        if rows.rows:
            late = self._late.pop(entry.name, None)
            self._place(entry, rows if late is None else codec.merge([late, rows]))
            entry.extend(rows)

    def write(self, number: int) -> None:
        """Write everything that was gathered.

        Args:
            number: Of the notice given with it.
        """
        for name, rows in self._late.items():
            entry = self._entries[name] = self._state.entries[name]
            self._place(entry, rows)
        _DELETE_CHUNKS.write(self._connection, self._rewritten)
        _INSERT_CHUNKS.write(self._connection, self._chunks)
        _INSERT_BUCKETS.write(self._connection, self._buckets)
        update_metrics(self._connection, self._entries.values())
        insert_summaries(self._connection, self._state.run_key, self._new_summaries)
        update_summaries(self._connection, self._state.run_key, self._changed_summaries, self._moved)
        if self._kept:
            insert_arrival(self._connection, self._state.run_key, number, self._kept)
            self._state.arrivals += 1

    def _summarize(self, entry: Entry, rows: Chunk) -> None:
        for column, values in rows.columns.items():
            key = entry.name, column
            known = self._state.summaries.get(key)
            if known is None:
                figures = summarize(values, rows.steps, entry.rows)
                self._state.summaries[key] = self._new_summaries[key] = figures
            else:
                figures = extend(known, values, rows.steps, entry.rows)
                self._state.summaries[key] = self._changed_summaries[key] = figures
                if not goes_on(known, figures):
                    self._moved.add(key)

    def _place(self, entry: Entry, rows: Chunk) -> None:
        """Lay out rows behind those in chunks, together with those of small chunks whose time has come."""
        sealed, laid = entry.sealed_rows, entry.laid_rows
        end = laid + rows.rows
        plan = metric_tail.plan(entry.tail, rows.rows, phase=entry.key)
        start = laid - sum(entry.tail[len(entry.tail) - plan.rewritten :])
        rows = self._take_along(entry, start, laid, rows)
        entry.tail, entry.late_rows = plan.tail, 0
        if _is_heavy(rows):
            rows = self._take_along(entry, sealed, start, rows)
            start, entry.tail = sealed, []
        for part in rows.split():
            self._chunks.append((entry.key, start, codec.encode(part)))
            if start < end - sum(entry.tail):
                self._seal(entry, start, part)
            start += part.rows
        if entry.tail:
            self._state.recent.add(entry.name, rows)
        else:
            self._state.recent.forget(entry.name)

    def _take_along(self, entry: Entry, first: int, end: int, rows: Chunk) -> Chunk:
        """Rows together with those of chunks before them, which will be written anew."""
        if first == end:
            return rows
        self._rewritten.append((entry.key, first))
        pieces = self._state.recent.take(entry.name, end - first) if end == entry.laid_rows else None
        if pieces is None:
            stored = metric_chunk.fetch(self._connection, entry, first, end)
            pieces = list(metric_chunk.read(entry, stored, first, end))
        return codec.merge([*pieces, rows])

    def _seal(self, entry: Entry, first_row: int, rows: Chunk) -> None:
        assert rows.times is not None
        positions = {name: position for position, name in enumerate(entry.columns)}
        for name, values in rows.columns.items():
            for level, data in pyramid.build_levels(values, rows.steps, rows.times).items():
                self._buckets.append((entry.key, positions[name], level, first_row, data))


def _admit_columns(entry: Entry, rows: Chunk, batch: Batch) -> Chunk:
    """The rows with those columns that the metric has, or has room for: those are added to it."""
    if entry.columns == list(rows.columns):
        return rows
    known = set(entry.columns)
    new = [name for name in rows.columns if name not in known]
    room = max(0, limit.COLUMNS - len(entry.columns))
    entry.columns += new[:room]
    if len(new) <= room:
        return rows
    kept = dict(rows.columns)
    for name in new[room:]:
        batch.drop(TOO_MANY_COLUMNS, kept.pop(name).present())
    return Chunk(rows=rows.rows, columns=kept, times=rows.times, steps=rows.steps)


def _is_heavy(rows: Chunk) -> bool:
    """Whether rows hold so much text that they should not be rewritten ever again."""
    texts = [values.values for values in rows.columns.values() if isinstance(values.values, list)]
    return (
        bool(texts) and sum(len(value) for values in texts for value in values if isinstance(value, str)) > HEAVY_CHARS
    )

"""What the new rows of a batch change in the tables, gathered so that each is written by one statement."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert

from runwatch.schema import limit
from runwatch.series import chunk as codec
from runwatch.series import pyramid
from runwatch.series.chunk import NO_STEP, Chunk
from runwatch.series.summary import ColumnSummary, merge, summarize
from runwatch.store.sql import metric_chunk, metric_tail
from runwatch.store.sql.metric_batch import TOO_MANY_COLUMNS, Batch, Piece
from runwatch.store.sql.metric_row import Entry, update_metrics
from runwatch.store.sql.metric_state import RunState
from runwatch.store.sql.metric_summary import Key, insert_summaries, update_summaries
from runwatch.store.sql.statement import Statement
from runwatch.store.sql.table.metric import chunk_buckets, chunks

SECOND: Final = 1e6
"""Times of rows are microseconds."""

HEAVY_CHARS: Final = 1 << 20
"""Rows with more text than this are sealed at once, however few: it bounds the memory and time of later merges."""

_INSERT_CHUNKS: Final = Statement(insert(chunks), ("metric_key", "first_row", "data"))
_INSERT_BUCKETS: Final = Statement(insert(chunk_buckets), ("metric_key", "position", "first_row", "data"))
_DELETE_CHUNKS: Final = Statement(
    delete(chunks).where(chunks.c.metric_key == bindparam("key"), chunks.c.first_row >= bindparam("start")),
    ("key", "start"),
)


class Work:
    """Chunks and summaries on their way into the tables.

    Args:
        connection: In a write transaction.
        state: The run's metrics, among them all that get new rows.
    """

    def __init__(self, connection: Connection, state: RunState) -> None:
        self._connection = connection
        self._state = state
        self._entries: list[Entry] = []
        self._new_summaries: dict[Key, ColumnSummary] = {}
        self._changed_summaries: dict[Key, ColumnSummary] = {}
        self._moved: set[Key] = set()
        self._rewritten: list[tuple[int, int]] = []
        self._chunks: list[tuple[int, int, bytes]] = []
        self._buckets: list[tuple[int, int, int, bytes]] = []

    def extend(self, entry: Entry, piece: Piece, batch: Batch) -> None:
        """Put new rows behind those of a metric.

        Args:
            entry: The metric, which is changed.
            piece: Its new rows.
            batch: Where to count values that cannot be kept.
        """
        rows = _admit_columns(entry, piece.chunk, batch)
        entry.description = piece.description or entry.description
        self._entries.append(entry)
        self._summarize(entry, rows)
        if rows.rows:
            self._place(entry, rows)
            _describe(entry, rows)

    def write(self) -> None:
        """Write everything that was gathered."""
        _DELETE_CHUNKS.write(self._connection, self._rewritten)
        _INSERT_CHUNKS.write(self._connection, self._chunks)
        _INSERT_BUCKETS.write(self._connection, self._buckets)
        update_metrics(self._connection, self._entries)
        insert_summaries(self._connection, self._state.run_key, self._new_summaries)
        update_summaries(self._connection, self._state.run_key, self._changed_summaries, self._moved)

    def _summarize(self, entry: Entry, rows: Chunk) -> None:
        for column, values in rows.columns.items():
            key = entry.name, column
            figures = summarize(values, rows.steps, entry.rows)
            known = self._state.summaries.get(key)
            if known is None:
                self._state.summaries[key] = self._new_summaries[key] = figures
            else:
                merged = merge(known, figures)
                self._state.summaries[key] = self._changed_summaries[key] = merged
                if merged.min != known.min or merged.max != known.max:
                    self._moved.add(key)

    def _place(self, entry: Entry, rows: Chunk) -> None:
        """Lay out new rows in chunks, together with those of small chunks whose time has come."""
        sealed, end = entry.sealed_rows, entry.rows + rows.rows
        plan = metric_tail.plan(entry.tail, rows.rows, phase=entry.key)
        start = entry.rows - sum(entry.tail[len(entry.tail) - plan.rewritten :])
        rows = self._take_along(entry, start, entry.rows, rows)
        entry.tail = plan.tail
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
        pieces = self._state.recent.take(entry.name, end - first) if end == entry.rows else None
        if pieces is None:
            stored = metric_chunk.fetch(self._connection, entry, first, end)
            pieces = list(metric_chunk.read(entry, stored, first, end))
        return codec.merge([*pieces, rows])

    def _seal(self, entry: Entry, first_row: int, rows: Chunk) -> None:
        assert rows.times is not None
        positions = {name: position for position, name in enumerate(entry.columns)}
        for name, values in rows.columns.items():
            data = pyramid.build(values, rows.steps, rows.times)
            self._buckets.append((entry.key, positions[name], first_row, data))


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


def _describe(entry: Entry, rows: Chunk) -> None:
    """Note what new rows change of what is known of a metric."""
    assert rows.times is not None
    if not entry.rows:
        entry.first_at = int(rows.times[0]) / SECOND
    entry.last_at = int(rows.times[-1]) / SECOND
    last_step = NO_STEP if rows.steps is None else int(rows.steps[-1])
    entry.last_step = None if last_step == NO_STEP else last_step
    entry.has_steps = entry.has_steps or rows.steps is not None
    entry.rows += rows.rows

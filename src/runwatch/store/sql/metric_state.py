"""What is known of the metrics of runs between two batches, so that a batch need not read what the last one wrote.

Chunks, columns, summaries and entries are structs that Python's collector of cycles leaves out (``gc=False``): with
tens of thousands of them here it would hold up all threads for a fifth of a second now and then.

Every write of a run's metrics, by whichever process, gives a notice with a new number in the same transaction. As long
as the run's latest notice is the one of our own last write, what we knew then still holds.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, bindparam, select

from runwatch.schema.change import ChangeKind
from runwatch.series.chunk import Chunk
from runwatch.series.summary import ColumnSummary
from runwatch.store.sql.metric_arrival import count_arrivals
from runwatch.store.sql.metric_row import Entry, find_metrics
from runwatch.store.sql.metric_summary import Key, find_summaries, to_figures
from runwatch.store.sql.statement import Statement
from runwatch.store.sql.table.change import changes

KEPT_ITEMS: Final = 50_000
"""Summaries and columns of small pieces of rows kept in memory over all runs, about 1 KB each."""

KEPT_PIECES: Final = 40_000
"""Columns of small pieces of rows kept of one run."""

PIECE_ROWS: Final = 16
"""Pieces of fewer rows than this are kept: those of the lowest tier, which most chunks that are merged belong to."""

_LATEST: Final = Statement(
    select(changes.c.sequence).where(
        changes.c.subject == bindparam("run_id"), changes.c.kind == str(ChangeKind.METRICS)
    ),
    ("run_id",),
)


class Recent:
    """Rows of the small chunks at the ends of metrics: merging thousands of them need not read them back.

    Attributes:
        size: How many columns of pieces there are.
    """

    def __init__(self) -> None:
        self.size = 0
        self._pieces: dict[str, list[Chunk]] = {}

    def add(self, metric: str, rows: Chunk) -> None:
        """Take note of the chunk that a metric now ends with; large ones and those with texts are not kept."""
        has_text = any(isinstance(values.values, list) for values in rows.columns.values())
        if rows.rows >= PIECE_ROWS or self.size >= KEPT_PIECES or has_text:
            self.forget(metric)
        else:
            self._pieces.setdefault(metric, []).append(rows)
            self.size += len(rows.columns)

    def take(self, metric: str, rows: int) -> list[Chunk] | None:
        """The last so many rows of a metric, which are to become part of a larger chunk; None if they are not here."""
        pieces = self._pieces.get(metric, [])
        self.forget(metric)
        return pieces if sum(piece.rows for piece in pieces) == rows else None

    def forget(self, metric: str) -> None:
        """Keep nothing of a metric."""
        self.size -= sum(len(piece.columns) for piece in self._pieces.pop(metric, ()))


class RunState:
    """Metrics of one run as they stand in the tables, or will when the transaction is committed.

    Attributes:
        entries: Rows of the metrics table by name.
        summaries: Summaries of their columns.
        recent: The small chunks they end with.
        sequence: The number of the notice of the last write, None if there was none yet.
        arrivals: How many batches wait for being moved into chunks.
    """

    def __init__(self, run_key: int, sequence: int | None, arrivals: int) -> None:
        self.run_key = run_key
        self.sequence = sequence
        self.arrivals = arrivals
        self.entries: dict[str, Entry] = {}
        self.summaries: dict[Key, ColumnSummary] = {}
        self.recent = Recent()

    @property
    def items(self) -> int:
        """How many things are kept."""
        return len(self.summaries) + self.recent.size

    def load(self, connection: Connection, names: Iterable[str]) -> set[str]:
        """Read what is not known yet of these metrics; the names of which there is no metric."""
        unknown = {name for name in names if name not in self.entries}
        if not unknown:
            return unknown
        found = find_metrics(connection, self.run_key, unknown)
        for metric, column, *figures in find_summaries(connection, self.run_key, found):
            self.summaries[metric, column] = to_figures(figures)
        for entry in found.values():
            entry.late = None
        self.entries |= found
        return unknown.difference(found)


class States:
    """The states of the runs written last; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[int, tuple[RunState, int]] = {}
        self._items = 0

    def take(self, connection: Connection, run_key: int, run_id: str) -> RunState:
        """The state of a run, which nobody else has until it is put back: a failed transaction just loses it.

        Args:
            connection: In a write transaction.
            run_key: The run.
            run_id: Its id.
        """
        row = _LATEST.first(connection, run_id)
        sequence = None if row is None else int(row[0])
        with self._lock:
            state = self._pop(run_key)
        if state is not None and state.sequence == sequence:
            return state
        return RunState(run_key, sequence, count_arrivals(connection, run_key))

    def put(self, state: RunState) -> None:
        """Keep a state whose transaction is committed."""
        with self._lock:
            self._pop(state.run_key)
            self._kept[state.run_key] = state, state.items
            self._items += state.items
            while self._items > KEPT_ITEMS:
                self._pop(next(iter(self._kept)))

    def _pop(self, run_key: int) -> RunState | None:
        state, items = self._kept.pop(run_key, (None, 0))
        self._items -= items
        return state

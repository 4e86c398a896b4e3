"""Which new rows are kept as they arrive, and when what has arrived moves into chunks.

A chunk for five rows of each of twenty metrics costs twenty rows of two tables. The pieces of such a batch are kept
together in one row, until there are enough of them to make chunks of a useful size. Metrics whose rows come in large
pieces, as texts or with new columns go into chunks at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from runwatch.store.sql.metric_batch import Piece
from runwatch.store.sql.metric_row import Entry
from runwatch.store.sql.metric_state import RunState

FEW_ROWS: Final = 64
"""Pieces of fewer rows are kept as they arrive."""

FEW_VALUES: Final = 2_048
"""Numbers of a batch, times and steps included, that are kept as they arrive: a reader of one metric reads them all."""

SLACK: Final = 4
"""So many times more where a metric, or the run, has late rows already: a rate about the bound must not make the rows
of the whole run move each time."""

MOST: Final = 16
"""Batches that wait; runs that log at the same pace move their rows in different transactions."""

PHASES: Final = 16
"""Some runs wait for up to so many batches longer."""


def choose(state: RunState, pieces: Mapping[str, Piece]) -> set[str] | None:
    """The metrics of a batch whose new rows are kept as they arrived; the others go into chunks.

    Args:
        state: The run's metrics, among them those of the batch.
        pieces: New rows by metric.

    Returns:
        Their names; None if everything that has arrived must move into chunks first, and all of the batch with it.
    """
    entries = state.entries
    few = {name for name, piece in pieces.items() if _is_few(entries[name], piece)}
    room = FEW_VALUES * (SLACK if state.arrivals else 1)
    if few and sum(piece.chunk.rows * (2 + len(piece.chunk.columns)) for piece in map(pieces.__getitem__, few)) > room:
        few = set()
    if any(entries[name].late_rows for name in pieces if name not in few):
        return None
    return None if few and state.arrivals >= MOST + state.run_key % PHASES else few


def _is_few(entry: Entry, piece: Piece) -> bool:
    """Whether a piece brings nothing but a few numbers."""
    rows = piece.chunk
    return (
        0 < rows.rows < FEW_ROWS * (SLACK if entry.late_rows else 1)
        and entry.rows > 0
        and piece.description in {"", entry.description}
        and all(name in entry.columns for name in rows.columns)
        and not any(isinstance(values.values, list) for values in rows.columns.values())
    )

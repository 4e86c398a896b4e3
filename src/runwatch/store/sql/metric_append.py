"""Appending a batch: cursor, rows, summaries, labels and warnings in one transaction."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from runwatch.schema.change import ChangeKind
from runwatch.schema.error import InvalidValueError
from runwatch.schema.metric import AppendBatch, Appended
from runwatch.schema.run import RunWarning
from runwatch.series.chunk import Chunk
from runwatch.store.sql import metric_cursor
from runwatch.store.sql.database import Writing
from runwatch.store.sql.metric_arrival import count_arrivals, delete_arrivals, find_late
from runwatch.store.sql.metric_batch import NO_JSON, Batch
from runwatch.store.sql.metric_choice import choose
from runwatch.store.sql.metric_row import find_run, insert_metrics
from runwatch.store.sql.metric_state import RunState, States
from runwatch.store.sql.metric_work import Work
from runwatch.store.sql.run_label import put_params, put_tags
from runwatch.store.sql.run_row import add_warnings


class Outcome(NamedTuple):
    """The receipt, and what is to be kept in memory once the transaction is committed."""

    receipt: Appended
    state: RunState | None = None


def append(writing: Writing, request: AppendBatch, batch: Batch, states: States) -> Outcome:
    """Apply a batch, if it is new.

    Args:
        writing: The transaction.
        request: What arrived.
        batch: What `metric_batch.gather` made of its blocks; what has to be dropped is counted in it too.
        states: What earlier batches left in memory.

    Raises:
        NotFoundError: There is no such run.
        GoneError: It was deleted.
        FencedError: A later epoch has spoken for this writer.
        SequenceGapError: The batch does not begin where the last one ended.
    """
    connection = writing.connection
    run = find_run(connection, request.run_id)
    cursor, is_new = metric_cursor.advance(connection, run.run_key, request)
    if not is_new:
        return Outcome(Appended(cursor=cursor, repeated=True))
    state = None
    if batch.pieces:
        state = states.take(connection, run.run_key, request.run_id)
        state.sequence = writing.notice(ChangeKind.METRICS, request.run_id, run.experiment_id)
        _append_pieces(connection, state, batch, state.sequence)
    if _note(connection, run.run_key, request, batch):
        writing.notice(ChangeKind.RUN, request.run_id, run.experiment_id)
    return Outcome(Appended(cursor=cursor), state)


def lay_all(connection: Connection, run_key: int) -> None:
    """Move all rows of a run into chunks, so that its metrics can be renamed or deleted.

    Args:
        connection: In a write transaction that gives a notice of the run's metrics.
        run_key: The run.
    """
    state = RunState(run_key, None, count_arrivals(connection, run_key))
    Work(connection, state, _take_late(connection, state)).write(0)


def _append_pieces(connection: Connection, state: RunState, batch: Batch, number: int) -> None:
    pieces = batch.pieces
    new = state.load(connection, pieces)
    if new:
        kinds = {name: str(piece.kind) for name, piece in pieces.items() if name in new}
        state.entries |= insert_metrics(connection, state.run_key, kinds)
    kept = choose(state, pieces)
    late = {} if kept is not None else _take_late(connection, state)
    work = Work(connection, state, late)
    for name, piece in pieces.items():
        if kept and name in kept:
            work.keep(state.entries[name], piece.chunk)
        else:
            work.extend(state.entries[name], piece, batch)
    work.write(number)


def _take_late(connection: Connection, state: RunState) -> dict[str, Chunk]:
    """All rows of a run that are in no chunk yet, to be put into some."""
    if not state.arrivals:
        return {}
    late = find_late(connection, state.run_key)
    state.load(connection, late)
    delete_arrivals(connection, state.run_key)
    state.arrivals = 0
    return late


def _note(connection: Connection, run_key: int, request: AppendBatch, batch: Batch) -> bool:
    """Keep what the batch says of the run itself; whether it says anything."""
    put_tags(connection, run_key, request.tags)
    _put_params(connection, run_key, request, batch)
    dropped = dict(request.dropped)
    for reason, points in batch.dropped.items():
        dropped[reason] = dropped.get(reason, 0) + points
    if dropped:
        add_warnings(connection, run_key, [_warning(reason, points) for reason, points in dropped.items()])
    return bool(request.tags or request.params or dropped)


def _put_params(connection: Connection, run_key: int, request: AppendBatch, batch: Batch) -> None:
    """Keep the parameters; a value without a JSON form must not hold up the points."""
    for name, value in request.params.items():
        try:
            put_params(connection, run_key, {name: value})
        except InvalidValueError:
            batch.drop(NO_JSON, 1)


def _warning(reason: str, points: int) -> RunWarning:
    return RunWarning(source="journal", message=f"Points could not be recorded: {reason}.", count=points)

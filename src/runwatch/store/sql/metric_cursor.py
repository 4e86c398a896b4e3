"""Where the store stands with each writer of a run: what makes a batch count once, however often it arrives."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.sqlite import insert

from runwatch.schema.error import FencedError, InvalidValueError, SequenceGapError
from runwatch.schema.metric import AppendBatch, Cursors
from runwatch.store.sql.statement import Statement
from runwatch.store.sql.table.metric import cursors
from runwatch.store.sql.text import clean

_ALL: Final = (
    select(cursors.c.writer, cursors.c.epoch, cursors.c.next)
    .where(cursors.c.run_key == bindparam("key"))
    .order_by(cursors.c.writer)
)
_ONE: Final = Statement(
    select(cursors.c.epoch, cursors.c.next).where(
        cursors.c.run_key == bindparam("key"), cursors.c.writer == bindparam("name")
    ),
    ("key", "name"),
)
_INSERT: Final = insert(cursors)
_PUT: Final = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=[cursors.c.run_key, cursors.c.writer],
        set_={name: _INSERT.excluded[name] for name in ("epoch", "next")},
    ),
    ("run_key", "writer", "epoch", "next"),
)


def list_cursors(connection: Connection, run_key: int) -> Cursors:
    """How far each writer of a run has got."""
    rows = connection.execute(_ALL, {"key": run_key}).all()
    return Cursors(
        cursors={writer: following for writer, _, following in rows},
        epochs={writer: epoch for writer, epoch, _ in rows},
    )


def advance(connection: Connection, run_key: int, batch: AppendBatch) -> tuple[int, bool]:
    """Move the cursor of the batch's writer behind the batch; undone with the transaction if its rows cannot be kept.

    Args:
        connection: In a write transaction.
        run_key: The run.
        batch: What arrived.

    Returns:
        The cursor, and whether the batch is new. If not, only its epoch was taken note of.

    Raises:
        FencedError: A later epoch has spoken for this writer.
        SequenceGapError: The batch does not begin where the last one ended.
        InvalidValueError: The batch's numbers make no sense.
    """
    if batch.first < 0 or batch.count < 0:
        raise InvalidValueError("A batch covers no negative records.", hint="Count the records from 0.")
    writer = clean(batch.writer)
    row = _ONE.first(connection, run_key, writer)
    epoch, following = row if row is not None else (batch.epoch, 0)
    if batch.epoch < epoch:
        raise FencedError(
            f"The writer {batch.writer} is shipped by a newer watcher (epoch {epoch}, not {batch.epoch}).",
            hint="Stop this watcher; the newer one carries on.",
            epoch=epoch,
        )
    end = batch.first + batch.count
    is_new = end > following
    if is_new and batch.first != following:
        raise SequenceGapError(
            f"The batch begins at record {batch.first:,}; the next one expected is {following:,}.",
            hint="Send the records from there on.",
            cursor=following,
        )
    if is_new or row is None or batch.epoch > epoch:
        _PUT.write(connection, [(run_key, writer, batch.epoch, max(end, following))])
    return max(end, following), is_new

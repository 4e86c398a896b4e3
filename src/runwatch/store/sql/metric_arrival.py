"""Small pieces of rows as they arrived, one row of a table for a whole batch, until they move into chunks together."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, TypeAlias

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select

from runwatch.schema.error import CorruptDataError
from runwatch.series import arrival
from runwatch.series.arrival import Piece
from runwatch.series.chunk import Chunk
from runwatch.series.error import ChunkFormatError
from runwatch.store.sql.statement import Statement
from runwatch.store.sql.table.metric import arrivals

Pieces: TypeAlias = dict[str, Piece]
"""What an arrival brought, by metric."""

FindLate: TypeAlias = Callable[[Connection, int, Collection[str]], dict[str, Chunk]]
"""Finds the last rows of some metrics of a run."""

KEPT_RUNS: Final = 100
"""Runs of which arrivals are kept in memory: some 50 KB each, 1 MB where batches are as large as they may be."""

_INSERT: Final = Statement(insert(arrivals), ("number", "run_key", "data"))
_COUNT: Final = Statement(
    select(func.count()).select_from(arrivals).where(arrivals.c.run_key == bindparam("key")), ("key",)
)
_FIND: Final = Statement(
    select(arrivals.c.number, arrivals.c.data)
    .where(arrivals.c.run_key == bindparam("key"), arrivals.c.number >= bindparam("least"))
    .order_by(arrivals.c.number),
    ("key", "least"),
)
_NUMBERS: Final = Statement(
    select(arrivals.c.number).where(arrivals.c.run_key == bindparam("key")).order_by(arrivals.c.number), ("key",)
)
_DELETE: Final = Statement(delete(arrivals).where(arrivals.c.run_key == bindparam("key")), ("key",))


def insert_arrival(connection: Connection, run_key: int, number: int, pieces: Mapping[str, Chunk]) -> None:
    """Keep rows of metrics, behind all that arrived before.

    Args:
        connection: In a write transaction.
        run_key: The run.
        number: Of the notice given with them.
        pieces: The rows by metric.
    """
    _INSERT.write(connection, [(number, run_key, arrival.encode(pieces))])


def count_arrivals(connection: Connection, run_key: int) -> int:
    """How many batches of a run wait for being moved into chunks."""
    ((count,),) = _COUNT.all(connection, run_key)
    return int(count)


def find_late(connection: Connection, run_key: int, names: Collection[str] | None = None) -> dict[str, Chunk]:
    """The last rows of metrics of a run, which are in no chunk yet.

    Args:
        connection: In any transaction.
        run_key: The run.
        names: The metrics wanted; None means all.

    Returns:
        The rows of each metric that has any there.

    Raises:
        CorruptDataError: What arrived is damaged.
    """
    return _join([_decode(number, data) for number, data in _FIND.all(connection, run_key, 0)], names)


class Arrived:
    """What has arrived of the runs that were read last: all charts of a run need the same; safe between threads.

    An arrival never changes and its number never comes again, so that only new ones are fetched.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._kept: OrderedDict[int, dict[int, Pieces]] = OrderedDict()

    def find_late(self, connection: Connection, run_key: int, names: Collection[str]) -> dict[str, Chunk]:
        """As the function of this name does, in a read transaction: what is not committed must not be kept."""
        numbers = [row[0] for row in _NUMBERS.all(connection, run_key)]
        if not numbers:
            return {}
        known = self._get(connection.engine, run_key)
        missing = next((number for number in numbers if number not in known), None)
        if missing is not None:
            known = known | {number: _decode(number, data) for number, data in _FIND.all(connection, run_key, missing)}
        there = {number: known[number] for number in numbers}
        self._put(connection.engine, run_key, there)
        return _join(list(there.values()), names)

    def _get(self, engine: Engine, run_key: int) -> dict[int, Pieces]:
        with self._lock:
            if self._engine is not engine:  # the file was replaced: there the same numbers mean something else
                self._engine = engine
                self._kept.clear()
            return self._kept.get(run_key, {})

    def _put(self, engine: Engine, run_key: int, there: dict[int, Pieces]) -> None:
        with self._lock:
            if self._engine is engine:
                self._kept[run_key] = there
                self._kept.move_to_end(run_key)
                if len(self._kept) > KEPT_RUNS:
                    self._kept.popitem(last=False)


def delete_arrivals(connection: Connection, run_key: int) -> None:
    """Forget what arrived of a run: its rows are in chunks.

    Args:
        connection: In a write transaction.
        run_key: The run.
    """
    _DELETE.write(connection, [(run_key,)])


def _decode(number: int, data: bytes) -> Pieces:
    try:
        return arrival.decode(data)
    except ChunkFormatError as error:
        raise _damaged(error, f"arrival {number}") from error


def _join(found: Sequence[Pieces], names: Collection[str] | None) -> dict[str, Chunk]:
    pieces: dict[str, list[Piece]] = {}
    for some in found:
        for name in some if names is None else some.keys() & names:
            pieces.setdefault(name, []).append(some[name])
    try:
        return {name: arrival.join(rows) for name, rows in pieces.items()}
    except ChunkFormatError as error:
        raise _damaged(error, "arrivals") from error


def _damaged(error: ChunkFormatError, place: str) -> CorruptDataError:
    return CorruptDataError(
        f"The latest rows of a run's metrics cannot be read: they are damaged ({error}).",
        file=place,
        offset=error.offset,
        hint="Run 'runwatch doctor', and restore the database from a backup.",
    )

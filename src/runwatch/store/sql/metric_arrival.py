"""Small pieces of rows as they arrived, one row of a table for a whole batch, until they move into chunks together."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, TypeAlias

from msgspec import Struct
from sqlalchemy import Connection, Engine, bindparam, case, delete, func, insert, select

from runwatch.schema.error import CorruptDataError
from runwatch.series import arrival
from runwatch.series.arrival import Piece
from runwatch.series.chunk import Chunk, is_alike, merge
from runwatch.series.error import ChunkFormatError
from runwatch.store.sql.statement import Statement
from runwatch.store.sql.table.metric import arrivals

Pieces: TypeAlias = dict[str, Piece]
"""What an arrival brought, by metric."""

FindLate: TypeAlias = Callable[[Connection, int, Collection[str]], dict[str, Chunk]]
"""Finds the last rows of some metrics of a run."""

NONE_KNOWN: Final = -1
"""Below the number of every arrival."""

KEPT_RUNS: Final = 100
"""Runs of which arrivals are kept in memory: some 50 KB each, 1 MB where batches are as large as they may be."""

_INSERT: Final = Statement(insert(arrivals), ("number", "run_key", "data"))
_COUNT: Final = Statement(
    select(func.count()).select_from(arrivals).where(arrivals.c.run_key == bindparam("key")), ("key",)
)
_FIND: Final = Statement(
    select(arrivals.c.number, case((arrivals.c.number > bindparam("known"), arrivals.c.data)))
    .where(arrivals.c.run_key == bindparam("key"))
    .order_by(arrivals.c.number),
    ("known", "key"),
)
"""The numbers of a run's arrivals, and what those brought whose numbers are above one that is known."""

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
    return _join([_decode(number, data) for number, data in _FIND.all(connection, NONE_KNOWN, run_key)], names)


class _Kept(Struct, frozen=True, eq=False, gc=False):
    """What was read of a run: its arrivals by number, and the rows of some metrics joined from so many of them."""

    pieces: dict[int, Pieces]
    joined: dict[str, tuple[int, Chunk]]


class Arrived:
    """What has arrived of the runs that were read last: all charts of a run need the same; safe between threads.

    An arrival never changes and its number never comes again, so that only new ones are fetched, and what was joined
    once only grows.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._kept: OrderedDict[int, _Kept] = OrderedDict()

    def find_late(self, connection: Connection, run_key: int, names: Collection[str]) -> dict[str, Chunk]:
        """As the function of this name does, in a read transaction: what is not committed must not be kept."""
        kept = self._get(connection.engine, run_key)
        known = kept.pieces
        rows = _FIND.all(connection, next(reversed(known), NONE_KNOWN), run_key)
        if not rows:
            return {}
        if not all(number in known for number, data in rows if data is None):  # it began to read before others did
            known, rows = {}, _FIND.all(connection, NONE_KNOWN, run_key)
        there = {number: known[number] if data is None else _decode(number, data) for number, data in rows}
        # Rows move into chunks all at once, and older ones are not read again but by who began to read before.
        grown = len(there) >= len(kept.pieces) and next(iter(there)) == next(iter(kept.pieces), None)
        joined = {**kept.joined} if grown else {}
        late = _grow(joined, list(there.values()), names)
        self._put(connection.engine, run_key, _Kept(there, joined))
        return late

    def _get(self, engine: Engine, run_key: int) -> _Kept:
        with self._lock:
            if self._engine is not engine:  # the file was replaced: there the same numbers mean something else
                self._engine = engine
                self._kept.clear()
            return self._kept.get(run_key, _Kept({}, {}))

    def _put(self, engine: Engine, run_key: int, kept: _Kept) -> None:
        with self._lock:
            if self._engine is engine:
                self._kept[run_key] = kept
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
    return _grow({}, found, dict.fromkeys(name for some in found for name in some) if names is None else names)


def _grow(joined: dict[str, tuple[int, Chunk]], found: Sequence[Pieces], names: Collection[str]) -> dict[str, Chunk]:
    """The rows of metrics in these arrivals; ``joined`` says what of them is known, and learns it."""
    late: dict[str, Chunk] = {}
    try:
        for name in names:
            many, chunk = joined.get(name, (0, None))
            if fresh := [some[name] for some in found[many:] if name in some]:
                rows = arrival.join(fresh)
                if chunk is None:
                    chunk = rows
                elif is_alike(chunk, rows):
                    chunk = merge((chunk, rows))
                else:  # a type that follows from all pieces may be another than that which follows from sums of them
                    chunk = arrival.join([some[name] for some in found if name in some])
            if chunk is not None:
                joined[name] = len(found), chunk
                late[name] = chunk
    except ChunkFormatError as error:
        raise _damaged(error, "arrivals") from error
    return late


def _damaged(error: ChunkFormatError, place: str) -> CorruptDataError:
    return CorruptDataError(
        f"The latest rows of a run's metrics cannot be read: they are damaged ({error}).",
        file=place,
        offset=error.offset,
        hint="Run 'runwatch doctor', and restore the database from a backup.",
    )

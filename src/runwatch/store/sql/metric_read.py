"""Reading rows of a metric, bit for bit as logged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection

from runwatch.schema.error import InvalidValueError, NotFoundError
from runwatch.schema.metric import Block, Column, ColumnType, MetricKind, MetricRows, ReadMetric
from runwatch.series import column as series
from runwatch.series.chunk import NO_STEP, Chunk
from runwatch.series.column import INT, TypeName, Values
from runwatch.store.sql import metric_chunk
from runwatch.store.sql.metric_arrival import FindLate
from runwatch.store.sql.metric_chunk import Stored
from runwatch.store.sql.metric_row import Entry, find_metric
from runwatch.store.sql.metric_summary import find_summaries, to_figures

_ANY: Final[dict[TypeName, Values]] = {
    "float": Values("float", np.zeros(1)),
    "mixed": Values("mixed", [""]),
}
"""One row of each type that values of other types may have to be turned into."""


class Found:
    """What one look into the database gave: enough to answer outside of the transaction.

    Args:
        connection: In a read transaction.
        request: What is wanted.
        find: Finds the last rows of the metric.

    Raises:
        NotFoundError: There is no such run, metric or column.
        GoneError: The run was deleted.
    """

    def __init__(self, connection: Connection, request: ReadMetric, find: FindLate) -> None:
        self.entry: Entry = find_metric(connection, request.run_id, request.name, find)
        self.names = choose_columns(self.entry, request.columns)
        self.first, self.end = window(self.entry.rows, request.first, request.count)
        self.stored: list[Stored] = metric_chunk.fetch(connection, self.entry, self.first, self.end)
        rows = find_summaries(connection, self.entry.run_key, [self.entry.name])
        self.types: dict[str, TypeName] = {row[1]: to_figures(row[2:]).type for row in rows}

    def answer(self) -> MetricRows:
        """The rows.

        Raises:
            CorruptDataError: A chunk is damaged.
        """
        entry = self.entry
        pieces = list(metric_chunk.read(entry, self.stored, self.first, self.end, set(self.names)))
        block = Block(
            metric=entry.name,
            kind=MetricKind(entry.kind),
            rows=self.end - self.first,
            columns=tuple(_column(name, self.types.get(name, "float"), pieces) for name in self.names),
            times=_join(piece.times for piece in pieces),
            steps=_steps(pieces),
            description=entry.description,
        )
        return MetricRows(first=self.first, total=entry.rows, block=block)


def _column(name: str, kind: TypeName, pieces: list[Chunk]) -> Column:
    """A column of all pieces, as the type it has over all rows of the metric."""
    parts = [piece.columns.get(name) or series.missing(kind, piece.rows) for piece in pieces]
    if parts and all(part.type == kind and part.valid is None and not isinstance(part.values, list) for part in parts):
        return Column(name=name, type=ColumnType(kind), data=_join(part.values for part in parts))
    values = series.concat(parts) if parts else series.missing(kind, 0)
    _, data, valid = (values if values.type == kind else _as_type(kind, values)).to_wire()
    return Column(name=name, type=ColumnType(kind), data=data, valid=valid)


def _steps(pieces: list[Chunk]) -> bytes:
    if all(piece.steps is None or (piece.steps == NO_STEP).all() for piece in pieces):
        return b""
    return _join(np.full(piece.rows, NO_STEP, INT) if piece.steps is None else piece.steps for piece in pieces)


def _join(arrays: Iterable[Any]) -> bytes:
    """The bytes of consecutive arrays, copied once."""
    return b"".join([array.data for array in arrays])


def _as_type(kind: TypeName, values: Values) -> Values:
    if not values.present():
        return series.missing(kind, len(values))
    return series.concat([_ANY[kind], values]).select(slice(1, None))


def window(rows: int, first: int, count: int | None) -> tuple[int, int]:
    """The rows that a request means, as first row and end, both within the metric.

    Args:
        rows: Rows of the metric.
        first: The first one wanted; negative counts from the end.
        count: How many at most; None means all.

    Raises:
        InvalidValueError: For a negative count.
    """
    if count is not None and count < 0:
        raise InvalidValueError(f"{count} rows cannot be read.", hint="Give a count of 0 or more, or none at all.")
    first = max(0, rows + first) if first < 0 else min(first, rows)
    return first, rows if count is None else min(rows, first + count)


def choose_columns(entry: Entry, wanted: tuple[str, ...] | None) -> list[str]:
    """The columns that a request means: those wanted, in their order, or else all in the order first logged.

    Raises:
        NotFoundError: The metric has no such column.
    """
    if wanted is None:
        return entry.columns
    for name in wanted:
        if name not in entry.columns:
            raise NotFoundError(
                f"The metric {entry.name!r} has no column {name!r}.",
                hint=f"It has: {', '.join(entry.columns[:20])}.",
                column=name,
            )
    return list(dict.fromkeys(wanted))

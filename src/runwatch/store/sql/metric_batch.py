"""The blocks of a batch as one piece of rows for each metric; what makes no sense is counted, never an error."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from msgspec import Struct, field

from runwatch.schema import limit
from runwatch.schema.metric import Block, Column, MetricKind
from runwatch.schema.name import metric_name
from runwatch.series import chunk
from runwatch.series.chunk import NO_STEP, Chunk
from runwatch.series.column import INT, IntArray, Values
from runwatch.series.error import ValuesError

MALFORMED: Final = "their bytes do not fit the number of rows"
NAMELESS: Final = "their metric has no name"
TWICE: Final = "a column of this name stands in the same row already"
NO_JSON: Final = "a parameter's value has no JSON form"
TOO_MANY_COLUMNS: Final = f"a metric has at most {limit.COLUMNS:,} columns"


class Piece(Struct, kw_only=True):
    """New rows of one metric.

    Attributes:
        kind: How its first block was logged.
        description: The last one given.
        chunk: The rows, of any number.
    """

    kind: MetricKind
    description: str
    chunk: Chunk


class Batch(Struct):
    """What a batch brings.

    Attributes:
        pieces: New rows by metric.
        dropped: Points that could not be kept, by reason.
    """

    pieces: dict[str, Piece] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)

    def drop(self, reason: str, points: int) -> None:
        """Count points that cannot be kept."""
        if points > 0:
            self.dropped[reason] = self.dropped.get(reason, 0) + points


def gather(blocks: Iterable[Block]) -> Batch:
    """Join the blocks of each metric, in the order logged."""
    batch = Batch()
    chunks: dict[str, list[Chunk]] = {}
    for block in blocks:
        rows = _rows_of(block, batch)
        if rows is None:
            continue
        name = metric_name(block.metric)
        piece = batch.pieces.get(name)
        if piece is None:
            batch.pieces[name] = Piece(kind=block.kind, description=block.description, chunk=rows)
            chunks[name] = [rows]
        else:
            piece.description = block.description or piece.description
            chunks[name].append(rows)
    for name, parts in chunks.items():
        if len(parts) > 1:
            batch.pieces[name].chunk = chunk.merge(parts)
    return batch


def _rows_of(block: Block, batch: Batch) -> Chunk | None:
    """The rows of a block; None if they make no sense."""
    if not block.metric:
        batch.drop(NAMELESS, block.rows)
        return None
    try:
        times, steps = _integers(block.times, block.rows), _steps(block)
        columns: dict[str, Values] = {}
        for column in block.columns:
            values = Values.from_wire(column.type, column.data, column.valid, block.rows)
            name = _column_name(column)
            if name in columns:
                batch.drop(TWICE, values.present())
            else:
                columns[name] = values
    except ValuesError:
        batch.drop(MALFORMED, block.rows)
        return None
    return Chunk(rows=block.rows, columns=columns, times=times, steps=steps)


def _column_name(column: Column) -> str:
    return metric_name(column.name) if column.name else ""


def _steps(block: Block) -> IntArray | None:
    if not block.steps:
        return None
    steps = _integers(block.steps, block.rows)
    return steps if steps[0] != NO_STEP or (steps != NO_STEP).any() else None


def _integers(data: bytes, rows: int) -> IntArray:
    if len(data) != rows * INT.itemsize:
        raise ValuesError(f"{rows:,} integers do not take {len(data):,} bytes.")
    return np.frombuffer(data, INT)

"""Digests of a metric's rows, bit for bit, that do not depend on how the rows are cut into blocks."""

from __future__ import annotations

import hashlib

import msgspec
import numpy as np

from runwatch.schema.metric import Block, Column
from runwatch.series.chunk import NO_STEP
from runwatch.series.column import Values


class Fingerprint:
    """Digests of the steps, the times and each column, fed block after block.

    A column's digest covers, for each row, one byte that says whether the row has a value, and the value: 8 bytes of a
    float or an integer, a byte of a boolean (all zero where there is none), MessagePack of a text or a mixed value.
    """

    def __init__(self) -> None:
        self._steps = hashlib.sha256()
        self._times = hashlib.sha256()
        self._columns: dict[str, hashlib._Hash] = {}
        self.rows = 0

    def add(self, block: Block) -> None:
        """Take the next rows in; every block has the same columns with the same types."""
        self._steps.update(block.steps or np.full(block.rows, NO_STEP, "<i8").tobytes())
        self._times.update(block.times)
        for column in block.columns:
            self._columns.setdefault(column.name, hashlib.sha256()).update(_canonical(column, block.rows))
        self.rows += block.rows

    @property
    def steps(self) -> str:
        """The digest of the steps; a row without one counts as -2**63."""
        return self._steps.hexdigest()

    @property
    def times(self) -> str:
        """The digest of the times."""
        return self._times.hexdigest()

    def column(self, name: str) -> str:
        """The digest of a column."""
        found = self._columns.get(name)
        return (found or hashlib.sha256()).hexdigest()


def _canonical(column: Column, rows: int) -> bytes:
    values = Values.from_wire(column.type, column.data, column.valid, rows)
    if isinstance(values.values, list):
        encode = msgspec.msgpack.encode
        return b"".join([encode(value) for value in values.to_list()])  # nil where there is none
    there = np.ones(rows, np.bool_) if values.valid is None else values.valid
    cells = np.ascontiguousarray(values.values).view(np.uint8).reshape(rows, -1 if rows else values.values.itemsize)
    return np.concatenate([there.view(np.uint8)[:, None], cells * there[:, None]], axis=1).tobytes()

"""Rows of a metric as an Arrow table and back, bit for bit (``docs/formats/archive.md``)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from msgspec import Struct

from runwatch.schema.error import UserErrorException
from runwatch.schema.metric import Block, Column, ColumnType, MetricKind
from runwatch.series.chunk import NO_STEP
from runwatch.series.column import Values, pack
from runwatch.store.zip.name import folded

STEP: Final = "step"
TIME: Final = "time"
_MIXED: Final[dict[str, type]] = {"float": float, "int": int, "bool": bool, "str": str}
"""The children of a mixed column, at most one of which has the value of a row."""


def arrow() -> Any:
    """The module pyarrow.

    Raises:
        UserErrorException: It is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise UserErrorException(
            "Archives hold metrics as Parquet files, which need pyarrow.",
            hint="Install it with: pip install 'runwatch[parquet]'",
        ) from error
    return pyarrow


class Head(Struct, frozen=True, kw_only=True):
    """What all rows of a metric have in common.

    Attributes:
        metric: Its name.
        kind: How it was logged.
        description: The last one given.
        columns: Name and type of each column, in the order first logged.
    """

    metric: str
    kind: MetricKind
    description: str
    columns: tuple[tuple[str, ColumnType], ...]

    @classmethod
    def of(cls, block: Block) -> Head:
        """The head of a block."""
        columns = tuple((column.name, column.type) for column in block.columns)
        return cls(metric=block.metric, kind=block.kind, description=block.description, columns=columns)


def field_names(columns: Iterable[str]) -> list[str]:
    """The Parquet columns for these columns: the same names, but none empty and no two equal but for letter case."""
    taken, found = {STEP, TIME}, []
    for column in columns:
        name, tries = column or "column", 1
        while folded(name) in taken:
            tries += 1
            name = f"{column or 'column'}_{tries}"
        taken.add(folded(name))
        found.append(name)
    return found


def make_schema(head: Head) -> Any:
    """The Arrow schema of a metric, with its name, kind and description as metadata."""
    pa = arrow()
    fields = [pa.field(STEP, pa.int64()), pa.field(TIME, pa.timestamp("us", tz="UTC"), nullable=False)]
    names = field_names(name for name, _ in head.columns)
    for field, (name, kind) in zip(names, head.columns, strict=True):
        fields.append(pa.field(field, _arrow_type(kind), metadata={"runwatch.column": name, "runwatch.type": kind}))
    metadata = {
        "runwatch.metric": head.metric,
        "runwatch.kind": head.kind.value,
        "runwatch.description": head.description,
    }
    return pa.schema(fields, metadata=metadata)


def to_batch(block: Block, schema: Any) -> Any:
    """The rows of a block as a record batch of this schema."""
    pa = arrow()
    steps = block.steps or np.full(block.rows, NO_STEP, "<i8").tobytes()
    there = np.frombuffer(steps, "<i8") != NO_STEP
    arrays = [
        _from_bytes(pa.int64(), block.rows, steps, there),
        _from_bytes(schema.field(1).type, block.rows, block.times, None),
        *(_to_array(column, block.rows) for column in block.columns),
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def to_block(batch: Any, head: Head) -> Block:
    """The rows of a record batch whose schema is the head's."""
    columns = tuple(
        _to_column(name, kind, array)
        for (name, kind), array in zip(head.columns, batch.columns[2:], strict=True)
    )  # fmt: skip
    steps, there = _numbers(batch.column(0), "<i8")
    times, _ = _numbers(batch.column(1), "<i8")
    return Block(
        metric=head.metric,
        kind=head.kind,
        rows=batch.num_rows,
        columns=columns,
        times=times.tobytes(),
        steps=np.where(there, steps, NO_STEP).tobytes() if there.any() else b"",
        description=head.description,
    )


def _arrow_type(kind: ColumnType) -> Any:
    pa = arrow()
    plain = {
        ColumnType.FLOAT: pa.float64(),
        ColumnType.INT: pa.int64(),
        ColumnType.BOOL: pa.bool_(),
        ColumnType.STR: pa.string(),
    }
    if kind in plain:
        return plain[kind]
    return pa.struct([pa.field(name, _arrow_type(ColumnType(name))) for name in _MIXED])


def _to_array(column: Column, rows: int) -> Any:
    pa = arrow()
    values = Values.from_wire(column.type, column.data, column.valid, rows)
    if column.type in {ColumnType.FLOAT, ColumnType.INT}:
        return _from_bytes(_arrow_type(column.type), rows, column.data, values.valid)
    if column.type is not ColumnType.MIXED:
        return pa.array(values.to_list(), _arrow_type(column.type))
    cells = values.to_list()
    kind = _arrow_type(column.type)
    children = [
        pa.array([cell if type(cell) is python else None for cell in cells], kind.field(name).type)
        for name, python in _MIXED.items()
    ]
    absent = pa.array([cell is None for cell in cells], pa.bool_())
    return pa.StructArray.from_arrays(children, fields=list(kind), mask=absent)


def _from_bytes(kind: Any, rows: int, data: bytes, valid: Any) -> Any:
    """An array over these very bytes, so that no NaN is taken for another."""
    pa = arrow()
    bits = None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little").tobytes())
    return pa.Array.from_buffers(kind, rows, [bits, pa.py_buffer(data)])


def _to_column(name: str, kind: ColumnType, array: Any) -> Column:
    if kind in {ColumnType.FLOAT, ColumnType.INT}:
        numbers, there = _numbers(array, "<f8" if kind is ColumnType.FLOAT else "<i8")
        data = np.where(there, numbers, numbers.dtype.type(0)).tobytes()
        return Column(name=name, type=kind, data=data, valid=_validity(there))
    if kind is ColumnType.MIXED:
        children = [array.field(index).to_pylist() for index in range(len(_MIXED))]
        cells = [next((cell for cell in row if cell is not None), None) for row in zip(*children, strict=True)]
        return Column(name=name, type=kind, data=pack(cells))
    there, cells = _there(array), array.to_pylist()
    if kind is ColumnType.STR:
        data = pack(["" if cell is None else cell for cell in cells])
    else:
        data = bytes(bool(cell) for cell in cells)
    return Column(name=name, type=kind, data=data, valid=_validity(there))


def _numbers(array: Any, dtype: str) -> tuple[Any, Any]:
    """The numbers of an array as they lie in its buffer, and which of them are there."""
    if not len(array):
        return np.zeros(0, dtype), np.zeros(0, np.bool_)
    found = np.frombuffer(array.buffers()[1], dtype)
    return found[array.offset : array.offset + len(array)], _there(array)


def _there(array: Any) -> Any:
    return array.is_valid().to_numpy(zero_copy_only=False)


def _validity(there: Any) -> bytes:
    return b"" if there.all() else bytes(there.tobytes())

"""Builds the blocks of rows that lists, tables and files are recorded as; needs no numpy and accepts its arrays."""

from __future__ import annotations

import struct
import sys
import time
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec

from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError, LimitError
from runwatch.schema.metric import Block, Column, ColumnType, MetricKind
from runwatch.schema.name import metric_name
from runwatch.sdk import value as values
from runwatch.sdk.value import Scalar

VALUE_COLUMN: Final = "value"
"""The column of scalars and lists."""

FILE_COLUMN: Final = "artifact"
"""The column of images and charts: the path of the file within the run."""

_LITTLE: Final = sys.byteorder == "little"
_FLOAT: Final = struct.Struct("<d").pack
_INT: Final = struct.Struct("<q").pack
_recorded = lru_cache(maxsize=4_096)(metric_name)


def of_list(metric: str, logged: object, description: str) -> Block | None:
    """The block of ``log_list``, or None for an empty list.

    Raises:
        InvalidValueError: If it is no list, or a list of lists.
    """
    found = values.items(logged, "run.log_list")
    if len(found) == 0:
        return None
    return block(metric, MetricKind.LIST, [_column(VALUE_COLUMN, found, "run.log_list")], len(found), description)


def of_row(metric: str, cells: Mapping[str, object], description: str) -> Block | None:
    """The block of ``log_row``, or None for a row without cells; the order of the cells is kept.

    Raises:
        InvalidValueError: If a cell is a list.
    """
    if not cells:
        return None
    return block(metric, MetricKind.TABLE, [_single(name, cell) for name, cell in cells.items()], 1, description)


def of_table(metric: str, table: object, description: str) -> Block | None:
    """The block of ``log_table``, or None for a table without rows.

    Args:
        metric: The metric's name.
        table: A mapping or data frame from column names to lists of equal length, or to single values.
        description: The text to go with it.

    Raises:
        InvalidValueError: If it is not one, or the lengths differ.
    """
    pairs = _pairs(table)
    if not pairs:
        return None
    collections = [values.is_collection(cells) for _, cells in pairs]
    if not any(collections):
        return of_row(metric, dict(pairs), description)
    if not all(collections):
        alone = next(name for (name, _), many in zip(pairs, collections, strict=True) if not many)
        raise InvalidValueError(
            f"Column {alone} holds a single value while other columns hold lists.", hint="Give each column a list."
        )
    found = [(name, values.items(cells, "run.log_table")) for name, cells in pairs]
    rows = len(found[0][1])
    for name, cells in found[1:]:
        if len(cells) != rows:
            raise InvalidValueError(
                f"Columns must have the same length, but {found[0][0]} has {rows} values and {name} has {len(cells)}."
            )
    if rows == 0:
        return None
    columns = [_column(_name(name), cells, f"Column {name}") for name, cells in found]
    return block(metric, MetricKind.TABLE, columns, rows, description)


def of_file(metric: str, kind: MetricKind, path: str, description: str) -> Block:
    """One row that names a file of the run."""
    return block(metric, kind, [column(FILE_COLUMN, [path])], 1, description)


def block(metric: str, kind: MetricKind, columns: Sequence[Column], rows: int, description: str) -> Block:
    """A block whose rows were all logged now.

    Raises:
        InvalidValueError: If two columns have the same name, or a name is none.
        LimitError: If there are more columns or bytes than one call may hold.
    """
    if len(columns) > limit.COLUMNS:
        raise LimitError(
            f"{len(columns):,} columns are too many for one metric.", hint=f"A metric may have {limit.COLUMNS:,}."
        )
    if len({each.name for each in columns}) != len(columns):
        raise InvalidValueError(f"Two columns of {metric} have the same name.")
    size_bytes = sum(len(each.data) for each in columns)
    if size_bytes > limit.BLOCK_BYTES:
        raise LimitError(
            f"{size_bytes:,} bytes are too many for one logging call.",
            hint=f"Up to {limit.BLOCK_BYTES >> 20} MiB may be logged at once; use several calls or run.upload_file.",
        )
    now = int(time.time() * 1e6)
    return Block(
        metric=_name(metric),
        kind=kind,
        rows=rows,
        columns=tuple(columns),
        times=_INT(now) * rows,
        description=description or "",
    )


def column(name: str, cells: Sequence[Scalar]) -> Column:
    """A column of values that `runwatch.sdk.value.scalar` has made; the type is the narrowest that holds them all."""
    kinds = set(map(type, cells))
    if kinds <= {int, float}:
        kind = ColumnType.INT if kinds == {int} else ColumnType.FLOAT
        data = _little(array("q" if kind is ColumnType.INT else "d", cells))
        return Column(name=name, type=kind, data=data)
    if kinds == {bool}:
        return Column(name=name, type=ColumnType.BOOL, data=bytes(cells))  # type: ignore[arg-type]
    kind = ColumnType.STR if kinds == {str} else ColumnType.MIXED
    return Column(name=name, type=kind, data=_packed(cells))


def _column(name: str, cells: Any, call: str) -> Column:
    """A column of what the user gave."""
    if values.is_array(cells):
        return _array_column(name, cells)
    if set(map(type, cells)) <= values.PLAIN | {int}:
        try:
            return column(name, cells)
        except OverflowError:  # integers beyond 64 bits
            pass
    return column(name, [_cell(cell, call) for cell in cells])


def _cell(cell: object, call: str) -> Scalar:
    if values.is_collection(cell):
        raise InvalidValueError(
            f"{call} was given a {type(cell).__name__} inside a list.",
            hint="Values must be single ones; flatten the list, or log one column each with run.log_table.",
        )
    return values.scalar(cell)


def _single(name: str, cell: object) -> Column:
    """A column of one row; the plain types without detours, since rows are logged in loops."""
    kind = type(cell)
    if kind is float:
        return Column(name=_name(name), type=ColumnType.FLOAT, data=_FLOAT(cell))
    if kind is int and -values.INT_MAX <= cell <= values.INT_MAX:  # type: ignore[operator]
        return Column(name=_name(name), type=ColumnType.INT, data=_INT(cell))
    if values.is_collection(cell):
        raise InvalidValueError(
            f"A row holds one value a column, but column {name} was given a {kind.__name__}.",
            hint="Use run.log_table for several rows.",
        )
    return column(_name(name), [values.scalar(cell)])


def _name(name: str) -> str:
    return _recorded(name) if type(name) is str else metric_name(name)


def _array_column(name: str, cells: Any) -> Column:
    kind = cells.dtype.kind
    if kind == "b":
        return Column(name=name, type=ColumnType.BOOL, data=cells.astype("u1").tobytes())
    if kind == "f" or (kind == "u" and cells.dtype.itemsize == 8 and int(cells.max()) > values.INT_MAX):
        return Column(name=name, type=ColumnType.FLOAT, data=cells.astype("<f8").tobytes())
    return Column(name=name, type=ColumnType.INT, data=cells.astype("<i8").tobytes())


def _pairs(table: Any) -> list[tuple[str, object]]:
    if isinstance(table, Mapping) or hasattr(table, "columns"):  # a data frame has items() too
        found: Iterable[tuple[object, object]] = table.items()
        return [(name if isinstance(name, str) else str(name), cells) for name, cells in found]
    raise InvalidValueError(
        f"run.log_table takes a dictionary of columns, not a {type(table).__name__}.",
        hint='For example {"angle": [0.0, 0.5], "sine": [0.0, 0.479]}.',
    )


def _packed(cells: Sequence[Scalar]) -> bytes:
    try:
        return msgspec.msgpack.encode(cells)
    except UnicodeEncodeError:  # halves of surrogate pairs, which no encoding of Unicode can hold
        whole = [cell.encode("utf-8", "replace").decode() if isinstance(cell, str) else cell for cell in cells]
        return msgspec.msgpack.encode(whole)


def _little(numbers: array[Any]) -> bytes:
    if not _LITTLE:
        numbers.byteswap()
    return numbers.tobytes()

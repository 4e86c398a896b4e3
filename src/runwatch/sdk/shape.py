"""Gives recorded metrics the shapes that the original's ``get_metrics`` returns, and a typed one beside them."""

from __future__ import annotations

import sys
from array import array
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from runwatch.schema.metric import Block, Column, ColumnType, MetricKind
from runwatch.sdk.block import FILE_COLUMN, VALUE_COLUMN

if TYPE_CHECKING:
    import numpy as np

FILE_KINDS: Final = frozenset({
    MetricKind.IMAGE, MetricKind.CONFUSION_MATRIX, MetricKind.ACCURACY_TABLE, MetricKind.RESIDUALS,
    MetricKind.PREDICTIONS,
})  # fmt: skip
"""What is kept as a file, with a row that names it."""

_CODES: Final = {ColumnType.FLOAT: "d", ColumnType.INT: "q", ColumnType.BOOL: "B"}


class MetricRows(Struct, frozen=True, kw_only=True, eq=False):
    """All rows of a metric, typed, in the order logged.

    Attributes:
        name: The metric.
        kind: How it was logged.
        columns: Numbers and booleans as numpy arrays (float64, int64, bool; masked where rows lack a value), texts and
            mixed values as lists.
        steps: int64, one a row; None if no row has a step. Rows without one have -2**63.
        times: float64, one a row: when it was logged, seconds UTC.
    """

    name: str
    kind: MetricKind
    columns: dict[str, Any]
    steps: np.ndarray[Any, Any] | None
    times: np.ndarray[Any, Any]

    def __len__(self) -> int:
        return len(self.times)


def plain(block: Block) -> Any:
    """The original's shape: a bare value for one row, a list for several, a dictionary of these for named columns.

    Files come as the paths of artifacts. A value that a row lacks is None, so that columns stay in step.
    """
    named = {column.name: _values(column) for column in block.columns}
    if block.rows == 1:
        single = {name: values[0] for name, values in named.items()}
        return single[_only(single)] if _only(single) else single
    return named[_only(named)] if _only(named) else named


def typed(block: Block) -> MetricRows:
    """The rows as numpy arrays; see `MetricRows`."""
    import numpy as np

    return MetricRows(
        name=block.metric,
        kind=block.kind,
        columns={column.name: _array(column) for column in block.columns},
        steps=np.frombuffer(block.steps, "<i8") if block.steps else None,
        times=np.frombuffer(block.times, "<i8") / 1e6,
    )


def _only(named: dict[str, Any]) -> str:
    """The column that stands for the whole metric, where there is just that one; else nothing."""
    return next(iter(named)) if len(named) == 1 and next(iter(named)) in {VALUE_COLUMN, FILE_COLUMN} else ""


def _values(column: Column) -> list[Any]:
    code = _CODES.get(column.type)
    if code is None:
        found = msgspec.msgpack.decode(column.data, type=list[Any])
    else:
        numbers = array(code)
        numbers.frombytes(column.data)
        if sys.byteorder != "little":
            numbers.byteswap()
        found = list(map(bool, numbers)) if column.type is ColumnType.BOOL else numbers.tolist()
    if column.valid:
        return [value if there else None for value, there in zip(found, column.valid, strict=True)]
    return found


def _array(column: Column) -> Any:
    import numpy as np

    if column.type not in _CODES:
        return _values(column)
    numbers = np.frombuffer(column.data, {"d": "<f8", "q": "<i8", "B": "?"}[_CODES[column.type]])
    if not column.valid:
        return numbers
    return np.ma.masked_array(numbers, mask=np.frombuffer(column.valid, "u1") == 0)

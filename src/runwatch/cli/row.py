"""Rows of a metric as Python values."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from runwatch.schema import limit
from runwatch.schema.metric import Column, ColumnType, ReadMetric
from runwatch.store.protocol import Store

PAGE: Final = limit.BATCH_RECORDS
"""Rows read at once: bounds the memory that a long metric takes."""


def numbers(data: bytes, code: str) -> array[Any]:
    """Little-endian numbers: ``d`` for float64, ``q`` for int64."""
    values = array(code, data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def column_values(column: Column) -> list[Any]:
    """The values of a column; None where a row lacks one."""
    values: list[Any]
    if column.type is ColumnType.FLOAT:
        values = list(numbers(column.data, "d"))
    elif column.type is ColumnType.INT:
        values = list(numbers(column.data, "q"))
    elif column.type is ColumnType.BOOL:
        values = [byte != 0 for byte in column.data]
    else:
        values = msgspec.msgpack.decode(column.data) if column.data else []
    if column.valid:
        values = [item if there else None for item, there in zip(values, column.valid, strict=True)]
    return values


def read_rows(store: Store, run_id: str, name: str, *, last: int | None = None) -> Iterator[dict[str, Any]]:
    """Rows of a metric in the order logged, page after page.

    Args:
        store: Where the run is.
        run_id: The run.
        name: The metric.
        last: Only so many of the newest rows; None means all.

    Yields:
        For each row ``row`` (its index), ``step`` (None if none was given), ``time`` (seconds UTC) and ``values`` by
        column. A column that a row lacks is left out.
    """
    index, left = (0, None) if last is None else (-last, last)
    while left is None or left > 0:
        answer = store.metrics.read(
            ReadMetric(run_id=run_id, name=name, first=index, count=PAGE if left is None else min(PAGE, left))
        )
        block = answer.block
        if not block.rows:
            return
        steps = numbers(block.steps, "q") if block.steps else None
        times = numbers(block.times, "q")
        columns = [(column.name, column_values(column), column.valid) for column in block.columns]
        for row in range(block.rows):
            step = steps[row] if steps is not None and steps[row] >= limit.STEP_MIN else None
            values = {title: cells[row] for title, cells, valid in columns if not valid or valid[row]}
            yield {"row": answer.first + row, "step": step, "time": times[row] / 1e6, "values": values}
        index = answer.first + block.rows
        left = None if left is None else left - block.rows
        if index >= answer.total:
            return

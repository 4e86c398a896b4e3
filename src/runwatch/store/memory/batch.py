"""The blocks of a batch as rows in memory; what makes no sense is counted and holds nothing up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError
from runwatch.schema.metric import AppendBatch, Block
from runwatch.schema.name import metric_name
from runwatch.series.chunk import NO_STEP, Chunk
from runwatch.series.column import IntArray, Values
from runwatch.series.error import ValuesError
from runwatch.store.memory.log import MetricLog
from runwatch.store.text import clean, from_json, to_json


class Batch:
    """What a batch brings.

    Attributes:
        params: Parameters as JSON gives them back.
        dropped: Points that cannot be kept, by reason.
    """

    def __init__(self, request: AppendBatch) -> None:
        self._blocks = request.blocks
        self.dropped = Counter(request.dropped)
        self.params = dict(self._params(request.params))

    def append_to(self, metrics: dict[str, MetricLog]) -> bool:
        """Put the rows behind those of their metrics; whether there were any."""
        found = [(block, rows) for block in self._blocks if (rows := self._rows(block)) is not None]
        for block, rows in found:
            name = metric_name(block.metric)
            metric = metrics.get(name, MetricLog(name, block.kind))
            metrics[name] = metric.append(self._fitting(metric, rows), block.description)
        return bool(found)

    def _params(self, params: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, value in params.items():
            try:
                yield clean(name), from_json(to_json(value))
            except InvalidValueError:
                self.dropped["a parameter's value has no JSON form"] += 1

    def _rows(self, block: Block) -> Chunk | None:
        """The rows of a block; None if they make no sense."""
        if not block.metric:
            self.dropped["their metric has no name"] += block.rows
            return None
        try:
            times = _integers(block.times, block.rows)
            steps = _integers(block.steps, block.rows) if block.steps else None
            columns: dict[str, Values] = {}
            for column in block.columns:
                name = metric_name(column.name) if column.name else ""
                values = Values.from_wire(column.type, column.data, column.valid, block.rows)
                if name in columns:
                    self.dropped["a column of this name stands in the same row already"] += values.present()
                else:
                    columns[name] = values
        except ValuesError:
            self.dropped["their bytes do not fit the number of rows"] += block.rows
            return None
        given = steps is not None and bool((steps != NO_STEP).any())
        return Chunk(rows=block.rows, columns=columns, times=times, steps=steps if given else None)

    def _fitting(self, metric: MetricLog, rows: Chunk) -> Chunk:
        """The rows with those columns that the metric has, or has room for."""
        room = limit.COLUMNS - len(metric.all.columns)
        surplus = [name for name in rows.columns if name not in metric.all.columns][room:]
        for name in surplus:
            self.dropped[f"a metric has at most {limit.COLUMNS:,} columns"] += rows.columns[name].present()
        kept = {name: values for name, values in rows.columns.items() if name not in surplus}
        return Chunk(rows=rows.rows, columns=kept, times=rows.times, steps=rows.steps)


def _integers(data: bytes, rows: int) -> IntArray:
    if len(data) != 8 * rows:
        raise ValuesError(f"{rows} integers do not take {len(data)} bytes.")
    return np.frombuffer(data, "<i8")

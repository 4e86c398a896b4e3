"""Metrics in the shapes of ``run.get_metrics``, and as the service keeps them, as blocks of rows."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import numpy as np

from runwatch.importers.azureml import moment
from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError
from runwatch.schema.metric import Block, Column, ColumnType, MetricKind
from runwatch.schema.name import metric_name
from runwatch.series.chunk import NO_STEP
from runwatch.series.column import Scalar, Values

VALUE: Final = "value"
FILE: Final = "artifact"

_BLOCK_ROWS: Final = 8_192
_ADDRESS: Final = re.compile(r"aml://artifactId/ExperimentRun/dcid\.([^/]+)/(.+)", re.DOTALL)
_INT64: Final = range(-(2**63), 2**63)
_KINDS: Final = {
    "azureml.v1.scalar": MetricKind.SCALAR,
    "azureml.v1.list": MetricKind.LIST,
    "azureml.v1.table": MetricKind.TABLE,
    "azureml.v2.image": MetricKind.IMAGE,
    "azureml.v2.confusion_matrix": MetricKind.CONFUSION_MATRIX,
    "azureml.v2.accuracy_table": MetricKind.ACCURACY_TABLE,
    "azureml.v2.residuals": MetricKind.RESIDUALS,
    "azureml.v2.predictions": MetricKind.PREDICTIONS,
}

KindOfFile = Callable[[str], MetricKind | None]
"""What the file of a path shows: an image, a structured chart; None if the run has no such file."""


def blocks(name: str, value: Any, *, run_id: str, at: float, kind_of_file: KindOfFile) -> Iterator[Block]:
    """The rows of a metric as ``get_metrics`` gives it.

    Several values are taken for several calls of ``run.log``, since nothing tells these from a list. What no column can
    hold - lists within lists, objects within rows - is kept as JSON text.

    Args:
        name: The metric.
        value: A value, a list of them, or a dictionary from columns to one of both.
        run_id: The run, by whose id files are named.
        at: When its rows count as logged, seconds UTC: these shapes do not say it.
        kind_of_file: What kind a file is.

    Raises:
        InvalidValueError: No metric can have this name, or so many columns.
    """
    if isinstance(value, dict) and value:
        columns = {key: cells if isinstance(cells, list) else [cells] for key, cells in value.items()}
        yield from _rows(name, MetricKind.TABLE, columns, at)
        return
    cells = value if isinstance(value, list) else [value]
    paths, kinds = _files(cells, run_id, kind_of_file)
    if cells and None not in kinds:
        kind = kinds.pop() if len(kinds) == 1 else MetricKind.IMAGE
        yield from _rows(name, kind or MetricKind.IMAGE, {FILE: paths}, at)
        return
    yield from _rows(name, MetricKind.SCALAR if cells else MetricKind.LIST, {VALUE: cells}, at)


def of_record(record: Mapping[str, Any], *, run_id: str, at: float, kind_of_file: KindOfFile) -> Iterator[Block]:
    """The rows of a metric as the service keeps it, with their steps and times.

    Raises:
        InvalidValueError: No metric can have this name, or so many columns.
    """
    rows = record["value"]
    told = str((record.get("properties") or {}).get("uxMetricType"))
    names = list(dict.fromkeys(key for row in rows for key in row["data"]))
    columns = {key: [row["data"].get(key) for row in rows] for key in names}
    kind = _KINDS.get(told, MetricKind.TABLE) if len(names) != 1 else _KINDS.get(told, MetricKind.SCALAR)
    if len(names) == 1 and kind is not MetricKind.TABLE:
        (cells,) = columns.values()
        paths, kinds = _files(cells, run_id, kind_of_file)
        columns = {FILE: paths} if None not in kinds else {VALUE: cells}
        if None in kinds and kind not in {MetricKind.SCALAR, MetricKind.LIST}:
            kind = MetricKind.SCALAR
    steps = [_step(row.get("step")) for row in rows]
    times = [moment.seconds(row.get("createdUtc")) or at for row in rows]
    yield from _rows(record["name"], kind, columns, times, steps)


def _rows(
    name: str,
    kind: MetricKind,
    columns: Mapping[str, list[Any]],
    at: float | list[float],
    steps: list[int] | None = None,
) -> Iterator[Block]:
    """Blocks of bounded size; columns that are shorter than others lack their last values."""
    if len(columns) > limit.COLUMNS:
        raise InvalidValueError(f"The metric {name[:80]!r} has {len(columns):,} columns; {limit.COLUMNS:,} are kept.")
    title = metric_name(name)
    rows = max(map(len, columns.values()), default=0)
    values = {
        key[: limit.NAME_CHARS]: Values.from_list([*map(plain, cells), *[None] * (rows - len(cells))])
        for key, cells in columns.items()
    }
    times = np.asarray(at if isinstance(at, list) else [at] * rows, "<f8")
    given = None if steps is None or not any(step != NO_STEP for step in steps) else np.asarray(steps, "<i8")
    for first in range(0, max(1, rows), _BLOCK_ROWS):
        part = slice(first, min(rows, first + _BLOCK_ROWS))
        yield Block(
            metric=title,
            kind=kind,
            rows=part.stop - first,
            columns=tuple(_column(key, column.select(part)) for key, column in values.items()),
            times=np.round(times[part] * 1e6).astype("<i8").tobytes(),
            steps=b"" if given is None else given[part].tobytes(),
        )


def _column(name: str, values: Values) -> Column:
    kind, data, valid = values.to_wire()
    return Column(name=name, type=ColumnType(kind), data=data, valid=valid)


def plain(value: Any) -> Scalar:
    """A value as a column can hold it: integers beyond 64 bits, lists and objects become JSON text."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and value in _INT64):
        return value
    try:
        return json.dumps(value, separators=(",", ":"))
    except ValueError:  # an integer of thousands of digits
        return hex(value) if isinstance(value, int) else repr(type(value))


def _files(
    cells: list[Any], run_id: str, kind_of_file: KindOfFile
) -> tuple[list[str | None], set[MetricKind | None]]:  # fmt: skip
    """The paths of the files that cells stand for, and the kinds of these; None where one stands for no file."""
    paths = [_path(cell, run_id) for cell in cells]
    return paths, {None if path is None else kind_of_file(path) for path in paths}


def _path(cell: Any, run_id: str) -> str | None:
    """The path of the file that an address stands for, if it is one of this run."""
    found = _ADDRESS.fullmatch(cell) if isinstance(cell, str) else None
    return found.group(2) if found is not None and found.group(1) == run_id else None


def _step(step: Any) -> int:
    if isinstance(step, float) and math.isfinite(step) and step.is_integer():
        step = int(step)
    whole = isinstance(step, int) and not isinstance(step, bool)
    return step if whole and limit.STEP_MIN <= step <= limit.STEP_MAX else NO_STEP

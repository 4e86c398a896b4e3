"""Summaries of columns as rows of their table, and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, bindparam, insert, select, update

from runwatch.schema.metric import ColumnType, Summary
from runwatch.series.column import TYPES, Scalar
from runwatch.series.summary import ColumnSummary
from runwatch.store.sql.statement import Lookup, Row, Statement
from runwatch.store.sql.table.metric import summaries

Key: TypeAlias = tuple[str, str]
"""The names of a metric and of one of its columns."""

_STORED: Final = tuple(summaries.c.keys()[3:])
FIGURES: Final = tuple(summaries.c[name] for name in _STORED if not name.endswith("_number"))
"""The columns to select, in the order in which `to_figures` and `to_summary` expect them."""

_FIND: Final = Lookup(
    select(summaries.c.metric, summaries.c.column, *FIGURES).where(summaries.c.run_key == bindparam("key")),
    summaries.c.metric,
    ("key",),
)
_INSERT: Final = Statement(insert(summaries), ("run_key", "metric", "column", *_STORED))


def _update(names: Sequence[str]) -> Statement:
    of_column = (
        summaries.c.run_key == bindparam("of_run"),
        summaries.c.metric == bindparam("of_metric"),
        summaries.c.column == bindparam("of_column"),
    )
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    return Statement(update(summaries).where(*of_column).values(values), (*names, "of_run", "of_metric", "of_column"))


_UPDATE: Final = _update(_STORED)
_UPDATE_WITHIN: Final = _update(("count", "numeric", "last_number", "last_value", "sum", "sum_squares"))
_ENCODE: Final = json.JSONEncoder().encode
_DECODE: Final[Callable[[str], Scalar]] = json.JSONDecoder().decode
_NONFINITE: Final = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
_TYPES: Final = {name: ColumnType(name) for name in TYPES}


def find_summaries(connection: Connection, run_key: int, names: Iterable[str]) -> list[Row]:
    """Rows of metric, column and `FIGURES` of metrics of a run."""
    return _FIND.all(connection, names, run_key)


def insert_summaries(connection: Connection, run_key: int, new: Mapping[Key, ColumnSummary]) -> None:
    """Write summaries of columns that had none."""
    _INSERT.write(connection, [(run_key, *key, *_row(figures)) for key, figures in new.items()])


def goes_on(known: ColumnSummary, figures: ColumnSummary) -> bool:
    """Whether new rows changed only counts, sums and the last value, as most of them do."""
    return (
        known.min == figures.min
        and known.max == figures.max
        and known.type == figures.type
        and known.nonfinite == figures.nonfinite
        and known.count > 0
    )


def update_summaries(
    connection: Connection, run_key: int, changed: Mapping[Key, ColumnSummary], moved: Container[Key]
) -> None:
    """Replace summaries.

    Args:
        connection: In a write transaction.
        run_key: The run.
        changed: Their new figures.
        moved: Those of which more changed than `goes_on` says; leaving the indexes of the others alone halves the time.
    """
    _UPDATE.write(connection, [(*_row(figures), run_key, *key) for key, figures in changed.items() if key in moved])
    _UPDATE_WITHIN.write(
        connection, [(*_within(figures), run_key, *key) for key, figures in changed.items() if key not in moved]
    )


def to_figures(row: Iterable[Any]) -> ColumnSummary:
    """The summary in a row of `FIGURES`."""
    kind, count, nonfinite, numeric, first, last, low, high, total, squares, min_step, max_step = row
    return ColumnSummary(
        type=TYPES[kind],
        count=count,
        nonfinite=nonfinite,
        numeric=numeric,
        first=_to_value(kind, first),
        last=_to_value(kind, last),
        min=low,
        max=high,
        sum=total,
        sum_squares=squares,
        min_step=min_step,
        max_step=max_step,
    )


def to_summary(column: str, row: Iterable[Any]) -> Summary:
    """The summary in a row of `FIGURES`, as readers get it.

    Args:
        column: The name of the column.
        row: The row.
    """
    kind, count, nonfinite, numeric, first, last, low, high, total, squares, min_step, max_step = row
    return Summary(
        column=column,
        type=_TYPES[kind],
        count=count,
        nonfinite=nonfinite,
        numeric=numeric,
        first=_to_value(kind, first),
        last=_to_value(kind, last),
        min=low,
        max=high,
        sum=total,
        sum_squares=squares,
        min_step=min_step,
        max_step=max_step,
    )


def _row(figures: ColumnSummary) -> tuple[Any, ...]:
    """What is stored of a summary, in the order of the table."""
    return (
        figures.type,
        figures.count,
        figures.nonfinite,
        figures.numeric,
        _to_number(figures.first),
        _to_number(figures.last),
        _to_text(figures.first),
        _to_text(figures.last),
        figures.min,
        figures.max,
        figures.sum,
        figures.sum_squares,
        figures.min_step,
        figures.max_step,
    )


def _within(figures: ColumnSummary) -> tuple[Any, ...]:
    """What is stored anew of a summary that goes on."""
    last = figures.last
    return figures.count, figures.numeric, _to_number(last), _to_text(last), figures.sum, figures.sum_squares


def _to_number(value: Scalar) -> float | None:
    """What lists sort and filter by; a NaN is not equal to itself and has no place in an order."""
    if value is None or isinstance(value, str) or value != value:
        return None
    return float(value)


def _to_text(value: Scalar) -> str | None:
    if isinstance(value, float):
        text = repr(value)
        return _NONFINITE.get(text, text)
    return None if value is None else _ENCODE(value)


def _to_value(kind: str, text: str | None) -> Scalar:
    if text is None:
        return None
    return float(text) if kind == "float" else _DECODE(text)

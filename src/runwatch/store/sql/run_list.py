"""Lists of runs: filtered, sorted and paged inside the database.

A list sorted by a figure of a metric walks the index of that figure and picks the runs that meet the conditions, so
that the first page of 100,000 runs costs as much as the page. Where the conditions leave few runs, these are sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, exists, null, select

from runwatch.schema.metric import MetricColumn, Summary
from runwatch.schema.run import ListRuns, RunOrder, RunPage
from runwatch.store.sql.metric_summary import FIGURES, to_summary
from runwatch.store.sql.run_filter import STAT_COLUMNS, Filter, make_filter
from runwatch.store.sql.run_order import FIELDS, Place, by_value, read_place, write_place
from runwatch.store.sql.run_row import to_runs
from runwatch.store.sql.table.metric import summaries
from runwatch.store.sql.table.run import runs
from runwatch.store.sql.text import clean

_FIGURES: Final = select(summaries.c.run_key, *FIGURES).where(
    summaries.c.run_key.in_(bindparam("keys", expanding=True)),
    summaries.c.metric == bindparam("metric"),
    summaries.c.column == bindparam("name"),
)


def list_runs(connection: Connection, request: ListRuns) -> RunPage:
    """A page of runs.

    Args:
        connection: In a read transaction.
        request: A checked request.
    """
    place = read_place(request.order, request.cursor)
    rows = _rows(connection, request, place)
    page = rows[: request.limit]
    return RunPage(
        runs=to_runs(connection, page),
        summaries=_figures(connection, [row.run_key for row in page], request.columns),
        next_cursor=write_place(request.order, page[-1]) if len(rows) > request.limit else None,
    )


def _rows(connection: Connection, request: ListRuns, place: Place | None) -> Sequence[Row[*tuple[Any, ...]]]:
    """The page's rows and one more: first those with a sort value, then those without, the newest first."""
    found = make_filter(connection, request)
    rows: list[Row[*tuple[Any, ...]]] = []
    if place is None or place.value is not None:
        rows += connection.execute(valued(found, request.order, place).limit(request.limit + 1))
    if len(rows) <= request.limit and request.order.field not in {"created_at", "number", "status"}:
        after = place if place is not None and place.value is None else None
        rows += connection.execute(lacking(found, request.order, after).limit(request.limit + 1 - len(rows)))
    return rows


def valued(found: Filter, order: RunOrder, place: Place | None) -> Select[Any]:
    """The runs that have a sort value, in order.

    Args:
        found: The conditions.
        order: What to sort by.
        place: Where to go on.
    """
    if order.field != "metric":
        statement = select(runs).where(*found.where)
        return by_value(statement, order, FIELDS[order.field], runs.c.run_key, place)
    figure = summaries.c[STAT_COLUMNS[order.stat]]
    source = summaries.join(runs, runs.c.run_key == summaries.c.run_key)
    statement = select(runs).select_from(source).where(*_is_metric(order), *found.where)
    return by_value(statement, order, figure, (runs if found.few else summaries).c.run_key, place)


def lacking(found: Filter, order: RunOrder, place: Place | None) -> Select[Any]:
    """The runs without a sort value, the newest first.

    Args:
        found: The conditions.
        order: What to sort by.
        place: Where to go on among them.
    """
    if order.field == "metric":
        has_figure = summaries.c[STAT_COLUMNS[order.stat]].is_not(None)
        there = (summaries.c.run_key == runs.c.run_key, *_is_metric(order), has_figure)
        lacks = ~exists().where(*there)
    else:
        lacks = FIELDS[order.field].is_(None)
    statement = select(runs, null().label("sort_value"))
    statement = statement.where(*found.where, lacks).order_by(runs.c.run_key.desc())
    return statement if place is None else statement.where(runs.c.run_key < place.run_key)


def _is_metric(order: RunOrder) -> tuple[Any, Any]:
    assert order.metric is not None
    return summaries.c.metric == clean(order.metric.metric), summaries.c.column == clean(order.metric.column)


def _figures(
    connection: Connection, run_keys: Sequence[int], columns: Sequence[MetricColumn]
) -> tuple[tuple[Summary | None, ...], ...]:
    if not columns or not run_keys:
        return tuple(() for _ in run_keys)
    wanted = [(clean(each.metric), clean(each.column)) for each in columns]
    found: dict[tuple[int, str, str], Summary] = {}
    for metric, column in dict.fromkeys(wanted):
        for key, *figures in connection.execute(_FIGURES, {"keys": run_keys, "metric": metric, "name": column}):
            found[key, metric, column] = to_summary(column, tuple(figures))
    return tuple(tuple(found.get((key, *each)) for each in wanted) for key in run_keys)

"""Lists of runs: filtered, sorted and paged inside the database.

A list sorted by a figure of a metric walks the index of that figure and picks the runs that meet the conditions, so
that the first page of 100,000 runs costs as much as the page. Where the conditions leave few runs, these are sorted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select

from runwatch.schema.metric import MetricColumn, Summary
from runwatch.schema.run import ListRuns, RunPage
from runwatch.store.sql.metric_summary import FIGURES, to_summary
from runwatch.store.sql.run_filter import make_filter
from runwatch.store.sql.run_order import ALWAYS_THERE, Place, Values, lacking, read_place, values_of, write_place
from runwatch.store.sql.run_row import to_runs
from runwatch.store.sql.table.metric import summaries
from runwatch.store.sql.table.run import runs
from runwatch.store.sql.text import clean

_FIGURES: Final = select(summaries.c.run_key, *FIGURES).where(
    summaries.c.run_key.in_(bindparam("keys", expanding=True)),
    summaries.c.metric == bindparam("metric"),
    summaries.c.column == bindparam("name"),
)
_ROWS: Final = select(runs).where(runs.c.run_key.in_(bindparam("keys", expanding=True)))


def list_runs(connection: Connection, request: ListRuns) -> RunPage:
    """A page of runs.

    Args:
        connection: In a read transaction.
        request: A checked request.
    """
    place = read_place(request.order, request.cursor)
    now = time.time() if place is None else place.now
    found = _find(connection, request, place, now)
    page = found[: request.limit]
    keys = [row.run_key for row in page]
    rows = {row.run_key: row for row in connection.execute(_ROWS, {"keys": keys})} if keys else {}
    return RunPage(
        runs=to_runs(connection, [rows[key] for key in keys]),
        summaries=find_summaries(connection, keys, request.columns),
        next_cursor=write_place(request.order, now, page[-1]) if len(found) > request.limit else None,
    )


def _find(connection: Connection, request: ListRuns, place: Place | None, now: float) -> Sequence[Row[tuple[int, Any]]]:
    """The page's keys and one more: first of runs with a sort value, then of those without, the newest first."""
    found = make_filter(connection, request, now)
    kinds = values_of(request.order, now)
    rows: list[Row[tuple[int, Any]]] = []
    for kind, after in _from(kinds, place):
        if len(rows) <= request.limit:
            statement = kind.keys(found, request.order, after)
            rows += connection.execute(statement.limit(request.limit + 1 - len(rows)))
    if len(rows) <= request.limit and request.order.field not in ALWAYS_THERE:
        after = place if place is not None and place.value is None else None
        rows += connection.execute(lacking(found, kinds, after).limit(request.limit + 1 - len(rows)))
    return rows


def _from(kinds: Sequence[Values], place: Place | None) -> Iterator[tuple[Values, Place | None]]:
    """The kinds of values that are left, each with the place to go on at."""
    if place is None:
        yield from ((kind, None) for kind in kinds)
        return
    reached = False
    for kind in kinds:
        here = type(place.value) is kind.kind
        if here or reached:
            yield kind, place if here else None
        reached = reached or here


def find_summaries(
    connection: Connection, run_keys: Sequence[int], columns: Sequence[MetricColumn]
) -> tuple[tuple[Summary | None, ...], ...]:
    """For each run the summaries of columns, in their order; None where it lacks one.

    Args:
        connection: In a read transaction.
        run_keys: The runs, at most as many as fit one statement.
        columns: The columns.
    """
    if not columns or not run_keys:
        return tuple(() for _ in run_keys)
    wanted = [(clean(each.metric), clean(each.column)) for each in columns]
    found: dict[tuple[int, str, str], Summary] = {}
    for metric, column in dict.fromkeys(wanted):
        for key, *figures in connection.execute(_FIGURES, {"keys": run_keys, "metric": metric, "name": column}):
            found[key, metric, column] = to_summary(column, tuple(figures))
    return tuple(tuple(found.get((key, *each)) for each in wanted) for key in run_keys)

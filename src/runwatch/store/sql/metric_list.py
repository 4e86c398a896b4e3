"""Lists of the metrics of a run, by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, true

from runwatch.schema.metric import ColumnType, ListMetrics, Metric, MetricKind, MetricPage, Summary
from runwatch.store import cursor as cursors
from runwatch.store.sql.metric_arrival import FindLate
from runwatch.store.sql.metric_row import COLUMNS, find_rows, find_run, note, recorded_name, to_entries
from runwatch.store.sql.metric_summary import find_summaries, to_summary
from runwatch.store.sql.statement import NAMES_PER_QUERY, Statement, batches
from runwatch.store.sql.table.metric import metrics
from runwatch.store.sql.text import clean, contains

_LAST: Final = "\U0010ffff"
"""Sorts behind every text that begins with the same characters."""

_OF_RUN: Final = select(*COLUMNS).where(metrics.c.run_key == bindparam("key")).order_by(metrics.c.name)
_FIRST: Final = Statement(_OF_RUN.limit(bindparam("count")), ("key", "count"))
_BEHIND: Final = Statement(
    _OF_RUN.where(metrics.c.name > bindparam("after")).limit(bindparam("count")), ("key", "after", "count")
)
"""Whole lists, which are what is asked for most."""


def list_metrics(connection: Connection, request: ListMetrics, find: FindLate) -> MetricPage:
    """A page of the metrics of a run.

    Args:
        connection: In a read transaction.
        request: What is wanted.
        find: Finds the last rows of metrics.

    Raises:
        NotFoundError: There is no such run.
        GoneError: It was deleted.
        InvalidValueError: For a limit or a cursor that is none.
    """
    limit = cursors.check_limit(request.limit)
    after = None if request.cursor is None else cursors.from_text(request.cursor, str)
    run_key = find_run(connection, request.run_id).run_key
    rows = _find(connection, run_key, request, after, limit + 1)
    found = _describe(connection, request.run_id, run_key, rows[:limit], find)
    return MetricPage(metrics=found, next_cursor=cursors.to_text(found[-1].name) if len(rows) > limit else None)


def _find(
    connection: Connection, run_key: int, request: ListMetrics, after: str | None, count: int
) -> Sequence[Iterable[Any]]:
    """The first so many rows after a name."""
    is_open = not request.prefix and not request.search
    if request.names is None:
        if not is_open:
            return _select(connection, run_key, request, true() if after is None else metrics.c.name > after, count)
        if after is None:
            return _FIRST.all(connection, run_key, count)
        return _BEHIND.all(connection, run_key, after, count)
    wanted = sorted(name for name in map(recorded_name, set(request.names)) if after is None or name > after)
    found: list[Iterable[Any]] = []
    for some in batches(wanted, NAMES_PER_QUERY):
        if is_open:
            found += find_rows(connection, run_key, some)
        else:
            found += _select(connection, run_key, request, metrics.c.name.in_(some), count - len(found))
        if len(found) >= count:
            break
    return found[:count]


def _select(
    connection: Connection, run_key: int, request: ListMetrics, names: ColumnElement[bool], count: int
) -> Sequence[Iterable[Any]]:
    conditions = metrics.c.run_key == run_key, names, *_conditions(request)
    return connection.execute(select(*COLUMNS).where(*conditions).order_by(metrics.c.name).limit(count)).all()


def _conditions(request: ListMetrics) -> Iterator[ColumnElement[bool]]:
    if request.prefix:
        prefix = clean(request.prefix)
        yield metrics.c.name.between(prefix, prefix + _LAST)
        yield func.substr(metrics.c.name, 1, len(prefix)) == prefix
    if request.search:
        yield contains(request.search, metrics.c.name)


def _describe(
    connection: Connection, run_id: str, run_key: int, rows: Iterable[Iterable[Any]], find: FindLate
) -> tuple[Metric, ...]:
    entries = to_entries(connection, run_key, rows, find)
    note(connection, run_id, entries)
    summaries: dict[str, dict[str, Summary]] = {entry.name: {} for entry in entries}
    for metric, column, *figures in find_summaries(connection, run_key, summaries):
        summaries[metric][column] = to_summary(column, figures)
    return tuple(
        Metric(
            name=entry.name,
            kind=MetricKind(entry.kind),
            rows=entry.rows,
            columns=tuple(summaries[entry.name].get(name) or _blank(name) for name in entry.columns),
            description=entry.description,
            has_steps=entry.has_steps,
            first_at=entry.first_at,
            last_at=entry.last_at,
            last_step=entry.last_step,
        )
        for entry in entries
    )


def _blank(column: str) -> Summary:
    """The summary of a column that was named in an empty table and never had a row."""
    return Summary(column=column, type=ColumnType.FLOAT, count=0)

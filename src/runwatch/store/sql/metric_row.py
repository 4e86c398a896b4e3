"""Rows of the metrics table, and the run they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, bindparam, insert, select, update

from runwatch.schema.error import NotFoundError
from runwatch.schema.name import metric_name
from runwatch.series.chunk import NO_STEP, Chunk
from runwatch.store.sql import seen
from runwatch.store.sql.metric_arrival import FindLate, find_late
from runwatch.store.sql.run_key import missing_run
from runwatch.store.sql.statement import Lookup, Row, Statement
from runwatch.store.sql.table.metric import metrics
from runwatch.store.sql.table.run import experiments, runs
from runwatch.store.sql.text import clean

SECOND: Final = 1e6
"""Times of rows are microseconds."""

COLUMNS: Final = tuple(metrics.c)
"""The columns to select, in the order in which `to_entries` expects them."""

_RUN: Final = Statement(
    select(runs.c.run_key, experiments.c.experiment_id)
    .join(experiments, experiments.c.experiment_key == runs.c.experiment_key)
    .where(runs.c.run_id == bindparam("id")),
    ("id",),
)
_BY_NAMES: Final = Lookup(select(*COLUMNS).where(metrics.c.run_key == bindparam("key")), metrics.c.name, ("key",))
_MADE: Final = ("run_key", "name", "kind", "description", "rows", "columns", "tail", "has_steps", "first_at", "last_at")
_INSERT: Final = Statement(insert(metrics), _MADE)
_CHANGED: Final = ("description", "rows", "columns", "tail", "has_steps", "first_at", "last_at", "last_step")
_UPDATE: Final = Statement(
    update(metrics)
    .where(metrics.c.metric_key == bindparam("key"))
    .values({name: bindparam(name) for name in _CHANGED}),
    (*_CHANGED, "key"),
)
_NAME: Final = itemgetter(COLUMNS.index(metrics.c.name))
_ENCODE: Final = msgspec.json.Encoder().encode
_NAMES: Final = msgspec.json.Decoder(list[str])
_SIZES: Final = msgspec.json.Decoder(list[int])


class Owner(NamedTuple):
    """The run that metrics belong to."""

    run_key: int
    experiment_id: str


class Entry(Struct, gc=False):
    """A row of the metrics table, brought up to date with what has arrived since.

    Attributes:
        key: What its chunks refer to.
        run_key: The run.
        name: As logged.
        kind: How it was first logged.
        description: The last one given.
        rows: How many rows it has.
        columns: Its columns in the order first logged; a column's place in this list never changes.
        tail: Rows of each chunk that is not sealed, oldest first.
        has_steps: Whether any row has a step.
        first_at: When the first row was logged, seconds UTC.
        last_at: When the last row was logged.
        last_step: The step of the last row.
        late_rows: How many of its last rows are in no chunk yet.
        late: Those rows, where they were looked up; writers know but their number.
    """

    key: int
    run_key: int
    name: str
    kind: str
    description: str
    rows: int
    columns: list[str]
    tail: list[int]
    has_steps: bool
    first_at: float
    last_at: float
    last_step: int | None
    late_rows: int = 0
    late: Chunk | None = None

    @property
    def laid_rows(self) -> int:
        """The rows in chunks, which come first."""
        return self.rows - self.late_rows

    @property
    def sealed_rows(self) -> int:
        """The rows in sealed chunks, which come first of all."""
        return self.laid_rows - sum(self.tail)

    def extend(self, rows: Chunk) -> None:
        """Note what new rows, at least one, change of what is known of the metric."""
        assert rows.times is not None
        if not self.rows:
            self.first_at = int(rows.times[0]) / SECOND
        self.last_at = int(rows.times[-1]) / SECOND
        last_step = NO_STEP if rows.steps is None else int(rows.steps[-1])
        self.last_step = None if last_step == NO_STEP else last_step
        self.has_steps = self.has_steps or rows.steps is not None
        self.rows += rows.rows


def find_run(connection: Connection, run_id: str) -> Owner:
    """The run of this id.

    Raises:
        NotFoundError: There is no such run.
        GoneError: It was deleted.
    """
    row = _RUN.first(connection, clean(run_id))
    if row is None:
        raise missing_run(connection, run_id)
    return Owner(*row)


def recorded_name(name: str) -> str:
    """The name under which a metric is kept: very long ones are cut, as they were when it was logged."""
    return metric_name(name) if name else name


def find_metric(connection: Connection, run_id: str, name: str, find: FindLate) -> Entry:
    """A metric of a run.

    Args:
        connection: In a read transaction.
        run_id: The run.
        name: The metric.
        find: Finds its last rows.

    Raises:
        NotFoundError: There is no such run, or it has no such metric.
        GoneError: The run was deleted.
    """
    key = run_id, recorded_name(name)
    known: Entry | None = seen.of(connection).get(key)
    if known is not None:
        return known
    owner = find_run(connection, run_id)
    found = find_metrics(connection, owner.run_key, [key[1]], find)
    if not found:
        raise missing_metric(run_id, name)
    note(connection, run_id, found.values())
    return next(iter(found.values()))


def note(connection: Connection, run_id: str, entries: Iterable[Entry]) -> None:
    """Keep metrics with their last rows, as they were found in a read transaction, until its end."""
    seen.of(connection).update(((run_id, entry.name), entry) for entry in entries)


def missing_metric(run_id: str, name: str) -> NotFoundError:
    """The run has no such metric."""
    return NotFoundError(
        f"The run {run_id!r} has no metric {name!r}.", hint="List the run's metrics to see their names.", metric=name
    )


def find_metrics(
    connection: Connection, run_key: int, names: Iterable[str], find: FindLate = find_late
) -> dict[str, Entry]:
    """Those of these metrics that the run has."""
    entries = to_entries(connection, run_key, find_rows(connection, run_key, names), find)
    return {entry.name: entry for entry in entries}


def find_rows(connection: Connection, run_key: int, names: Iterable[str]) -> list[Row]:
    """Rows of `COLUMNS` of those of these metrics that the run has, by name."""
    return sorted(_BY_NAMES.all(connection, names, run_key), key=_NAME)


def to_entries(connection: Connection, run_key: int, rows: Iterable[Iterable[Any]], find: FindLate) -> list[Entry]:
    """The entries in rows of `COLUMNS`, with the rows that no chunk has yet.

    Args:
        connection: In the transaction in which the rows were found.
        run_key: The run they belong to.
        rows: The rows.
        find: Finds the last rows of metrics.
    """
    entries = [_to_entry(row) for row in rows]
    late = find(connection, run_key, {entry.name for entry in entries}) if entries else {}
    for entry in entries:
        if (found := late.get(entry.name)) is not None:
            entry.extend(found)
            entry.late, entry.late_rows = found, found.rows
    return entries


def _to_entry(row: Iterable[Any]) -> Entry:
    key, run_key, name, kind, description, rows, columns, tail, has_steps, *rest = row
    names, sizes = _NAMES.decode(columns), _SIZES.decode(tail)
    return Entry(key, run_key, name, kind, description, rows, names, sizes, bool(has_steps), *rest)


def insert_metrics(connection: Connection, run_key: int, kinds: dict[str, str]) -> dict[str, Entry]:
    """Make metrics without rows.

    Args:
        connection: In a write transaction.
        run_key: The run.
        kinds: How each was logged, by name.
    """
    rows = [(run_key, name, kind, "", 0, "[]", "[]", False, 0.0, 0.0) for name, kind in kinds.items()]
    _INSERT.write(connection, rows)
    return find_metrics(connection, run_key, kinds)


def update_metrics(connection: Connection, entries: Iterable[Entry]) -> None:
    """Write entries back; their key, run, name and kind stay as they are.

    Args:
        connection: In a write transaction.
        entries: The metrics, all rows of which are in chunks.
    """
    _UPDATE.write(connection, [_changed(entry) for entry in entries])


def _changed(entry: Entry) -> Row:
    return (
        entry.description,
        entry.rows,
        _ENCODE(entry.columns).decode(),
        _ENCODE(entry.tail).decode(),
        entry.has_steps,
        entry.first_at,
        entry.last_at,
        entry.last_step,
        entry.key,
    )

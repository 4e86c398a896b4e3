"""Rows of the metrics table, and the run they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, bindparam, insert, select, update

from runwatch.schema.error import NotFoundError
from runwatch.schema.name import metric_name
from runwatch.store.sql.metric_bulk import Bulk
from runwatch.store.sql.run_key import missing_run
from runwatch.store.sql.table.metric import metrics
from runwatch.store.sql.table.run import experiments, runs
from runwatch.store.sql.text import clean

NAMES_PER_QUERY: Final = 500
"""Names bound to one statement: SQLite takes 32,766, but the statement's text grows with them."""

COLUMNS: Final = tuple(metrics.c)
"""The columns to select, in the order in which `to_entry` expects them."""

_RUN: Final = (
    select(runs.c.run_key, experiments.c.experiment_id)
    .join(experiments, experiments.c.experiment_key == runs.c.experiment_key)
    .where(runs.c.run_id == bindparam("id"))
)
_BY_NAMES: Final = select(*COLUMNS).where(
    metrics.c.run_key == bindparam("key"), metrics.c.name.in_(bindparam("names", expanding=True))
)
_MADE: Final = ("run_key", "name", "kind", "description", "rows", "columns", "tail", "has_steps", "first_at", "last_at")
_INSERT: Final = Bulk(insert(metrics), _MADE)
_CHANGED: Final = ("description", "rows", "columns", "tail", "has_steps", "first_at", "last_at", "last_step")
_UPDATE: Final = Bulk(
    update(metrics)
    .where(metrics.c.metric_key == bindparam("key"))
    .values({name: bindparam(name) for name in _CHANGED}),
    (*_CHANGED, "key"),
)
_ENCODE: Final = msgspec.json.Encoder().encode
_NAMES: Final = msgspec.json.Decoder(list[str])
_SIZES: Final = msgspec.json.Decoder(list[int])

Item = TypeVar("Item")


class Owner(NamedTuple):
    """The run that metrics belong to."""

    run_key: int
    experiment_id: str


class Entry(Struct):
    """A row of the metrics table.

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

    @property
    def sealed_rows(self) -> int:
        """The rows in sealed chunks, which come first."""
        return self.rows - sum(self.tail)


def find_run(connection: Connection, run_id: str) -> Owner:
    """The run of this id.

    Raises:
        NotFoundError: There is no such run.
        GoneError: It was deleted.
    """
    row = connection.execute(_RUN, {"id": clean(run_id)}).first()
    if row is None:
        raise missing_run(connection, run_id)
    return Owner(*row)


def recorded_name(name: str) -> str:
    """The name under which a metric is kept: very long ones are cut, as they were when it was logged."""
    return metric_name(name) if name else name


def find_metric(connection: Connection, run_id: str, name: str) -> Entry:
    """A metric of a run.

    Raises:
        NotFoundError: There is no such run, or it has no such metric.
        GoneError: The run was deleted.
    """
    owner = find_run(connection, run_id)
    found = find_metrics(connection, owner.run_key, [recorded_name(name)])
    if not found:
        raise missing_metric(run_id, name)
    return next(iter(found.values()))


def missing_metric(run_id: str, name: str) -> NotFoundError:
    """The run has no such metric."""
    return NotFoundError(
        f"The run {run_id!r} has no metric {name!r}.", hint="List the run's metrics to see their names.", metric=name
    )


def find_metrics(connection: Connection, run_key: int, names: Iterable[str]) -> dict[str, Entry]:
    """Those of these metrics that the run has."""
    found = {}
    for some in batches(names, NAMES_PER_QUERY):
        for row in connection.execute(_BY_NAMES, {"key": run_key, "names": some}).all():
            entry = to_entry(row)
            found[entry.name] = entry
    return found


def to_entry(row: Row[*tuple[Any, ...]]) -> Entry:
    """The entry in a row of `COLUMNS`."""
    key, run_key, name, kind, description, rows, columns, tail, *rest = row
    return Entry(key, run_key, name, kind, description, rows, _NAMES.decode(columns), _SIZES.decode(tail), *rest)


def insert_metrics(connection: Connection, run_key: int, kinds: dict[str, str]) -> dict[str, Entry]:
    """Make metrics without rows.

    Args:
        connection: In a write transaction.
        run_key: The run.
        kinds: How each was logged, by name.
    """
    rows = [(run_key, name, kind, "", 0, "[]", "[]", False, 0.0, 0.0) for name, kind in kinds.items()]
    _INSERT.execute(connection, rows)
    return find_metrics(connection, run_key, kinds)


def update_metrics(connection: Connection, entries: Iterable[Entry]) -> None:
    """Write entries back; their key, run, name and kind stay as they are.

    Args:
        connection: In a write transaction.
        entries: The metrics.
    """
    _UPDATE.execute(connection, [_changed(entry) for entry in entries])


def _changed(entry: Entry) -> tuple[Any, ...]:
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


def batches(items: Iterable[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items in lists of ``size``, the last one with what is left."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some

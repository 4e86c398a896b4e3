"""Which names of metrics, parameters, tags and properties are in use, and in how many runs.

Nothing is kept for it while runs are written: an index has each name once for each run, so that one jumps from name to
name and counts the entries between. Over millions of entries even that takes a while, and is not done for every key
that somebody types.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Column, Connection, Select, bindparam, func, select

from runwatch.schema.survey import Name
from runwatch.store.sql.reserved import reserved_keys
from runwatch.store.sql.statement import Statement
from runwatch.store.sql.table.change import sequence
from runwatch.store.sql.table.metric import metrics, summaries
from runwatch.store.sql.table.run import experiments, run_params, run_properties, run_tags, runs
from runwatch.store.sql.text import clean

QUICK_S: Final = 0.05
"""What takes no longer is counted anew whenever the workspace has changed."""

SHARE: Final = 20
"""What takes longer is believed for so many times as long as it took: counting never takes more than this part."""

KEPT: Final = 100
"""Answers that are kept: a few kinds of some experiments."""

_NOW: Final = select(sequence.c.value)
_EXPERIMENT: Final = select(experiments.c.experiment_key).where(experiments.c.experiment_id == bindparam("id"))
_MINE: Final = select(runs.c.run_key).where(runs.c.experiment_key == bindparam("experiment"))


class _Counting:
    """The statements that count the names of one kind.

    Args:
        columns: What the names are, the first columns of an index.
    """

    def __init__(self, *columns: Column[str]) -> None:
        given = [f"name_{place}" for place in range(len(columns))]
        same = [column == bindparam(name) for column, name in zip(columns, given, strict=True)]
        found = select(*columns).order_by(*columns).limit(1)
        self._first = Statement(found, ())
        self._next = [
            Statement(
                found.where(*same[:place], columns[place] > bindparam(given[place])),
                given[: place + 1],
            )
            for place in reversed(range(len(columns)))
        ]
        self._count = Statement(select(func.count()).select_from(columns[0].table).where(*same), given)
        of_experiment = select(*columns).join(runs, runs.c.run_key == columns[0].table.c.run_key)
        self._all = Statement(of_experiment.where(runs.c.experiment_key == bindparam("experiment")), ("experiment",))

    def over_all(self, connection: Connection) -> dict[tuple[Any, ...], int]:
        """How many runs have each name."""
        counts = {}
        for names in self._distinct(connection):
            row = self._count.first(connection, *names)
            counts[names] = row[0] if row else 0
        return counts

    def of_experiment(self, connection: Connection, experiment_key: int) -> dict[tuple[Any, ...], int]:
        """How many runs of an experiment have each name."""
        return Counter(self._all.all(connection, experiment_key))

    def _distinct(self, connection: Connection) -> Iterator[tuple[Any, ...]]:
        found = self._first.first(connection)
        while found is not None:
            yield found
            depth = len(found)
            steps = (step.first(connection, *found[: depth - skip]) for skip, step in enumerate(self._next))
            found = next((step for step in steps if step is not None), None)


_COUNTING: Final = {
    "metric": _Counting(summaries.c.metric, summaries.c.column),
    "param": _Counting(run_params.c.key),
    "tag": _Counting(run_tags.c.key),
    "property": _Counting(run_properties.c.key),
}


def _kind(runs_of: Select[Any] | None) -> Statement:
    """The kind of a metric in one of the runs that have a column of it."""
    column = summaries.c.metric == bindparam("metric"), summaries.c.column == bindparam("column")
    one = select(summaries.c.run_key).where(*column).limit(1)
    if runs_of is not None:
        one = one.where(summaries.c.run_key.in_(runs_of))
    found = select(metrics.c.kind).where(
        metrics.c.run_key == one.scalar_subquery(), metrics.c.name == bindparam("metric")
    )
    return Statement(found, ("metric", "column") if runs_of is None else ("metric", "column", "experiment"))


_KIND: Final = _kind(None)
_KIND_WITHIN: Final = _kind(_MINE)


class _Kept(Struct, frozen=True):
    """An answer: the sequence number that it is true of, when it was found, how long that took."""

    sequence: int
    at: float
    took_s: float
    names: Sequence[Name]


class NameCounts:
    """Counts names, and keeps what took long; safe to use from any thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str | None], _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def list(self, connection: Connection, kind: str, experiment_id: str | None) -> Sequence[Name]:
        """All names of a kind, in any order.

        Args:
            connection: In a read transaction.
            kind: See `runwatch.schema.survey.NameKind`.
            experiment_id: Only of runs of this experiment; None means all.
        """
        now = int(connection.execute(_NOW).scalar_one())
        with self._lock:
            kept = self._kept.get((kind, experiment_id))
        if kept is not None and _holds(kept, now):
            return kept.names
        began = time.monotonic()
        names = _names(connection, kind, experiment_id)
        ended = time.monotonic()
        with self._lock:
            self._kept[kind, experiment_id] = _Kept(now, ended, ended - began, names)
            self._kept.move_to_end((kind, experiment_id))
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return names


def _holds(kept: _Kept, now: int) -> bool:
    if kept.sequence == now:
        return True
    return kept.took_s > QUICK_S and time.monotonic() < kept.at + SHARE * kept.took_s


def _names(connection: Connection, kind: str, experiment_id: str | None) -> Sequence[Name]:
    counting, within = _COUNTING[kind], tuple[int, ...]()
    if experiment_id is None:
        registered = (counting.of_experiment(connection, key) for key in reserved_keys(connection))
        counts = dict(Counter(counting.over_all(connection)) - sum(map(Counter, registered), Counter()))
    else:
        found = connection.execute(_EXPERIMENT, {"id": clean(experiment_id)}).first()
        if found is None:
            return ()
        counts, within = counting.of_experiment(connection, found[0]), (found[0],)
    if kind != "metric":
        return tuple(Name(name=name, runs=count) for (name,), count in counts.items())
    statement = _KIND_WITHIN if within else _KIND
    return tuple(
        Name(
            name=names[0], column=names[1], metric_kind=_text(statement.first(connection, *names, *within)), runs=count
        )
        for names, count in counts.items()
    )


def _text(row: tuple[Any, ...] | None) -> str:
    return row[0] if row else ""

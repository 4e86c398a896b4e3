"""What is known of series - how many rows, since when - kept until the store says that their run has changed."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final, NamedTuple

from msgspec import Struct

from runwatch.schema import limit
from runwatch.schema.change import ChangeKind, ListChanges
from runwatch.schema.error import GoneError, NotFoundError
from runwatch.schema.metric import ListMetrics, Metric
from runwatch.schema.name import metric_name
from runwatch.schema.run import GetRun
from runwatch.store.chart.cache import Cache
from runwatch.store.protocol import Glances, Store

FACT_RUNS: Final = 20_000
"""Runs of which something is known, some kilobytes each."""


class Missing(Struct, frozen=True):
    """Why there is no series: the code of the error, and the error in words."""

    error: str
    message: str


class Subject(NamedTuple):
    """A column of a metric of a run as it stands now.

    Attributes:
        run_id: The run.
        metric: The metric's name as recorded.
        column: The column's name.
        birth: Tells a metric from one that was deleted and had the same name.
        rows: Rows of the metric.
        has_steps: Whether any of them has a step.
        first_at: When the first one was logged, seconds UTC.
    """

    run_id: str
    metric: str
    column: str
    birth: tuple[float, str]
    rows: int
    has_steps: bool
    first_at: float


class _Known(Struct):
    """Of one run: its metrics by name as far as they were asked for, and when it started."""

    metrics: dict[str, Metric]
    started_at: float | None = None
    has_start: bool = False


class Facts:
    """Facts of series, of any thread's asking.

    One look at the store's changes tells which runs are to be looked up anew; the others cost nothing. What is kept was
    learned in glances that see the same last change.

    Args:
        store: Where series live.
        caches: What was read of them, dropped with their run.
    """

    def __init__(self, store: Store, caches: Sequence[Cache]) -> None:
        self._store = store
        self._caches = caches
        self._lock = threading.Lock()
        self._sequence = -1
        self._runs: dict[str, _Known] = {}

    @contextmanager
    def glance(self) -> Iterator[int]:
        """A block in which a store that can stands still; what has changed before it is forgotten.

        Yields:
            The sequence number of the last change that the block sees.
        """
        with ExitStack() as block:
            with self._lock:  # so that of two blocks, the one that says the later number does not see the older state
                if isinstance(self._store, Glances):
                    block.enter_context(self._store.glance())
                rev = self._refresh()
            yield rev

    def _refresh(self) -> int:
        more = True
        while more:
            found = self._store.changes.list(ListChanges(after=self._sequence, limit=limit.PAGE_ROWS))
            more = len(found.changes) == limit.PAGE_ROWS
            if found.sequence < self._sequence:  # the workspace was replaced by an older copy
                self._runs.clear()
                for cache in self._caches:
                    cache.clear()
            self._sequence = found.sequence
            for change in found.changes:
                self._runs.pop(change.subject, None)
                if change.kind is ChangeKind.DELETED:
                    for cache in self._caches:
                        cache.forget(change.subject)
        return self._sequence

    def find(self, names: Iterable[tuple[str, str]], rev: int) -> dict[tuple[str, str], Metric | Missing]:
        """Metrics by run id and name, within a glance.

        Args:
            names: Run ids and names of metrics.
            rev: What the glance says.
        """
        found: dict[tuple[str, str], Metric | Missing] = {}
        unknown: dict[str, dict[str, list[str]]] = {}
        asked = list(dict.fromkeys(names))
        with self._lock:
            # What was learned in a later glance may have rows that this one does not see.
            runs = self._runs if rev == self._sequence else {}
            for run_id, name in asked:
                recorded = metric_name(name) if name else name
                known = runs.get(run_id)
                if known is not None and recorded in known.metrics:
                    found[run_id, name] = known.metrics[recorded]
                else:
                    unknown.setdefault(run_id, {}).setdefault(recorded, []).append(name)
        for run_id, wanted in unknown.items():
            there = self._look_up(run_id, list(wanted), rev)
            for recorded, given in wanted.items():
                metric = there if isinstance(there, Missing) else there.get(recorded)
                absent = Missing(NotFoundError.code, f"The run {run_id!r:.300} has no metric {recorded!r:.300}.")
                found |= dict.fromkeys(((run_id, name) for name in given), metric or absent)
        return found

    def started_at(self, run_id: str, rev: int) -> float | None:
        """When a run started, if that is known.

        Raises:
            NotFoundError: There is no such run.
            GoneError: It was deleted.
        """
        known = self._runs.get(run_id)
        if known is not None and known.has_start:
            return known.started_at
        started_at = self._store.runs.get(GetRun(run_id=run_id)).started_at
        with self._lock:
            if rev == self._sequence:
                known = self._keep(run_id)
                known.started_at, known.has_start = started_at, True
        return started_at

    def _look_up(self, run_id: str, names: list[str], rev: int) -> dict[str, Metric] | Missing:
        found: dict[str, Metric] = {}
        try:
            for start in range(0, len(names), limit.PAGE_ROWS):
                some = tuple(names[start : start + limit.PAGE_ROWS])
                request = ListMetrics(run_id=run_id, names=some, limit=limit.PAGE_ROWS)
                found |= {metric.name: metric for metric in self._store.metrics.list(request).metrics}
        except (NotFoundError, GoneError) as error:
            return Missing(error.code, error.message)
        with self._lock:
            if rev == self._sequence:  # else a change seen meanwhile may be younger than what was found
                self._keep(run_id).metrics.update(found)
        return found

    def _keep(self, run_id: str) -> _Known:
        known = self._runs.pop(run_id, None) or _Known({})
        self._runs[run_id] = known
        while len(self._runs) > FACT_RUNS:
            self._runs.pop(next(iter(self._runs)))
        return known


def to_subject(run_id: str, metric: Metric, column: str) -> Subject | Missing:
    """A column of a metric."""
    recorded = metric_name(column) if column else column
    summary = next((each for each in metric.columns if each.column == recorded), None)
    if summary is None:
        return Missing(NotFoundError.code, f"The metric {metric.name!r:.300} has no column {column!r:.300}.")
    birth = metric.first_at, repr(summary.first)
    return Subject(run_id, metric.name, recorded, birth, metric.rows, metric.has_steps, metric.first_at)

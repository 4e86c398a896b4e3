"""The metrics shelf over SQL."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy import delete, update

from runwatch.schema import metric as words
from runwatch.schema.change import ChangeKind
from runwatch.schema.error import ConflictError
from runwatch.schema.metric import Appended, Cursors, Done, MetricPage, MetricRows, Overview
from runwatch.schema.name import metric_name
from runwatch.store.sql import metric_append, metric_batch, metric_cursor, metric_list, metric_overview, metric_read
from runwatch.store.sql.database import Database, Writing
from runwatch.store.sql.group import Group
from runwatch.store.sql.metric_append import lay_all
from runwatch.store.sql.metric_arrival import Arrived
from runwatch.store.sql.metric_row import find_metrics, find_run, missing_metric, recorded_name
from runwatch.store.sql.metric_state import States
from runwatch.store.sql.run_delete import give_back_pages
from runwatch.store.sql.statement import NAMES_PER_QUERY, batches
from runwatch.store.sql.table.metric import metrics, summaries


class SqlMetricShelf:
    """Metrics of runs; see `runwatch.store.protocol.MetricShelf`.

    What can be computed without the database is computed outside of transactions: blocks are read before the write lock
    is taken, and chunks are decoded after the read is over.

    Args:
        database: Where rows live.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._states = States()
        self._arrived = Arrived()
        self._group = Group(database)

    def append(self, request: words.AppendBatch) -> Appended:
        """Apply a batch of a writer's journal once; rows, params, tags, drops and cursor in one transaction."""
        (receipt,) = self.append_all([request])
        if isinstance(receipt, BaseException):
            raise receipt
        return receipt

    def append_all(self, requests: Sequence[words.AppendBatch]) -> list[Appended | BaseException]:
        """Apply the batches of several writers as `append` does; for each the receipt, or why it was refused."""
        works = [partial(self._apply, request, metric_batch.gather(request.blocks)) for request in requests]
        outcomes = self._group.perform_all(works)
        for outcome in outcomes:
            if not isinstance(outcome, BaseException) and outcome.state is not None:
                self._states.put(outcome.state)
        return [outcome if isinstance(outcome, BaseException) else outcome.receipt for outcome in outcomes]

    def _apply(self, request: words.AppendBatch, batch: metric_batch.Batch, writing: Writing) -> metric_append.Outcome:
        return metric_append.append(writing, request, batch, self._states)

    def list_cursors(self, request: words.ListCursors) -> Cursors:
        """How far each writer of a run has got."""
        with self._database.read() as connection:
            return metric_cursor.list_cursors(connection, find_run(connection, request.run_id).run_key)

    def list(self, request: words.ListMetrics) -> MetricPage:
        """Metrics of a run with their summaries, by name."""
        with self._database.read() as connection:
            return metric_list.list_metrics(connection, request, self._arrived.find_late)

    def read(self, request: words.ReadMetric) -> MetricRows:
        """Rows, bit for bit as logged."""
        with self._database.read() as connection:
            found = metric_read.Found(connection, request, self._arrived.find_late)
        return found.answer()

    def read_overview(self, request: words.ReadOverview) -> Overview:
        """Buckets of min, max, last and mean that lose no extreme."""
        with self._database.read() as connection:
            found = metric_overview.Found(connection, request, self._arrived.find_late)
        return found.answer()

    def rename(self, request: words.RenameMetric) -> Done:
        """Give a metric another name."""
        name, new_name = recorded_name(request.name), metric_name(request.new_name)
        with self._database.write() as writing:
            run = find_run(writing.connection, request.run_id)
            there = find_metrics(writing.connection, run.run_key, {name, new_name})
            if name not in there:
                raise missing_metric(request.run_id, name)
            if name == new_name:
                return Done()
            if new_name in there:
                raise ConflictError(
                    f"The run {request.run_id!r} has a metric {new_name!r} already.",
                    hint="Choose another name, or delete that metric first.",
                    metric=new_name,
                )
            lay_all(writing.connection, run.run_key)
            of_metric = metrics.c.metric_key == there[name].key
            writing.connection.execute(update(metrics).where(of_metric).values(name=new_name))
            of_summary = (summaries.c.run_key == run.run_key) & (summaries.c.metric == name)
            writing.connection.execute(update(summaries).where(of_summary).values(metric=new_name))
            writing.notice(ChangeKind.METRICS, request.run_id, run.experiment_id)
            return Done(changed=1)

    def delete(self, request: words.DeleteMetrics) -> Done:
        """Delete metrics with their rows."""
        with self._database.write() as writing:
            run = find_run(writing.connection, request.run_id)
            wanted = find_metrics(writing.connection, run.run_key, {recorded_name(name) for name in request.names})
            changed = 0
            if wanted:
                lay_all(writing.connection, run.run_key)
            for names in batches(wanted, NAMES_PER_QUERY):
                gone = delete(metrics).where(metrics.c.run_key == run.run_key, metrics.c.name.in_(names))
                changed += writing.connection.execute(gone).rowcount
                gone = delete(summaries).where(summaries.c.run_key == run.run_key, summaries.c.metric.in_(names))
                writing.connection.execute(gone)
            if changed:
                writing.notice(ChangeKind.METRICS, request.run_id, run.experiment_id)
        if changed:
            give_back_pages(self._database)
        return Done(changed=changed)

"""The metrics shelf in memory."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from runwatch.schema import metric as words
from runwatch.schema.change import ChangeKind
from runwatch.schema.error import ConflictError, FencedError, InvalidValueError, NotFoundError, SequenceGapError
from runwatch.schema.metric import AppendBatch, Appended, Cursors, Done, MetricPage, MetricRows, Overview
from runwatch.schema.name import metric_name
from runwatch.schema.run import RunWarning
from runwatch.store.check import check_bucket_count, check_overview
from runwatch.store.memory.batch import Batch
from runwatch.store.memory.experiment import changed_tags
from runwatch.store.memory.log import MetricLog, Writer
from runwatch.store.memory.page import page
from runwatch.store.memory.run_filter import contains
from runwatch.store.memory.state import Entry, State
from runwatch.store.warning import merge_warnings


class MemoryMetricShelf:
    """Metrics; see `runwatch.store.protocol.MetricShelf`."""

    def __init__(self, state: State) -> None:
        self._state = state

    def append(self, request: AppendBatch) -> Appended:
        """Apply a batch of a writer's journal once."""
        batch = Batch(request)
        with self._state.held() as state:
            entry = state.entry(request.run_id)
            writer = _advanced(entry, request)
            is_new = writer.next > entry.writers.get(request.writer, Writer(0, 0)).next
            entry.writers[request.writer] = writer
            if not is_new:
                return Appended(cursor=writer.next, repeated=True)
            if batch.append_to(entry.metrics):
                state.notice_run(ChangeKind.METRICS, entry.run)
            entry.run = replace(
                entry.run,
                params=entry.run.params | batch.params,
                tags=changed_tags(entry.run.tags, request.tags, ()),
                warnings=merge_warnings(entry.run.warnings, [_warning(*drop) for drop in batch.dropped.items()]),
            )
            if batch.dropped or request.params or request.tags:
                state.notice_run(ChangeKind.RUN, entry.run)
            return Appended(cursor=writer.next)

    def list_cursors(self, request: words.ListCursors) -> Cursors:
        """How far each writer of a run has got."""
        with self._state.held() as state:
            writers = state.entry(request.run_id).writers
            return Cursors(
                cursors={name: writer.next for name, writer in writers.items()},
                epochs={name: writer.epoch for name, writer in writers.items()},
            )

    def list(self, request: words.ListMetrics) -> MetricPage:
        """Metrics of a run with their summaries, by name."""
        with self._state.held() as state:
            found = [
                metric
                for name, metric in state.entry(request.run_id).metrics.items()
                if (request.names is None or name in request.names)
                and name.startswith(request.prefix)
                and contains(name, request.search)
            ]
            rows, next_cursor = page(found, lambda row: [row.name], request.cursor, request.limit, order="name")
            return MetricPage(metrics=tuple(row.describe() for row in rows), next_cursor=next_cursor)

    def read(self, request: words.ReadMetric) -> MetricRows:
        """Rows, bit for bit as logged."""
        with self._state.held():
            metric = self._metric(request.run_id, request.name)
            first, end = _rows(metric.all.rows, request.first, request.count)
            _check_columns(metric, request.columns or ())
            wanted = [name for name in metric.all.columns if request.columns is None or name in request.columns]
            return MetricRows(first=first, total=metric.all.rows, block=metric.block(first, end, wanted))

    def read_overview(self, request: words.ReadOverview) -> Overview:
        """Buckets of min, max, last and mean that lose no extreme."""
        check_overview(request)
        with self._state.held():
            metric = self._metric(request.run_id, request.name)
            first, end = _rows(metric.all.rows, request.first, request.count)
            check_bucket_count(request, end - first)
            found = metric.overview(request.column, first, end, request.buckets, request.bucket_rows)
            return Overview(
                total=metric.all.rows,
                points=end - first,
                **{name: getattr(found, name).tobytes() for name in found.__struct_fields__},
            )

    def rename(self, request: words.RenameMetric) -> Done:
        """Give a metric another name."""
        name = metric_name(request.new_name)
        with self._state.held() as state:
            entry = state.entry(request.run_id)
            metric = self._metric(request.run_id, request.name)
            if name == metric.name:
                return Done()
            if name in entry.metrics:
                raise ConflictError(f"The run has a metric {name!r} already.", hint="Choose another name.")
            del entry.metrics[metric.name]
            entry.metrics[name] = MetricLog(name, metric.kind, metric.description, metric.parts)
            state.notice_run(ChangeKind.METRICS, entry.run)
            return Done(changed=1)

    def delete(self, request: words.DeleteMetrics) -> Done:
        """Delete metrics with their rows."""
        with self._state.held() as state:
            entry = state.entry(request.run_id)
            gone = [name for name in dict.fromkeys(request.names) if entry.metrics.pop(name, None) is not None]
            if gone:
                state.notice_run(ChangeKind.METRICS, entry.run)
            return Done(changed=len(gone))

    def _metric(self, run_id: str, name: str) -> MetricLog:
        metric = self._state.entry(run_id).metrics.get(metric_name(name) if name else "")
        if metric is None:
            raise NotFoundError(f"The run {run_id!r} has no metric {name!r}.", hint="List its metrics to see them.")
        return metric


def _advanced(entry: Entry, batch: AppendBatch) -> Writer:
    """The writer after a batch, be it new or repeated.

    Raises:
        FencedError: A later epoch has spoken for this writer.
        SequenceGapError: The batch does not begin where the last one ended.
        InvalidValueError: The batch's numbers make no sense.
    """
    if batch.first < 0 or batch.count < 0:
        raise InvalidValueError("A batch covers no negative records.", hint="Count the records from 0.")
    there = entry.writers.get(batch.writer, Writer(batch.epoch, 0))
    if batch.epoch < there.epoch:
        raise FencedError(f"The writer {batch.writer} is shipped by a newer watcher.", hint="Stop this one.")
    end = batch.first + batch.count
    if end > there.next and batch.first != there.next:
        raise SequenceGapError(
            f"The batch begins at record {batch.first:,}; the next one expected is {there.next:,}.",
            hint="Send the records from there on.",
            cursor=there.next,
        )
    return Writer(batch.epoch, max(end, there.next))


def _check_columns(metric: MetricLog, wanted: Sequence[str]) -> None:
    for name in wanted:
        if name not in metric.all.columns:
            raise NotFoundError(f"The metric {metric.name!r} has no column {name!r}.", hint="Ask for all of them.")


def _warning(reason: str, points: int) -> RunWarning:
    return RunWarning(source="journal", message=f"Points could not be recorded: {reason}.", count=points)


def _rows(total: int, first: int, count: int | None) -> tuple[int, int]:
    """Where a range of rows begins and ends; a negative first row counts from the end."""
    if count is not None and count < 0:
        raise InvalidValueError(f"{count} rows cannot be read.", hint="Give a count of 0 or more.")
    start = max(0, total + first) if first < 0 else min(first, total)
    return start, total if count is None else min(start + count, total)

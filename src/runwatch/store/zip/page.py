"""Walks through what a run holds, a page at a time: its children, metrics, rows and files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runwatch.schema import limit
from runwatch.schema.artifact import Artifact, ListArtifacts, ReadArtifact
from runwatch.schema.error import CorruptDataError
from runwatch.schema.metric import Block, ColumnType, ListMetrics, Metric, ReadMetric
from runwatch.schema.run import ListRuns, Run
from runwatch.store.protocol import Store
from runwatch.store.walk import walk

_FIRST_TEXT_ROWS: Final = 4
"""Rows of the first page of texts, each of which may have 64 MiB; pages grow while they are small."""

_MOST_TEXT_ROWS: Final = 1_024
"""Rows of any page of texts: short ones may be followed by long ones."""

_PAGE_BYTES: Final = 16 << 20


def list_children(store: Store, run_id: str) -> Iterator[Run]:
    """The direct children of a run, hidden ones too."""
    return walk(store.runs.list, ListRuns(parent_run_id=run_id, hidden=True, limit=limit.PAGE_ROWS))


def list_metrics(store: Store, run_id: str) -> Iterator[Metric]:
    """The metrics of a run by name."""
    return walk(store.metrics.list, ListMetrics(run_id=run_id, limit=limit.PAGE_ROWS))


def list_artifacts(store: Store, run_id: str, prefix: str = "") -> Iterator[Artifact]:
    """The files of a run whose paths start with this, by path."""
    return walk(store.artifacts.list, ListArtifacts(run_id=run_id, prefix=prefix, limit=limit.PAGE_ROWS))


def read_blocks(store: Store, run_id: str, metric: Metric) -> Iterator[Block]:
    """The rows that a metric had when it was listed, in pages of bounded memory; at least one, be it empty.

    A metric that grows meanwhile may change the types of its columns from one page to the next.
    """
    names = tuple(summary.column for summary in metric.columns)
    texts = any(summary.type in {ColumnType.STR, ColumnType.MIXED} for summary in metric.columns)
    most = min(limit.BATCH_RECORDS, _MOST_TEXT_ROWS) if texts else limit.BATCH_RECORDS
    count, first = (_FIRST_TEXT_ROWS if texts else max(1, most // max(1, len(names) // 8))), 0
    while first < metric.rows or first == 0:
        wanted = ReadMetric(
            run_id=run_id, name=metric.name, columns=names, first=first, count=min(count, metric.rows - first)
        )
        block = store.metrics.read(wanted).block
        yield block
        if not block.rows:
            return
        first += block.rows
        size = sum(len(column.data) for column in block.columns)
        count = min(most, count * 2) if size * 2 <= _PAGE_BYTES else max(1, min(count, count * _PAGE_BYTES // size))


def read_parts(store: Store, artifact: Artifact) -> Iterator[bytes]:
    """The bytes that an artifact had when it was listed; fewer if it was replaced by less."""
    offset = 0
    while offset < artifact.size_bytes:
        count = min(limit.PART_BYTES, artifact.size_bytes - offset)
        wanted = ReadArtifact(run_id=artifact.run_id, path=artifact.path, offset=offset, count=count)
        data = store.artifacts.read(wanted).data
        if not data:
            return
        yield data
        offset += len(data)


def check_content(artifact: Artifact, sha256: str, size_bytes: int) -> None:
    """Compare what was read of an artifact with what was recorded.

    Raises:
        CorruptDataError: It is complete, and differs.
    """
    if artifact.sealed and (sha256, size_bytes) != (artifact.sha256, artifact.size_bytes):
        raise CorruptDataError(
            f"{artifact.path!r} of the run {artifact.run_id} does not have the content it was recorded with.",
            file=artifact.path,
            hint="Run 'runwatch doctor'. Was it replaced just now? Then try again.",
        )

"""What a run holds, as the index of an archive tells it; its files are written on the way, or only looked at."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, Protocol, cast

from runwatch.archive import parquet
from runwatch.archive.fingerprint import Fingerprint
from runwatch.archive.form import ArtifactEntry, ColumnEntry, FileEntry, Index, MetricEntry
from runwatch.archive.table import Head, field_names
from runwatch.schema.artifact import Artifact
from runwatch.schema.error import StoreUnavailableError
from runwatch.schema.metric import Block, ListMetrics, Metric
from runwatch.schema.name import RESERVED
from runwatch.store.protocol import Store
from runwatch.store.zip.measure import Measure
from runwatch.store.zip.name import SafeNames
from runwatch.store.zip.page import check_content, list_artifacts, list_metrics, read_blocks, read_parts

SPOOL_BYTES: Final = 16 << 20
"""Up to here a metric's file is made in memory, beyond in a nameless file."""

_READ_BYTES: Final = 1 << 20
_TRIES: Final = 5
"""How often a metric is begun anew because its columns changed under the reader."""


class Keeper(Protocol):
    """Takes the files of a run as they are read."""

    def keep(self, name: str, parts: Iterable[bytes], size_bytes: int) -> FileEntry:
        """Keep a file, and say what it is.

        Args:
            name: A safe name, from the run's folder.
            parts: The content.
            size_bytes: How large it will be, or more.
        """
        ...


def make_index(store: Store, run_id: str, keeper: Keeper | None, *, files: bool = True) -> Index:
    """Read a run with all it holds.

    Args:
        store: Where it is.
        run_id: The run.
        keeper: Is given the files of the archive; None reads the digests alone.
        files: False leaves its artifacts out.
    """
    metrics = [
        _index_metric(store, run_id, metric, f"metrics/{number:05}.parquet", keeper)
        for number, metric in enumerate(list_metrics(store, run_id), start=1)
    ]
    names = SafeNames()
    artifacts = [
        _index_artifact(store, artifact, f"files/{names.give(artifact.path)}", keeper)
        for prefix in (("", RESERVED) if files else ())  # Runwatch's own last, as no list shows them with the others
        for artifact in list_artifacts(store, run_id, prefix)
    ]
    return Index(metrics=tuple(metrics), artifacts=tuple(artifacts), without_files=not files)


def _index_metric(store: Store, run_id: str, metric: Metric, file: str, keeper: Keeper | None) -> MetricEntry:
    for _ in range(_TRIES):
        try:
            return _try_metric(store, run_id, metric, file, keeper)
        except parquet.SchemaChangedError:
            found = store.metrics.list(ListMetrics(run_id=run_id, names=(metric.name,))).metrics
            metric = found[0] if found else metric
    raise StoreUnavailableError(
        f"The metric {metric.name!r} changes faster than it can be read.", hint="Export the run when it has ended."
    )


def _try_metric(store: Store, run_id: str, metric: Metric, file: str, keeper: Keeper | None) -> MetricEntry:
    print_ = Fingerprint()
    blocks = _watched(read_blocks(store, run_id, metric), print_)
    if keeper is None:
        return _metric_entry(_skim(blocks), print_, file)
    with SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:
        sink = cast(BinaryIO, spool)
        head = parquet.write(blocks, sink)
        size_bytes = sink.tell()
        sink.seek(0)
        keeper.keep(file, iter(lambda: sink.read(_READ_BYTES), b""), size_bytes)
    return _metric_entry(head, print_, file)


def _watched(blocks: Iterator[Block], print_: Fingerprint) -> Iterator[Block]:
    for block in blocks:
        print_.add(block)
        yield block


def _skim(blocks: Iterator[Block]) -> Head:
    head = Head.of(next(blocks))
    for block in blocks:
        if Head.of(block).columns != head.columns:
            raise parquet.SchemaChangedError
    return head


def _metric_entry(head: Head, print_: Fingerprint, file: str) -> MetricEntry:
    fields = field_names(name for name, _ in head.columns)
    return MetricEntry(
        name=head.metric,
        kind=head.kind,
        description=head.description,
        rows=print_.rows,
        columns=tuple(
            ColumnEntry(name=name, type=kind, field=field, sha256=print_.column(name))
            for field, (name, kind) in zip(fields, head.columns, strict=True)
        ),
        steps=print_.steps,
        times=print_.times,
        file=file,
    )


def _index_artifact(store: Store, artifact: Artifact, file: str, keeper: Keeper | None) -> ArtifactEntry:
    digest, size_bytes = artifact.sha256, artifact.size_bytes
    if keeper is not None:
        kept = keeper.keep(file, read_parts(store, artifact), artifact.size_bytes)
        digest, size_bytes = kept.sha256, kept.size_bytes
    elif not artifact.sealed:
        measure = Measure()
        deque(measure.watch(read_parts(store, artifact)), maxlen=0)
        digest, size_bytes = measure.sha256, measure.size_bytes
    check_content(artifact, digest, size_bytes)
    return ArtifactEntry(
        path=artifact.path,
        size_bytes=size_bytes,
        sha256=digest,
        sealed=artifact.sealed,
        media_type=artifact.media_type,
        file=file,
    )

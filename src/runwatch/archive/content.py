"""Brings what a run holds - rows and files - into a store, going on where an earlier try was cut short."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from runwatch.archive.fingerprint import Fingerprint
from runwatch.archive.form import ArtifactEntry, MetricEntry
from runwatch.archive.reading import Archive, ArchivedRun
from runwatch.schema import limit
from runwatch.schema.artifact import AppendArtifact, CreateArtifact, SealArtifact
from runwatch.schema.error import CorruptDataError
from runwatch.schema.metric import AppendBatch, Block, ListCursors
from runwatch.store.protocol import Store
from runwatch.store.zip.page import list_metrics

_BATCH_BYTES = 16 << 20
"""Rows of one transaction: large enough to make its cost small, small enough to hold in memory."""


class Content:
    """What one run of an archive holds, on its way.

    Args:
        store: Where to.
        archive: Where from.
        run: The run in the archive.
        run_id: What it is called in the store, where it has been made.
        advance: Told the size, in bytes, of each part.
    """

    def __init__(
        self, store: Store, archive: Archive, run: ArchivedRun, run_id: str, advance: Callable[[int], None]
    ) -> None:
        self._store = store
        self._archive = archive
        self._run = run
        self._run_id = run_id
        self._advance = advance
        self._writer = run.entry.content[:32]

    def bring_metrics(self) -> None:
        """Append all rows that the store has not taken yet.

        The metrics count as one journal: each row is a record, and so is a metric without rows, in the order of the
        index. The store's cursor of this writer therefore says where to go on, to the row.

        Raises:
            CorruptDataError: The rows are not those that were exported, or the store did not keep them all.
        """
        cursors = self._store.metrics.list_cursors(ListCursors(run_id=self._run_id)).cursors
        cursor, start = cursors.get(self._writer, 0), 0
        waiting: list[Block] = []
        for metric in self._run.index.metrics:
            end = start + max(1, metric.rows)
            if end > cursor:
                for block in self._rows(metric, max(0, cursor - start)):
                    if _is_full([*waiting, block]):
                        cursor = self._append(cursor, waiting)
                        waiting = []
                    waiting.append(block)
            start = end
        self._append(cursor, waiting)
        self._check_rows()

    def bring_artifacts(self) -> None:
        """Upload all files that the store has not got yet.

        Raises:
            CorruptDataError: The content of one is not what was exported.
            ConflictError: The run has another file of this path.
        """
        for artifact in self._run.index.artifacts:
            self._upload(artifact)

    def _rows(self, metric: MetricEntry, first: int) -> Iterator[Block]:
        """The rows of a metric from the first one wanted, after the digests of all of them have been found right."""
        found = Fingerprint()
        for block in self._archive.read_metric(self._run, metric):
            found.add(block)
        said = [(column.name, column.sha256) for column in metric.columns]
        right = [(name, found.column(name)) for name, _ in said] == said
        if not right or (found.steps, found.times) != (metric.steps, metric.times):
            raise CorruptDataError(
                f"The rows of the metric {metric.name!r} are not those that were exported.",
                file=f"{self._run.entry.folder}/{metric.file}",
                hint="Export the run again.",
            )
        yield from self._archive.read_metric(self._run, metric, first)

    def _append(self, cursor: int, blocks: list[Block]) -> int:
        if not blocks:
            return cursor
        batch = AppendBatch(
            run_id=self._run_id,
            writer=self._writer,
            epoch=1,
            first=cursor,
            count=sum(max(1, block.rows) for block in blocks),
            blocks=tuple(blocks),
        )
        self._advance(sum(_size(block) for block in blocks))
        return self._store.metrics.append(batch).cursor

    def _check_rows(self) -> None:
        kept = {metric.name: metric.rows for metric in list_metrics(self._store, self._run_id)}
        for metric in self._run.index.metrics:
            rows = kept.get(metric.name, 0)
            if rows != metric.rows:
                raise CorruptDataError(
                    f"Of the {metric.rows:,} rows of the metric {metric.name!r}, {rows:,} were kept.",
                    file=f"{self._run.entry.folder}/{metric.file}",
                    hint="Run 'runwatch doctor'; then delete the run and import it again.",
                )

    def _upload(self, artifact: ArtifactEntry) -> None:
        digest = artifact.sha256 if artifact.sealed else ""
        wanted = CreateArtifact(run_id=self._run_id, path=artifact.path, sha256=digest, size_bytes=artifact.size_bytes)
        there = self._store.artifacts.create(wanted)
        if there.sealed:
            self._advance(artifact.size_bytes)
            return
        offset = 0
        for part in self._archive.read_artifact(self._run, artifact):
            if offset + len(part) > there.size_bytes:
                self._store.artifacts.append(
                    AppendArtifact(run_id=self._run_id, path=artifact.path, offset=offset, data=part)
                )
            offset += len(part)
            self._advance(len(part))
        if artifact.sealed:
            self._store.artifacts.seal(SealArtifact(run_id=self._run_id, path=artifact.path, sha256=digest))


def _is_full(blocks: list[Block]) -> bool:
    rows = sum(block.rows for block in blocks)
    return rows > limit.BATCH_RECORDS or sum(map(_size, blocks)) > _BATCH_BYTES


def _size(block: Block) -> int:
    return len(block.times) + len(block.steps) + sum(len(column.data) for column in block.columns)

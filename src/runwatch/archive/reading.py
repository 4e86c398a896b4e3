"""An archive as its manifest tells it, with nothing taken on trust."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, TypeVar, cast

from msgspec import Struct
from msgspec.structs import replace

from runwatch.archive import form, parquet
from runwatch.archive.check import checked
from runwatch.archive.form import ArtifactEntry, ExperimentEntry, FileEntry, Index, Manifest, MetricEntry, RunEntry
from runwatch.archive.indexing import SPOOL_BYTES
from runwatch.archive.source import Source, check_name, open_source
from runwatch.archive.table import Head
from runwatch.schema import limit
from runwatch.schema.error import CorruptDataError, InvalidValueError, LimitError, WorkspaceVersionError
from runwatch.schema.metric import Block
from runwatch.schema.name import check_artifact_path, check_experiment_name, check_run_id, metric_name
from runwatch.schema.run import Run
from runwatch.store.zip.name import folded

Document = TypeVar("Document", bound=Struct)


class ArchivedRun(Struct, frozen=True, kw_only=True):
    """A run of an archive: its record and what it holds."""

    entry: RunEntry
    run: Run
    index: Index


class Archive:
    """An archive, open for reading.

    Args:
        source: Its files.

    Raises:
        CorruptDataError: Its manifest is missing or wrong.
        WorkspaceVersionError: A newer Runwatch made it.
        LimitError: It claims more than is accepted.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        manifest = _manifest(source)
        self.experiments: tuple[ExperimentEntry, ...] = manifest.experiments
        self._files = {file.name: file for file in manifest.files}
        _check_files(manifest.files)
        self.runs: tuple[RunEntry, ...] = tuple(_in_order(manifest.runs))

    @property
    def size_bytes(self) -> int:
        """The size of all its files."""
        return sum(file.size_bytes for file in self._files.values())

    def verify(self, advance: Callable[[int], None] = lambda _: None) -> None:
        """Read every file and compare it with the manifest.

        Raises:
            CorruptDataError: One is missing or differs; the error names it.
        """
        for name in self._files:
            for part in self.parts(name):
                advance(len(part))

    def parts(self, name: str) -> Iterator[bytes]:
        """The content of a file; what was read of it counts only when the iteration has ended without an error."""
        if name not in self._files:
            raise _wrong(name, "is not listed in its manifest")
        return checked(self._source.parts(name), self._files[name])

    def read_run(self, entry: RunEntry) -> ArchivedRun:
        """The record and the index of a run.

        Raises:
            CorruptDataError: They do not fit the manifest, or name what no run can hold.
        """
        run = self._document(f"{entry.folder}/run.json", Run)
        index = self._document(f"{entry.folder}/index.json", Index)
        said = (run.run_id, run.experiment, run.parent_run_id, form.content_digest(run, index))
        if said != (entry.run_id, entry.experiment, entry.parent_run_id, entry.content):
            raise _wrong(f"{entry.folder}/run.json", "is not of the run that its manifest names")
        _check_times(entry, run)
        _check_index(entry, index)
        return ArchivedRun(entry=entry, run=run, index=index)

    def read_metric(self, run: ArchivedRun, metric: MetricEntry, first: int = 0) -> Iterator[Block]:
        """The rows of a metric from a row on.

        Raises:
            CorruptDataError: The file holds something else.
        """
        head = Head(
            metric=metric.name,
            kind=metric.kind,
            description=metric.description,
            columns=tuple((column.name, column.type) for column in metric.columns),
        )
        with SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:
            for part in self.parts(f"{run.entry.folder}/{metric.file}"):
                spool.write(part)
            spool.seek(0)
            yield from parquet.read(cast(BinaryIO, spool), head, metric.rows, first)

    def read_artifact(self, run: ArchivedRun, artifact: ArtifactEntry) -> Iterator[bytes]:
        """The content of an artifact."""
        return self.parts(f"{run.entry.folder}/{artifact.file}")

    def _document(self, name: str, kind: type[Document]) -> Document:
        return _document(name, self.parts(name), kind)


@contextmanager
def open_archive(place: Path) -> Iterator[Archive]:
    """Open an archive: a folder or a zip.

    Raises:
        NotFoundError: Nothing is there.
        CorruptDataError: It is no archive, or it is not whole.
        WorkspaceVersionError: A newer Runwatch made it.
        LimitError: It claims more than is accepted.
    """
    with open_source(place) as source:
        yield Archive(source)


def _manifest(source: Source) -> Manifest:
    manifest = _document(form.MANIFEST, source.parts(form.MANIFEST), _Version)
    if manifest.format != form.FORMAT:
        raise _wrong(form.MANIFEST, "is not that of an archive of runs")
    if manifest.version > form.VERSION:
        raise WorkspaceVersionError(
            f"The archive has version {manifest.version}; this Runwatch reads version {form.VERSION}.",
            hint="Import it with a newer Runwatch.",
        )
    return _document(form.MANIFEST, source.parts(form.MANIFEST), Manifest)


class _Version(Struct):
    """What every version of the manifest has."""

    format: str
    version: int


def _document(name: str, parts: Iterable[bytes], kind: type[Document]) -> Document:
    data = bytearray()
    for part in parts:
        data += part
        if len(data) > limit.ARCHIVE_DOCUMENT_BYTES:
            raise LimitError(
                f"{name} of the archive is larger than {limit.ARCHIVE_DOCUMENT_BYTES:,} bytes.",
                hint="Export the runs in several archives.",
            )
    return form.decode(bytes(data), kind, name)


def _check_files(files: tuple[FileEntry, ...]) -> None:
    if len(files) > limit.ARCHIVE_ENTRIES or sum(file.size_bytes for file in files) > limit.ARCHIVE_BYTES:
        raise LimitError(
            f"An archive has at most {limit.ARCHIVE_ENTRIES:,} files of {limit.ARCHIVE_BYTES:,} bytes together.",
            hint="Export the runs in several archives.",
        )
    for file in files:
        check_name(file.name)
        if file.size_bytes < 0:
            raise _wrong(file.name, "has a negative size")
    _check_single("file", (folded(file.name) for file in files))


def _in_order(entries: tuple[RunEntry, ...]) -> list[RunEntry]:
    """The runs, if their names can be names of runs and each stands behind its parent."""
    seen: set[str] = set()
    here = {entry.run_id for entry in entries}
    for entry in entries:
        try:
            check_run_id(entry.run_id)
            check_experiment_name(entry.experiment, reserved=True)
        except InvalidValueError as error:
            raise _wrong(form.MANIFEST, f"names what cannot be a run: {error.message}") from error
        if entry.parent_run_id in here - seen:
            raise _wrong(form.MANIFEST, f"has the run {entry.run_id!r} before its parent")
        seen.add(entry.run_id)
    _check_single("run", (entry.run_id for entry in entries))
    _check_single("folder", (entry.folder for entry in entries))
    return list(entries)


def _check_times(entry: RunEntry, run: Run) -> None:
    times = (run.created_at, run.started_at, run.ended_at, run.contact_at, *(change.at for change in run.history))
    if not all(at is None or math.isfinite(at) for at in times):
        raise _wrong(f"{entry.folder}/run.json", "has a time that is none")


def _check_index(entry: RunEntry, index: Index) -> None:
    name = f"{entry.folder}/index.json"
    try:
        for metric in index.metrics:
            normal = replace(metric, name=metric_name(metric.name))
            if normal != metric or not 0 <= metric.rows <= limit.ARCHIVE_ROWS or len(metric.columns) > limit.COLUMNS:
                raise _wrong(name, f"has a metric {metric.name[:80]!r} that no run can have")
            _check_single("column", (column.name for column in metric.columns))
        for artifact in index.artifacts:
            if check_artifact_path(artifact.path, reserved=True) != artifact.path:
                raise _wrong(name, f"has the artifact {artifact.path[:80]!r}, which no run can have")
    except InvalidValueError as error:
        raise _wrong(name, f"names what no run can hold: {error.message}") from error
    _check_single("metric", (metric.name for metric in index.metrics))
    _check_single("artifact", (artifact.path for artifact in index.artifacts))


def _check_single(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise CorruptDataError(f"The archive has the {what} {name[:80]!r} twice.", file=name[:200])
        seen.add(name)


def _wrong(name: str, what: str) -> CorruptDataError:
    return CorruptDataError(f"{name[:200]} of the archive {what}.", file=name[:200], hint="Export the runs again.")

"""The documents of an archive: its manifest and the index of each run (``docs/formats/archive.md``)."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct, field

from runwatch.schema.error import CorruptDataError
from runwatch.schema.metric import ColumnType, MetricKind
from runwatch.schema.run import Run
from runwatch.schema.settled import settled
from runwatch.store.text import from_json, to_json

FORMAT: Final = "runwatch-archive"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"

_NOT_CONTENT: Final = ("experiment_id", "number", "root_run_id")
"""What a workspace gives a run, so that the same run may have another one elsewhere."""

Document = TypeVar("Document", bound=Struct)


class FileEntry(Struct, frozen=True, kw_only=True):
    """A file of the archive; all but the manifest are listed.

    Attributes:
        name: Its name in the archive, made by us, with ``/`` between folders.
        size_bytes: Its size.
        sha256: The digest of its content, in hex.
    """

    name: str
    size_bytes: int
    sha256: str


class ExperimentEntry(Struct, frozen=True, kw_only=True):
    """An experiment of some run of the archive."""

    name: str
    description: str = ""
    tags: dict[str, str | None] = field(default_factory=dict)


class RunEntry(Struct, frozen=True, kw_only=True):
    """A run of the archive.

    Attributes:
        run_id: Its id.
        experiment: The name of its experiment.
        parent_run_id: Its parent, which the archive may lack.
        folder: Where its files lie, e.g. ``runs/0001``.
        content: The digest of all it holds (`content_digest`): equal for equal runs, whatever wrote the archive.
    """

    run_id: str
    experiment: str
    parent_run_id: str | None
    folder: str
    content: str


class Manifest(Struct, frozen=True, kw_only=True):
    """What an archive holds; it is written last, so that an archive without one is not whole.

    Attributes:
        format: Always `FORMAT`.
        version: Of the format.
        workspace_id: The workspace the runs are from.
        experiments: Those of the runs.
        runs: Parents before their children.
        files: All other files.
    """

    format: str
    version: int
    workspace_id: str
    experiments: tuple[ExperimentEntry, ...]
    runs: tuple[RunEntry, ...]
    files: tuple[FileEntry, ...]


class ColumnEntry(Struct, frozen=True, kw_only=True):
    """A column of a metric.

    Attributes:
        name: As logged.
        type: What its values are.
        field: The name of the Parquet column.
        sha256: The digest of its values (`runwatch.archive.fingerprint`).
    """

    name: str
    type: ColumnType
    field: str
    sha256: str


class MetricEntry(Struct, frozen=True, kw_only=True):
    """A metric of a run.

    Attributes:
        name: As logged.
        kind: How it was logged.
        description: The last one given.
        rows: Its rows.
        columns: In the order first logged.
        steps: The digest of its steps.
        times: The digest of its times.
        file: The Parquet file, from the run's folder.
    """

    name: str
    kind: MetricKind
    description: str
    rows: int
    columns: tuple[ColumnEntry, ...]
    steps: str
    times: str
    file: str


class ArtifactEntry(Struct, frozen=True, kw_only=True):
    """A file of a run.

    Attributes:
        path: Its path within the run.
        size_bytes: Its size when it was exported.
        sha256: The digest of so many bytes.
        sealed: Whether it was complete; a log that still grew is not.
        media_type: Guessed from the path.
        file: The file with the content, from the run's folder.
    """

    path: str
    size_bytes: int
    sha256: str
    sealed: bool
    media_type: str
    file: str


class Index(Struct, frozen=True, kw_only=True):
    """What a run holds besides its record.

    Attributes:
        metrics: By name.
        artifacts: By path.
        without_files: The artifacts were left out when it was exported.
    """

    metrics: tuple[MetricEntry, ...]
    artifacts: tuple[ArtifactEntry, ...]
    without_files: bool = False


def content_digest(run: Run, index: Index) -> str:
    """The digest, in hex, of a run with all it holds: its record, the rows of its metrics, its files.

    The names and bytes of Parquet files do not count, nor does what another workspace would give the run anew.
    """
    told = msgspec.convert(from_json(to_json(msgspec.to_builtins(run))), settled(Run))  # 5 for a time becomes 5.0
    record = {name: value for name, value in msgspec.to_builtins(told).items() if name not in _NOT_CONTENT}
    metrics = [_without(msgspec.to_builtins(metric), "file", "field") for metric in index.metrics]
    artifacts = [[each.path, each.size_bytes, each.sha256, each.sealed] for each in index.artifacts]
    whole = {"run": record, "metrics": metrics, "artifacts": artifacts, "without_files": index.without_files}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def encode(document: Struct) -> bytes:
    """A document as JSON; NaN and infinities in parameters stand as Python writes them."""
    return f"{to_json(msgspec.to_builtins(document))}\n".encode()


def decode(data: bytes, kind: type[Document], name: str) -> Document:
    """Read a document.

    Args:
        data: The file's content.
        kind: What it should be.
        name: The file's name, for the error.

    Raises:
        CorruptDataError: It is something else.
    """
    try:
        return msgspec.convert(from_json(data.decode()), settled(kind))
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise CorruptDataError(
            f"{name} of the archive is not what it should be: {error}.", file=name, hint="Export the runs again."
        ) from error


def _without(thing: Any, *names: str) -> Any:
    """The thing without these keys, at any depth."""
    if isinstance(thing, dict):
        return {key: _without(value, *names) for key, value in thing.items() if key not in names}
    return [_without(item, *names) for item in thing] if isinstance(thing, list | tuple) else thing

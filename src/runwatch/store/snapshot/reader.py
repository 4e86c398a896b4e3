"""Reads a snapshot out of any store: its manifest, and its files, each checked against it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from runwatch.schema import limit
from runwatch.schema.artifact import ReadArtifact
from runwatch.schema.error import CorruptDataError
from runwatch.store.protocol import Store
from runwatch.store.snapshot.manifest import FOLDER, MANIFEST, Manifest, SnapshotFile, decode


def read_manifest(store: Store, run_id: str) -> Manifest:
    """The manifest of a run's snapshot, safe to act on.

    Raises:
        NotFoundError: There is no such run, or it has no snapshot.
        CorruptDataError: What stands in its place is none, or could lead out of a folder.
    """
    data = bytearray()
    while True:
        part = store.artifacts.read(ReadArtifact(run_id=run_id, path=MANIFEST, offset=len(data)))
        data += part.data
        if not part.data:
            return decode(bytes(data))
        if len(data) > limit.SNAPSHOT_MANIFEST_BYTES:
            raise CorruptDataError(
                f"The manifest of the snapshot has more than {limit.SNAPSHOT_MANIFEST_BYTES:,} bytes.", file=MANIFEST
            )


def read_file(store: Store, run_id: str, file: SnapshotFile) -> Iterator[bytes]:
    """The content of a file, part by part; an error after the last part says that it is not what was submitted.

    Raises:
        CorruptDataError: The content is another one, or is not there.
    """
    digest, offset = hashlib.sha256(), 0
    while offset < file.size_bytes:
        count = min(limit.PART_BYTES, file.size_bytes - offset)
        wanted = ReadArtifact(run_id=run_id, path=f"{FOLDER}{file.path}", offset=offset, count=count)
        data = store.artifacts.read(wanted).data
        if not data:
            break
        digest.update(data)
        offset += len(data)
        yield data
    if digest.hexdigest() != file.sha256:
        raise CorruptDataError(
            f"{file.path!r} of the snapshot of the run {run_id} does not have the content that was submitted.",
            file=f"{FOLDER}{file.path}",
            hint="Run 'runwatch doctor'. Was the file replaced?",
        )

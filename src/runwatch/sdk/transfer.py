"""Moves files between a disk and the artifacts of a run, a part at a time."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from runwatch.schema import limit
from runwatch.schema.artifact import AppendArtifact, Artifact, CreateArtifact, GetArtifact, ReadArtifact, SealArtifact
from runwatch.schema.error import ConflictError, CorruptDataError
from runwatch.store.log import alias
from runwatch.store.protocol import Store


def upload(store: Store, run_id: str, path: str, source: BinaryIO, *, overwrite: bool) -> Artifact:
    """Make a file of a run.

    Args:
        store: Where to.
        run_id: The run.
        path: The artifact.
        source: A stream at its beginning that can go back there.
        overwrite: Replace what has this path.

    Raises:
        ConflictError: If the path has other content, complete or still growing, and ``overwrite`` is not set.
        CorruptDataError: If the file changed while it was read.
    """
    sha256, size_bytes = digest(source)
    wanted = CreateArtifact(run_id=run_id, path=path, sha256=sha256, size_bytes=size_bytes, overwrite=overwrite)
    artifact = store.artifacts.create(wanted)
    if artifact.sealed:
        return artifact
    if artifact.size_bytes:
        raise ConflictError(
            f"{path} is being written by this run already.", hint="Choose another name, or pass overwrite=True."
        )
    source.seek(0)
    offset = 0
    while data := source.read(limit.PART_BYTES):
        store.artifacts.append(AppendArtifact(run_id=run_id, path=path, offset=offset, data=data))
        offset += len(data)
    return store.artifacts.seal(SealArtifact(run_id=run_id, path=path, sha256=sha256))


def digest(source: BinaryIO) -> tuple[str, int]:
    """The SHA-256 in hex and the size of a stream, read to its end."""
    found, size_bytes = hashlib.sha256(), 0
    while data := source.read(limit.PART_BYTES):
        found.update(data)
        size_bytes += len(data)
    return found.hexdigest(), size_bytes


def read_bytes(store: Store, run_id: str, path: str) -> bytes:
    """All of a file; for charts, images and logs, which fit into memory."""
    parts: list[bytes] = []
    read(store, run_id, path, parts.append)
    return b"".join(parts)


def read(store: Store, run_id: str, path: str, take: Callable[[bytes], object], offset: int = 0) -> int:
    """Read a file from an offset to its present end.

    Args:
        store: Where it is.
        run_id: The run.
        path: The artifact, or another name of a log (`runwatch.store.log.alias`).
        take: Given each part.
        offset: The first byte.

    Returns:
        The offset behind the last byte.

    Raises:
        NotFoundError: If there is no such file.
    """
    while True:
        part = alias.read(store.artifacts, ReadArtifact(run_id=run_id, path=path, offset=offset))
        if not part.data:
            return offset
        take(part.data)
        offset += len(part.data)


def download(store: Store, run_id: str, path: str, target: Path, *, check: bool = False) -> None:
    """Write a file to disk, whole or not at all; folders are made.

    Args:
        store: Where it is.
        run_id: The run.
        path: As in `read`.
        target: The file on disk; replaced if it is there.
        check: Compare the content with its recorded digest.

    Raises:
        CorruptDataError: If ``check`` finds another digest.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name[:100]}.{os.getpid()}.{secrets.token_hex(4)}")
    found = hashlib.sha256()
    try:
        with draft.open("wb") as file:

            def take(data: bytes) -> None:
                file.write(data)
                found.update(data)

            read(store, run_id, path, take)
        expected = alias.get(store.artifacts, GetArtifact(run_id=run_id, path=path)).sha256 if check else ""
        if expected and expected != found.hexdigest():
            raise CorruptDataError(
                f"{path} does not have the content it was recorded with.", file=path, hint="Download it again."
            )
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)

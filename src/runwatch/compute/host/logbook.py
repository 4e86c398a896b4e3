"""Carries the logs of a job that is being prepared into the store, since its watcher comes with its runner."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from runwatch.schema import limit
from runwatch.schema.artifact import AppendArtifact, CreateArtifact, SealArtifact
from runwatch.schema.error import ConflictError, SequenceGapError
from runwatch.store.protocol import Store


class Logbook:
    """Files that grow, and the artifacts they become; a watcher goes on where this stops.

    Args:
        store: Where to.
        run_id: The run.
        files: From artifacts to files, which need not be there yet.
    """

    def __init__(self, store: Store, run_id: str, files: Mapping[str, Path]) -> None:
        self._store = store
        self._run_id = run_id
        self._files = dict(files)
        self._sizes: dict[str, int] = {}

    def carry(self) -> None:
        """Append what is new.

        Raises:
            RunwatchError: What the store answered; the next call goes on.
        """
        for path, file in self._files.items():
            while data := _part(file, self._sizes.get(path, 0)):
                self._append(path, data)

    def close(self) -> None:
        """Append what is new and seal: nobody goes on."""
        self.carry()
        for path in self._sizes:
            self._store.artifacts.seal(SealArtifact(run_id=self._run_id, path=path))

    def _append(self, path: str, data: bytes) -> None:
        if path not in self._sizes:
            self._sizes[path] = 0
            try:
                made = self._store.artifacts.create(CreateArtifact(run_id=self._run_id, path=path))
                if made.size_bytes:  # of an agent before us, or of an attempt before this one
                    raise ConflictError(f"{path} was begun by others.")
            except ConflictError:
                self._store.artifacts.create(CreateArtifact(run_id=self._run_id, path=path, overwrite=True))
        request = AppendArtifact(run_id=self._run_id, path=path, offset=self._sizes[path], data=data)
        try:
            self._sizes[path] = self._store.artifacts.append(request).size_bytes
        except SequenceGapError as error:
            self._sizes[path] = int(error.detail["cursor"])


def _part(file: Path, offset: int) -> bytes:
    try:
        with open(file, "rb") as opened:
            opened.seek(offset)
            return opened.read(limit.PART_BYTES)
    except OSError:  # not there yet, or gone
        return b""

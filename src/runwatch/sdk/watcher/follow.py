"""Follows growing files - console and logs - and appends what is new to their artifacts, while the run goes on."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from runwatch.schema import limit
from runwatch.schema.artifact import AppendArtifact, Artifact, CreateArtifact, ReadArtifact, SealArtifact
from runwatch.schema.error import ConflictError, SequenceGapError, UserErrorException
from runwatch.sdk.watcher.times import LogTimes
from runwatch.sdk.watcher.upload import outputs_of, put_file
from runwatch.store.protocol import Store

FILE_BYTES: Final = 1 << 30
"""Of a longer log the beginning and, once it has ended, the last `TAIL_BYTES` are kept, with a line that says so."""

TAIL_BYTES: Final = 1 << 20
"""A traceback and what led to it."""

PROBE_BYTES: Final = 256
"""Bytes before the offset, compared before more is appended: a file that was written anew is not one that grew."""

Notice = Callable[[str], None]


class FollowedFile:
    """One growing file and the artifact that it becomes.

    The store's size of the artifact is the offset; nothing is noted on disk. A file that shrank, was replaced or was
    written anew is taken from its beginning again, and its artifact too.
    """

    def __init__(self, store: Store, run_id: str, path: str, file: Path, notice: Notice) -> None:
        self.store = store
        self.run_id = run_id
        self.path = path
        self.file = file
        self._notice = notice
        self._times = LogTimes(store, run_id, path)
        self._offset: int | None = None
        self._inode = 0
        self._probe = b""
        self._refused = False

    def step(self, budget_bytes: int) -> int:
        """Append what is new, at most so much; the answer is how many bytes went."""
        if self._refused:
            return 0
        try:
            descriptor = os.open(self.file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:  # not there yet, or gone
            return 0
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return 0
            offset = self._place(descriptor, status)
            return self._append(descriptor, offset, min(budget_bytes, FILE_BYTES - offset))
        except UserErrorException as error:  # a name that no artifact may have
            self._refused = True
            self._notice(f"{self.path} is not followed: {error.message}")
            return 0
        finally:
            os.close(descriptor)

    def finish(self) -> Iterator[None]:
        """Append all that is left and seal the artifact; yields after each part."""
        if self._refused or not self.file.is_file():
            return
        while self.step(limit.PART_BYTES):
            yield
        self._times.settle()
        if self.file.stat().st_size <= FILE_BYTES:
            yield from put_file(self.store, self.run_id, self.path, self.file, overwrite=True, notice=self._notice)
        else:
            self._cut()
        self._times.finish()

    def _place(self, descriptor: int, status: os.stat_result) -> int:
        """The offset to go on from, which is 0 again if this is not the file that it was."""
        if self._offset is None:
            artifact = self._open(overwrite=False)
            self._times.begin()
            self._offset, self._inode = artifact.size_bytes, status.st_ino
            self._probe = self._stored_probe(artifact.size_bytes)
        begin = max(0, self._offset - len(self._probe))
        if (
            status.st_size < min(self._offset, FILE_BYTES)
            or status.st_ino != self._inode
            or os.pread(descriptor, self._offset - begin, begin) != self._probe
        ):
            self._notice(f"{self.path} was cut or written anew; its artifact was started again.")
            self._open(overwrite=True)
            self._times.begin()
            self._offset, self._inode, self._probe = 0, status.st_ino, b""
        return self._offset

    def _open(self, *, overwrite: bool) -> Artifact:
        request = CreateArtifact(run_id=self.run_id, path=self.path, overwrite=overwrite)
        try:
            return self.store.artifacts.create(request)
        except ConflictError:  # sealed by an earlier attempt, and the file has grown since
            return self._open(overwrite=True)

    def _stored_probe(self, size_bytes: int) -> bytes:
        if size_bytes == 0 or size_bytes > FILE_BYTES:
            return b""
        first = max(0, size_bytes - PROBE_BYTES)
        request = ReadArtifact(run_id=self.run_id, path=self.path, offset=first, count=size_bytes - first)
        return self.store.artifacts.read(request).data

    def _append(self, descriptor: int, offset: int, budget_bytes: int) -> int:
        data = os.pread(descriptor, max(0, min(budget_bytes, limit.PART_BYTES)), offset)
        if not data:
            self._times.flush()
            return 0
        self._times.note(offset, offset + len(data))  # first, so that who sees a line sees its time
        try:
            self.store.artifacts.append(
                AppendArtifact(run_id=self.run_id, path=self.path, offset=offset, data=data)
            )  # fmt: skip
        except SequenceGapError:
            self._offset = None  # ask the store again
            return 0
        self._offset = offset + len(data)
        self._probe = (self._probe + data)[-PROBE_BYTES:]
        return len(data)

    def _cut(self) -> None:
        """Close the artifact of a file that is longer than what is kept."""
        artifact = self._open(overwrite=False)
        if artifact.sealed:
            return
        size_bytes = self.file.stat().st_size
        if artifact.size_bytes == FILE_BYTES:
            left_out = max(0, size_bytes - FILE_BYTES - TAIL_BYTES)
            note = f"\n[runwatch: {left_out:,} bytes of {size_bytes:,} are left out here]\n".encode()
            with self.file.open("rb") as source:
                source.seek(FILE_BYTES + left_out)
                data = note + source.read(TAIL_BYTES)
            self.store.artifacts.append(
                AppendArtifact(run_id=self.run_id, path=self.path, offset=FILE_BYTES, data=data)
            )  # fmt: skip
            self._notice(f"{self.path} is longer than {FILE_BYTES:,} bytes: {left_out:,} bytes were left out.")
        self.store.artifacts.seal(SealArtifact(run_id=self.run_id, path=self.path))


class Follower:
    """All growing files of one run: those named in the manifest, and whatever appears in its ``logs`` folder.

    Args:
        store: Where to.
        run_id: The run.
        files: Artifact path to absolute path.
        logs: A folder whose files are followed as ``logs/…``, or None.
        notice: Told of files that were cut, and the like.
    """

    def __init__(self, store: Store, run_id: str, files: dict[str, str], logs: Path | None, notice: Notice) -> None:
        self._store = store
        self._run_id = run_id
        self._logs = logs
        self._notice = notice
        self._files: dict[str, FollowedFile] = {}
        for path, file in files.items():
            self._add(path, Path(file))

    def step(self, budget_bytes: int) -> int:
        """Append what is new in every file, at most so much in all; the answer is how many bytes went.

        The budget is shared evenly, so that one flooding file does not silence the others.
        """
        self._look()
        share = budget_bytes // max(1, len(self._files))
        return sum([file.step(share) for file in self._files.values()])

    def finish(self) -> Iterator[None]:
        """Append all that is left and seal all artifacts; yields after each part."""
        self._look()
        for file in self._files.values():
            yield from file.finish()

    def _look(self) -> None:
        if self._logs is not None and self._logs.is_dir():
            for relative, file in outputs_of(self._logs, self._notice):
                self._add(f"logs/{relative}", file)

    def _add(self, path: str, file: Path) -> None:
        if path not in self._files:
            self._files[path] = FollowedFile(self._store, self._run_id, path, file, self._notice)

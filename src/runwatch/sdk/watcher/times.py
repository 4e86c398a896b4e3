"""Notes beside a log when its bytes were seen, so that its lines can be dated; the log never waits for it."""

from __future__ import annotations

import logging
import math
import struct
import time
from typing import Final

from runwatch.schema.artifact import AppendArtifact, Artifact, CreateArtifact, GetArtifact, ReadArtifact, SealArtifact
from runwatch.schema.error import ConflictError, InvalidValueError, NotFoundError, SequenceGapError
from runwatch.schema.name import times_path
from runwatch.store.protocol import Store

LOG = logging.getLogger(__name__)

PERIOD_S: Final = 1.0
"""Between two records at least: with 16 bytes each this bounds how fast the times grow."""

AGAIN_S: Final = 10.0
"""After a failure nothing is tried for so long: a store that answers slowly is needed for the log itself."""

_RECORD: Final = struct.Struct("<QQ")
"""The number of bytes seen, and the microseconds UTC by which they were; see ``docs/formats/times.md``."""

_NOT_KNOWN: Final = 0


class LogTimes:
    """The artifact that says when the bytes of one log were seen.

    Whatever the store answers, no method raises: what could not be noted is part of the next record, which dates it
    later, and never earlier than it was written.

    Args:
        store: Where to.
        run_id: The run.
        path: The log, an artifact of the run.
    """

    def __init__(self, store: Store, run_id: str, path: str) -> None:
        self._shelf = store.artifacts
        self._run_id = run_id
        self._log, self._path = path, times_path(path)
        self._next_at = 0.0
        self._size: int | None = None  # of the artifact; None: to be asked
        self._end = 0  # of the last record
        self._waiting: tuple[int, float] | None = None  # what the next record is to say
        self._since = 0  # the size of the log before what is waiting

    def begin(self) -> None:
        """The log was begun, or is gone on with: ask the store what it has."""
        self._size = self._waiting = None

    def note(self, offset: int, end: int) -> None:
        """Bytes from an offset to an end have just been seen and are about to be appended to the log."""
        if self._waiting is None:
            self._since = offset
        self._waiting = (end, time.time())
        self.flush()

    def flush(self) -> None:
        """Write what is waiting, unless the last record was just now."""
        now = time.monotonic()
        if self._waiting is None or now < self._next_at:
            return
        try:
            self._write()
            self._next_at = now + PERIOD_S
        except Exception as error:  # whatever it is: the log goes on, and a later record speaks of these bytes too
            self._failed(error, now)

    def settle(self) -> None:
        """The log is about to be sealed: write what is waiting, however long ago the last record was."""
        if self._size is not None:  # else the store has just failed
            self._next_at = 0.0
        self.flush()

    def finish(self) -> None:
        """The log is sealed: write what is left, and seal the times, if there are any."""
        try:
            if self._get(self._path).sealed:
                return
            size_bytes = self._get(self._log).size_bytes
            if self._waiting is not None:
                self._write()
            if self._size is None:
                self._open(size_bytes)
            if self._end < size_bytes:
                self._append(size_bytes, time.time())
            self._shelf.seal(SealArtifact(run_id=self._run_id, path=self._path))
        except NotFoundError:  # none was written, or the log was replaced as a whole in the end
            pass
        except Exception as error:  # the log is complete; its times end where they end
            self._failed(error, time.monotonic())

    def _get(self, path: str) -> Artifact:
        return self._shelf.get(GetArtifact(run_id=self._run_id, path=path))

    def _write(self) -> None:
        if self._waiting is None:
            return
        if self._size is None:
            self._open(self._since)
        self._append(*self._waiting)
        self._waiting = None

    def _open(self, offset: int) -> None:
        """Find or make the artifact, of a log that has so many bytes."""
        request = CreateArtifact(run_id=self._run_id, path=self._path)
        anew = CreateArtifact(run_id=self._run_id, path=self._path, overwrite=True)
        try:
            size = self._shelf.create(request).size_bytes
        except ConflictError:  # sealed with a log that has grown since
            size = self._shelf.create(anew).size_bytes
        if size % _RECORD.size or (size and not offset):
            size = self._shelf.create(anew).size_bytes
        self._size, self._end = size, 0
        if size:
            read = ReadArtifact(run_id=self._run_id, path=self._path, offset=size - _RECORD.size)
            self._end, micros = _RECORD.unpack(self._shelf.read(read).data[: _RECORD.size])
            if self._end > offset:  # noted and then not appended: by now the file may go on with other bytes
                self._append(offset, micros / 1e6)
        elif offset:  # there before anybody noted when
            self._append(offset, _NOT_KNOWN)

    def _append(self, end: int, at: float) -> None:
        size = self._size or 0
        record = _RECORD.pack(end, int(at * 1e6))
        self._shelf.append(AppendArtifact(run_id=self._run_id, path=self._path, offset=size, data=record))
        self._size, self._end = size + _RECORD.size, end

    def _failed(self, error: Exception, now: float) -> None:
        LOG.debug("%s: the times could not be noted: %s", self._path, error)
        self._size = None
        if isinstance(error, InvalidValueError):  # a log whose path is nearly too long itself
            self._next_at = math.inf
        elif not isinstance(error, SequenceGapError):
            self._next_at = now + AGAIN_S

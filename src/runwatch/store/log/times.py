"""When the lines of a log were seen, by the records that its watcher kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from msgspec.structs import replace

from runwatch.schema.artifact import Artifact, ReadArtifact
from runwatch.schema.error import InvalidValueError, NotFoundError
from runwatch.schema.log import LogLine
from runwatch.schema.name import times_path
from runwatch.store.log.sequence import IntArray
from runwatch.store.protocol import ArtifactShelf

_RECORD_BYTES: Final = 16
"""See ``docs/formats/times.md``."""

_LATEST: Final = 253_402_300_799_000_000
"""The end of the year 9999: whatever else a file may say, it is no time."""

_LATE_S: Final = 2.0
"""Bytes that are newer than the last record wait for the next one for a second; a watcher that is well is not later."""


def _none() -> IntArray:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Dates:
    """What was known of a log's times at one moment.

    Attributes:
        ends: Numbers of bytes, ascending.
        ats: Microseconds UTC by which so many had been seen; 0 is not known.
        tail: The same for bytes behind the last end.
    """

    ends: IntArray = field(default_factory=_none)
    ats: IntArray = field(default_factory=_none)
    tail: int = 0

    def date(self, lines: Sequence[LogLine]) -> tuple[LogLine, ...]:
        """The lines, each with the time at which the first byte of its text was seen, where that is known."""
        if not len(self.ends):
            return tuple(lines)
        offsets = np.fromiter((line.offset for line in lines), np.int64, len(lines))
        found = np.append(self.ats, self.tail)[np.searchsorted(self.ends, offsets, side="right")]
        return tuple(
            replace(line, at=micros / 1e6) if micros else line
            for line, micros in zip(lines, found.tolist(), strict=True)
        )  # fmt: skip


class Times:
    """The times of one log as far as they were read. Not safe for several threads at once."""

    def __init__(self) -> None:
        self._known = Dates()
        self._artifact: Artifact | None = None
        self._taken = 0

    @property
    def memory_bytes(self) -> int:
        """What they take, about."""
        return self._known.ends.nbytes + self._known.ats.nbytes

    def catch_up(self, shelf: ArtifactShelf, log: Artifact) -> Dates:
        """What is known by now; only what is new is read.

        Args:
            shelf: Where the log is.
            log: The log as it was before; the same one each time.
        """
        known = self._artifact
        if known is None or not (known.sealed and log.sealed):
            self._read(shelf, log)
            known = self._artifact
        if known is None or not len(self._known.ends):
            return Dates()
        waits = not log.sealed and log.changed_at <= known.changed_at + _LATE_S
        return Dates(self._known.ends, self._known.ats, int(self._known.ats[-1]) if waits else 0)

    def _read(self, shelf: ArtifactShelf, log: Artifact) -> None:
        path = times_path(log.path)
        while True:
            try:
                part = shelf.read(ReadArtifact(run_id=log.run_id, path=path, offset=self._taken))
            except (NotFoundError, InvalidValueError):  # it has none, or a path that leaves no room for it
                self._forget()
                return
            known, self._artifact = self._artifact, part.artifact
            if known is not None and known.created_at != part.artifact.created_at:  # begun anew with the log
                self._forget()
                continue
            whole = len(part.data) // _RECORD_BYTES * _RECORD_BYTES
            if not whole:
                return
            self._take(part.data[:whole])

    def _forget(self) -> None:
        self._known, self._artifact, self._taken = Dates(), None, 0

    def _take(self, data: bytes) -> None:
        """Take records in; each one takes the place of those before it that have a higher end."""
        records = np.minimum(np.frombuffer(data, "<u8"), np.iinfo(np.int64).max).astype(np.int64).reshape(-1, 2)
        records[records[:, 1] > _LATEST, 1] = 0
        ends, ats = np.append(self._known.ends, records[:, 0]), np.append(self._known.ats, records[:, 1])
        kept = ends == np.minimum.accumulate(ends[::-1])[::-1]
        self._known = Dates(ends[kept], ats[kept])
        self._taken += len(data)

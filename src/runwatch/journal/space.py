"""Space for segments: smaller ones when the disk is nearly full, then another folder, then none for a second."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Final

from runwatch.journal.format import HEADER_BYTES, SEGMENT_MIN_BYTES, WORD_BYTES, padded, run_digest
from runwatch.journal.pen import generation
from runwatch.journal.place import Mode, is_mapped, make_fallback
from runwatch.journal.segment import NO_SPACE, Segment, create_segment, make_header

RETRY_S: Final = 1.0
"""After a failure nothing is tried for so long: a try costs up to a millisecond of the training's time."""

_told: set[tuple[int, str]] = set()


class Space:
    """Where one process puts the segments and the spilled blocks of a run's journal.

    Nothing here raises for a full or broken disk: the answer is None, and `reason` says why.
    """

    def __init__(self, folder: Path, run_id: str, *, attempt: int, mode: Mode, segment_bytes: int) -> None:
        self.folder = folder
        self.run = run_digest(run_id)
        self.mapped = is_mapped(folder, mode)
        self.segment_bytes = max(padded(segment_bytes), SEGMENT_MIN_BYTES)
        self.reason = ""
        self._attempt = attempt
        self._mode = mode
        self._retry_at = 0.0

    def allocate(self, writer: bytes, number: int, first: int, *, size: int, need: int) -> Segment | None:
        """A new segment, at best of ``size`` bytes, with room for ``need`` bytes of records; None without space."""
        if self.is_pausing():
            return None
        least = max(SEGMENT_MIN_BYTES, HEADER_BYTES + padded(need) + WORD_BYTES)
        try:
            return self._allocate_in(self.folder, writer, number, first, size=max(size, least), least=least)
        except OSError as error:
            self.fail(error)
        try:
            return self._allocate_in(self._fallback(), writer, number, first, size=least, least=least)
        except OSError:
            self._retry_at = time.monotonic() + RETRY_S
            return None

    def _allocate_in(self, folder: Path, writer: bytes, number: int, first: int, *, size: int, least: int) -> Segment:
        while True:
            header = make_header(self.run, writer, attempt=self._attempt, number=number, first=first, size=size)
            try:
                return create_segment(folder, header, mapped=self.mapped)
            except OSError as error:
                if error.errno not in NO_SPACE or size == least:
                    raise
                size = max(padded(size // 2), least)

    def _fallback(self) -> Path:
        found = make_fallback(self.folder)
        if self.mapped and not is_mapped(found, self._mode):
            raise PermissionError(f"{found} must not be mapped")
        return found

    def write_block(self, name: str, data: bytes) -> bool:
        """Put a spilled block into its own file, complete or not at all; False if there is no space."""
        if self.is_pausing():
            return False
        try:
            _write_whole(self.folder / "block", name, data)
        except OSError as error:
            self.fail(error)
        else:
            return True
        try:
            _write_whole(self._fallback() / "block", name, data)
        except OSError:
            return False
        return True

    def is_pausing(self) -> bool:
        """Whether the last failure is so short ago that nothing is tried."""
        return time.monotonic() < self._retry_at

    def retry_now(self) -> None:
        """Let the next call try again, however short ago the last failure was."""
        self._retry_at = 0.0

    def fail(self, error: OSError) -> None:
        """Remember why, and say so once for each process and reason, in one line."""
        self.reason = os.strerror(error.errno) if error.errno else type(error).__name__
        said = (generation(), self.reason)
        if said in _told:
            return
        _told.add(said)
        line = f"runwatch: cannot record in {self.folder} ({self.reason}); training goes on, what is lost is counted.\n"
        try:
            sys.stderr.write(line)
        except (OSError, ValueError, RuntimeError, AttributeError):  # closed, broken, re-entered or None
            return


def _write_whole(folder: Path, name: str, data: bytes) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    hidden = folder / f"{name}.new"
    try:
        hidden.write_bytes(data)
        hidden.replace(folder / name)
    except OSError:
        hidden.unlink(missing_ok=True)
        raise

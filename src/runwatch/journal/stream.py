"""One writer's stream: walks its segments in order, from any record on, past damage, and says what is missing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from runwatch.journal.format import (
    DESCRIPTION,
    HEAD_BYTES,
    HEADER_BYTES,
    KEY,
    KEYS_MAX,
    SEALED,
    SPILL,
    SPILL_HEAD,
    WORD_BYTES,
    Header,
    padded,
    salt,
    unpack_header,
)
from runwatch.journal.scan import Offsets, find_record, scan, words_of
from runwatch.journal.taken import Piece, Taken

PIECE_BYTES: Final = 1 << 18
"""Read at once: larger pieces leave the processor's cache."""

BATCH_BYTES: Final = 32 << 20
"""A batch ends after so many bytes of records and spilled blocks, so that it fits into memory and one transaction."""


PATIENCE_S: Final = 2.0
"""While the writer lives, damage must be seen for so long before it is passed over: that loses records for good."""


class OpenSegment(NamedTuple):
    """A segment being read.

    Attributes:
        number: Its place among the writer's segments.
        path: Where it lies, or lay: an open one is read on after it was deleted.
        file: A file descriptor.
        header: None if it cannot be read.
    """

    number: int
    path: Path
    file: int
    header: Header | None


class Stream:
    """Reads one writer's records; keeps its place, so that reading on costs no more than what is new.

    Args:
        writer: The writer's id in hex.
        run: `format.run_digest` of the run; segments of another run are passed over.
        rescan: Brings `paths` up to date; called when a segment ends and the next one is not known yet.

    Attributes:
        paths: The writer's segments by number.
        finished: The end of the stream once it was read to its end for good, else -1.
        patience_s: See `PATIENCE_S`.
        unsynced: Segments read from since somebody last emptied this set.
    """

    patience_s = PATIENCE_S

    def __init__(self, writer: str, run: bytes, rescan: Callable[[], object]) -> None:
        self.writer = writer
        self.paths: dict[int, Path] = {}
        self.finished = -1
        self.unsynced: set[Path] = set()
        self._run = run
        self._salt = salt(run, bytes.fromhex(writer))
        self._rescan = rescan
        self._segment: OpenSegment | None = None
        self._offset = 0
        self._at = 0  # the number of the record at the offset
        self._stuck = ((-1, 0), 0.0)  # where damage was seen, and since when
        self._wanted = -1  # where the last reading ended
        self._keys: dict[int, str] = {}
        self._descriptions: dict[int, str] = {}

    def close(self) -> None:
        """Let go of the open segment."""
        if self._segment is not None:
            os.close(self._segment.file)
        self._segment = None

    def read(self, first: int, limit: int, *, final: bool) -> Taken:
        """Up to ``limit`` records from number ``first`` on; see `JournalReader.read`."""
        taken = Taken(first, first)
        if self._segment is None or first != self._wanted:
            self._seek(taken, final=final)
        while taken.end - first < limit and taken.size < BATCH_BYTES:
            if self._segment is None or not (self._advance(taken, limit) or self._pass_end(taken, final=final)):
                taken.at_end = True
                break
        self._wanted = taken.end
        if final and taken.at_end:
            self.finished = taken.end
        return taken

    def _advance(self, taken: Taken, limit: int) -> bool:
        """Take the whole records that stand at the offset; False if there is none."""
        data = self._bytes(PIECE_BYTES)
        room = max(taken.end - self._at, 0) + limit - (taken.end - taken.first)
        offsets = np.empty(min(len(data) // HEAD_BYTES, room), np.uint32)
        count, end = scan(data, 0, self._salt, self._at, offsets)
        if not count and len(offsets) and PIECE_BYTES < (length := int(words_of(data)[0]) & 0xFFFFFFFF) < SEALED:
            data = self._bytes(length)  # no more than the file holds
            count, end = scan(data, 0, self._salt, self._at, offsets[:1])
        if not count:
            return False
        self._give(taken, data, offsets[:count], end)
        return True

    def _give(self, taken: Taken, data: bytes, offsets: Offsets, end: int) -> None:
        words = words_of(data)
        head = offsets >> 3
        kinds = words[head + 2] & np.uint64(0xFFFF)
        skipped = min(max(taken.end - self._at, 0), len(offsets))
        piece = Piece(data, words, offsets, self._at, self._keys, self._descriptions)
        for index in np.flatnonzero((kinds == KEY) | (kinds == DESCRIPTION)).tolist():
            self._learn(int(kinds[index]), int(words[head[index] + 2]) >> 32, piece.payload(index))
        count = len(offsets)
        for index in np.flatnonzero(kinds == SPILL).tolist():
            payload = piece.payload(index)
            if index >= skipped and len(payload) >= SPILL_HEAD.size:
                taken.size += SPILL_HEAD.unpack_from(payload)[1]
                if taken.size >= BATCH_BYTES:
                    count, end = index + 1, int(offsets[index]) + padded(HEAD_BYTES + len(payload))
                    break
        if count > skipped:
            taken.pieces.append(piece._replace(offsets=offsets[skipped:count], first=self._at + skipped))
            taken.size += end - int(offsets[skipped])
            taken.end = self._at + count
        self._at += count
        self._offset += end
        if self._segment is not None:
            self.unsynced.add(self._segment.path)

    def _learn(self, kind: int, key: int, payload: bytes) -> None:
        if key < KEYS_MAX:
            (self._keys if kind == KEY else self._descriptions)[key] = payload.decode("utf-8", "replace")

    def _pass_end(self, taken: Taken, *, final: bool) -> bool:
        """At the end of the whole records: go on behind a seal or behind damage; False if there is nothing more yet.

        What the writer wrote before it made the next segment is settled, and so is everything once it is dead;
        until then an incomplete record may still become whole.
        """
        assert self._segment is not None
        following = self._following()
        sealed = self._bytes(WORD_BYTES) == _SEAL
        if sealed and following is None:
            self._rescan()
            following = self._following()
        if not sealed and (final or following is not None):
            header = None if following is None else self.header(following)
            if header is None or header.first != self._at:
                if not final and not self._is_lasting():
                    return False
                if self._find_again(taken):
                    return True
            if following is None:
                self._report_tail(taken)
        return following is not None and self._open(following, taken, final=final)

    def _is_lasting(self) -> bool:
        """Whether the damage has been seen for long enough: a network file system may show old pages for a while."""
        place = (self._segment.number if self._segment else -1, self._offset)
        if self._stuck[0] != place:
            self._stuck = (place, time.monotonic())
        return time.monotonic() - self._stuck[1] >= self.patience_s

    def _find_again(self, taken: Taken) -> bool:
        """Whether the segment has a whole record behind the damage; if so, go on there."""
        assert self._segment is not None
        found = find_record(self._bytes(-1), 0, self._salt, self._at)
        if found is None:
            return False
        where = f"{self._segment.path.name} is damaged at byte {self._offset}"
        self._offset += found[0]
        self._at = found[1]
        taken.lose(self._at, where)
        return True

    def _report_tail(self, taken: Taken) -> None:
        """The end of a dead writer's last segment; a record whose call never returned shows nothing here."""
        assert self._segment is not None
        name, tail = self._segment.path.name, self._bytes(-1)
        if tail[:WORD_BYTES].strip(b"\0"):
            taken.notices.append(f"A torn record at byte {self._offset} of {name} was dropped.")
        header, size = self._segment.header, self._offset + len(tail)
        if header is not None and size < header.size:
            taken.notices.append(f"{name} was cut off: it has {size} of its {header.size} bytes.")

    def _following(self) -> int | None:
        assert self._segment is not None
        return min((number for number in self.paths if number > self._segment.number), default=None)

    def _seek(self, taken: Taken, *, final: bool) -> None:
        """Go to the segment that holds the first record wanted, or to the oldest there is."""
        if self._segment is not None and self._segment.header and self._segment.header.first <= taken.first:
            self._begin(self._segment, taken)  # it may be deleted by now, and is read on from its descriptor
            return
        self.close()
        for number in sorted(self.paths, reverse=True):
            header = self.header(number)
            if header is not None and header.first <= taken.first:
                self._open(number, taken, final=final)
                return
        if self.paths:
            self._at = taken.first
            self._open(min(self.paths), taken, final=final)

    def header(self, number: int) -> Header | None:
        """A segment's header, if it can be read."""
        try:
            with open(self.paths[number], "rb") as file:
                return unpack_header(file.read(HEADER_BYTES))
        except OSError:
            return None

    def _open(self, number: int, taken: Taken, *, final: bool) -> bool:
        """Go to the start of a segment; False if it cannot be read yet."""
        path = self.paths[number]
        try:
            file = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
        except OSError:  # deleted meanwhile: the next one tells how much is missing
            del self.paths[number]
            following = min((other for other in self.paths if other > number), default=None)
            return following is not None and self._open(following, taken, final=final)
        header = unpack_header(read_at(file, HEADER_BYTES, 0))
        self.close()
        self._begin(OpenSegment(number, path, file, header), taken)
        return True

    def _begin(self, segment: OpenSegment, taken: Taken) -> None:
        header = segment.header
        self._segment, self._offset = segment, HEADER_BYTES
        self._keys, self._descriptions = {}, {}
        if header is None:
            taken.notices.append(f"The header of {segment.path.name} is damaged.")
        elif header.run != self._run or header.writer.hex() != self.writer:
            taken.notices.append(f"{segment.path.name} belongs to another run or writer and was passed over.")
            self._offset = os.fstat(segment.file).st_size
        else:
            self._at = header.first
            taken.lose(header.first, f"{segment.path.name} begins behind them")

    def _bytes(self, size: int) -> bytes:
        """Bytes at the offset, as many as the file has; all of them for a negative size."""
        assert self._segment is not None
        try:
            left = os.fstat(self._segment.file).st_size - self._offset
            return read_at(self._segment.file, left if size < 0 else min(size, left), self._offset)
        except OSError:  # a bad block: like a file that ends here
            return b""


def read_at(file: int, size: int, offset: int) -> bytes:
    """Bytes of a file; fewer at its end. Never through a map: a hole on a full disk would end the process."""
    if size <= 0:
        return b""
    if hasattr(os, "pread"):
        return os.pread(file, size, offset)
    os.lseek(file, offset, os.SEEK_SET)
    return os.read(file, size)


_SEAL: Final = SEALED.to_bytes(WORD_BYTES, "little")

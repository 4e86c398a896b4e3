"""A shard: the stream of records of one thread, rolled over segments, held back while there is no space."""

from __future__ import annotations

import os
from collections import deque
from time import time_ns
from typing import Final, NamedTuple

from runwatch.journal.format import (
    BOOL,
    DESCRIPTION,
    DROP,
    DROP_HEAD,
    FLOAT,
    FLOAT_SCALAR,
    HEAD_BYTES,
    HEADER_BYTES,
    INLINE_BYTES,
    INT,
    KEY,
    KEYS_MAX,
    NO_STEP,
    NULL,
    ROWS,
    SCALAR,
    SEGMENT_MIN_BYTES,
    SPILL,
    SPILL_HEAD,
    TEXT_HEAD,
    salt,
)
from runwatch.journal.pen import Pen, PenKind, make_pen
from runwatch.journal.space import Space
from runwatch.schema.name import metric_name

HELD_BYTES: Final = 8 << 20
"""Records kept in memory while no segment can be made: some 40,000 points. What comes on top is counted only."""

HELD_OVERHEAD_BYTES: Final = 160
"""What a held record takes beside its payload, about."""

CATCH_UP_RECORDS: Final = 200
"""Held records that one call writes once there is space again: about half a millisecond."""

LATER_RECORDS: Final = 4_096
"""Records that signal handlers and finalizers may leave while the thread they interrupt is inside a call."""


class Record(NamedTuple):
    """A record that has no place yet.

    Attributes:
        kind: See `runwatch.journal.format`.
        name: The metric, as the user spelled it, for kinds that carry a key id; else None.
        payload: What follows the head.
        points: How many points are lost if it is dropped.
    """

    kind: int
    name: str | None
    payload: bytes
    points: int = 1


class Shard:
    """The records of one writer id, in the order of their calls. Belongs to one thread at a time.

    Attributes:
        writer: The id, 16 random bytes in hex.
        pen: Writes into the present segment; its ``scalar`` is the fast path.
        dropped: Points that were counted instead of recorded.
    """

    def __init__(self, space: Space, owner: int, *, first_bytes: int, pen: PenKind | None = None) -> None:
        writer = os.urandom(16)
        self.writer = writer.hex()
        self._later: deque[Record] = deque()
        self.pen: Pen = make_pen(
            mapped=space.mapped, salt=salt(space.run, writer), kind=pen, later=self._later, resume=self._take_later
        )
        self.dropped = 0
        self._id = writer
        self._space = space
        self._owner = owner
        self._size = first_bytes
        self._number = 0
        self._next_key = 0
        self._blocks = 0
        self._described: dict[str, str] = {}
        self._held: deque[Record] = deque()
        self._held_bytes = 0
        self._untold: dict[str, int] = {}
        self.pen.busy = True
        self._roll(0)
        self.hand_to(owner)
        self.pen.busy = False

    def hand_to(self, owner: int) -> None:
        """Give the shard to a thread; 0 takes it from everyone, as the end of its thread does."""
        self._owner = owner
        self._open_gate()

    def scalar(self, name: str, kind: int, value: float | int | bool | None, step: int | None) -> None:
        """Record a float, an int of 64 bits, a bool or None."""
        at = NO_STEP if step is None else step
        if kind == FLOAT:
            payload = FLOAT_SCALAR.pack(at, value, time_ns())
        else:
            assert kind in {INT, BOOL, NULL}
            payload = SCALAR.pack(at, value or 0, time_ns())
        self.record(Record(kind, name, payload))

    def text(self, name: str, kind: int, text: bytes, step: int | None) -> None:
        """Record a text."""
        self.record(Record(kind, name, TEXT_HEAD.pack(NO_STEP if step is None else step, time_ns()) + text))

    def describe(self, name: str, description: str) -> None:
        """Record the description of a metric, once for each segment."""
        if self._described.get(name) != description:
            self.record(Record(DESCRIPTION, name, description.encode("utf-8", "replace"), 0))
            self._described[name] = description

    def rows(self, encoded: bytes, rows: int, checksum: int) -> None:
        """Record an encoded block, in a file of its own if it is large."""
        if len(encoded) <= INLINE_BYTES:
            self.record(Record(ROWS, None, encoded, rows))
            return
        self._blocks += 1
        name = f"{self.writer}-{self._blocks:08d}.rwb"
        if self._space.write_block(name, encoded):
            head = SPILL_HEAD.pack(rows, len(encoded), checksum)
            self.record(Record(SPILL, None, head + name.encode(), rows))
        else:
            self._drop(rows)

    def record(self, record: Record) -> None:
        """Write a record, or hold it back, or count it; never raises for want of space.

        A call from a signal handler or a finalizer in the middle of another one leaves its record for that one.
        """
        if self.pen.busy:
            if len(self._later) < LATER_RECORDS:
                self._later.append(record)
            else:
                self._drop(record.points)
            return
        waiting: Record | None = record
        while waiting is not None:
            self.pen.busy = True
            try:
                self._write(waiting)
            finally:
                self.pen.busy = False
            waiting = self._later.popleft() if self._later else None

    def _take_later(self) -> None:
        """Write what signal handlers left behind; `record` goes on until nothing is left."""
        try:
            self.record(self._later.popleft())
        except IndexError:  # another handler was quicker
            return

    def close(self) -> None:
        """Write what is held back, as far as there is space by now, count the rest as dropped, and seal the segment."""
        if self.pen.busy:
            return  # called by a signal handler in the middle of a call: the records stay, the seal is missing
        self.pen.busy = True
        try:
            self._space.retry_now()
            while (self._held or self._untold) and self._catch_up():
                pass
            self.dropped += sum(record.points for record in self._held)
            self._held.clear()
            self._seal()
        finally:
            self.pen.busy = False

    def _write(self, record: Record) -> None:
        if (self._held or self._untold) and not self._space.is_pausing():
            self._catch_up()
        if self._held or self._untold or not self._put(record):
            self._hold(record)  # behind those that wait already

    def _catch_up(self) -> bool:
        """Write some of what is held back, then say what was dropped; False without space."""
        for _ in range(min(CATCH_UP_RECORDS, len(self._held))):
            record = self._held[0]
            if not self._put(record):
                return False
            self._held.popleft()
            self._held_bytes -= len(record.payload) + HELD_OVERHEAD_BYTES
        while self._untold and not self._held:
            reason, points = next(iter(self._untold.items()))
            if not self._put(Record(DROP, None, DROP_HEAD.pack(points) + reason.encode(), 0)):
                return False
            self._untold[reason] -= points
            if not self._untold[reason]:
                del self._untold[reason]
        self._open_gate()
        return True

    def _hold(self, record: Record) -> None:
        size = len(record.payload) + HELD_OVERHEAD_BYTES
        if self._held_bytes + size > HELD_BYTES:
            self._drop(record.points)
            return
        self._held.append(record)
        self._held_bytes += size
        self.pen.owner = 0  # the fast path would overtake what waits here

    def _drop(self, points: int) -> None:
        if points:
            reason = self._space.reason or "no space"
            self.dropped += points
            self._untold[reason] = self._untold.get(reason, 0) + points
            self.pen.owner = 0  # so that the next call comes by and says it

    def _open_gate(self) -> None:
        self.pen.owner = 0 if self._held or self._untold else self._owner

    def _put(self, record: Record) -> bool:
        """Write a record into this segment or the next; False without space."""
        try:
            if self._put_here(record):
                return True
        except OSError as error:  # only where records go through a file descriptor
            self._space.fail(error)
        need = 2 * HEAD_BYTES + len(record.payload) + 8
        if record.name is not None:
            need += len(metric_name(record.name).encode()) + 8
        if not self._roll(need):
            return False
        try:
            return self._put_here(record)
        except OSError as error:
            self._space.fail(error)
            return False

    def _put_here(self, record: Record) -> bool:
        key = 0
        if record.name is not None:
            found = self._key(record.name)
            if found is None:
                return False
            key = found
        return self.pen.append(record.kind, 0, key, record.payload)

    def _key(self, name: str) -> int | None:
        """The key id of a name, defined in this segment if need be; None without room."""
        key = self.pen.keys.get(name)
        if key is not None:
            return key
        key = self._next_key
        self._next_key += 1  # before the definition, so that an interrupted call never makes two of one id
        if key >= KEYS_MAX or not self.pen.append(KEY, 0, key, metric_name(name).encode()):
            return None
        self.pen.keys[name] = key
        return key

    def _roll(self, need: int) -> bool:
        """Seal the segment and begin the next; False without space. The seal goes first: each state may be the last."""
        self._seal()
        segment = self._space.allocate(self._id, self._number, self.pen.sequence, size=self._size, need=need)
        self._number += 1
        if segment is None:
            return False
        self.pen.attach(segment.target, HEADER_BYTES, segment.size)
        self._next_key = 0
        self._described.clear()
        self._size = min(2 * self._size, self._space.segment_bytes)
        return True

    def _seal(self) -> None:
        try:
            self.pen.seal()
        except OSError as error:
            self._space.fail(error)


def first_bytes(space: Space, *, first: bool) -> int:
    """The size of a shard's first segment: whole for the thread that made the journal, small for the others."""
    return space.segment_bytes if first else min(SEGMENT_MIN_BYTES, space.segment_bytes)

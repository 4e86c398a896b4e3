"""The writer: what a training process logs through; never waits, never fails for want of space, survives SIGKILL."""

from __future__ import annotations

import threading
import zlib
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from runwatch.journal.format import EVENT, INLINE_BYTES, PARAM, SEGMENT_BYTES, TAG, TEXT
from runwatch.journal.pen import PenKind, generation
from runwatch.journal.place import Mode
from runwatch.journal.shard import Record, Shard, first_bytes
from runwatch.journal.space import Space
from runwatch.journal.value import check_text, json_like, plain, step_of
from runwatch.schema import limit
from runwatch.schema.error import LimitError
from runwatch.schema.metric import Block, Column, ColumnType, MetricKind
from runwatch.schema.name import check_run_id, metric_name

PROBLEMS: Final = 1_000
"""Problems kept; one for each metric."""


class _Family:
    """The shards of one process: a forked child has its own, and touches nothing of its parent's."""

    def __init__(self) -> None:
        self.local = threading.local()
        self.shards: list[Shard] = []
        self.free: deque[Shard] = deque()  # of threads that have ended


class _Lease:
    """A thread's hold on its shard, given up when the thread ends and its local values go."""

    def __init__(self, shard: Shard, free: deque[Shard]) -> None:
        self.shard = shard
        self._free = free

    def __del__(self) -> None:
        self.shard.hand_to(0)
        self._free.append(self.shard)


class JournalWriter:
    """One process's journal of one run: safe to use from threads, forked children, signal handlers and finalizers.

    Each thread writes its own stream, without locks; streams of ended threads are taken over by new ones, so that
    their number is that of the threads alive at once. A process killed with SIGKILL loses nothing that was recorded.

    After the constructor, no method raises for a full or broken disk: points wait in memory, then they are counted in
    `dropped`, and one line on stderr says so. Wrong use raises `InvalidValueError` or `LimitError`.

    Args:
        folder: The run's journal folder; made if it is not there.
        run_id: The run.
        attempt: Which start of the run this is, from 1.
        mode: ``map`` and ``write`` override the choice by file system, as does ``RUNWATCH_JOURNAL_MODE``.
        segment_bytes: Size of a segment, at least 64 KiB.
        pen: Forces one of the pens; for tests.

    Attributes:
        scalar: The fast path, for the thread that made the writer: ``scalar(name, value, step) -> bool``. False means
            that nothing was done and `point` is to be called. Fetch it once, or as often as you like.
        problems: What could not be recorded as it was, one sentence for each metric.

    Raises:
        OSError: If the folder cannot be made.
    """

    def __init__(
        self,
        folder: Path,
        run_id: str,
        *,
        attempt: int = 1,
        mode: Mode = "auto",
        segment_bytes: int = SEGMENT_BYTES,
        pen: PenKind | None = None,
    ) -> None:
        check_run_id(run_id)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if pen is not None:
            mode = "write" if pen == "write" else "map"
        self._space = Space(folder, run_id, attempt=attempt, mode=mode, segment_bytes=segment_bytes)
        self._pen = pen
        self._families: dict[int, _Family] = {}
        self._closed = False
        self._refused = 0
        self._troubled: set[str] = set()
        self.problems: list[str] = []
        self.scalar: Callable[[str, object, int | None], bool] = self._shard().pen.scalar

    def point(self, name: str, value: object, step: object = None, description: str = "") -> None:
        """Record one value of a metric.

        Args:
            name: The metric; longer ones than `limit.NAME_CHARS` are cut.
            value: A number, bool, text or None; numbers of numpy, torch and others; any other object as its ``repr``.
            step: A whole number of 64 bits, or None.
            description: Kept with the metric, the last one counts.

        Raises:
            InvalidValueError: If the name is no text, the value holds several values, or the step is no whole number.
            LimitError: If a text is larger than `limit.TEXT_BYTES`.
        """
        if not self._closed and not description and self._shard().pen.scalar(name, value, step):  # type: ignore[arg-type]
            return
        name, at, found = self._name(name), step_of(step), plain(value)
        if found.problem:
            self._tell(name, found.problem)
        if self._is_closed(1):
            return
        shard = self._shard()
        if description:
            shard.describe(name, description[: limit.DESCRIPTION_CHARS])
        if found.kind != TEXT:
            shard.scalar(name, found.kind, found.value, at)
            return
        text = found.value.encode()
        if len(text) <= INLINE_BYTES:
            shard.text(name, TEXT, text, at)
        else:
            self.rows(_text_block(metric_name(name), found.value, at))

    def rows(self, block: Block) -> None:
        """Record rows of a metric; more than 64 KiB go to a file beside the journal.

        Raises:
            LimitError: If they are larger than `limit.BLOCK_BYTES`.
        """
        encoded = msgspec.msgpack.encode(block)
        if len(encoded) > limit.BLOCK_BYTES:
            raise LimitError(
                f"{len(encoded)} bytes are too much for one call; the limit is {limit.BLOCK_BYTES >> 20} MiB.",
                hint="Log the rows in several calls, or upload a file.",
            )
        if not self._is_closed(block.rows):
            self._shard().rows(encoded, block.rows, zlib.crc32(encoded))

    def param(self, name: str, value: object) -> None:
        """Record what went into the run; the last value of a name counts.

        Raises:
            InvalidValueError: If the name is no text.
            LimitError: If the value takes more than `limit.VALUE_CHARS` bytes.
        """
        self._pair(PARAM, metric_name(name), json_like(value))

    def tag(self, name: str, value: str | None) -> None:
        """Record a label; the last value of a name counts.

        Raises:
            InvalidValueError: If the name is no text.
            LimitError: If the value takes more than `limit.VALUE_CHARS` bytes.
        """
        self._pair(TAG, metric_name(name), None if value is None else check_text(str(value)))

    def event(self, kind: str, data: dict[str, Any]) -> None:
        """Record something of the life of the process, such as how it ended."""
        encoded = msgspec.msgpack.encode([kind, json_like(data)])
        if not self._is_closed(0):
            self._shard().record(Record(EVENT, None, encoded, 0))

    def position(self) -> dict[str, int]:
        """For each stream of this process the sequence number its next record gets: what a flush waits for."""
        return {shard.writer: shard.pen.sequence for shard in self._family().shards if shard.pen.sequence}

    @property
    def dropped(self) -> int:
        """Points of this process that were counted instead of recorded."""
        return self._refused + sum(shard.dropped for shard in self._family().shards)

    def close(self) -> None:
        """End the journal; later points count as dropped. Streams of other threads that still live stay unsealed."""
        self._closed = True
        family = self._family()
        mine = getattr(family.local, "lease", None)
        idle = set(family.free)
        for shard in family.shards:
            if (mine is not None and shard is mine.shard) or shard in idle:
                shard.close()
            shard.hand_to(0)

    def _pair(self, kind: int, name: str, value: Any) -> None:
        encoded = msgspec.msgpack.encode([name, value])
        if len(encoded) > limit.VALUE_CHARS + limit.NAME_CHARS * 4:
            raise LimitError(
                f"The value of {name!r} takes {len(encoded)} bytes; the limit is {limit.VALUE_CHARS}.",
                hint="Upload it as a file.",
            )
        if not self._is_closed(0):
            self._shard().record(Record(kind, None, encoded, 0))

    def _name(self, name: str) -> str:
        """The name as given, if it is a plain text: the pen knows metrics by it."""
        recorded = metric_name(name)
        return name if type(name) is str else recorded

    def _tell(self, name: str, problem: str) -> None:
        if name not in self._troubled and len(self.problems) < PROBLEMS:
            self._troubled.add(name)
            self.problems.append(f"{metric_name(name)}: {problem}.")

    def _is_closed(self, points: int) -> bool:
        if self._closed:
            self._refused += points
        return self._closed

    def _family(self) -> _Family:
        mine = generation()
        family = self._families.get(mine)
        if family is None:
            family = self._families.setdefault(mine, _Family())
            for other in list(self._families):  # a forked child lets go of its parent's maps
                if other != mine:
                    self._families.pop(other, None)
        return family

    def _shard(self) -> Shard:
        """This thread's shard."""
        family = self._family()
        lease = getattr(family.local, "lease", None)
        if lease is not None:
            return lease.shard  # type: ignore[no-any-return]
        owner = threading.get_ident()
        try:
            shard = family.free.popleft()
            shard.hand_to(owner)
        except IndexError:
            size = first_bytes(self._space, first=not family.shards)
            shard = Shard(self._space, owner, first_bytes=size, pen=self._pen)
            family.shards.append(shard)
        family.local.lease = _Lease(shard, family.free)
        if len(family.shards) == 1:
            self.scalar = shard.pen.scalar
        return shard


def _text_block(name: str, text: str, step: int | None) -> Block:
    """A text too long to stand in the journal, as a row."""
    from time import time_ns

    column = Column(name="value", type=ColumnType.STR, data=msgspec.msgpack.encode([text]))
    return Block(
        metric=name,
        kind=MetricKind.SCALAR,
        rows=1,
        columns=(column,),
        times=(time_ns() // 1000).to_bytes(8, "little", signed=True),
        steps=b"" if step is None else step.to_bytes(8, "little", signed=True),
    )

"""Carries one journal folder to a store, each record once, and keeps nothing that the store has not confirmed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from runwatch.journal.manifest import Manifest, read_manifest
from runwatch.journal.reader import JournalReader, Reading
from runwatch.schema import limit
from runwatch.schema.error import (
    CorruptDataError,
    NotFoundError,
    RunwatchError,
    SequenceGapError,
    UserErrorException,
)
from runwatch.schema.metric import AppendBatch, ListCursors
from runwatch.sdk.watcher.backlog import QUARANTINE
from runwatch.store.protocol import Store

PERMANENT: Final = (UserErrorException, CorruptDataError)
"""Errors that the same batch will meet again, whenever it is sent."""

BATCHES_PER_CALL: Final = 16
"""Then the caller gets its turn, to look after logs, other runs and the doorbell."""

LASTING_EVENTS: Final = frozenset({"end", "exit"})
"""Events that the next watcher must still find in the journal if this one dies before it has acted upon them."""


class Event(Struct, frozen=True, kw_only=True):
    """Something of the life of the training process, all records before it being in the store.

    Attributes:
        writer: The journal writer that noted it.
        sequence: Its place in that writer's journal.
        kind: ``end``, ``exit`` or another.
        data: What it says.
    """

    writer: str
    sequence: int
    kind: str
    data: dict[str, Any]


class Shipped(Struct, kw_only=True):
    """What one call of `Shipper.ship` did.

    Attributes:
        records: Journal records that the store has confirmed.
        bytes: Their columns' size.
        events: What the training process said about its life.
        notices: What was lost or refused; each is said once.
        more: There is more to ship right now.
    """

    records: int = 0
    bytes: int = 0
    events: list[Event] = msgspec.field(default_factory=list)
    notices: list[str] = msgspec.field(default_factory=list)
    more: bool = False


class Shipper:
    """Ships the journal of one run; not thread-safe, one at a time for a folder (see `runwatch.sdk.watcher.claim`).

    It keeps no cursor of its own on disk: the store says how far it has got, at the start and whenever they differ.

    Args:
        folder: The journal folder.
        store: Where to.
        epoch: From `Claim.epoch`. A store that has seen this or a higher one raises it at the start.
    """

    def __init__(self, folder: Path, store: Store, *, epoch: int = 1) -> None:
        self.folder = folder
        self.store = store
        self.epoch = epoch
        self.manifest: Manifest = read_manifest(folder)
        self.run_id: str = self.manifest.run_id
        self.reader = JournalReader(folder)
        self._cursors: dict[str, int] | None = None
        self._holds: dict[str, int] = {}
        self._said: set[str] = set()

    def ship(self, *, final: bool = False) -> Shipped:
        """Ship what the journal holds now, at most `BATCHES_PER_CALL` batches a writer.

        Args:
            final: Nobody writes any more: a torn end is dropped and said, instead of waited for.

        Raises:
            FencedError: Another holder has taken over; stop.
            GoneError: The run was deleted; stop.
            StoreUnavailableError: Try again later, as with every error that is not listed here.
        """
        shipped = Shipped()
        cursors = self._open(shipped)
        # Of a folder that was deleted under us the reader still holds what the writers are writing to.
        for writer in self.reader.writers() if self.folder.is_dir() else sorted(cursors):
            cursors.setdefault(writer, 0)
            self._ship_writer(writer, cursors, shipped, final=final)
        return shipped

    def position(self) -> dict[str, int]:
        """For each writer the next sequence number that the store expects, as far as known."""
        return dict(self._cursors or {})

    def _open(self, shipped: Shipped) -> dict[str, int]:
        """The store's cursors; creates the run if the store does not have it."""
        if self._cursors is None:
            try:
                known = self.store.metrics.list_cursors(ListCursors(run_id=self.run_id))
            except NotFoundError:
                self.store.runs.create(self.manifest.create)
                known = self.store.metrics.list_cursors(ListCursors(run_id=self.run_id))
            self.epoch = max([self.epoch, *(epoch + 1 for epoch in known.epochs.values())])
            for writer in self.reader.writers():
                self._recall(writer, 0, known.cursors.get(writer, 0), shipped)
            self._cursors = dict(known.cursors)
        return self._cursors

    def _recall(self, writer: str, first: int, stop: int, shipped: Shipped) -> None:
        """Find events among records that the store has already: the watcher before us may not have acted on them."""
        while first < stop:
            reading = self.reader.read(writer, first, limit=min(stop - first, limit.BATCH_RECORDS), final=False)
            self._note(writer, reading, stop, shipped)
            reached = reading.batch.first + reading.batch.count
            if reached <= first:
                return
            first = reached

    def _ship_writer(self, writer: str, cursors: dict[str, int], shipped: Shipped, *, final: bool) -> None:
        size = limit.BATCH_RECORDS
        for _ in range(BATCHES_PER_CALL):
            first = cursors[writer]
            reading = self.reader.read(writer, first, limit=size, final=final)
            self._say(reading.notices, shipped)
            batch = msgspec.structs.replace(reading.batch, epoch=self.epoch)
            if batch.count == 0:
                return
            if batch.first > first:
                cursors[writer] = self._fill(writer, first, batch.first - first, "missing from the journal")
                continue
            try:
                cursor = self._append(batch)
            except PERMANENT as error:
                if batch.count > 1:
                    size = batch.count // 2  # find the one record that is refused
                    continue
                cursor = self._refuse(batch, error, shipped)
            self._advance(writer, reading, cursor, shipped)
            cursors[writer] = cursor
            size = min(limit.BATCH_RECORDS, size * 2)
        shipped.more = True

    def _append(self, batch: AppendBatch) -> int:
        try:
            return self.store.metrics.append(batch).cursor
        except SequenceGapError as error:
            cursor = int(error.detail["cursor"])
            if cursor == batch.first:  # no gap at all: going on from there would go on for ever
                raise
            return cursor

    def _advance(self, writer: str, reading: Reading, cursor: int, shipped: Shipped) -> None:
        first, end = reading.batch.first, reading.batch.first + reading.batch.count
        self._note(writer, reading, cursor, shipped)
        if cursor > end:
            self._recall(writer, end, cursor, shipped)
        if cursor >= end:
            shipped.records += reading.batch.count
            shipped.bytes += sum(len(c.data) for block in reading.batch.blocks for c in block.columns)
        if cursor > first:
            self.reader.release(writer, min(cursor, self._holds.get(writer, cursor)))

    def _note(self, writer: str, reading: Reading, below: int, shipped: Shipped) -> None:
        for sequence, kind, data in reading.events:
            if sequence < below:
                shipped.events.append(Event(writer=writer, sequence=sequence, kind=kind, data=data))
                if kind in LASTING_EVENTS:
                    self._holds[writer] = min(sequence, self._holds.get(writer, sequence))

    def _fill(self, writer: str, first: int, count: int, reason: str) -> int:
        """Move the store's cursor over records that will never come, saying so."""
        dropped = {reason: count}
        return self._append(
            AppendBatch(
                run_id=self.run_id, writer=writer, epoch=self.epoch, first=first, count=count, dropped=dropped
            )
        )  # fmt: skip

    def _refuse(self, batch: AppendBatch, error: RunwatchError, shipped: Shipped) -> int:
        """Put a record that the store will never take into quarantine and go on behind it."""
        place = self.folder / QUARANTINE
        place.mkdir(exist_ok=True)
        (place / f"{batch.writer}-{batch.first}.msgpack").write_bytes(msgspec.msgpack.encode(batch))
        names = ", ".join(sorted({block.metric for block in batch.blocks} | {*batch.params} | {*batch.tags})) or "-"
        self._say((f"The store refused a record of {names}: {error.message}",), shipped)
        return self._fill(batch.writer, batch.first, batch.count, f"refused ({error.code})")

    def _say(self, notices: tuple[str, ...], shipped: Shipped) -> None:
        for notice in notices:
            if notice not in self._said:
                self._said.add(notice)
                shipped.notices.append(notice)

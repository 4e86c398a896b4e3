"""Reads a journal back as plain Python values, for tests."""

from __future__ import annotations

import struct
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from runwatch.journal.reader import JournalReader
from runwatch.schema.metric import Block, ColumnType

NO_STEP = -(2**63)


@dataclass
class Contents:
    """Everything a journal says: rows of each metric as (step, value), in the order logged by each writer."""

    rows: dict[str, list[tuple[int | None, Any]]] = field(default_factory=lambda: defaultdict(list))
    times: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    descriptions: dict[str, str] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str | None] = field(default_factory=dict)
    events: list[tuple[str, Any]] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    notices: list[str] = field(default_factory=list)
    cursors: dict[str, int] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    @property
    def position(self) -> dict[str, int]:
        """The cursors of writers that wrote something."""
        return {writer: cursor for writer, cursor in self.cursors.items() if cursor}

    def values(self, name: str) -> list[Any]:
        return [value for _, value in self.rows[name]]


def values_of(block: Block, column: int = 0) -> list[Any]:
    """The values of a block's column."""
    data, kind = block.columns[column].data, block.columns[column].type
    if kind in {ColumnType.STR, ColumnType.MIXED}:
        return list(msgspec.msgpack.decode(data))
    code = {ColumnType.FLOAT: "d", ColumnType.INT: "q", ColumnType.BOOL: "?"}[kind]
    values = struct.unpack(f"<{block.rows}{code}", data)
    valid = block.columns[column].valid or b"\1" * block.rows
    return [value if there else None for value, there in zip(values, valid, strict=True)]


def steps_of(block: Block) -> list[int | None]:
    if not block.steps:
        return [None] * block.rows
    return [None if step == NO_STEP else step for step in struct.unpack(f"<{block.rows}q", block.steps)]


def read_into(contents: Contents, reader: JournalReader, writer: str, *, limit: int, final: bool) -> bool:
    """Read on where the contents end; whether there was nothing more."""
    first = contents.cursors.get(writer, 0)
    reading = reader.read(writer, first, limit=limit, final=final)
    batch = reading.batch
    assert (batch.first, batch.writer) == (first, writer)
    contents.cursors[writer] = first + batch.count
    for block in batch.blocks:
        assert len(block.times) == 8 * block.rows
        contents.blocks.append(block)
        contents.rows[block.metric] += zip(steps_of(block), values_of(block), strict=True)
        contents.times[block.metric] += struct.unpack(f"<{block.rows}q", block.times)
        if block.description:
            contents.descriptions[block.metric] = block.description
    contents.params |= batch.params
    contents.tags |= batch.tags
    contents.events += [(kind, data) for _, kind, data in reading.events]
    for reason, count in batch.dropped.items():
        contents.dropped[reason] += count
    contents.notices += reading.notices
    return reading.at_end


def read_all(
    folder: Path, *, limit: int = 65_536, final: bool = False, reader: JournalReader | None = None
) -> Contents:
    """All records of all writers, in batches of so many."""
    own = reader is None
    reader = reader or JournalReader(folder)
    contents = Contents()
    for writer in reader.writers():
        while not read_into(contents, reader, writer, limit=limit, final=final):
            pass
    if own:
        reader.close()
    return contents

"""A chunk: some rows of a metric as bytes that describe and check themselves (``docs/formats/chunk.md``)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from runwatch.series import part
from runwatch.series.column import INT, IntArray, TypeName, Values, concat, missing
from runwatch.series.error import ChunkFormatError, ValuesError

SEALED_ROWS: Final = 8_192
"""Rows of a full chunk: at this size another doubling saves less than 2 % of the bytes."""

MAX_ROWS: Final = 1 << 20
"""Rows a chunk may have at most: bounds the memory that a damaged header can ask for."""

NO_STEP: Final = -(2**63)
"""Stands among steps for "none was given"."""

MAGIC: Final = b"RWCK"
VERSION: Final = 1

_FIXED: Final = struct.Struct("<4sBBHII")  # magic, version, flags, parts, rows, directory bytes; then its CRC-32
_HEADER_BYTES: Final = _FIXED.size + 4
_ENTRY: Final = struct.Struct("<BBBBHHIII")  # role, type, encoding, flags, name, 0, data, validity bytes, CRC-32
_STEPS, _TIMES, _COLUMN = 0, 1, 2
_CODES: Final[dict[TypeName, int]] = {"float": 1, "int": 2, "bool": 3, "str": 4, "mixed": 5}
_NAMES: Final[dict[int, TypeName]] = {code: name for name, code in _CODES.items()}


class Chunk(Struct, frozen=True, kw_only=True, eq=False, gc=False):
    """Rows of a metric in memory.

    Attributes:
        rows: How many.
        columns: Their values by column name, in the order first logged, with as many rows each.
        times: int64, when each was logged, microseconds UTC; None only if `decode` was asked to leave them out.
        steps: int64, `NO_STEP` where none was given; None if no row has one, or if `decode` was to leave them out.
        has_steps: Whether steps are stored, left out or not; set by `decode`.
    """

    rows: int
    columns: Mapping[str, Values]
    times: IntArray | None = None
    steps: IntArray | None = None
    has_steps: bool = False

    def select(self, first: int, end: int) -> Chunk:
        """The rows from ``first`` up to and without ``end``, both counted from 0."""
        first, end = max(0, first), min(end, self.rows)
        rows = slice(first, max(first, end))
        return Chunk(
            rows=rows.stop - rows.start,
            columns={name: column.select(rows) for name, column in self.columns.items()},
            times=None if self.times is None else self.times[rows],
            steps=None if self.steps is None else self.steps[rows],
            has_steps=self.has_steps,
        )

    def split(self, rows: int = SEALED_ROWS) -> Iterator[Chunk]:
        """The same rows in chunks of ``rows`` each, the last one with what is left."""
        if self.rows <= rows:
            yield self
            return
        for first in range(0, self.rows, rows):
            yield self.select(first, first + rows)


class Contents(Struct, frozen=True, kw_only=True):
    """What a chunk holds: its rows, the types of its columns by name, and whether it has steps."""

    rows: int
    columns: dict[str, TypeName]
    has_steps: bool


class _Entry(Struct, frozen=True):
    """A line of the directory, and where its bytes stand."""

    role: int
    type: TypeName
    encoding: int
    name: str
    start: int
    middle: int  # where the values end and the validity begins
    end: int
    checksum: int


def merge(chunks: Sequence[Chunk]) -> Chunk:
    """The rows of all chunks in order; where a chunk has no such column, or no steps, its rows lack them.

    Args:
        chunks: At least one.
    """
    if len(chunks) == 1:
        return chunks[0]
    names = dict.fromkeys(name for chunk in chunks for name in chunk.columns)
    times = [chunk.times for chunk in chunks if chunk.times is not None]
    return Chunk(
        rows=sum(chunk.rows for chunk in chunks),
        columns={name: _merge_column(chunks, name) for name in names},
        times=np.concatenate(times) if len(times) == len(chunks) else None,
        steps=_merge_steps(chunks),
        has_steps=any(chunk.has_steps or chunk.steps is not None for chunk in chunks),
    )


def is_alike(a: Chunk, b: Chunk) -> bool:
    """Whether two chunks have the same columns of the same types, and both or neither have steps."""
    return (
        (a.steps is None) is (b.steps is None)
        and a.columns.keys() == b.columns.keys()
        and all(values.type == b.columns[name].type for name, values in a.columns.items())
    )


def encode(chunk: Chunk) -> bytes:
    """The bytes of a chunk.

    Raises:
        ValuesError: If it has no rows, no times or more than `MAX_ROWS` rows, or if its parts differ in length.
    """
    rows = chunk.rows
    if not 0 < rows <= MAX_ROWS or chunk.times is None:
        raise ValuesError(f"A chunk holds 1 to {MAX_ROWS:,} rows with their times, not {rows:,}.")
    directory: list[bytes] = []
    parts: list[bytes] = []
    if chunk.steps is not None:
        _add(directory, parts, _STEPS, "", Values("int", chunk.steps), rows)
    _add(directory, parts, _TIMES, "", Values("int", chunk.times), rows)
    for name, column in chunk.columns.items():
        _add(directory, parts, _COLUMN, name, column, rows)
    listed = b"".join(directory)
    fixed = _FIXED.pack(MAGIC, VERSION, 0, len(directory) // 2, rows, len(listed))
    checksum = zlib.crc32(listed, zlib.crc32(fixed))
    return b"".join((fixed, checksum.to_bytes(4, "little"), listed, *parts))


def decode(
    data: bytes, columns: Collection[str] | None = None, *, want_steps: bool = True, want_times: bool = True
) -> Chunk:
    """Read a chunk, or only the parts that are wanted: the others are neither checked nor decoded.

    Args:
        data: The whole chunk.
        columns: Only these columns, as far as it has them; None means all.
        want_steps: Whether to read the steps.
        want_times: Whether to read the times.

    Raises:
        ChunkFormatError: If a byte that was needed is missing or changed, or the version is unknown.
    """
    rows, entries = _read_directory(data)
    found: dict[str, Values] = {}
    times = steps = None
    has_steps = False
    for entry in entries:
        if entry.role == _STEPS:
            has_steps = True
            steps = _read(data, entry, rows) if want_steps else None
        elif entry.role == _TIMES:
            times = _read(data, entry, rows) if want_times else None
        elif columns is None or entry.name in columns:
            found[entry.name] = _read(data, entry, rows)
    return Chunk(rows=rows, columns=found, times=_ints(times), steps=_ints(steps), has_steps=has_steps)


def peek(data: bytes) -> Contents:
    """What a chunk holds, without decoding it.

    Raises:
        ChunkFormatError: If its header is cut or changed, or the version is unknown.
    """
    rows, entries = _read_directory(data)
    return Contents(
        rows=rows,
        columns={entry.name: entry.type for entry in entries if entry.role == _COLUMN},
        has_steps=any(entry.role == _STEPS for entry in entries),
    )


def merge_steps(steps: Sequence[IntArray | None], rows: Sequence[int]) -> IntArray | None:
    """Steps of consecutive pieces as one array; pieces without steps have `NO_STEP` in each of their rows."""
    if all(piece is None for piece in steps):
        return None
    pairs = zip(steps, rows, strict=True)
    return np.concatenate([np.full(count, NO_STEP, INT) if piece is None else piece for piece, count in pairs])


def _merge_steps(chunks: Sequence[Chunk]) -> IntArray | None:
    return merge_steps([chunk.steps for chunk in chunks], [chunk.rows for chunk in chunks])


def _merge_column(chunks: Sequence[Chunk], name: str) -> Values:
    kind = next(chunk.columns[name].type for chunk in chunks if name in chunk.columns)
    return concat([chunk.columns[name] if name in chunk.columns else missing(kind, chunk.rows) for chunk in chunks])


def _add(directory: list[bytes], parts: list[bytes], role: int, name: str, column: Values, rows: int) -> None:
    if len(column.values) != rows or (column.valid is not None and len(column.valid) != rows):
        raise ValuesError(f"{name or 'A step or time column'!r} has {len(column.values):,} values for {rows:,} rows.")
    encoding, data, valid = part.encode(column)
    label, checksum = name.encode(), zlib.crc32(valid, zlib.crc32(data))
    entry = _ENTRY.pack(role, _CODES[column.type], encoding, 0, len(label), 0, len(data), len(valid), checksum)
    directory += (entry, label)
    parts += (data, valid)


def _read_directory(data: bytes) -> tuple[int, list[_Entry]]:
    if len(data) < _HEADER_BYTES:
        raise ChunkFormatError("The chunk is shorter than its header.")
    magic, version, _flags, count, rows, listed = _FIXED.unpack_from(data)
    if magic != MAGIC:
        raise ChunkFormatError("These bytes are no chunk.")
    if version != VERSION:
        raise ChunkFormatError(f"The chunk has version {version}; this Runwatch reads version {VERSION}.", 4)
    end = _HEADER_BYTES + listed
    checksum = zlib.crc32(data[_HEADER_BYTES:end], zlib.crc32(data[: _FIXED.size]))
    if len(data) < end or checksum != int.from_bytes(data[_FIXED.size : _HEADER_BYTES], "little"):
        raise ChunkFormatError("The chunk's header does not match its checksum.")
    try:
        entries = list(_entries(data, count, end))
    except (struct.error, KeyError, UnicodeDecodeError) as error:
        raise ChunkFormatError(f"The chunk's directory is malformed: {error}.", _HEADER_BYTES) from error
    if not 0 < rows <= MAX_ROWS or not entries:
        raise ChunkFormatError(f"The chunk says it has {rows:,} rows in {count} parts.", 6)
    if entries[-1].end != len(data):
        raise ChunkFormatError("The chunk is cut, or something follows it.", min(len(data), entries[-1].end))
    return rows, entries


def _entries(data: bytes, count: int, end_of_directory: int) -> Iterator[_Entry]:
    at, start = _HEADER_BYTES, end_of_directory
    for _ in range(count):
        role, code, encoding, _flags, label, _zero, values, valid, checksum = _ENTRY.unpack_from(data, at)
        at += _ENTRY.size
        name = data[at : at + label].decode()
        at += label
        kind = _NAMES[code]
        if role > _COLUMN or (role != _COLUMN and kind != "int"):
            raise ChunkFormatError(f"A part of role {role} and type {kind} is unknown.", at)
        end = start + values + valid
        yield _Entry(role, kind, encoding, name, start, start + values, end, checksum)
        start = end
    if at != end_of_directory:
        raise ChunkFormatError("The chunk's directory does not end where its header says.", at)


def _read(data: bytes, entry: _Entry, rows: int) -> Values:
    stored = data[entry.start : entry.end]
    if zlib.crc32(stored) != entry.checksum:
        raise ChunkFormatError(f"The part {entry.name!r} does not match its checksum.", entry.start)
    size = entry.middle - entry.start
    try:
        return part.decode(entry.type, entry.encoding, stored[:size], stored[size:], rows)
    except ValuesError as error:
        raise ChunkFormatError(f"The part {entry.name!r} is malformed: {error}", entry.start) from error


def _ints(column: Values | None) -> IntArray | None:
    if column is None:
        return None
    assert not isinstance(column.values, list)
    return column.values

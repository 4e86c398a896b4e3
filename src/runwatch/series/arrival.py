"""An arrival: a few rows of each of many metrics that came together, as bytes (``docs/formats/chunk.md``).

A chunk for each metric would cost ten times as much to make and to store. An arrival is written once and read as a
whole; its rows move into chunks when there are enough of them.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import msgspec
import numpy as np
from msgspec import Struct

from runwatch.series.chunk import Chunk, merge
from runwatch.series.column import INT, IntArray, TypeName, Values
from runwatch.series.error import ChunkFormatError, ValuesError

MAGIC: Final = b"RWA1"
"""The last character is the version."""

_HEADER: Final = struct.Struct("<4sI")  # magic, CRC-32 of what follows


class _Piece(Struct, frozen=True, array_like=True, gc=False):
    """Rows of a metric; steps are empty where no row has one, and so is the validity of a column without gaps."""

    rows: int
    times: bytes
    steps: bytes
    columns: list[tuple[str, TypeName, bytes, bytes]]


Piece: TypeAlias = msgspec.Raw
"""Rows of a metric, not looked into yet."""

_ENCODE: Final = msgspec.msgpack.Encoder().encode
_PIECES: Final = msgspec.msgpack.Decoder(dict[str, Piece])
_PIECE: Final = msgspec.msgpack.Decoder(_Piece)


def encode(pieces: Mapping[str, Chunk]) -> bytes:
    """The bytes of an arrival.

    Args:
        pieces: New rows by metric, each with its times; their columns are numbers or booleans.
    """
    body = _ENCODE({name: _pack(rows) for name, rows in pieces.items()})
    return _HEADER.pack(MAGIC, zlib.crc32(body)) + body


def decode(data: bytes) -> dict[str, Piece]:
    """The pieces of an arrival by metric.

    Raises:
        ChunkFormatError: If a byte is missing or changed, or the version is unknown.
    """
    if len(data) < _HEADER.size or data[: len(MAGIC)] != MAGIC:
        raise ChunkFormatError("These bytes are no arrival of a version that this Runwatch reads.")
    body = memoryview(data)[_HEADER.size :]
    if zlib.crc32(body) != _HEADER.unpack_from(data)[1]:
        raise ChunkFormatError("The arrival does not match its checksum.", _HEADER.size)
    try:
        return _PIECES.decode(body)
    except msgspec.DecodeError as error:
        raise ChunkFormatError(f"The arrival is malformed: {error}.", _HEADER.size) from error


def join(pieces: Sequence[Piece]) -> Chunk:
    """The rows of consecutive pieces (at least one) of a metric.

    Raises:
        ChunkFormatError: If a piece contradicts itself.
    """
    try:
        found = [_PIECE.decode(piece) for piece in pieces]
        return _join_alike(found) if _are_alike(found) else merge([_unpack(piece) for piece in found])
    except (msgspec.DecodeError, ValuesError) as error:
        raise ChunkFormatError(f"A piece of an arrival is malformed: {error}") from error


def _pack(rows: Chunk) -> _Piece:
    assert rows.times is not None
    steps = b"" if rows.steps is None else rows.steps.tobytes()
    columns = [(name, *values.to_wire()) for name, values in rows.columns.items()]
    return _Piece(rows.rows, rows.times.tobytes(), steps, columns)


def _unpack(piece: _Piece) -> Chunk:
    columns = {name: Values.from_wire(kind, data, valid, piece.rows) for name, kind, data, valid in piece.columns}
    steps = _integers(piece.steps, piece.rows) if piece.steps else None
    return Chunk(rows=piece.rows, columns=columns, times=_integers(piece.times, piece.rows), steps=steps)


def _are_alike(pieces: Sequence[_Piece]) -> bool:
    """Whether the bytes of these pieces only need to be put one behind the other."""
    kinds, has_steps = [column[:2] for column in pieces[0].columns], bool(pieces[0].steps)
    return all(
        bool(piece.steps) is has_steps
        and [column[:2] for column in piece.columns] == kinds
        and not any(valid for _, _, _, valid in piece.columns)
        for piece in pieces
    )


def _join_alike(pieces: Sequence[_Piece]) -> Chunk:
    return _unpack(
        _Piece(
            sum(piece.rows for piece in pieces),
            b"".join([piece.times for piece in pieces]),
            b"".join([piece.steps for piece in pieces]),
            [
                (name, kind, b"".join([piece.columns[place][2] for piece in pieces]), b"")
                for place, (name, kind, _, _) in enumerate(pieces[0].columns)
            ],
        )
    )


def _integers(data: bytes, rows: int) -> IntArray:
    if len(data) != rows * INT.itemsize:
        raise ValuesError(f"{rows:,} integers do not take {len(data):,} bytes.")
    return np.frombuffer(data, INT)

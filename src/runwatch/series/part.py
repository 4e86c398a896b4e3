"""A part of a chunk: the bytes of one column, in whichever encoding is smallest at little cost."""

from __future__ import annotations

import zlib
from enum import IntEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pcodec import ChunkConfig
from pcodec.standalone import simple_compress, simple_decompress_into

from runwatch.series.column import FLOAT, INT, BoolArray, TypeName, Values, of_list, pack, unpack
from runwatch.series.error import ValuesError


class Encoding(IntEnum):
    """How the values of a part are written; the numbers stand in chunks and never change."""

    RAW = 0  # little-endian, 8 bytes a value
    PCODEC = 1
    BITS = 2  # a bit a value, lowest first
    MSGPACK = 3  # one MessagePack array
    ZLIB = 4  # the same, compressed


PCODEC_ROWS: Final = 64
"""Below this many rows numbers stay raw: compressing them takes 10 µs or more, and they are soon merged anyway."""

ZLIB_BYTES: Final = 64
"""Texts below this size stay as they are."""

LEVEL: Final = 4
"""pcodec's effort, 0 to 12: level 8 takes four times as long and saves 1 %."""

_CONFIG: Final = ChunkConfig(compression_level=LEVEL)
_DTYPES: Final = {"float": FLOAT, "int": INT}
_RAW, _PCODEC, _BITS, _MSGPACK, _ZLIB = (int(encoding) for encoding in Encoding)


def encode(column: Values) -> tuple[int, bytes, bytes]:
    """Encoding, values and validity of a column; the validity is empty where all rows have a value.

    Raises:
        ValuesError: If a text or a mixed column holds what MessagePack cannot write.
    """
    values, valid = column.values, column.valid
    if valid is None and len(values) < PCODEC_ROWS and column.type in _DTYPES:
        return _RAW, values.tobytes(), b""  # type: ignore[union-attr]  # numbers are arrays
    if isinstance(values, list):
        packed = pack(values)
        squeezed = zlib.compress(packed) if len(packed) >= ZLIB_BYTES else packed
        encoding, data = (_ZLIB, squeezed) if len(squeezed) < len(packed) else (_MSGPACK, packed)
    elif column.type == "bool":
        encoding, data = _BITS, _bits(values)
    else:
        encoding, data = _encode_numbers(values)
    # A mixed column shows by its None values which rows lack one.
    return encoding, data, b"" if valid is None or column.type == "mixed" else _bits(valid)


def decode(name: TypeName, encoding: int, data: bytes, valid: bytes, rows: int) -> Values:
    """What `encode` was given; arrays may be read-only.

    Raises:
        ValuesError: If the bytes are not those of such a column.
    """
    mask = _unbits(valid, rows) if valid else None
    if name == "float" or name == "int":
        return Values(name, _decode_numbers(name, encoding, data, rows), mask)
    if name == "bool" and encoding == _BITS:
        return Values(name, _unbits(data, rows), mask)
    if name == "bool" or encoding not in (_MSGPACK, _ZLIB):
        raise ValuesError(f"A {name} column cannot have encoding {encoding}.")
    values = unpack(name, _inflate(data) if encoding == _ZLIB else data)
    if len(values) != rows:
        raise ValuesError(f"A column of {rows} rows has {len(values)} values.")
    return of_list(name, values, mask)


def squeeze(values: NDArray[Any]) -> bytes:
    """Numbers of one dimension, as a pcodec file."""
    data: bytes = simple_compress(np.require(values, None, ["C", "A"]), _CONFIG)
    return data


def inflate(data: bytes, values: NDArray[Any]) -> NDArray[Any]:
    """Numbers of a pcodec file, put into an array of one dimension that they fill; the array.

    Raises:
        ValuesError: If it is no such file, or holds another number of numbers.
    """
    try:
        progress = simple_decompress_into(data, values)
    except (RuntimeError, TypeError) as error:
        raise ValuesError(f"Numbers cannot be decompressed: {error}.") from error
    if not progress.finished or progress.n_processed != len(values):
        raise ValuesError(f"There are not {len(values)} numbers.")
    return values


def _encode_numbers(values: NDArray[Any]) -> tuple[int, bytes]:
    if len(values) >= PCODEC_ROWS:
        data = squeeze(values)
        if len(data) < values.nbytes:
            return _PCODEC, data
    return _RAW, values.tobytes()


def _decode_numbers(name: str, encoding: int, data: bytes, rows: int) -> NDArray[Any]:
    if encoding == _RAW and len(data) == 8 * rows:
        return np.frombuffer(data, _DTYPES[name])
    if encoding != _PCODEC:
        raise ValuesError(f"{len(data)} bytes in encoding {encoding} are no {rows} numbers.")
    return inflate(data, np.empty(rows, _DTYPES[name]))


def _bits(values: NDArray[np.bool_]) -> bytes:
    return np.packbits(values, bitorder="little").tobytes()


def _unbits(data: bytes, rows: int) -> BoolArray:
    if len(data) != (rows + 7) // 8:
        raise ValuesError(f"{len(data)} bytes hold no {rows} bits.")
    return np.unpackbits(np.frombuffer(data, np.uint8), count=rows, bitorder="little").view(np.bool_)


def _inflate(data: bytes) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error as error:
        raise ValuesError(f"Texts cannot be decompressed: {error}.") from error

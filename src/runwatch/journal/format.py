"""The bytes of a journal segment: header, records and their kinds, as ``docs/formats/journal.md`` states them."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from pathlib import Path
from typing import Final, NamedTuple

MAGIC: Final = b"RWJ\x00\r\n\x1a\n"
"""Starts a segment; the line ends and the zero show a file that went through a text conversion."""

VERSION: Final = 1
HEADER_BYTES: Final = 128
SEGMENT_BYTES: Final = 1 << 20
"""The usual segment: about 21,800 points."""

SEGMENT_MIN_BYTES: Final = 1 << 16
"""The smallest one, where space is short or a thread is new."""

INLINE_BYTES: Final = 1 << 16
"""Texts and rows up to this size stand in the journal, larger ones in a file of their own (`SPILL`)."""

WORD_BYTES: Final = 8
HEAD_BYTES: Final = 24
SCALAR_BYTES: Final = 48
KEYS_MAX: Final = 1 << 20
"""Key ids of one segment are below this, so that a damaged id cannot cost the reader its memory."""

SEALED: Final = 2**64 - 1
NO_STEP: Final = -(2**63)

# Kinds of records
KEY: Final = 1  # the metric name that this segment's key id stands for
FLOAT: Final = 2
INT: Final = 3
BOOL: Final = 4
NULL: Final = 5  # the value None
TEXT: Final = 6
DESCRIPTION: Final = 7  # of the key's metric
ROWS: Final = 8  # a schema Block
SPILL: Final = 9  # a Block in a file of its own
PARAM: Final = 10
TAG: Final = 11
EVENT: Final = 12
DROP: Final = 13  # points that were counted instead of recorded

_HEADER = struct.Struct("<8sHHI16s16sII16sQQQqq12xI")
HEAD: Final = struct.Struct("<QHHI")  # sequence, kind, flags, key id: what follows the commit word
FLOAT_POINT: Final = struct.Struct("<QHHIqdq")  # HEAD, step, value, time in ns
INT_POINT: Final = struct.Struct("<QHHIqqq")
SCALAR: Final = struct.Struct("<qqq")  # step, value, time in ns: the payload of an INT, BOOL or NULL record
FLOAT_SCALAR: Final = struct.Struct("<qdq")
TEXT_HEAD: Final = struct.Struct("<qq")  # step, time in ns; then UTF-8
SPILL_HEAD: Final = struct.Struct("<QQI")  # rows, size of the file, its CRC-32; then its name
DROP_HEAD: Final = struct.Struct("<Q")  # points; then the reason in UTF-8

_NAME = re.compile(r"([0-9a-f]{32})-([0-9]{1,10})\.rwj")
_BLOCK_NAME = re.compile(r"[0-9a-f]{32}-[0-9]{1,10}\.rwb")


class Header(NamedTuple):
    """The first 128 bytes of a segment.

    Attributes:
        run: `run_digest` of the run it belongs to.
        writer: The writer's 16 random bytes.
        attempt: Which start of the run wrote it.
        pid: The process that made it.
        boot: The boot id of the machine, zeros where unknown.
        number: Counts the writer's segments; numbers may be missing, the order holds.
        first: The sequence number of its first record.
        size: Bytes allocated.
        wall_ns: Wall clock when it was made, since 1970 UTC.
        monotonic_ns: Monotonic clock at that moment.
        flags: None are defined.
    """

    run: bytes
    writer: bytes
    attempt: int
    pid: int
    boot: bytes
    number: int
    first: int
    size: int
    wall_ns: int
    monotonic_ns: int
    flags: int = 0

    def pack(self) -> bytes:
        """The 128 bytes, checksum included."""
        fields = (self.flags, self.run, self.writer, self.attempt, self.pid, self.boot)
        anchors = (self.number, self.first, self.size, self.wall_ns, self.monotonic_ns)
        body = _HEADER.pack(MAGIC, VERSION, HEADER_BYTES, *fields, *anchors, 0)[:-4]
        return body + zlib.crc32(body).to_bytes(4, "little")


def unpack_header(data: bytes) -> Header | None:
    """The header, or None if these bytes are none of this version."""
    if len(data) < HEADER_BYTES:
        return None
    magic, version, length, flags, *rest, crc = _HEADER.unpack(data[:HEADER_BYTES])
    if (magic, version, length) != (MAGIC, VERSION, HEADER_BYTES) or crc != zlib.crc32(data[: HEADER_BYTES - 4]):
        return None
    return Header._make((*rest, flags))


def run_digest(run_id: str) -> bytes:
    """Sixteen bytes that stand for a run id of any length."""
    return hashlib.sha256(run_id.encode()).digest()[:16]


def salt(run: bytes, writer: bytes) -> int:
    """What each checksum of a writer starts from, so that bytes of another run or writer never validate."""
    return zlib.crc32(writer, zlib.crc32(run))


def padded(length: int) -> int:
    """The bytes a record of this length takes."""
    return (length + 7) & ~7


def segment_name(writer: str, number: int) -> str:
    """The file name of a writer's segment."""
    return f"{writer}-{number:08d}.rwj"


def parse_segment_name(name: str) -> tuple[str, int] | None:
    """Writer (hex) and number, or None for any other file."""
    match = _NAME.fullmatch(name)
    return (match[1], int(match[2])) if match else None


def block_path(folder: Path, name: str) -> Path | None:
    """Where a spilled block lies; None if the name is not one of ours, so that no journal names a path."""
    return folder / "block" / name if _BLOCK_NAME.fullmatch(name) else None

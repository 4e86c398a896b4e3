"""The format page against the code: its tables, and a reader written from the page alone."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import msgspec

from runwatch.journal import format as form
from runwatch.schema.metric import Block, Column, ColumnType, MetricKind
from tests.unit.journal.conftest import MakeWriter

PAGE = (Path(__file__).parents[3] / "docs" / "formats" / "journal.md").read_text(encoding="utf-8")
KINDS = {
    "key": form.KEY,
    "float": form.FLOAT,
    "int": form.INT,
    "bool": form.BOOL,
    "none": form.NULL,
    "text": form.TEXT,
    "description": form.DESCRIPTION,
    "rows": form.ROWS,
    "spill": form.SPILL,
    "parameter": form.PARAM,
    "tag": form.TAG,
    "event": form.EVENT,
    "drop": form.DROP,
}


def test_every_kind_stands_on_the_page() -> None:
    rows = re.findall(r"^\| (\d+) \| (\w+) \| (?:defines it|metric|0) \|", PAGE, re.MULTILINE)
    assert {name: int(number) for number, name in rows} == KINDS


def test_numbers_on_the_page() -> None:
    assert f"Header, {form.HEADER_BYTES} bytes" in PAGE
    assert form.MAGIC.hex(" ").upper() in PAGE
    assert form.KEYS_MAX == 2**20
    assert form.INLINE_BYTES == form.SEGMENT_MIN_BYTES == 64 << 10
    assert form.SEGMENT_BYTES == 1 << 20


def read_by_the_page(data: bytes, run_id: str) -> list[tuple[int, int, bytes]]:
    """Kind, key id and payload of each record, by what the page says and nothing else."""
    run, writer, first = data[16:32], data[32:48], struct.unpack_from("<Q", data, 80)[0]
    assert run == hashlib.sha256(run_id.encode()).digest()[:16]
    assert struct.unpack_from("<I", data, 124)[0] == zlib.crc32(data[:124])
    salt, place = zlib.crc32(run + writer), 128
    found: list[tuple[int, int, bytes]] = []
    while (word := struct.unpack_from("<Q", data, place)[0]) not in {0, 2**64 - 1}:
        length, checksum = word % 2**32, word // 2**32
        assert checksum == zlib.crc32(data[place + 8 : place + length], salt)
        sequence, kind, flags, key = struct.unpack_from("<QHHI", data, place + 8)
        assert (sequence, flags) == (first + len(found), 0)
        found.append((kind, key, data[place + 24 : place + length]))
        place += -(-length // 8) * 8
    return found


def test_a_reader_written_from_the_page(make_writer: MakeWriter, folder: Path) -> None:
    writer = make_writer()
    points: list[Any] = [0.5, 3, True, None, "text"]
    for step, value in enumerate(points):
        writer.point("ü", value, step, description="d")
    column = Column(name="a", type=ColumnType.INT, data=bytes(8))
    block = Block(metric="t", kind=MetricKind.TABLE, rows=1, columns=(column,), times=bytes(8))
    writer.rows(block)
    writer.point("long", "x" * 70_000)
    writer.param("p", 1.5)
    writer.tag("t", None)
    writer.event("end", {"status": "Completed"})
    writer.close()
    (segment,) = folder.glob("*.rwj")
    key, description, a, b, c, d, e, rows, spill, param, tag, event = read_by_the_page(segment.read_bytes(), "run-1")
    assert key == (1, key[1], "ü".encode())
    assert description == (7, key[1], b"d")
    assert [record[:2] for record in (a, b, c, d, e)] == [(kind, key[1]) for kind in (2, 3, 4, 5, 6)]
    assert [struct.unpack("<qdq", a[2])[:2], struct.unpack("<qqq", b[2])[:2]] == [(0, 0.5), (1, 3)]
    assert [struct.unpack("<qqq", record[2])[:2] for record in (c, d)] == [(2, 1), (3, 0)]
    assert struct.unpack("<q", e[2][:8]) == (4,)
    assert e[2][16:] == b"text"
    assert rows[:2] == (8, 0)
    assert msgspec.msgpack.decode(rows[2])["metric"] == "t"
    count, size, checksum = struct.unpack_from("<QQI", spill[2])
    data = (folder / "block" / spill[2][20:].decode()).read_bytes()
    assert (spill[0], count, size, checksum) == (9, 1, len(data), zlib.crc32(data))
    assert [msgspec.msgpack.decode(record[2]) for record in (param, tag, event)] == [
        ["p", 1.5],
        ["t", None],
        ["end", {"status": "Completed"}],
    ]

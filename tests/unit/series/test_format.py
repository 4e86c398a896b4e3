"""A reader written from ``docs/formats/chunk.md`` alone understands what the library writes."""

from __future__ import annotations

import functools
import math
import operator
import struct
import zlib
from typing import Any

import msgspec
import numpy as np
import pytest
from pcodec.standalone import simple_decompress

from runwatch.series import arrival, chunk, pyramid
from runwatch.series.chunk import Chunk
from runwatch.series.column import Values

ROLES = {0: "steps", 1: "times", 2: "column"}
TYPES = {1: "float", 2: "int", 3: "bool", 4: "str", 5: "mixed"}


def read_bits(data: bytes, rows: int) -> list[bool]:
    return [bool(data[row // 8] >> (row % 8) & 1) for row in range(rows)]


def read_values(kind: str, encoding: int, data: bytes, rows: int) -> list[Any]:
    if encoding == 0:
        return list(struct.unpack(f"<{rows}{'d' if kind == 'float' else 'q'}", data))
    if encoding == 1:
        numbers = simple_decompress(data)
        assert str(numbers.dtype) == {"float": "float64", "int": "int64"}[kind]
        found: list[Any] = numbers.tolist()
        return found
    if encoding == 2:
        return read_bits(data, rows)
    array: list[Any] = msgspec.msgpack.decode(data if encoding == 3 else zlib.decompress(data))
    return array


def read_chunk(data: bytes) -> tuple[dict[tuple[str, str], list[Any]], dict[str, tuple[str, int]]]:
    """Values by role and name, and type and encoding of each column."""
    magic, version, flags, count, rows, size, checksum = struct.unpack("<4sBBHIII", data[:20])
    assert (magic, version, flags) == (b"RWCK", 1, 0)
    assert zlib.crc32(data[:16] + data[20 : 20 + size]) == checksum
    at, start = 20, 20 + size
    parts: dict[tuple[str, str], list[Any]] = {}
    kinds: dict[str, tuple[str, int]] = {}
    for _ in range(count):
        role, code, encoding, none, named, zero, length, masked, crc = struct.unpack("<BBBBHHIII", data[at : at + 20])
        name = data[at + 20 : at + 20 + named].decode()
        assert none == zero == 0
        assert zlib.crc32(data[start : start + length + masked]) == crc
        values = read_values(TYPES[code], encoding, data[start : start + length], rows)
        if masked:
            there = read_bits(data[start + length : start + length + masked], rows)
            values = [value if valid else None for value, valid in zip(values, there, strict=True)]
        assert len(values) == rows
        parts[ROLES[role], name] = values
        kinds[name] = (TYPES[code], encoding)
        at += 20 + named
        start += length + masked
    assert at == 20 + size
    assert start == len(data)
    return parts, kinds


@pytest.mark.parametrize("rows", [1, 5, 63, 64, 1_000])
def test_a_chunk_is_what_the_page_says(rows: int) -> None:
    given: dict[str, list[Any]] = {
        "value": [math.sin(row) for row in range(rows)],
        "épochs 🦊": [row * 3 - 7 for row in range(rows)],
        "": [row % 3 == 0 for row in range(rows)],
        "phase": ["train" if row % 2 else "" for row in range(rows)],
        "mixed": [[1, 2.5, True, "x", None][row % 5] for row in range(rows)],
        "holes": [None if row % 4 == 1 else row / 8 for row in range(rows)],
        "text holes": [None if row % 4 == 1 else f"{row}" for row in range(rows)],
    }
    steps, times = np.arange(rows) * 10, np.arange(rows) ** 2 + 1_700_000_000_000_000
    columns = {name: Values.from_list(values) for name, values in given.items()}
    data = chunk.encode(Chunk(rows=rows, columns=columns, times=times, steps=steps))
    parts, kinds = read_chunk(data)
    assert list(parts) == [("steps", ""), ("times", ""), *(("column", name) for name in given)]
    assert parts.pop(("steps", "")) == steps.tolist()
    assert parts.pop(("times", "")) == times.tolist()
    assert {name: values for (_, name), values in parts.items()} == given
    assert kinds["value"] == ("float", 0 if rows < 64 else 1)
    assert kinds["phase"] == ("str", 4 if rows >= 63 else 3)
    assert kinds[""] == ("bool", 2)


def test_numbers_that_do_not_compress_are_raw() -> None:
    noise = np.random.default_rng(1).integers(0, 2**64, 1_000, np.uint64)
    columns = {"value": Values("float", noise.view(np.float64))}
    data = chunk.encode(Chunk(rows=1_000, columns=columns, times=np.arange(1_000)))
    _, kinds = read_chunk(data)
    assert kinds["value"] == ("float", 0)
    assert data.endswith(noise.tobytes())


@pytest.mark.parametrize("rows", [1, 100, 129, 256, 257, 600])
def test_buckets_are_what_the_page_says(rows: int) -> None:
    values = np.round(np.random.default_rng(rows).normal(size=rows), 2)
    values[::7] = np.inf
    steps, times = np.arange(rows) * 2, np.arange(rows) + 1_000_000
    levels = pyramid.build_levels(Values("float", values), steps, times)
    data = levels[256]
    assert len(data) == 72 * -(-rows // 256)
    for at in range(len(data) // 72):
        record = data[at * 72 : at * 72 + 72]
        assert functools.reduce(operator.xor, struct.unpack("<36H", record)) == 0x5257
        fields = struct.unpack("<HHHHddddqqqq", record)
        covered = slice(at * 256, min(at * 256 + 256, rows))
        finite = values[covered][np.isfinite(values[covered])]
        held = len(values[covered])
        assert fields[:3] == (held, len(finite), held - len(finite))
        if len(finite):
            assert fields[4:7] == (finite.min(), finite.max(), finite[-1])
            assert fields[7] == pytest.approx(finite.mean(), abs=1e-12)
        else:
            assert all(math.isnan(figure) for figure in fields[4:8])
        assert fields[8:] == (steps[covered][0], steps[covered][-1], times[covered][0], times[covered][-1])


@pytest.mark.parametrize("rows", [1, 64, 129, 8_192])
@pytest.mark.parametrize("full", [True, False])
def test_packed_buckets_are_what_the_page_says(rows: int, full: bool) -> None:
    values = np.round(np.random.default_rng(rows).normal(size=rows), 2)
    if not full:
        values[::3] = np.nan
    steps, times = np.arange(rows) * 2, np.arange(rows) + 1_000_000
    data = pyramid.build_levels(Values("float", values), steps, times)[64]
    magic, crc, held, size, flags = struct.unpack("<4sIIIB3x", data[:20])
    assert (magic, crc, held, flags) == (b"RWB1", zlib.crc32(data[8:]), rows, int(full))
    many = -(-rows // 64)
    low, high, last, _ = np.reshape(simple_decompress(data[20 : 20 + size]), (4, many))
    whole = np.reshape(simple_decompress(data[20 + size :]), (4 if full else 6, many))
    parts = [slice(at * 64, min(at * 64 + 64, rows)) for at in range(many)]
    finite = [values[part][np.isfinite(values[part])] for part in parts]
    assert low.tolist() == [each.min() if len(each) else pytest.approx(math.nan, nan_ok=True) for each in finite]
    assert high.tolist() == [each.max() if len(each) else pytest.approx(math.nan, nan_ok=True) for each in finite]
    assert last.tolist() == [each[-1] if len(each) else pytest.approx(math.nan, nan_ok=True) for each in finite]
    assert whole[:4].T.tolist() == [[steps[p][0], steps[p][-1], times[p][0], times[p][-1]] for p in parts]
    if not full:
        lengths = [len(each) for each in finite]
        assert whole[4].tolist() == lengths
        assert whole[5].tolist() == [part.stop - part.start - held for part, held in zip(parts, lengths, strict=True)]


def test_an_arrival_is_what_the_page_says() -> None:
    values, steps = Values.from_list([0.5, None]), np.array([3, 4])
    loss = Chunk(rows=2, columns={"value": values}, times=np.array([10, 20]), steps=steps)
    flag = Chunk(rows=1, columns={"on": Values.from_list([True]), "n": Values.from_list([-7])}, times=np.array([30]))
    data = arrival.encode({"löss": loss, "flags": flag})
    assert data[:4] == b"RWA1"
    assert zlib.crc32(data[8:]) == struct.unpack("<I", data[4:8])[0]
    found = msgspec.msgpack.decode(data[8:])
    assert list(found) == ["löss", "flags"]
    rows, times, packed_steps, ((name, kind, packed, valid),) = found["löss"]
    assert (rows, name, kind, valid) == (2, "value", "float", b"\x01\x00")
    assert struct.unpack("<2q", times) == (10, 20)
    assert struct.unpack("<2q", packed_steps) == (3, 4)
    assert struct.unpack("<2d", packed)[0] == 0.5
    times = struct.pack("<q", 30)
    columns = [["on", "bool", b"\x01", b""], ["n", "int", struct.pack("<q", -7), b""]]
    assert found["flags"] == [1, times, b"", columns]

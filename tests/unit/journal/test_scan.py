"""The native scan and its twin agree, on whole and on damaged records."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from runwatch.journal.format import HEAD
from runwatch.journal.pen import native
from runwatch.journal.scan import find_record, python_scan, record_length, words_of

SALT = 99
Scan = Callable[[bytes, int, int, int, Any], tuple[int, int]]


def record(sequence: int, payload: bytes, salt: int = SALT, kind: int = 2, key: int = 0) -> bytes:
    body = HEAD.pack(sequence, kind, 0, key) + payload
    word = len(body) + 8 | zlib.crc32(body, salt) << 32
    return word.to_bytes(8, "little") + body + bytes(-len(body) % 8)


@pytest.fixture(params=["native", "python"])
def scan(request: pytest.FixtureRequest) -> Scan:
    if request.param == "python":
        return python_scan
    if native is None:
        pytest.skip("the native extension is not built")
    found: Scan = native.scan
    return found


def run(scan: Scan, data: bytes, start: int = 0, first: int = 0, most: int = 100) -> tuple[list[int], int]:
    offsets = np.empty(most, np.uint32)
    count, end = scan(data, start, SALT, first, offsets)
    return offsets[:count].tolist(), end


def test_whole_records(scan: Scan) -> None:
    data = b"".join(record(5 + i, bytes(i)) for i in range(10))
    offsets, end = run(scan, data + bytes(100), first=5)
    assert len(offsets) == 10
    assert end == len(data)
    assert run(scan, data, first=5, most=3) == (offsets[:3], offsets[3])
    assert run(scan, data, start=offsets[4], first=9) == (offsets[4:], len(data))
    assert run(scan, data, first=5, most=0) == ([], 0)
    assert run(scan, data, first=4) == ([], 0)


def test_ends_and_damage(scan: Scan) -> None:
    whole = record(0, b"12345")
    for data in (b"", bytes(7), bytes(64), b"\xff" * 64, whole[:-4], record(0, b"1", SALT + 1), whole[:8]):
        assert run(scan, data) == ([], 0)
    assert run(scan, whole[:-3]) == ([0], 32)  # what is cut off is padding
    length_4_gib = (0xFFFFFFFF).to_bytes(8, "little") + bytes(100)
    assert run(scan, length_4_gib) == ([], 0)
    assert run(scan, (23).to_bytes(8, "little") + bytes(100)) == ([], 0)


def test_both_scans_agree() -> None:
    if native is None:
        pytest.skip("the native extension is not built")
    chance = random.Random(5)
    for _ in range(300):
        data = bytearray(
            b"".join(record(i, chance.randbytes(chance.randrange(200))) for i in range(chance.randrange(20)))
        )
        for _ in range(chance.randrange(3)):
            if data:
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        cut = bytes(data[: chance.randrange(len(data) + 1)] if chance.random() < 0.3 else data)
        assert run(native.scan, cut) == run(python_scan, cut)


def test_native_checks_its_arguments() -> None:
    if native is None:
        pytest.skip("the native extension is not built")
    assert run(native.scan, record(0, b""), start=-8) == ([], -8)
    assert run(native.scan, record(0, b""), start=1 << 40) == ([], 1 << 40)
    with pytest.raises((TypeError, BufferError)):
        native.scan(b"", 0, 0, 0, b"read only")


def test_next_record_behind_damage() -> None:
    parts = [record(i, bytes(24)) for i in range(6)]
    data = b"".join(parts[:2]) + b"\xaa" * 48 + b"".join(parts[3:])
    assert find_record(data, 96, SALT, 2) == (144, 3)
    assert find_record(data, 0, SALT, 0) == (0, 0)
    assert find_record(data, 96, SALT, 4) == (192, 4)
    assert find_record(data, 96, SALT + 1, 2) is None
    assert find_record(data[:100], 96, SALT, 2) is None
    assert find_record(b"", 0, SALT, 0) is None
    far = bytes(48) + record(1_000, b"")  # more records than the bytes between could hold
    assert find_record(far, 0, SALT, 1) is None


def test_words_and_single_records() -> None:
    assert words_of(bytes(15)).tolist() == [0]
    data = record(3, b"abc")
    assert record_length(data, 0, SALT, 3) == 27
    assert record_length(data, 0, SALT, 4) == 0
    assert record_length(data, 16, SALT, 3) == 0

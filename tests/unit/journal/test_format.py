"""The header and the names of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from runwatch.journal import format as form
from runwatch.journal.segment import boot_id, make_header


def header() -> form.Header:
    return make_header(form.run_digest("run"), bytes(range(16)), attempt=2, number=7, first=2**40, size=1 << 20, pid=11)


def test_header_round_trip_to_the_byte() -> None:
    data = header().pack()
    assert len(data) == form.HEADER_BYTES
    assert data[:8] == b"RWJ\x00\r\n\x1a\n"
    assert data[8:16] == b"\x01\x00\x80\x00\x00\x00\x00\x00"
    assert data[16:32] == form.run_digest("run")
    assert data[32:48] == bytes(range(16))
    assert data[48:56] == b"\x02\x00\x00\x00\x0b\x00\x00\x00"
    assert data[56:72] == boot_id()
    assert data[72:96] == b"".join(number.to_bytes(8, "little") for number in (7, 2**40, 1 << 20))
    assert data[112:124] == bytes(12)
    found = form.unpack_header(data + b"more")
    assert found is not None
    assert found.pack() == data
    assert (found.attempt, found.number, found.first, found.size, found.pid) == (2, 7, 2**40, 1 << 20, 11)


def test_every_byte_of_the_header_counts() -> None:
    data = header().pack()
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 1
        assert form.unpack_header(bytes(damaged)) is None
    assert form.unpack_header(data[:-1]) is None
    assert form.unpack_header(b"") is None
    assert form.unpack_header(bytes(128)) is None


def test_salt_depends_on_run_and_writer() -> None:
    salts = {form.salt(form.run_digest(run), bytes([writer]) * 16) for run in ("a", "b") for writer in (1, 2)}
    assert len(salts) == 4


@pytest.mark.parametrize(("length", "taken"), [(24, 24), (25, 32), (48, 48), (49, 56)])
def test_padding(length: int, taken: int) -> None:
    assert form.padded(length) == taken


def test_segment_names() -> None:
    name = form.segment_name("ab" * 16, 3)
    assert name == "ab" * 16 + "-00000003.rwj"
    assert form.parse_segment_name(name) == ("ab" * 16, 3)
    assert form.parse_segment_name(form.segment_name("ab" * 16, 10**9)) == ("ab" * 16, 10**9)
    for wrong in ("run.json", name + ".new", "x" + name, name.upper(), f"{'ab' * 16}--1.rwj", name + "\n"):
        assert form.parse_segment_name(wrong) is None


def test_block_names(tmp_path: Path) -> None:
    name = f"{'ab' * 16}-00000001.rwb"
    assert form.block_path(tmp_path, name) == tmp_path / "block" / name
    assert form.block_path(tmp_path, "../x") is None
    assert form.block_path(tmp_path, name + "\n") is None

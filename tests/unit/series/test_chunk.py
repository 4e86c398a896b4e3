from __future__ import annotations

import pickle
import zlib

import numpy as np
import pytest

from runwatch.series import chunk, part
from runwatch.series.chunk import NO_STEP, Chunk
from runwatch.series.column import Values
from runwatch.series.error import ChunkFormatError, ValuesError


def make(rows: int = 300, *, steps: bool = True, **columns: Values) -> Chunk:
    given = columns or {"value": Values("float", np.linspace(0, 1, rows)), "note": Values("str", ["a"] * rows)}
    return Chunk(rows=rows, columns=given, times=np.arange(rows) + 10**15, steps=np.arange(rows) if steps else None)


def test_only_wanted_parts_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = chunk.encode(make())
    read: list[str] = []
    whole = part.decode

    def decode(name: str, *rest: object) -> Values:
        read.append(name)
        return whole(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(part, "decode", decode)
    found = chunk.decode(data, {"note", "other"}, want_steps=False, want_times=False)
    assert read == ["str"]
    assert list(found.columns) == ["note"]
    assert found.steps is found.times is None
    assert found.has_steps


def test_damage_in_one_part_leaves_the_others_readable() -> None:
    data = bytearray(chunk.encode(make(value=Values("float", np.random.default_rng(0).random(300)))))
    data[-1] ^= 1
    assert chunk.decode(bytes(data), set()).rows == 300
    with pytest.raises(ChunkFormatError, match="'value' does not match its checksum") as caught:
        chunk.decode(bytes(data))
    assert 0 < caught.value.offset < len(data)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_contents_are_known_without_decoding() -> None:
    contents = chunk.peek(chunk.encode(make(steps=False)))
    assert (contents.rows, contents.columns, contents.has_steps) == (300, {"value": "float", "note": "str"}, False)


def test_a_newer_version_is_refused_by_name() -> None:
    data = bytearray(chunk.encode(make()))
    data[4] = 2
    with pytest.raises(ChunkFormatError, match="version 2") as caught:
        chunk.peek(bytes(data))
    assert caught.value.offset == 4


def seal(data: bytes, at: int, new: bytes) -> bytes:
    """Change a byte of header or directory and set the checksum right, as no accident would."""
    changed = bytearray(data)
    changed[at : at + len(new)] = new
    size = int.from_bytes(changed[12:16], "little")
    changed[16:20] = zlib.crc32(changed[20 : 20 + size], zlib.crc32(changed[:16])).to_bytes(4, "little")
    return bytes(changed)


@pytest.mark.parametrize(
    ("at", "new"),
    [
        (8, b"\0\0\0\0"),  # no rows
        (8, b"\xff\xff\xff\xff"),  # four thousand million rows
        (8, b"\x2b\1\0\0"),  # one row less
        (6, b"\0\0"),  # no parts
        (6, b"\2\0"),  # fewer parts than entries
        (6, b"\5\0"),  # more
        (21, b"\x09"),  # an unknown type
        (22, b"\x09"),  # an unknown encoding
        (22, b"\2"),  # an encoding of another type
        (21, b"\4"),  # steps that are texts
        (20, b"\3"),  # an unknown role
        (24, b"\1"),  # a name where there is none
    ],
)
def test_a_well_sealed_lie_is_still_refused(at: int, new: bytes) -> None:
    with pytest.raises(ChunkFormatError):
        chunk.decode(seal(chunk.encode(make()), at, new))


@pytest.mark.parametrize("rows", [0, chunk.MAX_ROWS + 1])
def test_a_chunk_has_rows_within_bounds(rows: int) -> None:
    with pytest.raises(ValuesError):
        chunk.encode(Chunk(rows=rows, columns={}, times=np.zeros(rows, np.int64)))


def test_parts_of_different_lengths_are_refused() -> None:
    column = Values("float", np.zeros(2))
    for wrong in (
        Chunk(rows=3, columns={"value": column}, times=np.arange(3)),
        Chunk(rows=2, columns={"value": column}, times=np.arange(3)),
        Chunk(rows=2, columns={"value": column}, times=np.arange(2), steps=np.arange(1)),
        Chunk(rows=2, columns={"value": column}),
    ):
        with pytest.raises(ValuesError):
            chunk.encode(wrong)


def test_a_chunk_without_columns_keeps_its_times() -> None:
    found = chunk.decode(chunk.encode(Chunk(rows=2, columns={}, times=np.arange(2))))
    assert found.times is not None
    assert found.times.tolist() == [0, 1]


def test_ragged_chunks_merge_into_one_table() -> None:
    first = make(2, steps=False, a=Values.from_list([1, 2]))
    second = make(1, b=Values.from_list(["x"]), a=Values.from_list([0.5]))
    third = make(1, steps=False, b=Values.from_list([True]))
    merged = chunk.merge([first, second, third])
    assert merged.rows == 4
    assert list(merged.columns) == ["a", "b"]
    assert merged.columns["a"].to_list() == [1.0, 2.0, 0.5, None]
    assert merged.columns["b"].to_list() == [None, None, "x", True]
    assert merged.steps is not None
    assert merged.steps.tolist() == [NO_STEP, NO_STEP, 0, NO_STEP]
    assert merged.has_steps
    assert chunk.decode(chunk.encode(merged)).columns["b"].to_list() == [None, None, "x", True]


def test_chunks_split_into_full_ones() -> None:
    pieces = list(make(2_500).split(1_000))
    assert [piece.rows for piece in pieces] == [1_000, 1_000, 500]
    assert pieces[2].columns["value"].to_list()[-1] == 1.0
    assert pieces[1].steps is not None
    assert pieces[1].steps[0] == 1_000


def test_a_selection_stays_within_the_chunk() -> None:
    assert make(3).select(2, 99).rows == 1
    assert make(3).select(5, 9).rows == 0

"""Chunks give back every bit, and tell when a bit has changed."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runwatch.series import chunk
from runwatch.series.chunk import NO_STEP, Chunk
from runwatch.series.column import IntArray, Scalar, Values, concat
from runwatch.series.error import ChunkFormatError

INT64 = st.integers(-(2**63), 2**63 - 1)
SPECIAL_BITS = [
    0x8000000000000000,  # -0.0
    0x7FF0000000000000,  # inf
    0xFFF0000000000000,
    0x7FF8000000000000,  # NaN
    0x7FF8000000000123,  # NaN with a payload
    0xFFF0000000000001,  # a signalling NaN
    0x0000000000000001,  # the smallest denormal
    0x000FFFFFFFFFFFFF,
    0x7FEFFFFFFFFFFFFF,  # the largest float64
]
FLOAT_BITS = st.sampled_from(SPECIAL_BITS) | st.integers(0, 2**64 - 1) | st.floats().map(lambda x: _bits(x))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(["", "🦊👩‍🚀", "\0", "é" * 40])
SCALAR = st.none() | st.booleans() | INT64 | st.floats() | TEXT


def _bits(value: float) -> int:
    return int.from_bytes(struct.pack("<d", value), "little")


def key(value: Scalar) -> object:
    """What tells two values apart to the bit and by type."""
    return ("float", _bits(value)) if isinstance(value, float) else (type(value).__name__, value)


def keys(column: Values) -> list[object]:
    """The identity of a column: its type and each value to the bit."""
    return [column.type, *map(key, column.to_list())]


@st.composite
def typed_columns(draw: st.DrawFn, rows: int) -> Values:
    kind = draw(st.sampled_from(["float", "int", "bool", "str", "mixed"]))
    mask = draw(st.none() | st.lists(st.booleans(), min_size=rows, max_size=rows))
    valid = b"" if mask is None else bytes(mask)

    def values(of: st.SearchStrategy[object]) -> list[object]:
        # Long columns repeat a short draw: what matters is the path taken, not 400 different values.
        few = draw(st.lists(of, min_size=1, max_size=min(rows, 12)))
        return (few * (rows // len(few) + 1))[:rows]

    if kind == "float":
        return Values.from_wire("float", np.array(values(FLOAT_BITS), "<u8").tobytes(), valid, rows)
    if kind == "int":
        return Values.from_wire("int", np.array(values(INT64), "<i8").tobytes(), valid, rows)
    if kind == "bool":
        return Values.from_wire("bool", bytes(values(st.booleans())), valid, rows)  # type: ignore[arg-type]
    if kind == "str":
        return Values.from_wire("str", Values("str", values(TEXT)).to_wire()[1], valid, rows)
    packed = Values("mixed", values(SCALAR)).to_wire()[1]
    return Values.from_wire("mixed", packed, valid, rows)


@st.composite
def chunks(draw: st.DrawFn, max_rows: int = 400) -> Chunk:
    rows = draw(st.integers(1, 20) | st.integers(1, max_rows))
    names = draw(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), unique=True, max_size=3))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    times = rng.integers(-(2**63), 2**63 - 1, rows) if draw(st.booleans()) else np.arange(rows) * 20_000 + 10**15
    steps: IntArray | None = draw(st.sampled_from([None, np.arange(rows), rng.integers(NO_STEP, 2**63 - 1, rows)]))
    return Chunk(
        rows=rows,
        columns={name: draw(typed_columns(rows)) for name in names},
        times=times.astype(np.int64),
        steps=steps,
    )


def same(a: Chunk, b: Chunk) -> None:
    assert a.rows == b.rows
    assert list(a.columns) == list(b.columns)
    for name, column in a.columns.items():
        assert keys(column) == keys(b.columns[name])
    assert a.times is not None
    assert b.times is not None
    assert a.times.tolist() == b.times.tolist()
    assert (a.steps is None) == (b.steps is None)
    assert a.steps is None or b.steps is None or a.steps.tolist() == b.steps.tolist()


@given(chunks())
@settings(max_examples=150, deadline=None)
def test_what_goes_in_comes_out_to_the_bit(given_chunk: Chunk) -> None:
    same(given_chunk, chunk.decode(chunk.encode(given_chunk)))


@given(chunks(), st.data())
@settings(max_examples=60, deadline=None)
def test_split_and_merged_chunks_hold_the_same_rows(given_chunk: Chunk, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, given_chunk.rows))
    pieces = [chunk.decode(chunk.encode(piece)) for piece in given_chunk.split(max(size, given_chunk.rows // 7 + 1))]
    same(given_chunk, chunk.merge(pieces))


@given(chunks(100), st.data())
@settings(max_examples=150, deadline=None)
def test_a_flipped_bit_is_never_read_as_data(given_chunk: Chunk, data: st.DataObject) -> None:
    sound = chunk.encode(given_chunk)
    damaged = bytearray(sound)
    at = data.draw(st.integers(0, len(sound) - 1))
    damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(ChunkFormatError) as caught:
        chunk.decode(bytes(damaged))
    assert 0 <= caught.value.offset <= at


@given(chunks(100), st.data())
@settings(max_examples=100, deadline=None)
def test_a_cut_or_extended_chunk_is_refused(given_chunk: Chunk, data: st.DataObject) -> None:
    sound = chunk.encode(given_chunk)
    end = data.draw(st.integers(0, len(sound) - 1))
    for damaged in (sound[:end], sound + b"\0", sound + sound):
        with pytest.raises(ChunkFormatError):
            chunk.decode(damaged, set(), want_steps=False, want_times=False)


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_refused_in_one_way(data: bytes) -> None:
    for candidate in (data, chunk.MAGIC + data, chunk.MAGIC + b"\1" + data):
        with pytest.raises(ChunkFormatError):
            chunk.decode(candidate)


@given(st.lists(st.lists(SCALAR, min_size=1, max_size=6), min_size=1, max_size=5))
@settings(max_examples=200, deadline=None)
def test_joining_columns_changes_no_value(parts: list[list[Scalar]]) -> None:
    columns = [Values.from_list(part) for part in parts]
    joined = concat(columns)
    before = [value for column in columns for value in column.to_list()]
    after = joined.to_list()
    assert len(after) == len(before)
    for old, new in zip(before, after, strict=True):
        if joined.type == "float" and type(old) is int:
            assert new == old
        else:
            assert key(new) == key(old)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_the_wire_gives_back_every_bit(data: st.DataObject) -> None:
    rows = data.draw(st.integers(1, 30))
    column = data.draw(typed_columns(rows))
    again = Values.from_wire(*column.to_wire(), rows)
    assert keys(again) == keys(column)
    assert again.present() == column.present() == sum(value is not None for value in column.to_list())

from __future__ import annotations

import zlib
from typing import Any

import msgspec
import numpy as np
import pytest

from runwatch.series import arrival
from runwatch.series.chunk import NO_STEP, Chunk
from runwatch.series.column import Values
from runwatch.series.error import ChunkFormatError


def rows_of(columns: dict[str, list[Any]], steps: list[int] | None = None, start: int = 0) -> Chunk:
    rows = len(next(iter(columns.values())))
    return Chunk(
        rows=rows,
        columns={name: Values.from_list(values) for name, values in columns.items()},
        times=np.arange(start, start + rows),
        steps=None if steps is None else np.array(steps),
    )


def contents(rows: Chunk) -> dict[str, Any]:
    assert rows.times is not None
    found: dict[str, Any] = {name: values.to_list() for name, values in rows.columns.items()}
    return found | {"times": rows.times.tolist(), "steps": None if rows.steps is None else rows.steps.tolist()}


def test_pieces_of_several_arrivals_become_rows() -> None:
    first = arrival.encode({"a": rows_of({"x": [1.0, 2.0]}, [7, 8]), "b": rows_of({"n": [1]})})
    second = arrival.encode({"a": rows_of({"x": [3.0]}, [9], start=2)})
    pieces = [arrival.decode(data)["a"] for data in (first, second)]
    assert contents(arrival.join(pieces)) == {"x": [1.0, 2.0, 3.0], "times": [0, 1, 2], "steps": [7, 8, 9]}
    assert list(arrival.decode(first)) == ["a", "b"]
    assert contents(arrival.join([arrival.decode(first)["b"]])) == {"n": [1], "times": [0], "steps": None}


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ({"x": [None, 3.0]}, {"x": [1.0, None, 3.0], "steps": [4, NO_STEP, NO_STEP]}),
        ({"x": [2, 3]}, {"x": [1.0, 2.0, 3.0], "steps": [4, NO_STEP, NO_STEP]}),
        ({"y": [True, False]}, {"x": [1.0, None, None], "y": [None, True, False], "steps": [4, NO_STEP, NO_STEP]}),
    ],
)
def test_pieces_that_differ_are_joined_as_chunks_are(later: dict[str, list[Any]], expected: dict[str, Any]) -> None:
    parts = [{"a": rows_of({"x": [1.0]}, [4])}, {"a": rows_of(later, start=1)}]
    pieces = [arrival.decode(arrival.encode(part))["a"] for part in parts]
    assert contents(arrival.join(pieces)) == expected | {"times": [0, 1, 2]}


def test_every_changed_or_missing_byte_is_noticed() -> None:
    data = arrival.encode({"a": rows_of({"x": [1.0, None]}, [1, 2]), "b": rows_of({"x": [True]})})
    assert set(arrival.decode(data)) == {"a", "b"}
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 4
        for bad in (bytes(changed), data[:place]):
            with pytest.raises(ChunkFormatError):
                arrival.decode(bad)


@pytest.mark.parametrize("body", [[1, 2], {"a": 5}, {"a": [2, b"12345678", b"", []]}, {"a": [1, b"x" * 8, b"1", []]}])
def test_what_contradicts_itself_is_refused(body: Any) -> None:
    packed = msgspec.msgpack.encode(body)
    data = arrival.MAGIC + zlib.crc32(packed).to_bytes(4, "little") + packed
    with pytest.raises(ChunkFormatError):
        arrival.join(list(arrival.decode(data).values()))

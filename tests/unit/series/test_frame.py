"""Frames: what is encoded comes back, and a reader written from ``docs/formats/frame.md`` alone understands it."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runwatch.series import frame
from runwatch.series.column import FloatArray
from runwatch.series.error import ChunkFormatError
from runwatch.series.grid import Grid
from runwatch.series.group import GroupLine
from runwatch.series.plot import DrawnGroup, DrawnSeries, Plot
from runwatch.series.regrid import Line

PAGE = (Path(__file__).parents[3] / "docs" / "formats" / "frame.md").read_text(encoding="utf-8")


def line(values: FloatArray, x: FloatArray | None = None) -> Line:
    count = (~np.isnan(values)).astype(np.int64)
    return Line(last=values, min=values, max=values, mean=values, count=count, nonfinite=0, x=x)


def plot(*lines: Line, **changes: Any) -> Plot:
    series = tuple(
        DrawnSeries(run=f"r{place}", metric="loss", column="value", line=each, total=9)
        for place, each in enumerate(lines)
    )
    grid = None if lines and lines[0].x is not None else Grid(10.0, -1, len(lines[0].last) if lines else 0)
    return Plot(**({"kind": "step", "grid": grid, "series": series, "parts": ("last",)} | changes))


EXAMPLE = Plot(
    kind="step",
    grid=None,
    series=(
        DrawnSeries(
            run="r1",
            metric="loss",
            column="value",
            line=Line(
                last=np.array([0.5, 0.25]),
                min=np.array([0.5, 0.25]),
                max=np.array([0.5, 0.25]),
                mean=np.array([0.5, 0.25]),
                count=np.array([1, 1]),
                nonfinite=1,
                x=np.array([0.0, 20.0]),
            ),
            total=3,
        ),
    ),
    parts=("last", "count"),
    rev=7,
)


def test_the_example_on_the_page_is_what_is_encoded() -> None:
    dump = re.findall(r"^[0-9a-f]{4}  ((?:[0-9a-f]{2} ?)+)", PAGE, re.MULTILINE)
    assert bytes.fromhex("".join(dump)).hex(" ", 4) == frame.encode(EXAMPLE).hex(" ", 4)


def read_by_the_page(data: bytes) -> tuple[dict[str, Any], dict[tuple[str, int, str], list[float]]]:
    """Header and true values, by what the page says and nothing else."""
    assert data[:4] == b"RWF1"
    (size,) = struct.unpack_from("<I", data, 4)
    head = json.loads(data[8 : 8 + size])
    assert (8 + size) % 8 == 0
    assert len(data) == 8 + size + head["bytes"]
    found = {}
    for column in head["columns"]:
        kind, place = ("series", column["series"]) if "series" in column else ("groups", column["group"])
        start = 8 + size + column["offset"]
        assert start % 8 == 0
        letter = {"f4": "f", "f8": "d", "u4": "I"}[column["dtype"]]
        numbers = struct.unpack_from(f"<{column['length']}{letter}", data, start)
        of = {"base": 0.0, "scale": 1.0} | head[kind][place]
        if column["dtype"] == "f4":
            numbers = tuple(of["base"] + of["scale"] * number for number in numbers)
        found[kind, place, column["name"]] = list(numbers)
    return head, found


def test_a_reader_written_from_the_page() -> None:
    values = np.array([12_345.678901, np.nan, 12_345.678911, 12_345.678906])
    low, high = values - 1, values + 1
    band = GroupLine(value=values, low=low, high=high, count=np.array([2, 0, 2, 2]))
    group = DrawnGroup(series=(0, 1), aggregate="mean", band="std", line=band)
    gone = DrawnSeries(run="r9", metric="loss", column="value", error="gone", message="It was deleted.")
    made = plot(line(values), line(-values), groups=(group,), parts=("last", "count"), rev=3)
    made = Plot(**{name: getattr(made, name) for name in made.__struct_fields__} | {"series": (*made.series, gone)})
    head, found = read_by_the_page(frame.encode(made))
    assert head["x"] == {"kind": "step", "form": "buckets", "from": -10.0, "to": 30.0, "width": 10.0, "buckets": 4}
    assert found["series", 0, "last"] == pytest.approx(values.tolist(), rel=0, abs=1e-7 * 1e-5, nan_ok=True)
    assert found["series", 1, "last"] == pytest.approx((-values).tolist(), rel=0, abs=1e-7 * 1e-5, nan_ok=True)
    assert found["series", 0, "count"] == [1, 0, 1, 1]
    assert found["groups", 0, "low"] == pytest.approx(low.tolist(), abs=1e-6, nan_ok=True)
    assert found["groups", 0, "count"] == [2, 0, 2, 2]
    assert head["groups"][0]["series"] == [0, 1]
    names = {"run": "r9", "metric": "loss", "column": "value"}
    assert head["series"][2] == names | {"error": "gone", "message": "It was deleted."}
    assert (head["series"][0]["n"], head["series"][0]["total"], head["rev"]) == (3, 9, 3)


FLOATS = st.floats(allow_nan=True, allow_infinity=False)


@given(st.lists(FLOATS, min_size=1, max_size=50))
def test_values_come_back_to_a_ten_millionth_of_their_spread(numbers: list[float]) -> None:
    values = np.array(numbers)
    found = frame.decode(frame.encode(plot(line(values)))).y("last", series=0)
    assert found is not None
    assert (np.isnan(found) == np.isnan(values)).all()
    there = values[~np.isnan(values)]
    if len(there):
        with np.errstate(over="ignore"):
            spread = there.max() / 2 - there.min() / 2
            error = np.abs(found[~np.isnan(values)] / 2 - there / 2)
        assert (error <= max(1e-7 * spread, 5e-324)).all()


@pytest.mark.parametrize("flat", [12_345.678901, -1e300, 5e-324, 0.0, 1.7e308, 0.1])
def test_a_flat_line_is_exact(flat: float) -> None:
    found = frame.decode(frame.encode(plot(line(np.full(5, flat))))).y("last", series=0)
    assert found is not None
    assert found.tolist() == pytest.approx([flat] * 5, rel=1e-7)


def test_small_values_of_a_wide_range_keep_their_precision() -> None:
    values = np.array([1e6, 1e-3, 3e-7, 12.5])
    found = frame.decode(frame.encode(plot(line(values)))).y("last", series=0)
    assert found == pytest.approx(values, rel=1e-7)


def test_points_have_their_x_and_equal_columns_are_sent_once() -> None:
    x = np.array([3.0, 1.0, 2.0])
    shared = Line(last=x, min=x, max=x, mean=x, count=np.ones(3, np.int64), nonfinite=0, x=x * 1e9)
    data = frame.encode(plot(shared, parts=("last", "min", "max")))
    read = frame.decode(data)
    assert read.head.x.form == "points"
    assert (read.head.x.start, read.head.x.end) == (1e9, 3e9)
    assert read.y("x", series=0) == pytest.approx(x * 1e9)
    assert {column.offset for column in read.head.columns if column.name != "x"} == {24}
    assert read.y("mean", series=0) is None


def test_an_empty_chart_is_a_frame() -> None:
    read = frame.decode(frame.encode(plot(grid=None)))
    assert (read.head.x.form, read.head.x.start, read.columns) == ("points", None, ())


def test_frames_of_a_stream_are_split() -> None:
    frames = [frame.encode(plot(line(np.arange(float(count))))) for count in (1, 5, 0)]
    assert list(frame.split(b"".join(frames))) == frames
    assert list(frame.split(b"")) == []


@pytest.mark.parametrize("change", ["cut", "more", "magic", "header", "empty"])
def test_damage_is_noticed(change: str) -> None:
    data = frame.encode(EXAMPLE)
    broken = {
        "cut": data[:-1],
        "more": data + b"\0",
        "magic": b"RWF2" + data[4:],
        "header": data[:8] + b"x" + data[9:],
        "empty": b"",
    }[change]
    with pytest.raises(ChunkFormatError):
        frame.decode(broken)
    if change != "empty":
        with pytest.raises(ChunkFormatError):
            list(frame.split(broken))


def test_every_word_of_the_header_stands_on_the_page() -> None:
    for part in (frame.AxisHead, frame.SeriesHead, frame.GroupHead, frame.ColumnHead, frame.Head):
        for name in part.__struct_encode_fields__:
            assert f"`{name}`" in PAGE, name

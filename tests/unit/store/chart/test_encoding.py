"""JSON and Arrow say what the frame says."""

from __future__ import annotations

import json
import math
import sys

import pyarrow as pa
import pytest

from runwatch.schema.chart import Band, Group
from runwatch.schema.error import ServiceException
from runwatch.series import frame
from runwatch.series.plot import Plot
from runwatch.store.chart.encoding import to_arrow, to_json
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import Value, Writer, new_run, scalars
from tests.unit.store.chart.asking import ask, chart


@pytest.fixture(params=["points", "buckets"])
def plot(request: pytest.FixtureRequest) -> Plot:
    store = MemoryStore()
    runs = [new_run(store), new_run(store)]
    values: list[Value] = [0.5, math.nan, 0.25, 12_345.678901, math.inf]
    for run in runs:
        Writer(store, run.run_id).append(scalars("m", values, [0, 10, 20, 30, 40]))
    groups = (Group(series=(0, 1), band=Band.MINMAX),) if request.param == "buckets" else ()
    wanted = chart(*runs, groups=groups, buckets=8)
    missing = chart(*runs, metric="none").series[0]
    return ask(store, chart(series=(*wanted.series, missing), groups=groups, buckets=8))


def test_json_has_the_numbers_of_the_frame(plot: Plot) -> None:
    found, read = json.loads(to_json(plot)), frame.decode(frame.encode(plot))
    assert found["x"]["form"] == read.head.x.form
    assert found["series"][0]["n"] == read.head.series[0].n == 3
    assert found["series"][2]["error"] == "not_found"
    for part in ("last", "min", "max", "mean", "count"):
        expected = read.y(part, series=1)
        assert expected is not None
        shown = [math.nan if number is None else number for number in found["series"][1][part]]
        assert shown == pytest.approx(expected.tolist(), abs=1e-3, nan_ok=True)
    if plot.groups:
        assert found["groups"][0]["count"] == plot.groups[0].line.count.tolist()


def test_arrow_has_a_row_for_each_point(plot: Plot) -> None:
    table = pa.ipc.open_stream(to_arrow(plot)).read_all()
    assert table.column_names == ["run", "metric", "column", "x", "last", "min", "max", "mean", "count"]
    assert table["x"].to_pylist() == [0, 20, 30] * 2
    assert table["last"].to_pylist() == [0.5, 0.25, 12_345.678901] * 2
    assert table["run"].to_pylist() == [plot.series[row // 3].run for row in range(6)]
    known = json.loads(table.schema.metadata[b"chart"])
    assert [series.get("error") for series in known["series"]] == [None, None, "not_found"]
    assert len(known["groups"]) == len(plot.groups)


def test_arrow_of_nothing_is_an_empty_table() -> None:
    empty = Plot(kind="step", grid=None, series=(), parts=("last", "count"))
    table = pa.ipc.open_stream(to_arrow(empty)).read_all()
    assert table.num_rows == 0
    assert table.schema.field("count").type == pa.int64()
    assert json.loads(to_json(empty))["series"] == []


def test_without_arrow_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ServiceException) as caught:
        to_arrow(Plot(kind="step", grid=None, series=(), parts=("last",)))
    assert "parquet" in str(caught.value)

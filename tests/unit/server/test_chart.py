"""All charts of a screen in one request: the same numbers in each encoding, and errors before the first byte."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest

from runwatch.schema.metric import AppendBatch, Block, Column, ColumnType, MetricKind
from runwatch.schema.run import Run
from runwatch.schema.wire import API
from runwatch.series import frame
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run
from tests.unit.server.served import Client

ROWS = 10_000


@pytest.fixture(scope="module")
def run(store: MemoryStore) -> Run:
    run = new_run(store)
    steps = np.arange(ROWS, dtype="<i8")
    values = np.sin(steps / 500.0)
    values[7_777] = 100.0
    column = Column(name="value", type=ColumnType.FLOAT, data=values.tobytes())
    block = Block(
        metric="loss",
        kind=MetricKind.SCALAR,
        rows=ROWS,
        columns=(column,),
        times=steps.tobytes(),
        steps=steps.tobytes(),
    )
    store.metrics.append(
        AppendBatch(run_id=run.run_id, writer="a" * 32, epoch=1, first=0, count=ROWS, blocks=(block,))
    )  # fmt: skip
    return run


def request(run: Run, *buckets: int) -> dict[str, object]:
    series = [{"run_id": run.run_id, "metric": "loss"}, {"run_id": "gone", "metric": "loss"}]
    return {"charts": [{"series": series, "buckets": count} for count in buckets]}


def test_a_frame_for_each_chart_in_their_order(client: Client, run: Run) -> None:
    answer = client.post(f"{API}/series:batch", request(run, 100, 500))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/vnd.runwatch.frame")
    frames = [frame.decode(data) for data in frame.split(answer.body)]
    assert len(frames) == 2
    for found in frames:
        high = found.y("max", series=0)
        assert high is not None
        assert np.nanmax(high) == pytest.approx(100.0)  # the spike, at any width
        assert found.head.series[1].error  # one series that is not there spoils nothing
    assert frames[0].head.x.buckets <= 101 < frames[1].head.x.buckets


def test_the_same_numbers_as_json_and_arrow(client: Client, run: Run) -> None:
    pa = pytest.importorskip("pyarrow")
    plain = client.post(f"{API}/series:batch", request(run, 100), headers={"accept": "application/json"})
    (chart,) = plain.json()["charts"]
    (found,) = [frame.decode(data) for data in frame.split(client.post(f"{API}/series:batch", request(run, 100)).body)]
    high = found.y("max", series=0)
    assert high is not None
    given = [math.nan if value is None else value for value in chart["series"][0]["max"]]
    np.testing.assert_allclose(given, high, rtol=1e-6)
    arrow = client.post(
        f"{API}/series:batch", request(run, 100), headers={"accept": "application/vnd.apache.arrow.stream"}
    )
    table = pa.ipc.open_stream(io.BytesIO(arrow.body)).read_all()
    assert max(table["max"].to_pylist()) == 100.0


@pytest.mark.parametrize(
    "charts", [[], [{"series": []}], [{"series": [{"run_id": "r", "metric": "m"}], "buckets": 0}], "nonsense"]
)
def test_a_request_that_makes_no_sense_is_refused_before_anything_is_sent(client: Client, charts: object) -> None:
    answer = client.post(f"{API}/series:batch", {"charts": charts})
    assert answer.status == 400
    assert answer.json()["code"] == "invalid_value"

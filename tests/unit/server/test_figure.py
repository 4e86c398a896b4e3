"""Figures for Prometheus say what happened."""

from __future__ import annotations

from runwatch.schema.metric import AppendBatch, Block, Column, ColumnType, MetricKind
from runwatch.server.app import make_app
from runwatch.store.memory.store import MemoryStore
from runwatch.store.remote.store import RemoteStore
from runwatch.testing.sample import new_run
from tests.unit.server.served import served


def test_requests_and_points_are_counted_once() -> None:
    with served(make_app(MemoryStore())) as client:
        remote = RemoteStore(client.url)
        run = new_run(remote)
        column = Column(name="value", type=ColumnType.INT, data=bytes(24))
        block = Block(metric="x", kind=MetricKind.SCALAR, rows=3, columns=(column,), times=bytes(24))
        batch = AppendBatch(run_id=run.run_id, writer="a" * 32, epoch=1, first=0, count=3, blocks=(block,))
        remote.metrics.append(batch)
        remote.metrics.append(batch)  # repeated: its points are there already
        remote.close()
        client.get("/api/nowhere")
        text = client.get("/metrics").body.decode()
    assert "runwatch_points_total 3.0" in text
    assert 'runwatch_requests_total{endpoint="metrics.append",status="200"} 2.0' in text
    assert 'runwatch_requests_total{endpoint="studio.file",status="404"} 1.0' in text
    assert "runwatch_streams 0.0" in text

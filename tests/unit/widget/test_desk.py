"""A workspace behind a server answers a widget as the one in a folder does: remote equals local."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runwatch.schema.chart import Chart, ChartBatch, Series
from runwatch.schema.error import AuthenticationException, NotFoundError
from runwatch.schema.job import CancelRun
from runwatch.schema.log import ReadLog
from runwatch.schema.run import GetRun, RunStatus
from runwatch.series import frame
from runwatch.server.app import make_app
from runwatch.store.memory.store import MemoryStore
from runwatch.store.protocol import Serves
from runwatch.store.remote.store import RemoteStore
from runwatch.testing.sample import Writer, scalars
from runwatch.widget.desk import Desk, desk_of
from tests.unit.server.served import served
from tests.unit.widget.conftest import LOG, print_log


@pytest.fixture
def remote(store: MemoryStore) -> Iterator[Desk]:
    with served(make_app(store)) as client:
        far = RemoteStore(client.url)
        yield Desk(far, client.url)
        far.close()


def test_charts_and_logs_are_the_servers(remote: Desk, desk: Desk, store: MemoryStore, run_id: str) -> None:
    Writer(store, run_id).append(scalars("loss", [3.0, 2.0, 1.0]))
    print_log(store, run_id, "one\ntwo\n")
    series = Series(run_id=run_id, metric="loss")
    batch = ChartBatch(charts=(Chart(series=(series,)), Chart(series=(series, series))))
    far, near = ([frame.decode(data).head for data in each.frames(batch)] for each in (remote, desk))
    assert far == near
    request = ReadLog(run_id=run_id, path=LOG, first=-200)
    assert remote.log(request) == desk.log(request)


def test_errors_are_the_servers(remote: Desk, desk: Desk, run_id: str) -> None:
    for each in (remote, desk):
        with pytest.raises(NotFoundError):
            each.log(ReadLog(run_id=run_id, path="logs/none"))


def test_a_run_is_canceled_by_the_server(remote: Desk, store: MemoryStore, run_id: str) -> None:
    assert remote.cancel(CancelRun(run_id=run_id)).status is RunStatus.CANCELED
    assert store.runs.get(GetRun(run_id=run_id)).status is RunStatus.CANCELED


def test_what_is_no_frame_is_an_error(store: MemoryStore) -> None:
    with served(make_app(store)) as client:
        far = RemoteStore(client.url, token="wrong")
        assert isinstance(far, Serves)
        assert not isinstance(store, Serves)
        with pytest.raises((AuthenticationException, NotFoundError)):
            far.ask("/logs:read", ReadLog(run_id="none", path="logs/none"), dict)
        far.close()


def test_one_desk_for_each_store(store: MemoryStore) -> None:
    assert desk_of(store, "/a") is desk_of(store, "/a")
    assert desk_of(MemoryStore(), "/a") is not desk_of(store, "/a")

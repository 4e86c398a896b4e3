"""A server of the same folder makes what would cost the kernel much; whatever it does not answer, the kernel makes."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from runwatch.schema.chart import Chart, ChartBatch, Series
from runwatch.schema.error import InvalidValueError, NotFoundError
from runwatch.schema.metric import ListMetrics
from runwatch.series import frame
from runwatch.server.app import make_app
from runwatch.store.memory.store import MemoryStore
from runwatch.store.remote import credential
from runwatch.store.remote.credential import Announcement
from runwatch.testing.sample import Writer, new_run, scalars
from runwatch.widget import neighbour
from runwatch.widget.desk import Desk
from tests.unit.server.served import served

PLACE = "/nowhere/workspace"
NEAR, FAR = [1.0, 2.0], [1.0, 2.0, 3.0]
"""What the store itself holds, and what the one behind the server: so one sees who answered."""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.fixture
def desk(store: MemoryStore, run_id: str) -> Iterator[Desk]:
    Writer(store, run_id).append(scalars("loss", NEAR))
    desk = Desk(store, PLACE)
    yield desk
    desk.close()


@pytest.fixture
def server(run_id: str) -> Iterator[str]:
    store = MemoryStore()
    new_run(store, run_id=run_id)
    Writer(store, run_id).append(scalars("loss", FAR))
    with served(make_app(store)) as client:
        yield client.url


def announce(url: str, **changes: object) -> None:
    values = {"location": PLACE, "pid": os.getpid(), "started": credential.started(os.getpid())} | changes
    credential.announce(Announcement(url=url, **values))  # type: ignore[arg-type]


def rows(desk: Desk, run_id: str) -> tuple[int, int]:
    """How many rows the list of metrics and the chart say."""
    (metric,) = desk.metrics(ListMetrics(run_id=run_id)).metrics
    (data,) = desk.frames(ChartBatch(charts=(Chart(series=(Series(run_id=run_id, metric="loss"),)),)))
    return metric.rows, frame.decode(data).head.series[0].total


@contextmanager
def stranger(reply: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Another program at a port: what it was sent. Without a reply it keeps its callers waiting."""
    heard: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        held = []
        try:
            while True:
                line, _ = listener.accept()
                held.append(line)
                heard.append(line.recv(65_536))
                if reply:
                    line.sendall(reply)
        except OSError:
            for each in held:
                each.close()

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def test_a_server_of_the_folder_answers(desk: Desk, server: str, run_id: str) -> None:
    announce(server)
    assert rows(desk, run_id) == (3, 3)


def test_without_one_the_kernel_answers(desk: Desk, server: str, run_id: str) -> None:
    announce(server, location="/nowhere/else")
    assert rows(desk, run_id) == (2, 2)


def test_one_that_came_up_later_is_found(desk: Desk, server: str, run_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rows(desk, run_id) == (2, 2)
    announce(server)
    assert rows(desk, run_id) == (2, 2)  # not looked for with every question
    monkeypatch.setenv("RUNWATCH_PORTAL_URL", "http://127.0.0.1:1")
    desk.open_studio()
    assert rows(desk, run_id) == (3, 3)


def test_one_that_has_ended_is_missed_once(desk: Desk, store: MemoryStore, run_id: str) -> None:
    with served(make_app(MemoryStore())) as client:
        announce(client.url)
    assert rows(desk, run_id) == (2, 2)
    Writer(store, run_id, "b").append(scalars("loss", [3.0]))
    assert rows(desk, run_id) == (3, 3)


@pytest.mark.parametrize("reply", [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", b"no HTTP\r\n\r\n", b""])
def test_a_program_that_is_no_server_is_left(
    desk: Desk, run_id: str, reply: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbour, "ANSWER_S", 0.2)
    with stranger(reply) as (url, heard):
        announce(url)
        assert rows(desk, run_id) == (2, 2)
        assert len(heard) == 1
        assert rows(desk, run_id) == (2, 2)
        assert len(heard) == 1


@pytest.mark.parametrize("changes", [{"started": "1.000"}, {"pid": 2**22 + 7}, {"pid": -1}])
def test_the_token_of_a_server_that_has_ended_is_sent_to_nobody(
    desk: Desk, run_id: str, changes: dict[str, object]
) -> None:
    with stranger(b"") as (url, heard):
        announce(url, token="secret", **changes)
        assert rows(desk, run_id) == (2, 2)
        assert not heard


def test_a_question_that_makes_no_sense_is_refused_as_ever(desk: Desk, server: str, run_id: str) -> None:
    announce(server)
    with pytest.raises(NotFoundError):
        desk.metrics(ListMetrics(run_id="none"))
    with pytest.raises(InvalidValueError):
        desk.frames(ChartBatch(charts=()))
    assert rows(desk, run_id) == (3, 3)  # it is none that says anything against the server

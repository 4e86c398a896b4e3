"""The live stream over a real connection: what is told, how often, in which order, and from where on."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from runwatch.schema.run import UpdateRun
from runwatch.schema.wire import API
from runwatch.server import live
from runwatch.server.app import make_app
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run
from tests.unit.server.served import Client, served


class Stream:
    """Reads events off one connection."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self._response = response

    def text(self) -> dict[str, str]:
        """The next block of fields."""
        fields: dict[str, str] = {}
        while line := self._response.readline().decode().rstrip("\n"):
            name, _, value = line.partition(":")
            fields[name or "comment"] = value.strip()
        return fields

    def event(self) -> dict[str, Any]:
        """The next notice."""
        while True:
            fields = self.text()
            if fields.get("event") == "change":
                return {"id": int(fields["id"]), **json.loads(fields["data"])}
            if not fields:
                raise EOFError


@contextmanager
def listening(client: Client, query: str = "", headers: dict[str, str] | None = None) -> Iterator[Stream]:
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=10)
    connection.request("GET", f"{API}/changes:stream{query}", headers=headers or {})
    response = connection.getresponse()
    assert response.status == 200
    assert response.getheader("content-type", "").startswith("text/event-stream")
    stream = Stream(response)
    assert stream.text()["comment"] == "listening"
    try:
        yield stream
    finally:
        connection.close()


def touch(store: MemoryStore, run_id: str, text: str = "x") -> None:
    store.runs.update(UpdateRun(run_id=run_id, description=text))


def test_a_change_is_told_with_its_run_and_kind(client: Client, store: MemoryStore) -> None:
    run = new_run(store)
    with listening(client) as stream:
        touch(store, run.run_id)
        event = stream.event()
    assert (event["subject"], event["what"], event["experiment_id"]) == (run.run_id, ["run"], run.experiment_id)
    assert event["id"] == event["rev"] > 0


def test_a_reader_that_was_cut_off_goes_on_where_it_was(client: Client, store: MemoryStore) -> None:
    runs = [new_run(store) for _ in range(3)]
    with listening(client) as stream:
        touch(store, runs[0].run_id)
        seen = stream.event()
    touch(store, runs[1].run_id)
    touch(store, runs[2].run_id)
    with listening(client, headers={"last-event-id": str(seen["id"])}) as stream:
        missed = [stream.event(), stream.event()]
    assert [event["subject"] for event in missed] == [runs[1].run_id, runs[2].run_id]
    with listening(client, f"?after={seen['id']}") as stream:
        assert stream.event()["subject"] == runs[1].run_id


def test_a_reader_of_one_run_hears_of_no_other(client: Client, store: MemoryStore) -> None:
    mine, other = new_run(store, "mine"), new_run(store, "other")
    with listening(client, f"?run_id={mine.run_id}") as stream:
        touch(store, other.run_id)
        touch(store, mine.run_id)
        assert stream.event()["subject"] == mine.run_id
    with listening(client, f"?experiment_id={mine.experiment_id}") as stream:
        touch(store, other.run_id)
        touch(store, mine.run_id)
        assert stream.event()["subject"] == mine.run_id


def test_a_run_that_logs_fast_is_told_at_a_reader_s_pace(client: Client, store: MemoryStore) -> None:
    run = new_run(store)
    with listening(client, f"?run_id={run.run_id}") as stream:
        until, number = time.monotonic() + 1.0, 0
        while time.monotonic() < until:
            touch(store, run.run_id, str(number := number + 1))
            time.sleep(0.002)
        touch(store, run.run_id, "final")
        events = [stream.event()]
        deadline = time.monotonic() + 5
        sequence = _sequence(store)
        while events[-1]["id"] < sequence and time.monotonic() < deadline:
            events.append(stream.event())
        last = events[-1]["id"]
    assert number > 100
    assert len(events) <= 8  # four a second, and the last word
    assert last == sequence  # which is never swallowed
    assert [event["id"] for event in events] == sorted({event["id"] for event in events})


def _sequence(store: MemoryStore) -> int:
    from runwatch.schema.change import ListChanges

    return store.changes.list(ListChanges(after=-1)).sequence


def test_a_quiet_stream_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT_S", 0.05)
    with served(make_app(MemoryStore())) as client, listening(client) as stream:
        assert stream.text() == {"comment": "alive"}


def test_a_stream_ends_with_the_right_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from runwatch.server.auth.principal import EVERYBODY, Principal

    class Forgetful:
        calls = 0

        async def identify(self, connection: object) -> Principal | None:
            self.calls += 1
            return EVERYBODY if self.calls == 1 else None

    monkeypatch.setattr(live, "BEAT_S", 0.05)
    monkeypatch.setattr(live, "CHECK_S", 0.0)
    with (
        served(make_app(MemoryStore(), authenticator=Forgetful())) as client,
        listening(client) as stream,
        pytest.raises(EOFError),
    ):
        stream.event()


def test_streams_end_when_the_server_does() -> None:
    with served(make_app(MemoryStore())) as client:
        connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=10)
        connection.request("GET", f"{API}/changes:stream")
        response = connection.getresponse()
        response.readline()
    while response.readline():  # it ends, and not by a time-out
        pass
    connection.close()


@pytest.mark.parametrize("headers", [{"last-event-id": "x"}])
def test_a_last_event_that_is_none_is_refused(client: Client, headers: dict[str, str]) -> None:
    assert client.get(f"{API}/changes:stream", headers=headers).status == 400


def test_more_listeners_than_allowed_are_asked_to_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "STREAMS", 1)
    with served(make_app(MemoryStore())) as client, listening(client):
        answer = client.get(f"{API}/changes:stream")
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) >= 1

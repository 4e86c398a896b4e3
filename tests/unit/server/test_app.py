"""The server as strangers see it: routes, encodings, errors, bounds."""

from __future__ import annotations

import logging

import msgspec
import pytest

from runwatch.schema.operation import OPERATIONS, Permission
from runwatch.schema.wire import API, MSGPACK
from runwatch.server import about
from runwatch.server.app import make_app
from runwatch.server.endpoint import Catalogue, Endpoint
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run
from tests.unit.server.served import Client, served


def test_every_operation_has_an_address(client: Client) -> None:
    for row in OPERATIONS:
        answer = client.post(f"{API}{row.path}", {"nonsense": 1})
        assert answer.status in {200, 400, 404}, row.path
        assert answer.headers["content-type"] == "application/json"


def test_an_operation_answers_in_json_and_in_messagepack(client: Client, store: MemoryStore) -> None:
    run = new_run(store, tags={"owner": "vision"})
    plain = client.post(f"{API}/runs:get", {"run_id": run.run_id})
    assert plain.status == 200
    assert plain.json()["tags"] == {"owner": "vision"}
    body = msgspec.msgpack.encode({"run_id": run.run_id})
    packed = client.post(f"{API}/runs:get", raw=body, headers={"content-type": MSGPACK, "accept": MSGPACK})
    assert packed.headers["content-type"] == MSGPACK
    assert msgspec.msgpack.decode(packed.body)["tags"] == {"owner": "vision"}


def test_errors_carry_code_message_hint_and_detail(client: Client) -> None:
    answer = client.post(f"{API}/runs:get", {"run_id": "nowhere"})
    assert answer.status == 404
    failure = answer.json()
    assert failure["code"] == "not_found"
    assert failure["message"]
    assert failure["hint"]
    assert failure["detail"] == {"run_id": "nowhere"}


@pytest.mark.parametrize(
    ("path", "verb", "status", "code"),
    [
        ("/api/nowhere", "GET", 404, "no_such_address"),
        ("/api/v1/runs:get", "GET", 405, "verb"),
        ("/healthz", "PUT", 405, "verb"),
    ],
)
def test_wrong_addresses_and_verbs(client: Client, path: str, verb: str, status: int, code: str) -> None:
    answer = client.ask(verb, path)
    assert (answer.status, answer.json()["code"]) == (status, code)
    if status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'{"run_id": 5}',
        b'{"run_id": NaN}',
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"run_id": %s}' % (b"9" * 100_000),
    ],
)
def test_a_body_that_is_none_is_refused_with_a_reason(client: Client, raw: bytes) -> None:
    answer = client.post(f"{API}/runs:get", raw=raw, headers={"content-type": "application/json"})
    assert (answer.status, answer.json()["code"]) == (400, "invalid_value")


@pytest.mark.parametrize(
    "headers", [{"content-type": "text/plain"}, {}, {"content-type": "application/json", "content-encoding": "gzip"}]
)
def test_other_encodings_are_refused(client: Client, headers: dict[str, str]) -> None:
    answer = client.post(f"{API}/runs:get", raw=b"{}", headers=headers)
    assert (answer.status, answer.json()["code"]) == (415, "media_type")


def test_a_body_over_the_limit_is_refused_and_one_at_the_limit_is_read(client: Client) -> None:
    frame = b'{"run_id": "%s"}'
    room = (1 << 20) - len(frame) + 2
    at_limit = client.post(f"{API}/runs:get", raw=frame % (b"x" * room), headers={"content-type": "application/json"})
    assert at_limit.json()["code"] == "not_found"  # read whole, and no run is called that
    over = client.post(f"{API}/runs:get", raw=frame % (b"x" * (room + 1)), headers={"content-type": "application/json"})
    assert (over.status, over.json()["code"]) == (413, "limit_exceeded")


def test_an_unexpected_error_says_nothing_but_an_id_that_stands_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = MemoryStore()

    def broken() -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(store, "info", broken)
    with served(make_app(store)) as client, caplog.at_level(logging.ERROR):
        answer = client.get(f"{API}/info")
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert answer.json()["id"] in caplog.text
    assert "secret detail" in caplog.text


def test_two_endpoints_cannot_share_an_address_and_none_goes_without_a_policy() -> None:
    health = next(iter(about.endpoints(None)))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="healthz"):
        Catalogue(
            (
                health,
                Endpoint(
                    name="other",
                    verb="GET",
                    path="/healthz",
                    permission=Permission.READ,
                    handle=health.handle,
                    summary="",
                ),
            )
        )
    with pytest.raises(ValueError, match="name"):
        Catalogue((health, health))
    with pytest.raises(TypeError, match="who may ask"):
        Catalogue((Endpoint(name="x", verb="GET", path="/x", permission=None, handle=health.handle, summary=""),))  # type: ignore[arg-type]

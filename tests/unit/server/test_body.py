"""Bodies that never end, come too slowly or lie about their size: each is refused, and others are answered."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest

from runwatch.schema.wire import API
from runwatch.server import body
from tests.unit.server.served import Client

HEAD = "POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n{more}\r\n"


def begin(client: Client, more: str) -> socket.socket:
    """A request whose body is still to come."""
    line = socket.create_connection(("127.0.0.1", client.port), timeout=10)
    line.sendall(HEAD.format(path=f"{API}/runs:get", port=client.port, more=more).encode())
    return line


def status(line: socket.socket) -> int:
    """The status that comes back."""
    found = b""
    while b"\r\n" not in found:
        part = line.recv(4_096)
        assert part, found
        found += part
    return int(found.split()[1])


def test_a_body_that_does_not_come_is_given_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "BODY_S", 0.3)
    with begin(client, "content-length: 100\r\n") as line:
        line.sendall(b'{"run_id"')
        assert client.get("/healthz").status == 200
        assert status(line) == 408


def test_a_body_that_trickles_is_given_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "BODY_S", 0.3)
    with begin(client, "content-length: 1000000\r\n") as line:
        deadline = time.monotonic() + 5
        line.settimeout(0.02)
        while time.monotonic() < deadline:
            line.sendall(b" ")
            with contextlib.suppress(TimeoutError):
                assert b" 408 " in line.recv(4_096)
                return
    pytest.fail("a body of one byte at a time was waited for")


def test_a_body_without_an_end_is_cut_off_at_the_limit(client: Client) -> None:
    with begin(client, "transfer-encoding: chunked\r\n") as line:
        piece = b"10000\r\n" + b" " * 65_536 + b"\r\n"
        with contextlib.suppress(ConnectionError):
            for _ in range(64):
                line.sendall(piece)
        assert status(line) == 413


@pytest.mark.parametrize("claimed", ["9" * 30, str(10**12)])
def test_a_claim_beyond_the_limit_is_refused_before_anything_is_read(client: Client, claimed: str) -> None:
    with begin(client, f"content-length: {claimed}\r\n") as line:
        assert status(line) in {400, 413}


@pytest.mark.parametrize("more", ["content-length: -1\r\n", "content-length: 5\r\ntransfer-encoding: chunked\r\n"])
def test_heads_that_contradict_themselves_do_no_harm(client: Client, more: str) -> None:
    with begin(client, more) as line:
        line.sendall(b"0\r\n\r\n")
        with contextlib.suppress(ConnectionError, AssertionError):
            assert status(line) in {400, 413, 415}
    assert client.get("/healthz").status == 200


def test_a_thousand_idle_connections_keep_nobody_out(client: Client) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(1_000):
            stack.enter_context(socket.create_connection(("127.0.0.1", client.port), timeout=10))
        assert client.get("/healthz").status == 200

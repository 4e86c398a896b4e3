"""The guard: hosts, origins, headers (A17, A38, A39, A40, A42, A44)."""

from __future__ import annotations

import itertools
import socket

import anyio
import pytest
from starlette.types import Message, Receive, Scope, Send

from runwatch.schema.wire import API
from runwatch.server.guard import DATA_POLICY, HEADERS, PAGE_POLICY, Guard
from runwatch.server.settings import Settings
from tests.unit.server.served import Client, served

EVERYWHERE = ["/healthz", "/api/docs", "/api/v1/info", "/nowhere", "/api/v1/runs:get"]


def raw(client: Client, request: str) -> tuple[int, bytes]:
    """Send bytes as they are, for requests that no client would send."""
    with socket.create_connection(("127.0.0.1", client.port), timeout=20) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return int(answer.split(b" ", 2)[1]), answer


@pytest.mark.parametrize("path", EVERYWHERE)
def test_the_right_hosts_are_known_everywhere(client: Client, path: str) -> None:
    for host in (
        f"localhost:{client.port}",
        f"127.0.0.1:{client.port}",
        f"[::1]:{client.port}",
        f"LOCALHOST:{client.port}",
    ):
        assert client.get(path, headers={"host": host}).status in {200, 404, 405}, host


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_other_host_is_refused_everywhere(client: Client, path: str) -> None:
    port = client.port
    wrong = [
        "evil.example", f"evil.example:{port}", f"localhost.evil.example:{port}", f"127.0.0.1.evil.example:{port}",
        f"evil-localhost:{port}", "localhost", "localhost:1", f"localhost:{port}0", f"localhost.:{port}", f"::1:{port}",
        f"[::2]:{port}", f"0.0.0.0:{port}", f"127.0.0.2:{port}", f"2130706433:{port}", f"user@localhost:{port}",
        f"localhost:{port}:{port}", f"localhost:+{port}", f"localhost:{port}/x", "[::1]", "-",
    ]  # fmt: skip
    for host in wrong:
        assert client.get(path, headers={"host": host}).status == 421, host


def test_a_missing_a_second_and_a_foreign_host_in_the_target(client: Client) -> None:
    assert raw(client, "GET /healthz HTTP/1.0\n\n")[0] == 400
    twice = f"GET /healthz HTTP/1.1\nHost: localhost:{client.port}\nHost: evil.example\nConnection: close\n\n"
    assert raw(client, twice)[0] == 400
    target = "GET http://evil.example/healthz HTTP/1.1\nHost: {host}\nConnection: close\n\n"
    assert raw(client, target.format(host="evil.example"))[0] == 421
    status, answer = raw(client, target.format(host=f"localhost:{client.port}"))
    assert status in {200, 400, 404}
    assert b"evil" not in answer


@pytest.mark.parametrize("verb", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_another_origin_is_refused_whatever_the_verb(client: Client, verb: str) -> None:
    port = client.port
    origins = [
        "null", "https://evil.example", f"http://evil.example:{port}", f"http://localhost:{port + 1}", "http://localhost",
        f"http://localhost:{port}.evil.example", f"file://localhost:{port}", "", f"http://localhost:{port}, http://x",
    ]  # fmt: skip
    for origin, path in itertools.product(origins, (f"{API}/runs:list", "/healthz", "/nowhere")):
        answer = client.ask(verb, path, headers={"origin": origin})
        assert answer.status == 403, (origin, path)
        assert not any(name.startswith("access-control-") for name in answer.headers)


@pytest.mark.parametrize("origin", ["http://localhost:{port}", "http://127.0.0.1:{port}", "http://[::1]:{port}"])
def test_our_own_origin_passes(client: Client, origin: str) -> None:
    answer = client.post(f"{API}/runs:list", {}, headers={"origin": origin.format(port=client.port)})
    assert answer.status == 200
    assert not any(name.startswith("access-control-") for name in answer.headers)


def test_other_sites_may_link_to_pages_and_to_nothing_else(client: Client) -> None:
    followed = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    for site in ("cross-site", "same-site"):
        assert client.get("/api/docs", headers={"sec-fetch-site": site, **followed}).status == 200
        assert client.get("/api/docs", headers={"sec-fetch-site": site}).status == 403
        framed = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}
        assert client.get("/api/docs", headers=framed).status == 403
        assert client.get(f"{API}/info", headers={"sec-fetch-site": site, **followed}).status == 403
        assert client.post(f"{API}/runs:list", {}, headers={"sec-fetch-site": site, **followed}).status == 403
    for site in ("same-origin", "none"):
        assert client.post(f"{API}/runs:list", {}, headers={"sec-fetch-site": site}).status == 200


def test_every_answer_carries_the_headers(client: Client) -> None:
    for path, headers in itertools.product([*EVERYWHERE, "//", "/%00"], ({}, {"host": "evil.example"})):
        answer = client.get(path, headers=headers)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path
        page = answer.headers.get("content-type", "").startswith("text/html")
        assert answer.headers["content-security-policy"] == (PAGE_POLICY if page else DATA_POLICY)
        assert answer.headers["x-request-id"]
        assert "server" not in answer.headers
    assert "unsafe" not in PAGE_POLICY
    assert client.get(f"{API}/info").headers["cache-control"] == "no-store"


def test_json_comes_in_no_form_that_a_script_element_could_load(client: Client) -> None:
    answer = client.get(f"{API}/info?callback=alert")
    assert answer.body.startswith(b"{")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_a_proxy_would_say_is_ignored(client: Client) -> None:
    spoofed = {
        "x-forwarded-for": "10.0.0.1", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https",
        "forwarded": "for=10.0.0.1;host=evil.example", "x-original-url": "/api/v1/info", "x-rewrite-url": "/api/docs",
        "x-http-method-override": "DELETE", "x-forwarded-prefix": "/evil",
    }  # fmt: skip
    plain, answer = client.get("/healthz"), client.get("/healthz", headers=spoofed)
    assert (plain.status, plain.body) == (answer.status, answer.body)
    assert client.get("/api/nowhere", headers=spoofed).status == 404
    assert client.get("/healthz", headers={"host": "evil.example", "x-forwarded-host": "localhost"}).status == 421


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"host": "localhost:8970", "origin": "http://localhost:8970"}, True),
        ({"host": "localhost:8970", "origin": "http://evil.example"}, False),
        ({"host": "localhost:8970", "origin": "null"}, False),
        ({"host": "evil.example"}, False),
        ({"host": "localhost:8970", "sec-fetch-site": "cross-site", "sec-fetch-mode": "websocket"}, False),
        ({"host": "localhost:8970", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, False),
        ({}, False),
    ],
)
def test_sockets_are_guarded_as_requests_are(headers: dict[str, str], passes: bool) -> None:
    reached, sent = [], []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope)

    async def send(message: Message) -> None:
        sent.append(message["type"])

    async def receive() -> Message:
        raise AssertionError

    scope = {
        "type": "websocket", "path": "/api/v1/live", "server": ("127.0.0.1", 8970),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    anyio.run(Guard(app, Settings()), scope, receive, send)
    assert (bool(reached), sent) == (passes, [] if passes else ["websocket.close"])


def test_names_from_the_settings_are_known_with_the_ports_of_proxies() -> None:
    guard = Guard(None, Settings(hosts=("runs.example.org", "other.example.org:8443")))  # type: ignore[arg-type]
    scope = {"server": ("10.0.0.5", 8970)}
    known = ["runs.example.org", "runs.example.org:443", "runs.example.org:8970", "other.example.org:8443",
             "10.0.0.5:8970"]  # fmt: skip
    assert all(guard.knows(host, scope) for host in known)
    unknown = ["runs.example.org:1", "other.example.org", "x.runs.example.org", "10.0.0.6:8970", "10.0.0.5", ""]
    assert not any(guard.knows(host, scope) for host in unknown)


def test_an_error_that_nobody_caught_is_answered_with_all_headers(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            raise RuntimeError("secret detail")

    with served(Guard(broken, Settings())) as client:
        answer = client.get("/")
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS

"""A bad line to a server: a proxy that cuts, delays, doubles and makes up answers, by the throw of a seeded die."""

from __future__ import annotations

import random
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable

from tests.doorway import serve_each

Fault = Callable[["_Exchange"], bool]


class BadLine:
    """Listens on loopback and passes requests on, some of them badly.

    Attributes:
        url: Where clients connect to.
        host: The same as a host name; the server has to be told that it is known by it.
        upstream: The port of the server.
        happened: How often each fault came about.
        rate: The share of requests that meet one.
    """

    def __init__(self, *, rate: float = 0.5, seed: int = 1) -> None:
        self.rate = rate
        self.upstream = 0
        self.happened: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"http://{self.host}"
        serve_each(self._listener, self._serve)

    def close(self) -> None:
        """Take no further connections."""
        self._listener.close()

    def _serve(self, line: socket.socket) -> None:
        with line:
            while True:
                try:
                    request = read_message(line)
                    if not request or not self._pass(line, request):
                        return
                except OSError:
                    return

    def _pass(self, line: socket.socket, request: bytes) -> bool:
        """Whether the connection stays."""
        exchange = _Exchange(line, request, ("127.0.0.1", self.upstream))
        if self._chance.random() >= self.rate:
            return exchange.honest()
        name = self._chance.choice(list(FAULTS))
        self.happened[name] += 1
        return FAULTS[name](exchange)


class _Exchange:
    """One request and what may become of it."""

    def __init__(self, line: socket.socket, request: bytes, upstream: tuple[str, int]) -> None:
        self.line = line
        self.request = request
        self._upstream = upstream

    def forward(self) -> bytes:
        with socket.create_connection(self._upstream, timeout=20) as server:
            server.sendall(self.request)
            return read_message(server)

    def honest(self) -> bool:
        self.line.sendall(self.forward())
        return True


def _cut_request(exchange: _Exchange) -> bool:
    """The server sees half of it."""
    with socket.create_connection(exchange._upstream, timeout=20) as server:
        server.sendall(exchange.request[: len(exchange.request) // 2])
    return False


def _lose_answer(exchange: _Exchange) -> bool:
    """It was carried out, and nobody learns of it."""
    exchange.forward()
    return False


def _cut_answer(exchange: _Exchange) -> bool:
    answer = exchange.forward()
    exchange.line.sendall(answer[: len(answer) // 2])
    return False


def _reset(exchange: _Exchange) -> bool:
    exchange.forward()
    exchange.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def _double(exchange: _Exchange) -> bool:
    """It arrives twice; the answer to the second counts."""
    exchange.forward()
    return exchange.honest()


def _delay(exchange: _Exchange) -> bool:
    time.sleep(0.05)
    return exchange.honest()


def _trickle(exchange: _Exchange) -> bool:
    answer = exchange.forward()
    for start in range(0, len(answer), 64):
        exchange.line.sendall(answer[start : start + 64])
        time.sleep(0.001)
        if start > 2_000:
            exchange.line.sendall(answer[start + 64 :])
            break
    return True


def _made_up(status: str, headers: str = "") -> Fault:
    def answer(exchange: _Exchange) -> bool:
        body = b"<html><h1>Sorry</h1></html>"
        head = f"HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {len(body)}\r\n{headers}\r\n"
        exchange.line.sendall(head.encode() + body)
        return True

    return answer


FAULTS: dict[str, Fault] = {
    "cut request": _cut_request,
    "lost answer": _lose_answer,
    "cut answer": _cut_answer,
    "reset": _reset,
    "doubled": _double,
    "delayed": _delay,
    "trickled": _trickle,
    "500": _made_up("500 Internal Server Error"),
    "502": _made_up("502 Bad Gateway"),
    "503": _made_up("503 Service Unavailable", "retry-after: 0\r\n"),
    "429": _made_up("429 Too Many Requests", "retry-after: 0\r\n"),
}


def read_message(line: socket.socket) -> bytes:
    """A whole HTTP message with a content length; empty if the peer has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = line.recv(65_536)
        if not part:
            return b""
        data += part
    head = data.partition(b"\r\n\r\n")[0].lower()
    size = next(
        (int(each.split(b":")[1]) for each in head.split(b"\r\n") if each.startswith(b"content-length:")), 0
    )  # fmt: skip
    missing = len(head) + 4 + size - len(data)
    parts = [data]
    while missing > 0:
        part = line.recv(1 << 20)
        if not part:
            return b""
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)

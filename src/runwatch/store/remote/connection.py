"""Connections to a server: kept open, one for each call at a time; and what every way of failing means."""

from __future__ import annotations

import http.client
import os
import select
import socket
import ssl
import threading
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct

from runwatch.schema.error import AuthenticationException, RunwatchError, StoreUnavailableError, WorkspaceException
from runwatch.schema.settled import settled
from runwatch.schema.wire import MSGPACK, Failure, error_of
from runwatch.store.remote.address import Address

CONNECT_S: Final = 10.0
"""A server that cannot be reached in this time is taken to be away."""

ANSWER_S: Final = 60.0
"""Between two bytes of an answer; a half-open line is noticed by the keep-alive probes before that."""

KEPT: Final = 8
"""Idle connections kept open."""

PROBE_S: Final = (10, 5, 3)
"""TCP keep-alive: first probe, interval, number: a dead line is known after 25 s, as proxies drop idle ones at 30."""


_WHO: Final = "Set RUNWATCH_TOKEN to your token, or give the whole link that 'runwatch up' printed."


class Reply(Struct, frozen=True):
    """What the server sent back.

    Attributes:
        status: The HTTP status.
        media: The body's type.
        body: The body.
        retry_after_s: What the server asks to wait, 0 if nothing.
    """

    status: int
    media: str
    body: bytes
    retry_after_s: float = 0.0


class Line:
    """All connections to one server; safe to use from any thread and in forked children.

    Args:
        address: The server.
        token: Sent with every request, unless empty.
        answer_s: How long to wait between two bytes of an answer.
    """

    def __init__(self, address: Address, token: str = "", answer_s: float = ANSWER_S) -> None:
        self.address = address
        self._answer_s = answer_s
        self._headers = {"accept": MSGPACK, "user-agent": "runwatch"}
        if token:
            self._headers["authorization"] = f"Bearer {token}"
        self._idle: list[http.client.HTTPConnection] = []
        self._lock = threading.Lock()
        self._owner = os.getpid()
        self._closed = False

    def ask(self, verb: str, path: str, body: bytes | None, *, repeatable: bool) -> Reply:
        """Send a request and wait for the answer.

        Args:
            verb: The HTTP verb.
            path: Behind the server's own path.
            body: MessagePack, or None.
            repeatable: The request may be sent twice: if the connection breaks, it is, once.

        Raises:
            StoreUnavailableError: If no answer came; ``detail["sent"]`` says whether the server may have acted.
        """
        for attempt in (1, 2):
            connection, fresh = self._take()
            try:
                return self._exchange(connection, verb, path, body)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                sent = getattr(connection, "sent", False)
                if attempt == 2 or fresh or (sent and not repeatable):
                    raise self._away(error, sent=sent) from error
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Close every connection; later calls fail."""
        self._closed = True
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _exchange(self, connection: http.client.HTTPConnection, verb: str, path: str, body: bytes | None) -> Reply:
        headers: Mapping[str, str] = self._headers if body is None else {**self._headers, "content-type": MSGPACK}
        connection.sent = False  # type: ignore[attr-defined]  # ours: whether the server may have acted
        if connection.sock is None:
            connection.connect()
            self._prepare(connection)
        connection.sent = True  # type: ignore[attr-defined]
        connection.request(verb, self.address.path + path, body, headers)
        with connection.getresponse() as response:
            if response.length is None and not response.chunked:
                # An answer that was cut in its head looks like one without an end; ours always say how long they are.
                raise http.client.IncompleteRead(b"")
            data = response.read()
        self._give_back(connection)
        media = response.headers.get_content_type()
        return Reply(response.status, media, data, _seconds(response.headers.get("retry-after")))

    def _take(self) -> tuple[http.client.HTTPConnection, bool]:
        """A connection, and whether it is a new one."""
        if self._closed:
            raise StoreUnavailableError("This store is closed.", hint="Open it again.")
        with self._lock:
            if self._owner != os.getpid():  # a forked child: these sockets are its parent's
                self._idle, self._owner = [], os.getpid()
            while self._idle:
                connection = self._idle.pop()
                if _is_quiet(connection.sock):
                    return connection, False
                connection.close()
        address = self.address
        if address.scheme == "https":
            return http.client.HTTPSConnection(address.host, address.port, timeout=CONNECT_S, context=_trust()), True
        return http.client.HTTPConnection(address.host, address.port, timeout=CONNECT_S), True

    def _give_back(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            if connection.sock is not None and not self._closed and len(self._idle) < KEPT:
                self._idle.append(connection)
                return
        connection.close()

    def _prepare(self, connection: http.client.HTTPConnection) -> None:
        line: socket.socket = connection.sock
        line.settimeout(self._answer_s)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in zip(("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT"), PROBE_S, strict=True):
            if hasattr(socket, name):
                line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

    def _away(self, error: Exception, *, sent: bool) -> StoreUnavailableError:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return StoreUnavailableError(
            f"The server {self.address.url} cannot be reached ({reason}).",
            hint="Is it running? 'runwatch up' starts one. What training logs meanwhile is kept and sent later.",
            sent=sent,
        )


def refusal(reply: Reply, address: Address) -> RunwatchError:
    """The error that an answer stands for: the server's own, or what a proxy or another program must have meant."""
    if reply.media == MSGPACK:
        try:
            error = error_of(msgspec.msgpack.decode(reply.body, type=settled(Failure)))
        except msgspec.DecodeError:
            pass
        else:
            if isinstance(error, StoreUnavailableError) and reply.retry_after_s:
                error.detail.setdefault("retry_after_s", reply.retry_after_s)
            if isinstance(error, AuthenticationException):
                error.hint = _WHO
            return error
    if reply.status in {408, 425, 429} or reply.status >= 500:
        return StoreUnavailableError(
            f"The server {address.url} answered with the status {reply.status}.",
            hint="The same request may succeed later.",
            retry_after_s=reply.retry_after_s,
        )
    if reply.status == 401:
        return AuthenticationException(f"The server {address.url} wants to know who asks.", hint=_WHO)
    return WorkspaceException(
        f"{address.url} does not answer like a Runwatch server (status {reply.status}).", hint="Check the address."
    )


def _is_quiet(line: socket.socket | None) -> bool:
    """Whether an idle connection is still open: one that the server has closed has an end to be read."""
    if line is None:
        return False
    try:
        return not select.select([line], [], [], 0)[0]
    except (OSError, ValueError):  # ValueError: more descriptors than select can name
        return False


def _seconds(text: str | None) -> float:
    try:
        return max(0.0, float(text)) if text else 0.0
    except ValueError:  # a date: nobody of ours sends one, and the usual waiting serves as well
        return 0.0


def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()

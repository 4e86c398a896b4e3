"""Runs the application: the socket it listens at, the server process, and its orderly end."""

from __future__ import annotations

import gc
import logging
import signal
import socket
from collections.abc import Callable
from typing import Final

import uvicorn
from starlette.applications import Starlette

from runwatch.schema.error import InvalidValueError, StoreUnavailableError
from runwatch.server import allocator
from runwatch.server.guard import SERVER_OPTIONS
from runwatch.server.service import Services
from runwatch.server.settings import PORT, Settings

GRACE_S: Final = 5
"""Requests under way get this long when the server is told to end; an upload goes on with the next server."""

KEEP_ALIVE_S: Final = 75
"""An idle connection is kept a little longer than clients keep theirs, so that it is not we who cut a request."""

CONNECTIONS: Final = 2_000
"""Connections at once; what comes on top is told to come later, and memory stays bounded."""

HEAD_BYTES: Final = 64 << 10
"""The largest head of a request: line and headers."""

COLLECTED: Final = (20_000, 20, 20)
"""The collector's thresholds.

A batch of points makes some thousand objects that live until it is committed. With the usual 700 they were gone
through again and again: a tenth of the server's time, and up to 14 ms at once.
"""


class Server(uvicorn.Server):
    """uvicorn, with live streams told to end before it waits for connections to close.

    Args:
        config: See uvicorn.
        services: What the application's parts share.
        ready: Called once requests are answered.
    """

    def __init__(self, config: uvicorn.Config, services: Services, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._services = services
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()  # what was imported stays: each full collection would go through all of it while everybody waits
        gc.set_threshold(*COLLECTED)
        if self.started:
            self._ready()

    async def on_tick(self, counter: int) -> bool:
        """Whether to end: told to, or because nobody asks any more."""
        return await super().on_tick(counter) or self._services.is_idle

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End: streams first, then what is under way, then the store's threads."""
        self._services.stopping.set()
        await super().shutdown(sockets)


def listen(settings: Settings, *, fixed: bool) -> socket.socket:
    """A socket to listen at.

    Args:
        settings: Host and port.
        fixed: The user named the port: it or none. Otherwise a free one is taken if the usual one is in use.

    Raises:
        StoreUnavailableError: If the port is in use.
        InvalidValueError: If the host is none of this machine.
    """
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
    except OSError as error:
        raise InvalidValueError(f"{settings.host!r} is no address of this machine: {error.strerror}.") from error
    for port in (settings.port,) if fixed else (settings.port, 0):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, port))
        except OSError as error:
            listener.close()
            taken = error
            continue
        listener.listen(2_048)
        return listener
    raise StoreUnavailableError(
        f"Port {settings.port} of {settings.host} cannot be used: {taken.strerror}.",
        hint=f"Choose another with --port, or leave it out: {PORT} or a free one is taken then.",
    ) from taken


def address_of(listener: socket.socket, settings: Settings) -> str:
    """The URL at which a listening socket is reached from this machine."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 (an address to be recognised, not to be bound)
        host = socket.gethostname()
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{settings.base_path}"


def serve(app: Starlette, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Answer requests until the process is told to end by SIGINT or SIGTERM.

    Args:
        app: From `runwatch.server.app.make_app`.
        listener: From `listen`.
        ready: Called once requests are answered.
    """
    allocator.settle()
    config = uvicorn.Config(
        app,
        log_level=logging.WARNING,
        access_log=False,  # what is asked for may hold names of runs; figures say how much is asked
        **SERVER_OPTIONS,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        limit_concurrency=CONNECTIONS,
        h11_max_incomplete_event_size=HEAD_BYTES,
        lifespan="on",
        ws="none",
    )
    server = Server(config, app.state.services, ready)
    # uvicorn raises the signal once more when all is closed; these handlers then let the caller tidy up.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    server.run([listener])

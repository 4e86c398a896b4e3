"""Between a browser and a server: it lets everything pass, or refuses all, as a proxy does whose server is away."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Final

from tests.doorway import serve_each

REFUSAL: Final = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Gate:
    """Listens on loopback and passes bytes on.

    Attributes:
        host: Where browsers connect to; the server has to be told that it is known by it.
        upstream: The port of the server.
    """

    def __init__(self) -> None:
        self.upstream = 0
        self._open = True
        self._lock = threading.Lock()
        self._lines: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        serve_each(self._listener, self._serve)

    def refuse(self) -> None:
        """Cut every connection and answer new ones with 502."""
        with self._lock:
            self._open = False
            for line in self._lines:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def let_pass(self) -> None:
        """Let everything pass again."""
        with self._lock:
            self._open = True

    def close(self) -> None:
        """Take no further connections, and cut those there are."""
        self._listener.close()
        self.refuse()

    def _serve(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            with self._lock:
                passes = self._open
                if passes:
                    server = socket.create_connection(("127.0.0.1", self.upstream))
                    self._lines |= {line, server}
            if not passes:
                line.recv(65_536)
                line.sendall(REFUSAL)
                return
            back = threading.Thread(target=_carry, args=(server, line), daemon=True)
            back.start()
            _carry(line, server)
            back.join()
            with self._lock:
                self._lines -= {line, server}
            server.close()


def _carry(source: socket.socket, target: socket.socket) -> None:
    """Bytes from one to the other, until either ends."""
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)

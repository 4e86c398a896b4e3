"""Whoever stands between a client and a server in tests: takes connections and serves each in a thread of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable


def serve_each(listener: socket.socket, serve: Callable[[socket.socket], None]) -> None:
    """Serve connections in the background until the listener is closed.

    Args:
        listener: Already listening.
        serve: Called with each connection; closes it.
    """

    def accept() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(line,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()

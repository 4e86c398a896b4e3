"""The server of a workspace folder on the same machine: it makes what would cost a kernel much, where there is one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

from runwatch.schema.chart import ChartBatch
from runwatch.schema.error import GoneError, InvalidValueError, LimitError, NotFoundError, RunwatchError
from runwatch.schema.metric import ListMetrics, MetricPage
from runwatch.series import frame
from runwatch.series.error import ChunkFormatError
from runwatch.store.remote import credential
from runwatch.store.remote.store import RemoteStore

T = TypeVar("T")

ANSWER_S: Final = 5.0
"""One that has not answered by then is held up; the kernel has the same folder."""

LEFT_S: Final = 30.0
"""So long it is left alone after it failed, and not looked for after none was found."""

_OF_THE_QUESTION: Final = (NotFoundError, GoneError, InvalidValueError, LimitError)
"""Errors that say nothing against who answers."""


class Neighbour:
    """Asks a server of this user that serves the same folder; safe to use from any thread.

    Beside a cell that computes, each time that a thread of its kernel lets go of the interpreter may cost it 5 ms until
    it has it back. A chart that is made here lets go some ten times, and an answer that is waited for, once or twice.

    Every method answers None where there is no such server or it fails; the caller then answers from the folder.

    Args:
        place: The folder.
    """

    def __init__(self, place: str) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._server: RemoteStore | None = None
        self._seek_at = 0.0

    def seek(self) -> None:
        """Look for a server with the next question: one may have come up."""
        self._seek_at = 0.0

    def frames(self, request: ChartBatch) -> list[bytes] | None:
        """A frame for each chart, in their order."""
        found = self._ask(lambda server: list(frame.split(server.ask_bytes("/series:batch", request))))
        return found if found is not None and len(found) == len(request.charts) else None

    def metrics(self, request: ListMetrics) -> MetricPage | None:
        """A page of metrics."""
        return self._ask(lambda server: server.metrics.list(request))

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            server.close()

    def _ask(self, question: Callable[[RemoteStore], T]) -> T | None:
        server = self._find()
        if server is None:
            return None
        try:
            return question(server)
        except _OF_THE_QUESTION:
            return None
        except (RunwatchError, ChunkFormatError):  # it has ended, hangs, wants to know who asks, is of another version
            self._seek_at = time.monotonic() + LEFT_S
            self.close()
            return None

    def _find(self) -> RemoteStore | None:
        with self._lock:
            if self._server is None and time.monotonic() >= self._seek_at:
                self._seek_at = time.monotonic() + LEFT_S
                self._server = self._look()
            return self._server

    def _look(self) -> RemoteStore | None:
        for each in credential.announced():
            if each.location == self._place and credential.is_up(each):
                return RemoteStore(each.url, each.token, ANSWER_S)
        return None

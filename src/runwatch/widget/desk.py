"""Answers about the runs of a workspace as its server gives them: asked from one if there is one, else made here."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from runwatch.schema.chart import ChartBatch
from runwatch.schema.job import CancelRun
from runwatch.schema.log import LogPage, ReadLog
from runwatch.schema.metric import ListMetrics, MetricPage
from runwatch.schema.run import Run
from runwatch.sdk import portal
from runwatch.series import frame
from runwatch.series.plot import Plot
from runwatch.store.cancellation import cancel_any
from runwatch.store.chart.reader import ChartReader
from runwatch.store.log.reader import LogReader
from runwatch.store.protocol import Serves, Store
from runwatch.widget import pause
from runwatch.widget.neighbour import Neighbour

CACHE_BYTES: Final = 32 << 20
"""A notebook shows few runs, and its memory is the user's."""


class Desk:
    """One for each workspace of a process; safe to use from any thread.

    Args:
        store: The workspace's store.
        place: Folder or URL.

    Attributes:
        studio: The address of the studio, or nothing while none is served.
    """

    def __init__(self, store: Store, place: str) -> None:
        self.store = store
        self.place = place
        self._server = store if isinstance(store, Serves) else None
        self._neighbour = None if isinstance(store, Serves) else Neighbour(place)
        self._charts = ChartReader(store, CACHE_BYTES)
        self._logs = LogReader(store.artifacts, CACHE_BYTES, times=False)
        self.studio = _page(portal.workspace_url(place))

    @property
    def is_far(self) -> bool:
        """Whether the workspace is a server's."""
        return self._server is not None

    def open_studio(self) -> None:
        """See to it that a studio is served, as for `Run.get_portal_url`; that may take some seconds."""
        self.studio = self.studio or _page(portal.workspace_url(self.place, start=True, quiet=True))
        if self._neighbour is not None:
            self._neighbour.seek()

    def close(self) -> None:
        """Close connections of its own; the next question opens them again."""
        if self._neighbour is not None:
            self._neighbour.close()

    def metrics(self, request: ListMetrics) -> MetricPage:
        """Metrics of a run."""
        found = None if self._neighbour is None else self._neighbour.metrics(request)
        return self.store.metrics.list(request) if found is None else found

    def frames(self, request: ChartBatch) -> Iterator[bytes]:
        """A frame for each chart (``docs/formats/frame.md``), in their order, each made when it is asked for.

        Raises:
            RunwatchError: At once, if the request makes no sense.
        """
        if self._server is not None:
            return iter(frame.split(self._server.ask_bytes("/series:batch", request)))
        found = None if self._neighbour is None else self._neighbour.frames(request)
        return _encode(self._charts.answer(request)) if found is None else iter(found)

    def log(self, request: ReadLog) -> LogPage:
        """Lines of a log."""
        if self._server is not None:
            return self._server.ask("/logs:read", request, LogPage)
        return self._logs.read(request)

    def cancel(self, request: CancelRun) -> Run:
        """Cancel a run."""
        if self._server is not None:
            return self._server.ask("/runs:cancel", request, Run)
        return cancel_any(self.store, request.run_id, "canceled in a notebook")


def _encode(plots: Iterator[Plot]) -> Iterator[bytes]:
    for plot in plots:
        yield frame.encode(plot)
        pause.breathe()


def _page(url: str) -> str:
    return url if url.startswith("http") else ""


def as_json(value: object) -> Any:
    """A struct as the dictionary that the server's JSON is: no NaN, no bytes."""
    return msgspec.json.decode(msgspec.json.encode(value))


_desks: dict[int, Desk] = {}
_lock = threading.Lock()


def desk_of(store: Store, place: str) -> Desk:
    """The desk of a store, one for all widgets of this process."""
    with _lock:
        found = _desks.get(id(store))
        if found is None or found.store is not store:
            found = _desks[id(store)] = Desk(store, place)
        return found

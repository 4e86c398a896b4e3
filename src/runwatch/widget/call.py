"""What the page may ask the kernel: a few of the server's calls, of the widget's run and those below it alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from runwatch.schema.artifact import GetArtifact, ListArtifacts, ReadArtifact
from runwatch.schema.chart import ChartBatch
from runwatch.schema.error import InvalidValueError, LimitError, NotFoundError, PermissionDeniedError, RunwatchError
from runwatch.schema.job import CancelRun
from runwatch.schema.log import ReadLog
from runwatch.schema.metric import ListMetrics, ReadMetric
from runwatch.schema.run import GetRun, ListRuns
from runwatch.schema.settled import settled
from runwatch.store.log import alias
from runwatch.store.media import declared
from runwatch.widget.desk import Desk, as_json

DOWNLOAD_BYTES: Final = 8 << 20
"""The largest file that travels through a kernel: an image or a chart's document."""

_DEPTH: Final = 64
"""How far up a run's parents are followed."""


class Reply(NamedTuple):
    """An answer to the page: what is said, and the bytes beside it."""

    content: dict[str, Any]
    buffers: tuple[bytes, ...] = ()


class Caller:
    """Answers the calls of one widget.

    Args:
        desk: Answers about the workspace.
        run_id: The widget's run.
    """

    def __init__(self, desk: Desk, run_id: str) -> None:
        self._desk = desk
        self._run_id = run_id
        self._allowed = {run_id}
        store = desk.store
        self._calls: dict[str, tuple[type[Any], Callable[[Any], Reply]]] = {
            "/runs:get": (GetRun, self._answering(store.runs.get)),
            "/runs:list": (ListRuns, self._list_runs),
            "/runs:cancel": (CancelRun, self._answering(desk.cancel)),
            "/metrics:list": (ListMetrics, self._answering(store.metrics.list)),
            "/metrics:read": (ReadMetric, self._answering(store.metrics.read)),
            "/artifacts:list": (ListArtifacts, self._answering(store.artifacts.list)),
            "/artifacts:download": (GetArtifact, self._download),
            "/logs:read": (ReadLog, self._answering(desk.log)),
            "/series:batch": (ChartBatch, self._charts),
        }

    def answer(self, message: Any) -> Reply:
        """The answer to a call; never raises: what is wrong is the answer."""
        number = message.get("id") if isinstance(message, dict) else None
        try:
            reply = self._perform(message)
        except RunwatchError as error:
            said = {"code": error.code, "status": error.status, "message": error.message, "hint": error.hint}
            return Reply({"id": number, "error": said})
        except Exception as error:  # nothing of ours may end up as a traceback below somebody's cell
            text = f"The kernel met an error that it did not expect ({type(error).__name__})."
            said = {"code": "internal_error", "status": 500, "message": text, "hint": None}
            return Reply({"id": number, "error": said})
        return Reply({"id": number, **reply.content}, reply.buffers)

    def _perform(self, message: Any) -> Reply:
        found = self._calls.get(str(message.get("call")))
        if found is None:
            raise PermissionDeniedError("A widget may not ask that.", hint="The studio can.")
        try:
            request = msgspec.convert(message.get("body"), settled(found[0]))
        except msgspec.ValidationError as error:
            raise InvalidValueError(f"The request is not what this call takes: {error}.") from error
        for run_id in _runs_of(request):
            self._check(run_id)
        return found[1](request)

    def _check(self, run_id: str) -> None:
        """Let through the widget's run and what is below it: parents never change, so that what was seen is kept."""
        way: list[str] = []
        at: str | None = run_id
        while at is not None and at not in self._allowed and len(way) < _DEPTH:
            way.append(at)
            try:
                at = self._desk.store.runs.get(GetRun(run_id=at)).parent_run_id
            except NotFoundError:
                at = None
        if at not in self._allowed:
            raise PermissionDeniedError(
                "A widget shows its own run and those below it.", hint="Show the other run in a widget of its own."
            )
        self._allowed.update(way)

    def _answering(self, ask: Callable[[Any], Any]) -> Callable[[Any], Reply]:
        return lambda request: Reply({"answer": as_json(ask(request))})

    def _list_runs(self, request: ListRuns) -> Reply:
        if not (request.run_ids or request.parent_run_id or request.root_run_id):
            request = msgspec.structs.replace(request, parent_run_id=self._run_id)
        return Reply({"answer": as_json(self._desk.store.runs.list(request))})

    def _charts(self, request: ChartBatch) -> Reply:
        frames = list(self._desk.frames(request))
        return Reply({"frames": len(frames)}, tuple(frames))

    def _download(self, request: GetArtifact) -> Reply:
        artifact = alias.get(self._desk.store.artifacts, request)
        if artifact.size_bytes > DOWNLOAD_BYTES:
            raise LimitError(
                f"The file has {artifact.size_bytes:,} bytes; a notebook shows at most {DOWNLOAD_BYTES:,}.",
                hint="Use run.download_file, or the studio.",
            )
        data = b""
        while len(data) < artifact.size_bytes:
            part = ReadArtifact(
                run_id=artifact.run_id, path=artifact.path, offset=len(data), count=artifact.size_bytes - len(data)
            )
            more = self._desk.store.artifacts.read(part).data
            if not more:
                break
            data += more
        return Reply({"media_type": declared(artifact)}, (data,))


def _runs_of(request: Any) -> set[str]:
    """The runs that a request names."""
    if isinstance(request, ChartBatch):
        return {series.run_id for chart in request.charts for series in chart.series}
    if isinstance(request, ListRuns):
        return {*(request.run_ids or ()), *filter(None, (request.parent_run_id, request.root_run_id))}
    return {request.run_id}

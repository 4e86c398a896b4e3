"""What is known of a run in a notebook: each thing is asked for anew only when it may have changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec
from msgspec import structs

from runwatch.schema import limit
from runwatch.schema.artifact import Artifact
from runwatch.schema.change import ChangeKind
from runwatch.schema.error import RunwatchError
from runwatch.schema.job import JobState, ListJobs
from runwatch.schema.log import ReadLog
from runwatch.schema.metric import ListMetrics, Metric, MetricColumn
from runwatch.schema.run import GetRun, ListRuns, Run, RunOrder, RunPage
from runwatch.sdk import detail, portal, waiting
from runwatch.sdk.compute import queue
from runwatch.sdk.run_record import WAITING
from runwatch.store.log.progress import find_progress
from runwatch.widget import pause
from runwatch.widget.desk import Desk, as_json

METRICS: Final = 1_000
LINES: Final = 200
CHILDREN: Final = 100
EVERYTHING: Final = frozenset(ChangeKind)
_ENCODE: Final = msgspec.json.Encoder().encode


class View:
    """A run as all widgets of this process that show it need it; used by one thread at a time.

    Attributes:
        record: The run; None before the first look.
        metrics: Its metrics by name, at most `METRICS`.
        revisions: For each metric how many times it was seen to change.
        files: Its logs.
        page: Its children and their best metric.
        told: What the page is told, by the names of ``docs/formats/widget.md``.
        goal: The metric that children are compared by, if one was chosen, and ``minimize`` or ``maximize``.
        versions: For each of these names a number that grows when it changes.
        studio: The address that the links were told with.

    Args:
        desk: Answers about the workspace.
        run_id: The run.
        goal: The metric that children are compared by, and ``minimize`` or ``maximize``; None takes the run's own.
    """

    def __init__(self, desk: Desk, run_id: str, goal: tuple[str, str] | None = None) -> None:
        self.desk = desk
        self.run_id = run_id
        self.record: Run | None = None
        self.metrics: dict[str, Metric] = {}
        self.revisions: dict[str, int] = {}
        self.files: list[Artifact] = []
        self.page = RunPage(runs=())
        self.told: dict[str, Any] = {}
        self.versions: dict[str, int] = {}
        self.goal = goal
        self.studio = ""
        self._texts: dict[str, bytes] = {}
        self._rows: dict[str, tuple[bytes, dict[str, Any]]] = {}

    @property
    def is_finished(self) -> bool:
        """Whether the run has ended."""
        return self.record is not None and self.record.status.is_terminal

    def look(self, kinds: Iterable[ChangeKind] = EVERYTHING, *, children: bool = True) -> None:
        """Ask for what may have changed.

        Args:
            kinds: What of the run changed.
            children: Whether a run below it may have changed.

        Raises:
            RunwatchError: If the store cannot be read; what was known stays.
        """
        changed = frozenset(kinds)
        steps: list[tuple[bool, Callable[[], None]]] = [
            (ChangeKind.RUN in changed or self.record is None, self._look_at_run),
            (bool({ChangeKind.RUN, ChangeKind.JOBS} & changed), self._look_at_queue),
            (ChangeKind.METRICS in changed, self._look_at_metrics),
            (ChangeKind.FILES in changed, self._look_at_logs),
            (children, self._look_at_children),
        ]
        for wanted, step in steps:
            if wanted:
                step()
                pause.breathe()

    def tell(self, name: str, value: Any) -> None:
        """Note what the page is told; it counts as changed only if it is another than before."""
        text = json.dumps(value).encode() if name != "clock" else b""
        if self._texts.get(name) != text or name not in self.told:
            self._texts[name] = text
            self._note(name, value)

    def _note(self, name: str, value: Any) -> None:
        self.told[name] = value
        self.versions[name] = self.versions.get(name, 0) + 1

    def log(self, path: str) -> dict[str, Any]:
        """The last lines of a log."""
        page = self.desk.log(ReadLog(run_id=self.run_id, path=path, first=-LINES, count=LINES))
        first = page.lines[0].number if page.lines else 0
        lines = [line.text for line in page.lines]
        return {"path": path, "first_line": first, "lines": lines, "total_lines": page.state.lines}

    def _look_at_run(self) -> None:
        record = self.record = self.desk.store.runs.get(GetRun(run_id=self.run_id))
        self.tell("run", as_json(record))
        self.tell("experiment", record.experiment)
        studio = self.studio = self.desk.studio
        links: dict[str, str | None] = dict.fromkeys(("run", "experiment"))
        if studio:
            links["run"] = portal.run_url(studio, record.experiment, record.run_id)
            links["experiment"] = portal.experiment_url(studio, record.experiment)
        self.tell("links", links)

    def _look_at_queue(self) -> None:
        assert self.record is not None
        told = None
        if self.record.status in WAITING:
            jobs = self.desk.store.jobs.list(ListJobs(run_id=self.run_id, states=(JobState.QUEUED,), limit=1)).jobs
            if jobs:
                told = {"position": jobs[0].position, "why": queue.why_waiting(self.desk.store, self.run_id)}
        self.tell("queue", told)

    def _look_at_metrics(self) -> None:
        page = self.desk.metrics(ListMetrics(run_id=self.run_id, limit=METRICS))
        known, self._rows = self._rows, {}
        for metric in page.metrics:  # compared as JSON: no value that is NaN equals itself
            name, text = metric.name, _ENCODE(metric)
            row = known.get(name)
            if row is None or row[0] != text:
                self.revisions[name] = self.revisions.get(name, 0) + 1
                row = text, msgspec.json.decode(text) | {"rev": self.revisions[name]}
            self._rows[name] = row
        self.metrics = {metric.name: metric for metric in page.metrics}
        if self._rows != known or "metrics" not in self.told:
            self._note("metrics", [row for _, row in self._rows.values()])
        self.tell("metrics_total", len(page.metrics) + self._more(page.next_cursor))

    def _more(self, cursor: str | None) -> int:
        """How many metrics there are behind the first page: the store gives pages, not totals."""
        count = 0
        while cursor is not None:
            page = self.desk.metrics(ListMetrics(run_id=self.run_id, limit=limit.PAGE_ROWS, cursor=cursor))
            count, cursor = count + len(page.metrics), page.next_cursor
            pause.breathe()
        return count

    def _look_at_logs(self) -> None:
        folders = detail.LOG_FOLDERS
        store = self.desk.store
        self.files = [each for folder in folders for each in detail.list_artifacts(store, self.run_id, folder)]
        self.tell("logs", [{"path": file.path, "size_bytes": file.size_bytes} for file in self.files])
        paths = [file.path for file in self.files]
        path = waiting.followed_log(paths) or (paths[-1] if paths else None)
        log = None if path is None else self.log(path)
        self.tell("log", log)
        found = find_progress(log["lines"]) if log else None
        self.tell("progress", None if found is None or self.is_finished else as_json(found))

    def _look_at_children(self) -> None:
        goal = self.goal or _own_goal(self.record)
        columns = () if goal is None else (MetricColumn(metric=goal[0]),)
        request = ListRuns(parent_run_id=self.run_id, hidden=True, limit=CHILDREN, columns=columns)
        self.page = self.desk.store.runs.list(request)
        total = len(self.page.runs)
        if self.page.next_cursor is not None:
            total += _count(self.desk, structs.replace(request, cursor=self.page.next_cursor, limit=limit.PAGE_ROWS))
        runs = as_json(self.page.runs)
        self.tell("children", {"total": total, "runs": runs, "best": self._best(goal) if total else None})

    def _best(self, goal: tuple[str, str] | None) -> dict[str, str] | None:
        """The child with the best last value, of all and not of those shown alone."""
        if goal is None:
            return None
        order = RunOrder(field="metric", metric=MetricColumn(metric=goal[0]), descending=goal[1] == "maximize")
        request = ListRuns(
            parent_run_id=self.run_id, hidden=True, limit=1, order=order, columns=(MetricColumn(metric=goal[0]),)
        )
        found = self.desk.store.runs.list(request)
        if not found.runs or found.summaries[0][0] is None:
            return None
        return {"metric": goal[0], "goal": goal[1], "run_id": found.runs[0].run_id}


def error_of(error: Exception) -> dict[str, Any]:
    """An error as the page is told it."""
    if isinstance(error, RunwatchError):
        return {"message": error.message, "hint": error.hint}
    return {"message": f"The run could not be read ({type(error).__name__}).", "hint": None}


def _own_goal(record: Run | None) -> tuple[str, str] | None:
    """The primary metric that a sweep keeps with its run."""
    try:
        found = json.loads(record.properties["primary_metric_config"]) if record else {}
        name, goal = str(found["name"]), str(found["goal"]).lower()
    except (KeyError, TypeError, ValueError):
        return None
    return name, "maximize" if goal.startswith("max") else "minimize"


def _count(desk: Desk, request: ListRuns) -> int:
    count = 0
    cursor = request.cursor
    while cursor is not None:
        page = desk.store.runs.list(structs.replace(request, cursor=cursor, columns=()))
        count, cursor = count + len(page.runs), page.next_cursor
        pause.breathe()
    return count

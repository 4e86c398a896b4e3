"""A run that is shown: one look at the store serves all its pages, and each is told what it does not know."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Final, Protocol

from runwatch.schema.change import Change, ChangeKind
from runwatch.schema.chart import ChartBatch
from runwatch.schema.error import NotFoundError, RunwatchError
from runwatch.widget import pause, shape
from runwatch.widget.audience import Audience, Shape
from runwatch.widget.desk import as_json
from runwatch.widget.view import EVERYTHING, View, error_of

PACE_S: Final = 0.5
"""Charts, logs and children are asked for at most once in so long, which is how often a watcher ships what was logged;
how the run stands, at every look."""

STILL_S: Final = 30.0
"""How often the still picture is drawn anew while the run goes on: what is saved meanwhile is hardly older."""

SHARE: Final = 0.018
"""Of one core, for all runs that are shown."""

REST_MOST_S: Final = 10.0

RETRY_S: Final = 60.0
"""After the same error three times, the next try comes after so long."""

PATIENCE: Final = 2
"""So many equal errors in a row are waited for in silence."""

_URGENT: Final = frozenset({ChangeKind.RUN, ChangeKind.JOBS})
_MOVING: Final = frozenset({ChangeKind.RUN, ChangeKind.METRICS, ChangeKind.DELETED})


class Member(Protocol):
    """A widget on a run."""

    audience: Audience

    @property
    def is_closed(self) -> bool:
        """Whether nobody can be reached through it any more."""
        ...

    def send(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Send a message to its pages."""
        ...

    def renew(self, view: View) -> None:
        """Draw the still picture anew: the run has ended and everything was told, or it has gone on for a while."""
        ...


class Watch:
    """A run and the widgets that show it; its turns are taken by one thread.

    Args:
        view: What is known of the run.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.members: list[Member] = []
        self._kinds: set[ChangeKind] = set(EVERYTHING)
        self._children = True
        self._moved: dict[str, int] = {}
        self._frames: dict[str, tuple[object, bytes]] = {}
        self._versions: dict[str, int] = {}
        self._logs: dict[str, dict[str, Any]] = {}
        self._due_at = 0.0
        self._debt_s, self._counted_at = 0.0, time.monotonic()
        self._standard: tuple[int | None, list[Shape]] = None, []
        self._error, self._errors = "", 0
        self._final = False
        self._still_at = time.monotonic() + STILL_S
        view.tell("finished", False)
        view.tell("error", None)

    def notice(self, changes: Iterable[Change]) -> None:
        """Note what has changed in the workspace."""
        for change in changes:
            if change.subject == self.view.run_id or change.kind is ChangeKind.JOBS:
                self._kinds.add(change.kind)
            elif change.kind in _MOVING and self._may_be_child(change):
                self._children = True
                self._moved[change.subject] = self._moved.get(change.subject, 0) + 1

    def notice_all(self) -> None:
        """Ask for everything with the next turn."""
        self._kinds, self._children = set(EVERYTHING), True

    def turn(self, now: float, share: float = SHARE, spent_s: float = 0.0) -> None:
        """Look at what has changed, and tell the members. Never raises.

        Args:
            now: The monotonic clock.
            share: Of a core, what this run may take: the next charts and lists come the later for it. How the run
                stands is told at every turn.
            spent_s: What of the processor's time was spent on it before: its part of the look at the notices.
        """
        due, began = now >= self._due_at, time.thread_time()
        self.members = [member for member in self.members if not member.is_closed]
        if any(member.audience.listens(now) for member in self.members):
            self._look(now)
            for member in self.members:
                if member.audience.listens(now):
                    self._tell(member, now)
        ended = bool(self.view.told["finished"])
        if not self._final and (ended or now >= self._still_at):
            self._final, self._still_at = ended, now + STILL_S
            for member in self.members:
                member.renew(self.view)
        self._rest(now, share, spent_s + time.thread_time() - began, looked=due and self._due_at > now)

    def _rest(self, now: float, share: float, spent_s: float, *, looked: bool) -> None:
        """Put off the next charts and lists: what was taken is a debt that the share pays off with time."""
        self._debt_s = max(0.0, self._debt_s - share * (now - self._counted_at)) + spent_s
        self._counted_at = now
        if looked:
            self._due_at = max(self._due_at, now + min(REST_MOST_S, self._debt_s / share))

    def fail(self, error: Exception, now: float) -> None:
        """Count an error; it is told once it is no passing one."""
        text = f"{type(error).__name__}: {error}"
        self._errors = self._errors + 1 if text == self._error else 1
        self._error = text
        lasting = self._errors > PATIENCE or isinstance(error, NotFoundError)
        self._due_at = now + (RETRY_S if lasting else PACE_S)
        if lasting:
            self.view.tell("error", error_of(error))

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be told unless a page speaks."""
        waiting = any(member.audience.waits_for_word() for member in self.members)
        return not self.members or (bool(self.view.told["finished"]) and not waiting)

    def is_paused(self, now: float) -> bool:
        """Whether it waits after an error that lasts."""
        return self._errors > PATIENCE and now < self._due_at

    def _may_be_child(self, change: Change) -> bool:
        record = self.view.record
        return record is not None and change.experiment_id in {"", record.experiment_id}

    def _look(self, now: float) -> None:
        if self._errors and now < self._due_at:
            return
        due = now >= self._due_at
        if self.view.studio != self.view.desk.studio:  # one came up meanwhile: links are told with the run
            self._kinds.add(ChangeKind.RUN)
        kinds = {kind for kind in self._kinds if due or kind in _URGENT}
        if not kinds and not (due and self._children):
            return
        try:
            ended = self.view.is_finished
            self.view.look(kinds, children=due and self._children)
            if self.view.is_finished and not ended:
                self.view.look()
                kinds, due = set(EVERYTHING), True
                self._moved[self.view.run_id] = self._moved.get(self.view.run_id, 0) + 1
        except Exception as error:  # a store may be away, a run deleted: the page is told, and what it has stays
            self.fail(error, now)
            return
        self._kinds -= kinds
        if due:
            self._children, self._due_at = False, now + PACE_S
        if ChangeKind.FILES in kinds:
            self._logs.clear()
        self._error, self._errors = "", 0
        self.view.tell("error", None)
        self.view.tell("finished", self.view.is_finished)

    def _tell(self, member: Member, now: float) -> None:
        shapes = {each.key: each for each in (*self._shapes(), *member.audience.shapes)}
        self._draw(shapes.values())
        log = self._log(member.audience.log)
        versions = {name: version for name, version in self.view.versions.items() if name not in {"log", "finished"}}
        versions |= {f"chart {key}": self._versions[key] for key in shapes if key in self._versions}
        if log is not None:
            versions[f"log {log['path']}"] = hash((log["total_lines"], *log["lines"][-3:]))
        versions["finished"] = self.view.versions["finished"]
        news = member.audience.news(versions, now)
        if not news:
            return
        push = {name: self.view.told[name] for name in news if name in self.view.told}
        push["clock"] = time.time()
        if log is not None and f"log {log['path']}" in news:
            push["log"] = log
        drawn = [key for key in shapes if f"chart {key}" in news]
        if drawn:
            push["frames"] = [{"chart": shapes[key].said} for key in drawn]
        member.send({"push": push}, [self._frames[key][1] for key in drawn])

    def _shapes(self) -> list[Shape]:
        """The charts of the standard view, chosen anew when metrics have changed."""
        version = self.view.versions.get("metrics")
        if self._standard[0] != version:
            known = {each.chart: each for each in self._standard[1]}
            charts = shape.standard(self.view.run_id, self.view.metrics.values())
            self._standard = version, [known.get(chart) or Shape(as_json(chart)) for chart in charts]
        return self._standard[1]

    def _draw(self, shapes: Iterable[Shape]) -> None:
        """Make the charts anew whose metrics have changed."""
        stale = [each for each in shapes if self._frames.get(each.key, (None,))[0] != self._stamp(each)]
        try:
            self._draw_some(stale)
        except RunwatchError:  # one that is no chart spoils no other; and the next look says what else is wrong
            for each in stale:
                with suppress(RunwatchError):
                    self._draw_some([each])
        self._forget()

    def _draw_some(self, shapes: Sequence[Shape]) -> None:
        if not shapes:
            return
        stamps = [self._stamp(each) for each in shapes]
        frames = self.view.desk.frames(ChartBatch(charts=tuple(each.chart for each in shapes)))
        for each, stamp, data in zip(shapes, stamps, frames, strict=True):
            self._frames[each.key] = stamp, data
            self._versions[each.key] = self._versions.get(each.key, 0) + 1
        pause.breathe()

    def _stamp(self, each: Shape) -> object:
        """What of the store the chart was made of."""
        revisions, own = self.view.revisions, self.view.run_id
        names = [(series.run_id, series.metric) for series in each.chart.series]
        names += [(series.run_id, each.chart.x.metric) for series in each.chart.series if each.chart.x.metric]
        return tuple(revisions.get(name, 0) if run == own else self._moved.get(run, 0) for run, name in names)

    def _forget(self) -> None:
        """Drop charts that no page shows any more."""
        if len(self._frames) <= 3 * shape.CHARTS:
            return
        shown = {each.key for member in self.members for each in member.audience.shapes}
        shown |= {each.key for each in self._shapes()}
        self._frames = {key: kept for key, kept in self._frames.items() if key in shown}
        self._versions = {key: kept for key, kept in self._versions.items() if key in shown}

    def _log(self, path: str | None) -> dict[str, Any] | None:
        """The log that a page shows."""
        told: dict[str, Any] | None = self.view.told.get("log")
        if path is None or (told is not None and told["path"] == path):
            return told
        if path not in self._logs:
            try:
                self._logs[path] = self.view.log(path)
            except RunwatchError:
                return told
        return self._logs[path]

"""The thread that looks at a workspace for all widgets of this process, and rests when there is nothing to look for."""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Iterable
from typing import Final

from runwatch.schema import limit
from runwatch.schema.change import Change, ListChanges
from runwatch.schema.error import PermissionDeniedError
from runwatch.widget.desk import Desk
from runwatch.widget.view import View
from runwatch.widget.watch import SHARE, Member, Watch

LOOK_S: Final = 0.25
"""How often the store is asked what changed: with the half a second that a watcher may keep what was logged, and the
work that follows, a page hears of it within a second."""

FAR_LOOK_S: Final = 0.5
"""Likewise of a server, which answers many kernels."""

POLL_S: Final = 10.0
"""How often everything is asked for where a store does not say what changed."""


class Follower:
    """One for each workspace of a process. Its thread is a daemon, begins with the first widget and ends with the last.

    Args:
        desk: Answers about the workspace.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._watches: dict[tuple[str, tuple[str, str] | None], Watch] = {}
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._stopped = False
        self._owner = os.getpid()
        self._cursor: int | None = None
        self._polled_at = 0.0

    def join(self, run_id: str, member: Member, goal: tuple[str, str] | None = None) -> Watch:
        """Have a widget told of a run; widgets on one run share the work.

        Args:
            run_id: The run.
            member: The widget.
            goal: See `View`.
        """
        with self._lock:
            key = run_id, goal
            watch = self._watches.get(key)
            if watch is None or watch.is_over:
                watch = self._watches[key] = Watch(View(self.desk, run_id, goal))
            watch.members.append(member)
        self.attend(watch)
        if not self.desk.studio:
            threading.Thread(target=self._open_studio, name="runwatch-studio", daemon=True).start()
        return watch

    def _open_studio(self) -> None:
        """The links of a widget lead to a studio; nobody waits until it is up."""
        with self._opening:
            self.desk.open_studio()
        self._wake.set()

    def attend(self, watch: Watch) -> None:
        """Take the next turn now: a page has spoken."""
        with self._lock:
            if self._stopped:
                return
            self._watches.setdefault((watch.view.run_id, watch.view.goal), watch)
            if self._thread is None or not self._thread.is_alive() or self._owner != os.getpid():
                self._owner, self._cursor = os.getpid(), None
                self._thread = threading.Thread(target=self._run, name="runwatch-widget", daemon=True)
                self._thread.start()
        self._wake.set()

    def stop(self) -> None:
        """End the thread; widgets show what they were told last."""
        self._stopped = True
        self._wake.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(1.0)
        self.desk.close()

    def _run(self) -> None:
        pause_s = FAR_LOOK_S if self.desk.is_far else LOOK_S
        while not self._stopped:
            self._wake.clear()
            began = time.monotonic()
            with self._lock:
                watches = list(self._watches.values())
                if not watches:
                    self._thread = None
                    return
            self.turn(watches)
            with self._lock:  # after their turn: one that is over may have been asked for something
                self._watches = {key: watch for key, watch in self._watches.items() if not watch.is_over}
            self._wake.wait(max(pause_s / 2, pause_s - (time.monotonic() - began)))

    def turn(self, watches: Iterable[Watch]) -> None:
        """Ask what changed, and have each run looked at. Never raises."""
        now = time.monotonic()
        awake = [watch for watch in watches if not watch.is_paused(now)]
        if not awake:
            return
        began = time.thread_time()
        try:
            changes = self._changes()
        except Exception as error:  # whatever the store is, it ends up as a sentence in the page
            for watch in awake:
                watch.fail(error, now)
                watch.turn(now)
            return
        share, looked_s = SHARE / len(awake), (time.thread_time() - began) / len(awake)
        for watch in awake:
            if changes is not None:
                watch.notice(changes)
            elif now - self._polled_at >= POLL_S:
                watch.notice_all()
            watch.turn(now, share, looked_s)
        if changes is None and now - self._polled_at >= POLL_S:
            self._polled_at = now

    def _changes(self) -> list[Change] | None:
        """What changed since the last look; None where the store does not say."""
        shelf = self.desk.store.changes
        try:
            if self._cursor is None:
                self._cursor = shelf.list(ListChanges(after=-1)).sequence
                return []
            found = shelf.list(ListChanges(after=self._cursor, limit=limit.PAGE_ROWS))
        except PermissionDeniedError:
            return None
        self._cursor = found.sequence
        return list(found.changes)


_followers: dict[int, Follower] = {}
_lock = threading.Lock()


def follower_of(desk: Desk) -> Follower:
    """The follower of a workspace, one for all widgets of this process."""
    with _lock:
        if not _followers:
            atexit.register(stop_all)
        found = _followers.get(id(desk))
        if found is None:
            found = _followers[id(desk)] = Follower(desk)
        return found


def stop_all() -> None:
    """End all threads: the stores close next."""
    for follower in list(_followers.values()):
        follower.stop()
    _followers.clear()

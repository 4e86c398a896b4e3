"""Keeps SQLite sound in programs that fork.

SQLite's locks belong to a process, but a forked child inherits the records of who holds them. A child that opens the
same file while its parent's connections were open at the fork believes to hold locks it has not, and the parent's last
close then deletes the write-ahead log under it: commits that were acknowledged are lost. So a fork waits for the blocks
in progress and closes the idle connections first; both sides open new ones when they need them.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol
from weakref import WeakSet

FORK_WAIT_S: Final = 5.0
"""How long a fork waits for the blocks of other threads; they mostly take milliseconds."""


class Forkable(Protocol):
    """What has connections that must not cross a fork."""

    users: Users

    def release(self) -> None:
        """Close idle connections."""
        ...

    def forget(self, *, safe: bool) -> None:
        """In the child: start afresh; if not ``safe``, the parent used connections and the file is off limits."""
        ...


class Users:
    """Counts the blocks in progress, and holds new ones back while the process forks."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._mine = threading.local()
        self._count = 0
        self._held = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count a block of this thread."""
        mine = getattr(self._mine, "count", 0)
        with self._condition:
            if not mine:
                self._condition.wait_for(lambda: not self._held)
            self._count += 1
        self._mine.count = mine + 1
        try:
            yield
        finally:
            self._mine.count = mine
            with self._condition:
                self._count -= 1
                self._condition.notify_all()

    def hold(self) -> bool:
        """Let no new block begin; True if none is left in progress within the time, False if one goes on."""
        deadline = time.monotonic() + FORK_WAIT_S
        mine = getattr(self._mine, "count", 0)
        with self._condition:
            self._held += 1
            if mine:
                return False  # the forking thread is inside a block itself: waiting would not help
            return self._condition.wait_for(lambda: not self._count, max(0.0, deadline - time.monotonic()))

    def resume(self) -> None:
        """Let blocks begin again."""
        with self._condition:
            self._held -= 1
            self._condition.notify_all()


_lock = threading.Lock()
_followed: WeakSet[Forkable] = WeakSet()
_held: list[tuple[Forkable, bool]] = []
_kept: list[object] = []


def follow(database: Forkable) -> None:
    """Take care of a database whenever this process forks."""
    with _lock:
        _followed.add(database)


def keep(thing: object) -> None:
    """Hold on to a parent's connections for ever, since even closing them in a child would harm."""
    _kept.append(thing)


def _before() -> None:
    with _lock:
        databases = list(_followed)
    for database in databases:
        idle = database.users.hold()
        if idle:
            database.release()
        _held.append((database, idle))


def _after_in_parent() -> None:
    while _held:
        _held.pop()[0].users.resume()


def _after_in_child() -> None:
    global _lock
    _lock = threading.Lock()  # another thread may have held it
    while _held:
        database, idle = _held.pop()
        database.users = Users()
        database.forget(safe=idle)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child)

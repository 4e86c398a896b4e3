"""Commits together what several threads want to write at the same time: one wait for the disk instead of many."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final, Generic, TypeVar

from runwatch.schema.error import StoreUnavailableError
from runwatch.store.sql.database import Database, Writing
from runwatch.store.sql.statement import driver_of

T = TypeVar("T")

MOST: Final = 32
"""Pieces of work in one transaction: bounds how long the first waits for the others."""


class _Job(Generic[T]):
    """A piece of work, and what became of it."""

    __slots__ = ("done", "error", "result", "work")

    def __init__(self, work: Callable[[Writing], T]) -> None:
        self.work = work
        self.done = False
        self.result: T | None = None
        self.error: BaseException | None = None


class Group:
    """Threads that come while another one commits are taken along by the next of them.

    Each piece of work is undone by itself if it fails; the others stay. Nobody is told before the commit is durable.

    Args:
        database: Where to write.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[_Job[Any]] = deque()
        self._lock = threading.Lock()

    def perform(self, work: Callable[[Writing], T]) -> T:
        """Do a piece of work in a transaction, perhaps together with that of other threads.

        Args:
            work: Given the transaction; what it returns is returned once that is durable.

        Raises:
            StoreUnavailableError: As with `Database.write`; and whatever the work raises.
        """
        (result,) = self.perform_all([work])
        if isinstance(result, BaseException):
            raise result
        return result

    def perform_all(self, works: Iterable[Callable[[Writing], T]]) -> list[T | BaseException]:
        """Do several pieces of work, one after another, as if each had a thread of its own.

        Args:
            works: See `perform`.

        Returns:
            What each of them returned or raised, once all of it is durable.
        """
        jobs = [_Job(work) for work in works]
        with self._database.users.one():  # a fork waits for us: no child finds work in the queue that is not its own
            with self._lock:
                self._waiting.extend(jobs)
            try:
                with self._database.turn():
                    while not all(job.done for job in jobs):
                        self._lead()
            except StoreUnavailableError as error:  # the turn never came
                for job in jobs:
                    job.error = job.error or (None if job.done else error)
            finally:
                self._withdraw(jobs)
        return [job.result if job.error is None else job.error for job in jobs]  # type: ignore[misc]

    def _lead(self) -> None:
        """Take along who waits, in the order they came."""
        with self._lock:
            jobs = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        try:
            with self._database.write_in_turn() as writing:
                for job in jobs:
                    _attempt(job, writing, alone=len(jobs) == 1)
        except Exception as error:  # nothing of it is durable
            for job in jobs:
                job.error = job.error or error
        except BaseException:  # Ctrl-C is for this thread alone; the others may try again
            for job in jobs:
                job.error = StoreUnavailableError("The write was interrupted.", hint="Try again.")
            raise
        finally:
            for job in jobs:
                job.done = True

    def _withdraw(self, jobs: Iterable[_Job[Any]]) -> None:
        """Leave the queue, if the turn never came."""
        with self._lock:
            for job in jobs:
                if not job.done and job in self._waiting:
                    self._waiting.remove(job)


def _attempt(job: _Job[Any], writing: Writing, *, alone: bool) -> None:
    if alone:
        job.result = job.work(writing)
        return
    raw = driver_of(writing.connection)
    raw.execute("SAVEPOINT job")
    try:
        job.result = job.work(writing)
    except Exception as error:  # this one's own: the others go on
        job.error = error
        raw.execute("ROLLBACK TO job")
    raw.execute("RELEASE job")

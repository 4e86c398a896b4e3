"""Everything a memory store holds, under one lock."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from runwatch.schema.artifact import Artifact
from runwatch.schema.change import Change, ChangeKind
from runwatch.schema.error import GoneError, NotFoundError, StoreUnavailableError
from runwatch.schema.job import Job, Target
from runwatch.schema.run import Experiment, Run
from runwatch.store.memory.log import MetricLog, Writer


@dataclass
class File:
    """An artifact and its content."""

    artifact: Artifact
    content: bytes = b""


@dataclass
class Entry:
    """A run and everything it holds; deleting it deletes all."""

    run: Run
    token: str
    made: int  # counts all runs ever made: tells equal ones of a sorted list apart
    metrics: dict[str, MetricLog] = field(default_factory=dict)
    writers: dict[str, Writer] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)


class State:
    """What the five shelves share.

    Shelves touch it inside `held` only, and change it only after every check of the request has passed, so that a
    request is done as a whole or not at all.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._closed = False
        self.experiments: dict[str, Experiment] = {}
        self.last_numbers: dict[str, int] = {}  # by experiment id: numbers of deleted runs never come back
        self.runs: dict[str, Entry] = {}
        self.made = 0
        self.deleted: set[str] = set()
        self.targets = {"local": Target(name="local", slots=os.cpu_count() or 1, created_at=time.time())}
        self.jobs: dict[str, Job] = {}  # in the order queued
        self.changes: dict[tuple[str, ChangeKind], Change] = {}
        self.sequence = 0

    @contextmanager
    def held(self) -> Iterator[State]:
        """Keep other threads out until the block is left.

        Raises:
            StoreUnavailableError: The store is closed.
        """
        with self._lock:
            if self._closed:
                raise StoreUnavailableError("The store is closed.", hint="Open the workspace again.")
            yield self

    def close(self) -> None:
        """Refuse all calls from now on."""
        with self._lock:
            self._closed = True

    def entry(self, run_id: str) -> Entry:
        """A run with everything it holds.

        Raises:
            NotFoundError: There is no such run.
            GoneError: It was deleted.
        """
        if run_id in self.runs:
            return self.runs[run_id]
        if run_id in self.deleted:
            raise GoneError(f"The run {run_id!r} was deleted.", run_id=run_id)
        raise NotFoundError(
            f"There is no run {run_id!r} in this workspace.",
            hint="List the runs to see the ids there are.",
            run_id=run_id,
        )

    def notice(self, kind: ChangeKind, subject: str, experiment_id: str = "") -> None:
        """Number a change and replace the subject's last notice of this kind."""
        self.sequence += 1
        self.changes[subject, kind] = Change(
            sequence=self.sequence, kind=kind, subject=subject, at=time.time(), experiment_id=experiment_id
        )

    def forget(self, subject: str) -> None:
        """Drop the notices of a subject that is gone."""
        self.changes = {key: change for key, change in self.changes.items() if key[0] != subject}

    def notice_run(self, kind: ChangeKind, run: Run) -> None:
        """Number a change of a run."""
        self.notice(kind, run.run_id, run.experiment_id)

"""A job in the care of an agent, and what the agent needs of a back end on its own machine."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Protocol

from runwatch.compute.backend.protocol import Driver, Stage, native_id
from runwatch.schema.job import Job
from runwatch.schema.launch import Launch
from runwatch.schema.run import Run


class Carrying(Driver, Protocol):
    """A back end on this machine, whose jobs leave folders that watchers carry into the store."""

    def clear(self, native_id: str) -> None:
        """Remove what a job left."""
        ...

    def is_carried(self, native_id: str) -> bool:
        """Whether all of a job is in the store."""
        ...

    def sweep(self, keep: Iterable[str]) -> None:
        """Clear all jobs that are over and carried, but these."""
        ...


class Task:
    """A job in our care.

    Args:
        job: As leased.
        run: Its run.
        launch: What it starts.
        renew_s: Its lease is renewed so often.

    Attributes:
        stage: As last reported; empty before the first report.
        renew_at: When the lease is due, on the monotonic clock.
        is_canceled: Its end was asked for.
        is_elsewhere: It runs where an agent is silent, not here.
        is_lent: It is here, but another agent has its lease.
        ended_at: When its end was seen, on the monotonic clock.
    """

    def __init__(self, job: Job, run: Run, launch: Launch, renew_s: float) -> None:
        self.job = job
        self.run = run
        self.launch = launch
        self.attempt = run.attempt
        self.stage: Stage | str = ""
        self.renew_at = time.monotonic() + renew_s
        self.is_canceled = False
        self.is_elsewhere = False
        self.is_lent = False
        self.ended_at: float | None = None
        self._contact_at = run.contact_at
        self._heard_at = time.monotonic()

    @property
    def name(self) -> str:
        """Its name with the back end."""
        return native_id(self.run.run_id, self.attempt)

    def hears(self, contact_at: float | None, patience_s: float) -> bool:
        """Whether a watcher has spoken for the run meanwhile, by our own clock: that of the day may be set.

        Args:
            contact_at: When one last did, by the store.
            patience_s: How long it may be silent.
        """
        now = time.monotonic()
        if contact_at != self._contact_at:
            self._contact_at, self._heard_at = contact_at, now
        return now - self._heard_at < patience_s

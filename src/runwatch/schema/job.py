"""What a compute target and a queued job are, and the requests of the jobs shelf."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from msgspec import Struct, field


class JobState(StrEnum):
    """Where a job stands in its queue."""

    QUEUED = "queued"
    LEASED = "leased"  # an agent works on it
    ENDED = "ended"


class Target(Struct, frozen=True, kw_only=True):
    """A compute target: a queue with slots.

    Attributes:
        name: Unique in the workspace.
        backend: ``local``, ``ray`` or ``slurm``.
        slots: Jobs it may run at once.
        settings: What the backend needs (JSON).
        created_at: Seconds UTC.
    """

    name: str
    backend: str = "local"
    slots: int = 1
    settings: dict[str, Any] = field(default_factory=dict)
    created_at: float = 0.0


class Job(Struct, frozen=True, kw_only=True):
    """A run that waits for, or has, a slot of a target.

    Attributes:
        job_id: Made by the store.
        run_id: The run it executes.
        target: The target's name.
        state: See `JobState`.
        priority: Higher goes first; equal ones in the order queued.
        queued_at: Seconds UTC.
        position: 1 is next; 0 if it is not queued.
        spec: What to start (JSON).
        agent: Who holds the lease.
        attempt: Counts the leases from 1; 0 before the first.
        lease_until: Seconds UTC: after it another agent may take the job over.
        cancel_requested: The agent is to end it.
        result: Set when it ended, e.g. ``completed``.
    """

    job_id: str
    run_id: str
    target: str
    state: JobState
    priority: int = 0
    queued_at: float = 0.0
    position: int = 0
    spec: dict[str, Any] = field(default_factory=dict)
    agent: str = ""
    attempt: int = 0
    lease_until: float = 0.0
    cancel_requested: bool = False
    result: str = ""


class CreateJob(Struct, frozen=True, kw_only=True):
    """Queue a run on a target; repeating it for the same run returns the job that is there.

    Attributes:
        run_id: The run; `NotFoundError` if it is not there.
        target: The target; `NotFoundError` if it is not there.
        spec: What to start (JSON).
        priority: Higher goes first.
    """

    run_id: str
    target: str
    spec: dict[str, Any] = field(default_factory=dict)
    priority: int = 0


class ListJobs(Struct, frozen=True, kw_only=True):
    """Jobs in the order in which they will run.

    Attributes:
        target: Only this target's.
        run_id: Only this run's.
        states: Any of these; empty means queued and leased.
        limit: Rows of a page, 1 to `limit.PAGE_ROWS`.
        cursor: The previous page's ``next_cursor``.
    """

    target: str | None = None
    run_id: str | None = None
    states: tuple[JobState, ...] = ()
    limit: int = 100
    cursor: str | None = None


class JobPage(Struct, frozen=True, kw_only=True):
    """A page of jobs; ``next_cursor`` is None on the last one."""

    jobs: tuple[Job, ...]
    next_cursor: str | None = None


class LeaseJob(Struct, frozen=True, kw_only=True):
    """Take the next job of a target, or one whose lease has run out. Never gives one job to two agents at once.

    Attributes:
        target: The target.
        agent: Who asks.
        lease_s: How long the lease holds without renewal, seconds.
    """

    target: str
    agent: str
    lease_s: float = 30.0


class Leased(Struct, frozen=True, kw_only=True):
    """The job that was leased, or None if none waits or no slot is free."""

    job: Job | None = None


class RenewJob(Struct, frozen=True, kw_only=True):
    """Hold a lease longer, or end the job; another agent or attempt than the holder's is a `FencedError`.

    Attributes:
        job_id: The job.
        agent: The holder.
        attempt: The lease's attempt.
        lease_s: How long, seconds.
        ended: The job is over.
        result: How it ended, or why it goes back.
        release: Put it back into the queue.
    """

    job_id: str
    agent: str
    attempt: int
    lease_s: float = 30.0
    ended: bool = False
    result: str = ""
    release: bool = False


class CancelRun(Struct, frozen=True, kw_only=True):
    """Cancel a run and its submitted children; one that has ended stays as it is.

    A queued run leaves its queue. Of one at work the processes are told to end, which takes a moment. A run that some
    process records ends as Canceled at once: that process is not stopped, what it logs is kept, the status stays.
    """

    run_id: str


class CancelJob(Struct, frozen=True, kw_only=True):
    """End a run's job: a queued one ends at once, a leased one is marked for its agent."""

    run_id: str


class ListTargets(Struct, frozen=True, kw_only=True):
    """Compute targets by name; ``name`` picks one."""

    name: str | None = None


class Targets(Struct, frozen=True, kw_only=True):
    """Compute targets."""

    targets: tuple[Target, ...]


class DeleteTarget(Struct, frozen=True, kw_only=True):
    """Delete a target; `ConflictError` while jobs are queued or leased on it."""

    name: str

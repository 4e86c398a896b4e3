"""The queue of a target: who runs, who waits, and why."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from runwatch.schema.job import Job, JobState, ListJobs, ListTargets, Target
from runwatch.schema.limit import PAGE_ROWS
from runwatch.store.protocol import Store
from runwatch.store.walk import walk


class Load(Struct, frozen=True, kw_only=True):
    """What a target has to do.

    Attributes:
        slots: Jobs it may run at once.
        leased: Those that agents work on.
        queued: Those that wait, the next one first.
    """

    slots: int
    leased: tuple[Job, ...]
    queued: tuple[Job, ...]


def load(store: Store, target: Target) -> Load:
    """What a target has to do now."""
    found = tuple(jobs(store, target.name))
    return Load(
        slots=target.slots,
        leased=tuple(job for job in found if job.state is JobState.LEASED),
        queued=tuple(job for job in found if job.state is JobState.QUEUED),
    )


def jobs(store: Store, target: str | None = None) -> Iterator[Job]:
    """The jobs of a target, or of all, that run or wait, in the order in which they will run."""
    return walk(store.jobs.list, ListJobs(target=target, limit=PAGE_ROWS))


def why_waiting(store: Store, run_id: str) -> str | None:
    """One sentence on where a run stands in its queue and what it waits for; None if it does not wait in one."""
    found = store.jobs.list(ListJobs(run_id=run_id, states=(JobState.QUEUED,))).jobs
    if not found:
        return None
    targets = store.jobs.list_targets(ListTargets(name=found[0].target)).targets
    slots = targets[0].slots if targets else 0
    running = ListJobs(target=found[0].target, states=(JobState.LEASED,), limit=PAGE_ROWS)
    return explain(found[0], slots, sum(1 for _ in walk(store.jobs.list, running)))


def explain(job: Job, slots: int, busy: int) -> str:
    """See `why_waiting`.

    Args:
        job: The one that waits.
        slots: Jobs that its target may run at once.
        busy: Jobs that run there.
    """
    place = f"Number {job.position} in the queue of {job.target}"
    if slots == 0:
        return f"{place}: it has no nodes; give it some with update(max_nodes=…)."
    if busy >= slots:
        return f"{place}: {'its only node is' if slots == 1 else f'all {slots} nodes are'} busy."
    free = slots - busy
    if job.position > free:
        return f"{place}: {free} of {slots} nodes {'is' if free == 1 else 'are'} free, and others go first."
    return f"{place}: {free} of {slots} nodes {'is' if free == 1 else 'are'} free; an agent has yet to take it."

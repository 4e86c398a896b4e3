"""The agent's rounds: keep leases, see how jobs stand, pass on cancellations, end what is over, take what is next."""

from __future__ import annotations

import logging
import time
from typing import Final

import msgspec

from runwatch.compute.agent import report
from runwatch.compute.agent.ghost import Ghosts
from runwatch.compute.agent.task import Carrying, Task
from runwatch.compute.backend.protocol import Report, Submission
from runwatch.schema.change import ListChanges
from runwatch.schema.error import ConflictError, FencedError, GoneError, NotFoundError
from runwatch.schema.job import Job, JobState, LeaseJob, ListJobs, ListTargets, RenewJob, Target
from runwatch.schema.launch import Launch
from runwatch.schema.run import GetRun, RunStatus, UpdateRun
from runwatch.schema.settled import settled
from runwatch.store.protocol import Store
from runwatch.store.walk import walk

LOG = logging.getLogger(__name__)

LEASE_S: Final = 60.0
"""How long a job stays ours without a word: longer than a busy machine or a restart of the server keeps us silent."""

RENEWALS: Final = 4
"""How often a lease is renewed before it could run out."""

CLOCK_S: Final = 2.0
"""Leases end by the clock of the day. When that is set, or the machine has slept, so much or more, all are renewed."""

QUIET_S: Final = 10.0
"""At least so often the queues are looked at, whether a change was seen or not: leases of others run out silently."""

HURRY_S: Final = 5.0
"""So long after the end of a job its watcher is about to be done."""

CARRY_S: Final = 120.0
"""How long the end of a job waits for its watcher before its slot is given away; its folder waits longer."""

SWEEP_S: Final = 300.0
"""How often to look for what nobody else will ever clear away: folders of jobs, and runs that were half submitted."""

BACKEND: Final = "local"


class Agent:
    """Serves the queues of all targets of this back end.

    Args:
        store: Where the queues are.
        driver: Runs jobs.
        name: Who holds the leases. An agent of the same name goes on with them: there is one at a time.
        lease_s: See `LEASE_S`.
    """

    def __init__(self, store: Store, driver: Carrying, name: str, *, lease_s: float = LEASE_S) -> None:
        self._store = store
        self._driver = driver
        self._name = name
        self._lease_s = lease_s
        self._ghosts = Ghosts(store)
        self._tasks: dict[str, Task] = {}
        self._slots: dict[str, int] = {}
        self._sequence: int | None = None
        self._look_at = 0.0
        self._sweep_at = 0.0
        self._clock = _clock()
        self._has_adopted = False

    @property
    def is_hurried(self) -> bool:
        """Whether a slot becomes free as soon as a watcher is done, which rings nobody."""
        since = time.monotonic() - HURRY_S
        return any(task.ended_at is not None and task.ended_at > since for task in self._tasks.values())

    def step(self) -> bool:
        """One round; whether there is anything to do or to wait for."""
        self._heed_clock()
        if not self._has_adopted:
            self._adopt()
        self._follow()
        if self._has_news():
            self._heed_cancellations()
            self._take_next()
        if time.monotonic() >= self._sweep_at:
            self._sweep_at = time.monotonic() + SWEEP_S
            self._driver.sweep([task.name for task in self._tasks.values()])
            self._ghosts.lay()
        return bool(self._tasks)

    def _heed_clock(self) -> None:
        now = _clock()
        if abs(now - self._clock) > CLOCK_S:
            LOG.warning("the clock of this machine has moved by %.0f s; leases are renewed", now - self._clock)
            for task in self._tasks.values():
                task.renew_at = 0.0
        self._clock = now

    def _adopt(self) -> None:
        """Go on with the jobs that an agent of our name left, without waiting for its leases to run out."""
        targets = {target.name for target in self._targets()}
        for job in walk(self._store.jobs.list, ListJobs(states=(JobState.LEASED,))):
            if job.agent == self._name and job.target in targets and job.job_id not in self._tasks:
                LOG.info("going on with %s", job.run_id)
                self._begin(job)
        self._has_adopted = True

    def _has_news(self) -> bool:
        now = time.monotonic()
        found = self._store.changes.list(ListChanges(after=self._sequence or 0, limit=1))
        if self._sequence is not None and found.sequence == self._sequence and now < self._look_at:
            return False
        self._sequence, self._look_at = found.sequence, now + min(QUIET_S, self._lease_s / 2)
        return True

    def _heed_cancellations(self) -> None:
        if not self._tasks:
            return
        for job in walk(self._store.jobs.list, ListJobs(states=(JobState.LEASED,))):
            task = self._tasks.get(job.job_id)
            if task is not None and job.cancel_requested:
                self._cancel(task)

    def _cancel(self, task: Task) -> None:
        if not task.is_canceled and not task.is_elsewhere:
            task.is_canceled = True
            LOG.info("ending %s, as was asked for", task.name)
            self._driver.cancel(task.name)

    def _take_next(self) -> None:
        for target in self._targets():
            while (job := self._store.jobs.lease(self._lease(target)).job) is not None:
                LOG.info("%s has a slot of %s", job.run_id, target.name)
                self._begin(job)

    def _lease(self, target: Target) -> LeaseJob:
        return LeaseJob(target=target.name, agent=self._name, lease_s=self._lease_s)

    def _targets(self) -> list[Target]:
        found = self._store.jobs.list_targets(ListTargets()).targets
        targets = [target for target in found if target.backend == BACKEND]
        self._slots = {target.name: target.slots for target in targets}
        return targets

    def _begin(self, job: Job) -> None:
        """Have a job run that we hold; one that ran under another agent is not begun a second time."""
        try:
            run = self._store.runs.get(GetRun(run_id=job.run_id))
            launch = msgspec.convert(job.spec, settled(Launch))
        except (NotFoundError, GoneError) as error:
            self._end(job, error.code)
            return
        except msgspec.ValidationError as error:
            report.tell_failure(self._store, job.run_id, f"What the job starts could not be understood: {error}.")
            self._end(job, "not_started")
            return
        before = self._tasks.get(job.job_id)
        if before is not None and before.is_lent and before.stage != "running":
            return  # it is still being ended here; the next lease begins it anew
        if run.status.is_terminal:
            self._end(job, run.status.value.lower())
            return
        task = Task(job, run, launch, self._lease_s / RENEWALS)
        is_known = self._driver.poll([task.name])[task.name].stage != "unknown"
        task.is_elsewhere = not is_known and report.has_run(run)
        self._tasks[job.job_id] = task
        if not is_known and not task.is_elsewhere:
            again = run.attempt > 1 or job.attempt > 1
            report.tell_stage(self._store, run, RunStatus.PREPARING, "begun anew" if again else "")
            self._submit(task)
        if job.cancel_requested:
            self._cancel(task)

    def _submit(self, task: Task) -> None:
        submission = Submission(
            run=task.run, attempt=task.attempt, launch=task.launch, slots=self._slots.get(task.job.target, 1)
        )
        self._driver.submit(submission, lambda: self._holds(task))

    def _holds(self, task: Task) -> bool:
        """Whether a job is still ours; asked by the driver's threads too."""
        try:
            self._renew_with(task)
        except (FencedError, NotFoundError, GoneError):
            task.renew_at = 0.0
            return False
        return True

    def _follow(self) -> None:
        if not self._tasks:
            return
        reports = self._driver.poll([task.name for task in self._tasks.values()])
        for task in list(self._tasks.values()):
            try:
                self._follow_one(task, reports[task.name])
            except FencedError:
                LOG.warning("%s was taken over by another agent", task.name)
                task.is_lent = True
                if task.is_elsewhere:
                    del self._tasks[task.job.job_id]
            except (NotFoundError, GoneError):  # the run was deleted
                self._driver.cancel(task.name)
                if reports[task.name].stage in {"ended", "unknown"}:
                    self._forget(task)

    def _follow_one(self, task: Task, found: Report) -> None:
        if task.is_lent:
            self._see_off(task, found)
            return
        self._renew(task)
        if task.is_elsewhere:
            self._mind(task)
        elif found.stage == "unknown":
            self._submit(task)
        elif found.stage == "starting" and task.stage != "starting":
            report.tell_stage(self._store, task.run, RunStatus.STARTING)
        elif found.stage == "ended":
            self._finish(task, found)
        task.stage = found.stage

    def _see_off(self, task: Task, found: Report) -> None:
        """Another agent took the job over while we were silent. What runs goes on, for there it is not begun again as
        long as its watcher speaks; all else is ended here."""
        task.stage = found.stage
        if found.stage in {"ended", "unknown"}:
            if not found.is_told or self._driver.is_carried(task.name):
                self._forget(task)
            return
        status = self._store.runs.get(GetRun(run_id=task.run.run_id)).status
        if found.stage != "running" or status.is_terminal:
            self._driver.cancel(task.name)

    def _mind(self, task: Task) -> None:
        """A job that runs elsewhere, whose agent is silent: it holds its slot as long as its watcher speaks."""
        run = self._store.runs.get(GetRun(run_id=task.run.run_id))
        if run.status.is_terminal:
            self._renew_with(task, ended=True, result=run.status.value.lower())
            self._forget(task)
        elif run.status is RunStatus.QUEUED:
            self._start_again(task, "lost")
        elif not task.hears(run.contact_at, self._lease_s):
            message = f"The machine {run.host or task.run.host or 'unknown'} that ran it has not been heard of."
            report.tell_failure(self._store, run.run_id, message, lost=True)

    def _finish(self, task: Task, found: Report) -> None:
        assert found.exit is not None
        if task.ended_at is None:
            task.ended_at = time.monotonic()
            LOG.info("%s has ended: %s", task.name, found.exit.message or found.exit.cause)
        if not found.is_told:
            self._renew_with(task)  # if it is another's by now, that one has the word
            report.tell_end(self._store, task.run, task.name, found.exit)
        elif not self._driver.is_carried(task.name) and time.monotonic() - task.ended_at < CARRY_S:
            return
        if self._store.runs.get(GetRun(run_id=task.run.run_id)).status is RunStatus.QUEUED:
            self._start_again(task, found.exit.cause)
            return
        self._renew_with(task, ended=True, result=found.exit.cause)
        self._forget(task)

    def _start_again(self, task: Task, why: str) -> None:
        """Its watcher has put it back, for it failed and may be tried once more."""
        self._store.runs.update(UpdateRun(run_id=task.run.run_id, status=RunStatus.QUEUED, reopen=True))
        if self._renew_with(task, release=True, result=why).state is JobState.ENDED:
            report.tell_canceled(self._store, task.run.run_id, "canceled before it was started again")
        self._forget(task)

    def _renew(self, task: Task) -> None:
        if time.monotonic() >= task.renew_at and self._renew_with(task).cancel_requested:
            self._cancel(task)

    def _renew_with(self, task: Task, *, ended: bool = False, release: bool = False, result: str = "") -> Job:
        task.renew_at = time.monotonic() + self._lease_s / RENEWALS
        return self._store.jobs.renew(RenewJob(
            job_id=task.job.job_id, agent=self._name, attempt=task.job.attempt, lease_s=self._lease_s, ended=ended,
            release=release, result=result,
        ))  # fmt: skip

    def _end(self, job: Job, result: str) -> None:
        self._store.jobs.renew(
            RenewJob(job_id=job.job_id, agent=self._name, attempt=job.attempt, ended=True, result=result)
        )

    def _forget(self, task: Task) -> None:
        del self._tasks[task.job.job_id]
        self._look_at = 0.0
        if not self._driver.is_carried(task.name):
            return  # its watcher still needs the folder; the sweep removes it
        try:
            self._driver.clear(task.name)
        except (OSError, ConflictError) as error:
            LOG.warning("what %s left could not be removed: %s", task.name, error)


def _clock() -> float:
    """How far the clock of the day is ahead of the one that nobody sets."""
    return time.time() - time.monotonic()

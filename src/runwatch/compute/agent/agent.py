"""The agent's rounds: keep leases, see how jobs stand, pass on cancellations, end what is over, take what is next."""

from __future__ import annotations

import logging
import time
from typing import Final, Protocol

import msgspec

from runwatch.compute.agent import report
from runwatch.compute.backend.protocol import Driver, Report, Submission, native_id
from runwatch.schema.change import ListChanges
from runwatch.schema.error import ConflictError, FencedError, GoneError, NotFoundError
from runwatch.schema.job import Job, JobState, LeaseJob, ListJobs, ListTargets, RenewJob, Target
from runwatch.schema.launch import Launch
from runwatch.schema.run import GetRun, Run, RunStatus, UpdateRun
from runwatch.store.protocol import Store
from runwatch.store.walk import walk

LOG = logging.getLogger(__name__)

LEASE_S: Final = 60.0
"""How long a job stays ours without a word: longer than a busy machine or a restart of the server keeps us silent."""

RENEW_S: Final = 15.0

QUIET_S: Final = 10.0
"""At least so often the queues are looked at, whether a change was seen or not: leases of others run out silently."""

CARRY_S: Final = 120.0
"""How long the end of a job waits for its watcher before its run is started again or its slot is given away."""

BACKEND: Final = "local"


class Carrying(Driver, Protocol):
    """A back end on this machine, whose jobs leave folders that watchers carry into the store."""

    def clear(self, native_id: str) -> None:
        """Remove what a job left."""
        ...

    def is_carried(self, native_id: str) -> bool:
        """Whether all of a job is in the store."""
        ...


class Task:
    """A job in our care.

    Args:
        job: As leased.
        run: Its run.
        launch: What it starts.
    """

    def __init__(self, job: Job, run: Run, launch: Launch) -> None:
        self.job = job
        self.run = run
        self.launch = launch
        self.attempt = run.attempt
        self.stage = ""
        self.renew_at = time.monotonic() + RENEW_S
        self.is_canceled = False
        self.ended_at: float | None = None

    @property
    def name(self) -> str:
        """Its name with the back end."""
        return native_id(self.run.run_id, self.attempt)


class Agent:
    """Serves the queues of all targets of this back end.

    Args:
        store: Where the queues are.
        driver: Runs jobs.
        name: Who holds the leases. An agent of the same name goes on with them: there is one at a time.
    """

    def __init__(self, store: Store, driver: Carrying, name: str) -> None:
        self._store = store
        self._driver = driver
        self._name = name
        self._tasks: dict[str, Task] = {}
        self._sequence: int | None = None
        self._look_at = 0.0
        self._has_adopted = False

    def step(self) -> bool:
        """One round; whether there is anything to do or to wait for."""
        if not self._has_adopted:
            self._adopt()
        self._follow()
        if self._has_news():
            self._heed_cancellations()
            self._take_next()
        return bool(self._tasks)

    def _adopt(self) -> None:
        """Go on with the jobs that an agent of our name left, without waiting for its leases to run out."""
        for job in walk(self._store.jobs.list, ListJobs(states=(JobState.LEASED,))):
            if job.agent == self._name and job.job_id not in self._tasks:
                LOG.info("going on with %s", job.run_id)
                self._begin(job)
        self._has_adopted = True

    def _has_news(self) -> bool:
        now = time.monotonic()
        found = self._store.changes.list(ListChanges(after=self._sequence or 0, limit=1))
        if self._sequence is not None and found.sequence == self._sequence and now < self._look_at:
            return False
        self._sequence, self._look_at = found.sequence, now + QUIET_S
        return True

    def _heed_cancellations(self) -> None:
        if not self._tasks:
            return
        for job in walk(self._store.jobs.list, ListJobs(states=(JobState.LEASED,))):
            task = self._tasks.get(job.job_id)
            if task is not None and job.cancel_requested:
                self._cancel(task)

    def _cancel(self, task: Task) -> None:
        if not task.is_canceled:
            task.is_canceled = True
            LOG.info("ending %s, as was asked for", task.name)
            self._driver.cancel(task.name)

    def _take_next(self) -> None:
        for target in self._targets():
            while (job := self._store.jobs.lease(self._lease(target)).job) is not None:
                LOG.info("%s has a slot of %s", job.run_id, target.name)
                self._begin(job)

    def _lease(self, target: Target) -> LeaseJob:
        return LeaseJob(target=target.name, agent=self._name, lease_s=LEASE_S)

    def _targets(self) -> list[Target]:
        found = self._store.jobs.list_targets(ListTargets()).targets
        return [target for target in found if target.backend == BACKEND]

    def _begin(self, job: Job) -> None:
        """Have a job run that we hold; one that ran under another agent is not begun a second time."""
        try:
            run = self._store.runs.get(GetRun(run_id=job.run_id))
            launch = msgspec.convert(job.spec, Launch)
        except (NotFoundError, GoneError) as error:
            self._end(job, error.code)
            return
        except msgspec.ValidationError as error:
            report.tell_failure(self._store, job.run_id, f"What the job starts could not be understood: {error}.")
            self._end(job, "not_started")
            return
        if run.status.is_terminal:
            self._end(job, run.status.value.lower())
            return
        task = Task(job, run, launch)
        is_known = self._driver.poll([task.name])[task.name].stage != "unknown"
        if not is_known and run.status in {RunStatus.RUNNING, RunStatus.FINALIZING}:
            self._give_up(task)
            return
        self._tasks[job.job_id] = task
        if not is_known:
            self._submit(task)

    def _submit(self, task: Task) -> None:
        again = task.run.attempt > 1 or task.job.attempt > 1
        report.tell_stage(self._store, task.run, RunStatus.PREPARING, "begun anew" if again else "")
        self._driver.submit(Submission(run=task.run, attempt=task.attempt, launch=task.launch))
        if task.job.cancel_requested:
            self._cancel(task)

    def _give_up(self, task: Task) -> None:
        """A job that ran elsewhere, whose agent is silent: as long as its watcher speaks, it goes on there."""
        if time.time() - (task.run.contact_at or 0.0) < LEASE_S:
            return
        message = f"The machine {task.run.host or task.job.agent} that ran it has not been heard of."
        report.tell_failure(self._store, task.run.run_id, message, lost=True)
        self._end(task.job, "lost")

    def _follow(self) -> None:
        if not self._tasks:
            return
        reports = self._driver.poll([task.name for task in self._tasks.values()])
        for task in list(self._tasks.values()):
            try:
                self._renew(task)
                self._follow_one(task, reports[task.name])
            except FencedError:
                LOG.warning("%s was taken over; ending it here", task.name)
                self._driver.cancel(task.name)
                del self._tasks[task.job.job_id]
            except (NotFoundError, GoneError):  # the run was deleted
                self._driver.cancel(task.name)
                if reports[task.name].stage in {"ended", "unknown"}:
                    self._forget(task)

    def _follow_one(self, task: Task, found: Report) -> None:
        if found.stage == "unknown":
            self._driver.submit(Submission(run=task.run, attempt=task.attempt, launch=task.launch))
        elif found.stage == "starting" and task.stage != "starting":
            report.tell_stage(self._store, task.run, RunStatus.STARTING)
        elif found.stage == "ended":
            self._finish(task, found)
        if task.is_canceled and found.stage == "running" and task.stage != "running":
            self._driver.cancel(task.name)  # the word came while it was being started
        task.stage = found.stage

    def _finish(self, task: Task, found: Report) -> None:
        assert found.exit is not None
        if task.ended_at is None:
            task.ended_at = time.monotonic()
            LOG.info("%s has ended: %s", task.name, found.exit.message or found.exit.cause)
        if not found.is_told:
            report.tell_end(self._store, task.run, task.name, found.exit)
        elif not self._driver.is_carried(task.name) and time.monotonic() - task.ended_at < CARRY_S:
            return
        status = self._store.runs.get(GetRun(run_id=task.run.run_id)).status
        if status is RunStatus.QUEUED and task.attempt <= task.launch.retries:
            self._store.runs.update(UpdateRun(run_id=task.run.run_id, status=RunStatus.QUEUED, reopen=True))
            self._renew_with(task, release=True, result=found.exit.cause)
        else:
            self._renew_with(task, ended=True, result=found.exit.cause)
        self._forget(task)

    def _renew(self, task: Task) -> None:
        if time.monotonic() < task.renew_at:
            return
        task.renew_at = time.monotonic() + RENEW_S
        if self._renew_with(task).cancel_requested:
            self._cancel(task)

    def _renew_with(self, task: Task, *, ended: bool = False, release: bool = False, result: str = "") -> Job:
        return self._store.jobs.renew(RenewJob(
            job_id=task.job.job_id, agent=self._name, attempt=task.job.attempt, lease_s=LEASE_S, ended=ended,
            release=release, result=result,
        ))  # fmt: skip

    def _end(self, job: Job, result: str) -> None:
        self._store.jobs.renew(
            RenewJob(job_id=job.job_id, agent=self._name, attempt=job.attempt, ended=True, result=result)
        )

    def _forget(self, task: Task) -> None:
        del self._tasks[task.job.job_id]
        self._look_at = 0.0
        try:
            self._driver.clear(task.name)
        except (OSError, ConflictError) as error:
            LOG.warning("what %s left could not be removed: %s", task.name, error)

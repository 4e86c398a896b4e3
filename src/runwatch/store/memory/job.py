"""The jobs shelf in memory."""

from __future__ import annotations

import copy
import time
import uuid
from collections.abc import Iterable
from typing import Any, Final

from msgspec.structs import replace

from runwatch.schema import job as words
from runwatch.schema.change import ChangeKind
from runwatch.schema.error import ConflictError, FencedError, InvalidValueError, NotFoundError
from runwatch.schema.job import Job, JobPage, JobState, Leased, Target, Targets
from runwatch.schema.limit import NAME_CHARS
from runwatch.schema.metric import Done
from runwatch.store.memory.page import page
from runwatch.store.memory.state import State
from runwatch.store.text import from_json, to_json

_RANK: Final = {JobState.LEASED: 0, JobState.QUEUED: 1, JobState.ENDED: 2}
_UNDONE: Final = (JobState.QUEUED, JobState.LEASED)


class MemoryJobShelf:
    """Compute targets and their queues; see `runwatch.store.protocol.JobShelf`."""

    def __init__(self, state: State) -> None:
        self._state = state

    def create(self, request: words.CreateJob) -> Job:
        """Queue a run."""
        spec = from_json(to_json(request.spec))
        with self._state.held() as state:
            state.entry(request.run_id)
            there = next((job for job in state.jobs.values() if job.run_id == request.run_id), None)
            if there is not None:
                return self._shown(there)
            self._target(request.target)
            return self._put(
                Job(
                    job_id=str(uuid.uuid4()),
                    run_id=request.run_id,
                    target=request.target,
                    state=JobState.QUEUED,
                    priority=request.priority,
                    queued_at=time.time(),
                    spec=spec,
                )
            )

    def list(self, request: words.ListJobs) -> JobPage:
        """Jobs in the order in which they will run: those that run, those that wait, those that ended."""
        states = request.states or _UNDONE
        with self._state.held() as state:
            made = {job_id: number for number, job_id in enumerate(state.jobs)}
            found = [
                job
                for job in state.jobs.values()
                if request.target in (None, job.target) and request.run_id in (None, job.run_id) and job.state in states
            ]
            rows, next_cursor = page(
                found,
                lambda job: (_RANK[job.state], -job.priority, made[job.job_id]),
                request.cursor,
                request.limit,
                order="queue",
            )
            return JobPage(jobs=tuple(self._shown(job) for job in rows), next_cursor=next_cursor)

    def lease(self, request: words.LeaseJob) -> Leased:
        """Take the next job of a target."""
        _check_lease(request.lease_s)
        with self._state.held():
            now = time.time()
            target = self._target(request.target)
            mine = [job for job in self._queue() if job.target == target.name]
            running = [job for job in mine if job.state is JobState.LEASED and job.lease_until > now]
            free = [job for job in mine if job not in running]
            if not free or len(running) >= target.slots:
                return Leased()
            taken = replace(
                free[0],
                state=JobState.LEASED,
                agent=request.agent,
                attempt=free[0].attempt + 1,
                lease_until=now + request.lease_s,
            )
            return Leased(job=self._put(taken))

    def renew(self, request: words.RenewJob) -> Job:
        """Hold a lease, end the job or put it back."""
        _check_lease(request.lease_s)
        with self._state.held() as state:
            job = state.jobs.get(request.job_id)
            if job is None:
                raise NotFoundError(f"There is no job {request.job_id!r}.", hint="It may have gone with its run.")
            is_holder = (job.agent, job.attempt) == (request.agent, request.attempt)
            if is_holder and job.state is JobState.ENDED and request.ended:
                return self._shown(job)
            if not is_holder or job.state is not JobState.LEASED:
                raise FencedError(
                    f"The job {job.job_id!r} is no longer held by this agent and attempt.",
                    hint="Stop working on it: another agent may have taken it over.",
                )
            return self._put(replace(job, **_renewed(job, request)))

    def cancel(self, request: words.CancelJob) -> Done:
        """End a run's job; a job that ended, or that is marked already, is left alone."""
        with self._state.held() as state:
            state.entry(request.run_id)
            job = next((job for job in state.jobs.values() if job.run_id == request.run_id), None)
            if job is None or job.state is JobState.ENDED or job.cancel_requested:
                return Done()
            ended = {"state": JobState.ENDED, "result": "canceled"} if job.state is JobState.QUEUED else {}
            self._put(replace(job, cancel_requested=True, **ended))
            return Done(changed=1)

    def put_target(self, request: Target) -> Target:
        """Make or change a target; when it was made stays."""
        if not request.name or len(request.name) > NAME_CHARS or request.slots < 0:
            raise InvalidValueError("This is no compute target.", hint="Give a short name, and 0 or more slots.")
        with self._state.held() as state:
            there = state.targets.get(request.name)
            created_at = there.created_at if there else request.created_at or time.time()
            settings = from_json(to_json(request.settings))
            state.targets[request.name] = replace(request, created_at=created_at, settings=settings)
            state.notice(ChangeKind.JOBS, request.name)
            return copy.deepcopy(state.targets[request.name])

    def list_targets(self, request: words.ListTargets) -> Targets:
        """Targets by name."""
        with self._state.held() as state:
            names = sorted(name for name in state.targets if request.name in (None, name))
            return Targets(targets=tuple(copy.deepcopy(state.targets[name]) for name in names))

    def delete_target(self, request: words.DeleteTarget) -> Done:
        """Delete a target that has no jobs queued or leased; its ended ones go with it."""
        if request.name == "local":
            raise ConflictError("The target 'local' is always there.", hint="Set its slots instead.")
        with self._state.held() as state:
            self._target(request.name)
            mine = [job for job in state.jobs.values() if job.target == request.name]
            if any(job.state in _UNDONE for job in mine):
                raise ConflictError(f"The target {request.name!r} has jobs.", hint="Cancel them, or wait.")
            for job in mine:
                del state.jobs[job.job_id]
            del state.targets[request.name]
            state.forget(request.name)
            state.notice(ChangeKind.DELETED, request.name)
            return Done(changed=1)

    def _target(self, name: str) -> Target:
        if name in self._state.targets:
            return self._state.targets[name]
        raise NotFoundError(f"There is no compute target {name!r}.", hint="List the targets; 'local' is always there.")

    def _queue(self) -> Iterable[Job]:
        """All jobs that are not over, the next one first; jobs of one priority in the order queued."""
        undone = (job for job in self._state.jobs.values() if job.state in _UNDONE)
        return sorted(undone, key=lambda job: -job.priority)

    def _put(self, job: Job) -> Job:
        self._state.jobs[job.job_id] = job
        self._state.notice(ChangeKind.JOBS, job.target)
        return self._shown(job)

    def _shown(self, job: Job) -> Job:
        """A job as its reader gets it: with its place in the queue, and nothing shared with the state."""
        waiting = [row.job_id for row in self._queue() if row.target == job.target and row.state is JobState.QUEUED]
        position = waiting.index(job.job_id) + 1 if job.job_id in waiting else 0
        return replace(copy.deepcopy(job), position=position)


def _check_lease(lease_s: float) -> None:
    if not 0 < lease_s < float("inf"):
        raise InvalidValueError(f"A lease cannot hold for {lease_s} seconds.", hint="Give a positive number.")


def _renewed(job: Job, request: words.RenewJob) -> dict[str, Any]:
    if request.ended:
        return {"state": JobState.ENDED, "result": request.result}
    if request.release and job.cancel_requested:
        return {"state": JobState.ENDED, "result": "canceled"}
    if request.release:
        return {"state": JobState.QUEUED, "agent": "", "lease_until": 0.0, "result": request.result}
    return {"lease_until": time.time() + request.lease_s}

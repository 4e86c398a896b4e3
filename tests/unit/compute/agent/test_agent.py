"""The agent's rounds over a store in memory and a back end that does what it is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

import msgspec
import pytest

from runwatch.compute.agent import ghost
from runwatch.compute.agent.agent import Agent
from runwatch.compute.backend.protocol import Capacity, Report, Submission
from runwatch.journal.job_file import Cause, JobExit
from runwatch.schema.job import CancelJob, CreateJob, Job, JobState, LeaseJob, ListJobs, Target
from runwatch.schema.launch import PIPELINE_RUN, SCRIPT_RUN, STEP_RUN, Launch
from runwatch.schema.run import Delete, GetRun, Run, RunStatus, UpdateRun
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run


class Scripted:
    """A back end whose jobs stand where the test puts them."""

    def __init__(self) -> None:
        self.reports: dict[str, Report] = {}
        self.submitted: list[str] = []
        self.slots: list[int] = []
        self.canceled: list[str] = []
        self.cleared: list[str] = []
        self.carried = True
        self.may_start: Callable[[], bool] = lambda: False

    def submit(self, submission: Submission, may_start: Callable[[], bool]) -> str:
        self.submitted.append(submission.native_id)
        self.slots.append(submission.slots)
        self.may_start = may_start
        self.put(submission.native_id, "preparing")
        return submission.native_id

    def poll(self, native_ids: Iterable[str]) -> dict[str, Report]:
        return {name: self.reports.get(name, Report(stage="unknown")) for name in native_ids}

    def cancel(self, native_id: str) -> None:
        self.canceled.append(native_id)

    def capacity(self) -> Capacity:
        return Capacity(nodes=1, cpus=1)

    def clear(self, native_id: str) -> None:
        self.cleared.append(native_id)
        self.reports.pop(native_id, None)

    def is_carried(self, native_id: str) -> bool:
        return self.carried

    def sweep(self, keep: Iterable[str]) -> None:
        self.kept = list(keep)

    def put(self, name: str, stage: str, cause: Cause | None = None, *, told: bool = True) -> None:
        found = None if cause is None else ended(cause)
        self.reports[name] = msgspec.convert({"stage": stage, "is_told": told}, Report)
        self.reports[name] = msgspec.structs.replace(self.reports[name], exit=found)


def ended(cause: Cause) -> JobExit:
    return JobExit(
        cause=cause, code=0, signal=None, rank=0, message=f"it was {cause}", started_at=1.0, ended_at=2.0,
        left_behind=0, processes=(),
    )  # fmt: skip


class Scene:
    """A store with a target of two slots, a back end, and an agent."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.store.jobs.put_target(Target(name="pair", slots=2))
        self.driver = Scripted()
        self.agent = Agent(self.store, self.driver, "one")

    def queue(self, **facts: object) -> str:
        run = new_run(self.store)
        self.store.runs.update(UpdateRun(run_id=run.run_id, status=RunStatus.QUEUED))
        spec = msgspec.to_builtins(msgspec.structs.replace(Launch(script="train.py"), **facts))
        self.store.jobs.create(CreateJob(run_id=run.run_id, target="pair", spec=spec))
        return run.run_id

    def running(self, **facts: object) -> str:
        """A run whose watcher has said that it runs."""
        run_id = self.queue(**facts)
        self.agent.step()
        self.say(run_id, RunStatus.RUNNING)
        self.driver.put(f"{run_id}.1", "running")
        self.agent.step()
        return run_id

    def say(self, run_id: str, status: RunStatus, *, contact: bool = True) -> None:
        self.store.runs.update(UpdateRun(run_id=run_id, status=status, contact=contact))

    def run(self, run_id: str) -> Run:
        return self.store.runs.get(GetRun(run_id=run_id))

    def job(self, run_id: str) -> Job:
        return self.store.jobs.list(ListJobs(run_id=run_id, states=tuple(JobState))).jobs[0]


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    yield made
    made.store.close()


def test_a_job_from_the_queue_to_its_end(scene: Scene) -> None:
    run_id = scene.queue()
    assert scene.agent.step()
    assert scene.driver.submitted == [f"{run_id}.1"]
    assert scene.driver.slots == [2]
    assert scene.run(run_id).status is RunStatus.PREPARING
    scene.driver.put(f"{run_id}.1", "starting", told=False)
    scene.agent.step()
    assert scene.run(run_id).status is RunStatus.STARTING
    scene.say(run_id, RunStatus.RUNNING)
    scene.driver.put(f"{run_id}.1", "ended", "exit")
    scene.driver.carried = False
    assert scene.agent.step()
    assert scene.agent.is_hurried
    assert scene.job(run_id).state is JobState.LEASED
    scene.say(run_id, RunStatus.COMPLETED)
    scene.driver.carried = True
    assert not scene.agent.step()
    assert (scene.job(run_id).state, scene.job(run_id).result) == (JobState.ENDED, "exit")
    assert scene.driver.cleared == [f"{run_id}.1"]


def test_no_more_than_the_slots(scene: Scene) -> None:
    runs = [scene.queue() for _ in range(3)]
    scene.agent.step()
    assert scene.driver.submitted == [f"{run_id}.1" for run_id in runs[:2]]


def test_what_never_ran_is_told_by_the_agent(scene: Scene) -> None:
    failed, canceled = scene.queue(), scene.queue()
    scene.agent.step()
    scene.driver.put(f"{failed}.1", "ended", "not_started", told=False)
    scene.driver.put(f"{canceled}.1", "ended", "canceled", told=False)
    scene.agent.step()
    assert scene.run(failed).status is RunStatus.FAILED
    error = scene.run(failed).error
    assert error is not None
    assert error.message == "it was not_started"
    assert scene.run(canceled).status is RunStatus.CANCELED


def test_a_request_to_cancel_is_passed_on_once(scene: Scene) -> None:
    run_id = scene.running()
    scene.store.jobs.cancel(CancelJob(run_id=run_id))
    for _ in range(3):
        scene.agent.step()
    assert scene.driver.canceled == [f"{run_id}.1"]


def test_another_agent_of_the_name_goes_on_at_once(scene: Scene) -> None:
    run_id = scene.running()
    other = Agent(scene.store, scene.driver, "one")
    assert other.step()
    assert scene.driver.submitted == [f"{run_id}.1"]
    assert scene.job(run_id).attempt == 1
    assert scene.driver.kept == [f"{run_id}.1"]


@pytest.mark.parametrize("by_s", [3_600.0, -3_600.0])
def test_a_clock_that_is_set_starts_nothing_twice(scene: Scene, by_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [scene.running(), scene.running(), scene.queue()]
    now = time.time
    monkeypatch.setattr("time.time", lambda: now() + by_s)
    scene.agent.step()
    assert [scene.job(run_id).state for run_id in runs] == [JobState.LEASED, JobState.LEASED, JobState.QUEUED]
    assert [scene.job(run_id).attempt for run_id in runs] == [1, 1, 0]
    assert abs(scene.job(runs[0]).lease_until - time.time() - 60) < 10
    assert scene.driver.submitted == [f"{run_id}.1" for run_id in runs[:2]]
    assert scene.store.jobs.lease(LeaseJob(target="pair", agent="two")).job is None


def test_a_clock_that_is_set_frees_slots_without_the_agent(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A control of the test above."""
    run_id = scene.running()
    now = time.time
    monkeypatch.setattr("time.time", lambda: now() + 3_600)
    taken = scene.store.jobs.lease(LeaseJob(target="pair", agent="two")).job
    assert taken is not None
    assert (taken.run_id, taken.attempt) == (run_id, 2)


class Rival:
    """Another agent, on another machine, that takes over what the first one holds."""

    def __init__(self, scene: Scene, monkeypatch: pytest.MonkeyPatch, lease_s: float = 60.0) -> None:
        self.driver = Scripted()
        self.agent = Agent(scene.store, self.driver, "two", lease_s=lease_s)
        now = time.time
        monkeypatch.setattr("time.time", lambda: now() + 100)
        self.agent.step()
        monkeypatch.setattr("time.time", now)


def test_what_runs_elsewhere_is_not_begun_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = scene.running()
    rival = Rival(scene, monkeypatch)
    assert scene.job(run_id).agent == "two"
    assert rival.driver.submitted == []
    scene.agent._tasks[scene.job(run_id).job_id].renew_at = 0.0
    scene.agent.step()  # learns that it was taken over, and lets it run
    scene.agent.step()
    assert scene.driver.canceled == []
    scene.say(run_id, RunStatus.COMPLETED)
    scene.driver.put(f"{run_id}.1", "ended", "exit")
    assert not scene.agent.step()
    assert scene.driver.cleared == [f"{run_id}.1"]
    assert not rival.agent.step()
    assert (scene.job(run_id).state, scene.job(run_id).result) == (JobState.ENDED, "completed")


def test_what_was_only_prepared_is_begun_by_the_rival_and_ended_here(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = scene.queue()
    scene.agent.step()
    assert scene.driver.may_start()
    rival = Rival(scene, monkeypatch)
    assert rival.driver.submitted == [f"{run_id}.1"]
    assert rival.driver.may_start()
    assert not scene.driver.may_start()
    scene.agent.step()
    scene.agent.step()
    assert scene.driver.canceled == [f"{run_id}.1"]
    scene.driver.put(f"{run_id}.1", "ended", "canceled", told=False)
    assert not scene.agent.step()
    assert scene.run(run_id).status is RunStatus.PREPARING


def test_a_run_is_lost_when_nobody_speaks(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = scene.running()
    rival = Rival(scene, monkeypatch, lease_s=0.3)
    until = time.monotonic() + 20
    while rival.agent.step():
        assert time.monotonic() < until
        time.sleep(0.02)
    run = scene.run(run_id)
    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert run.error.code == "Lost"
    assert scene.job(run_id).state is JobState.ENDED
    scene.agent._tasks[scene.job(run_id).job_id].renew_at = 0.0
    scene.agent.step()
    scene.agent.step()
    assert scene.driver.canceled == [f"{run_id}.1"]


def test_a_watcher_that_speaks_keeps_its_run(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = scene.running()
    rival = Rival(scene, monkeypatch, lease_s=0.3)
    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        scene.store.runs.update(UpdateRun(run_id=run_id, contact=True))
        assert rival.agent.step()
        time.sleep(0.02)
    assert scene.run(run_id).status is RunStatus.RUNNING


def test_a_run_that_is_tried_again_goes_to_the_end_of_its_turn(scene: Scene) -> None:
    run_id = scene.running(retries=1)
    scene.say(run_id, RunStatus.QUEUED)  # by its watcher
    scene.driver.put(f"{run_id}.1", "ended", "exit")
    scene.agent.step()
    assert scene.run(run_id).attempt == 2
    scene.agent.step()
    assert scene.driver.submitted == [f"{run_id}.1", f"{run_id}.2"]


def test_a_run_that_was_canceled_is_not_tried_again(scene: Scene) -> None:
    run_id = scene.running(retries=1)
    scene.store.jobs.cancel(CancelJob(run_id=run_id))
    scene.say(run_id, RunStatus.QUEUED)
    scene.driver.put(f"{run_id}.1", "ended", "exit")
    assert not scene.agent.step()
    assert scene.run(run_id).status is RunStatus.CANCELED
    assert scene.job(run_id).state is JobState.ENDED


def test_a_deleted_run_is_ended(scene: Scene) -> None:
    run_id = scene.running()
    scene.store.runs.delete(Delete(run_ids=(run_id,)))
    scene.agent._tasks[next(iter(scene.agent._tasks))].renew_at = 0.0
    scene.agent.step()
    assert scene.driver.canceled == [f"{run_id}.1"]
    scene.driver.put(f"{run_id}.1", "ended", "canceled")
    scene.agent._tasks[next(iter(scene.agent._tasks))].renew_at = 0.0
    assert not scene.agent.step()
    assert scene.driver.cleared == [f"{run_id}.1"]


def test_what_cannot_be_understood_fails(scene: Scene) -> None:
    run = new_run(scene.store)
    scene.store.jobs.create(CreateJob(run_id=run.run_id, target="pair", spec={"processes": "many"}))
    scene.agent.step()
    assert scene.run(run.run_id).status is RunStatus.FAILED
    assert scene.job(run.run_id).state is JobState.ENDED


def test_a_job_whose_store_was_away_is_submitted_again(scene: Scene) -> None:
    run_id = scene.queue()
    scene.agent.step()
    scene.driver.put(f"{run_id}.1", "unknown")
    scene.agent.step()
    assert scene.driver.submitted == [f"{run_id}.1"] * 2


def test_steps_whose_pipeline_has_ended_are_canceled(scene: Scene) -> None:
    ended, alive = new_run(scene.store, type=PIPELINE_RUN), new_run(scene.store, type=PIPELINE_RUN)
    left, waiting = (new_run(scene.store, type=STEP_RUN, parent_run_id=each.run_id) for each in (ended, alive))
    scene.say(ended.run_id, RunStatus.FAILED)
    for run in (left, waiting):
        scene.say(run.run_id, RunStatus.QUEUED)
    ghost.Ghosts(scene.store).lay()
    assert scene.run(left.run_id).status is RunStatus.CANCELED
    assert scene.run(waiting.run_id).status is RunStatus.QUEUED


def test_half_submitted_runs_are_told(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    half, young = new_run(scene.store, type=SCRIPT_RUN), scene.queue()
    canceled = new_run(scene.store, type=SCRIPT_RUN)
    other = new_run(scene.store)
    scene.store.jobs.create(CreateJob(run_id=canceled.run_id, target="pair"))
    scene.store.jobs.cancel(CancelJob(run_id=canceled.run_id))
    for run in (half, canceled, other):
        scene.say(run.run_id, RunStatus.QUEUED)
    ghost.Ghosts(scene.store).lay()
    assert scene.run(half.run_id).status is RunStatus.QUEUED
    now = time.time
    monkeypatch.setattr("time.time", lambda: now() + ghost.GHOST_S + 1)
    Agent(scene.store, scene.driver, "one").step()
    assert scene.run(half.run_id).status is RunStatus.FAILED
    error = scene.run(half.run_id).error
    assert error is not None
    assert "broken off" in error.message
    assert scene.run(canceled.run_id).status is RunStatus.CANCELED
    assert scene.run(young).status is RunStatus.PREPARING
    assert scene.run(other.run_id).status is RunStatus.QUEUED

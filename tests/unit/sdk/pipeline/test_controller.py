"""The controller goes on from where an earlier start has left it, and does not touch the steps of another run."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from runwatch.schema.error import ExperimentExecutionException
from runwatch.schema.job import JobState, ListJobs
from runwatch.schema.run import RunStatus, UpdateRun
from runwatch.sdk import agent
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.pipeline.controller import DIGEST, REUSED, Controller
from runwatch.sdk.pipeline.data import PipelineData
from runwatch.sdk.pipeline.pipeline import Pipeline
from runwatch.sdk.pipeline.plan import Plan
from runwatch.sdk.pipeline.run import PipelineRun, StepRun
from runwatch.sdk.pipeline.step import PythonScriptStep
from runwatch.sdk.workspace import Workspace


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The workspaces whose agents were rung; none is started."""
    rung: list[str] = []
    monkeypatch.setattr(agent, "wake", rung.append)
    return rung


class Scene:
    """A pipeline of two steps, which nobody runs."""

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        self.folder, self.store = folder, workspace.store
        (folder / "a.py").write_text("")
        data = PipelineData("data")
        make = PythonScriptStep("a.py", "make", [data], outputs=[data], source_directory=folder)
        read = PythonScriptStep("a.py", "read", [data], source_directory=folder)
        run = Pipeline(workspace, [make, read]).submit("pipelines")
        assert isinstance(run, PipelineRun)
        self.run = run
        self.make, self.read = run.get_steps()

    def controller(self) -> Controller:
        return Controller(self.run, self.run._plan(), self.folder)

    def say(self, step: StepRun, status: RunStatus, **changes: dict[str, str]) -> None:
        self.store.runs.update(UpdateRun(run_id=step.id, status=status, **changes))  # type: ignore[arg-type]

    def queued(self) -> list[str]:
        jobs = self.store.jobs.list(ListJobs(target="local", states=(JobState.QUEUED,))).jobs
        return [job.run_id for job in jobs]


@pytest.fixture
def scene(workspace: Workspace, tmp_path: Path) -> Scene:
    return Scene(workspace, tmp_path)


def test_steps_are_there_before_their_turn(scene: Scene) -> None:
    assert [step.get_status() for step in (scene.make, scene.read)] == ["NotStarted", "NotStarted"]
    assert scene.run.get_status() == "Queued"
    assert [step.get_snapshot_id() is not None for step in (scene.make, scene.read)] == [True, True]
    assert scene.queued() == []


def test_the_first_step_is_queued_once(scene: Scene) -> None:
    for _ in range(2):  # the second start finds it queued
        scene.controller()._begin_ready()
    assert scene.queued() == [scene.make.id]
    assert (scene.make.get_status(), scene.read.get_status()) == ("Queued", "NotStarted")
    assert len(scene.make.get_properties()[DIGEST]) == 64


def test_a_later_start_takes_up_what_was_done(scene: Scene) -> None:
    scene.say(scene.make, RunStatus.COMPLETED, add_properties={REUSED: scene.make.id})
    scene.controller()._begin_ready()
    assert scene.queued() == [scene.read.id]
    scene.say(scene.read, RunStatus.COMPLETED)
    controller = scene.controller()
    controller.carry_out()
    assert controller.failed == []


def test_a_later_start_ends_what_waits_for_what_failed(scene: Scene) -> None:
    scene.say(scene.make, RunStatus.FAILED)
    controller = scene.controller()
    controller.carry_out()
    assert controller.failed == ["make"]
    assert scene.read.get_status() == "Canceled"


def test_the_steps_of_another_run_are_left_alone(scene: Scene, experiment: Experiment) -> None:
    other = experiment.start_logging(outputs=None)
    with pytest.raises(ExperimentExecutionException, match="cannot be copied"):
        Controller(other, scene.run._plan(), scene.folder)
    assert scene.make.get_status() == "NotStarted"


def test_a_pipeline_that_cannot_be_submitted_leaves_nothing(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    steps = [PythonScriptStep("a.py", compute_target="nowhere", source_directory=tmp_path)]
    with pytest.raises(Exception, match="ComputeTargetNotFound"):
        Pipeline(workspace, steps).submit("pipelines")
    assert list(Experiment(workspace, "pipelines").get_runs(include_children=True)) == []


def test_a_plan_survives_its_file(scene: Scene, tmp_path: Path) -> None:
    plan = scene.run._plan()
    assert isinstance(plan, Plan)
    plan.write(tmp_path)
    assert msgspec.json.decode((tmp_path / "pipeline.json").read_bytes(), type=Plan) == plan

"""Submitting: a run, its snapshot and its job, or none of them; and the agent that is rung."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from runwatch.journal import location
from runwatch.schema.error import ComputeTargetException, ExperimentExecutionException, ServiceException
from runwatch.schema.job import CancelJob, Job, JobState, LeaseJob, ListJobs, RenewJob, Target
from runwatch.schema.launch import Launch
from runwatch.schema.run import RunStatus, UpdateRun
from runwatch.sdk import agent, submission
from runwatch.sdk.config.script import ScriptRunConfig
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.run import Run
from runwatch.sdk.workspace import Workspace


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The workspaces whose agents were rung; none is started."""
    rung: list[str] = []
    monkeypatch.setattr(agent, "wake", rung.append)
    return rung


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "train.py").write_text("print('hello')\n")
    (folder / "notes.txt").write_text("left out\n")
    (folder / ".amlignore").write_text("notes.txt\n")
    return folder


def jobs(workspace: Workspace, **facts: Any) -> list[Job]:
    return list(workspace.store.jobs.list(ListJobs(**facts)).jobs)


def test_a_submitted_run_waits_in_the_queue(
    experiment: Experiment, workspace: Workspace, source: Path, woken: list[str]
) -> None:
    run = experiment.submit(
        ScriptRunConfig(source, "train.py", ["--lr", 0.1]), tags={"a": "b"}, priority=3, retries=2, display_name="shown"
    )
    assert run.get_status() == "Queued"
    assert (run.type, run.tags, run.display_name) == ("azureml.scriptrun", {"a": "b"}, "shown")
    assert run.id.startswith(f"{experiment.name}_")
    assert len(run.id.rpartition("_")[2]) == 8
    assert [path for path in run.get_file_names() if path.startswith("snapshot/")] == [
        "snapshot/.amlignore", "snapshot/train.py",
    ]  # fmt: skip
    assert run.get_properties()["ContentSnapshotId"] == run.get_snapshot_id()
    details = run.get_details()
    assert (details["target"], details["runDefinition"]["arguments"]) == ("local", ["--lr", "0.1"])
    (job,) = jobs(workspace)
    launch = msgspec.convert(job.spec, Launch)
    assert (job.run_id, job.priority, launch.script, launch.arguments) == (run.id, 3, "train.py", ("--lr", "0.1"))
    assert launch.retries == 2
    assert woken == [workspace.place]


def test_what_cannot_be_submitted_leaves_nothing(
    experiment: Experiment, workspace: Workspace, source: Path, woken: list[str]
) -> None:
    with pytest.raises(ExperimentExecutionException, match=r"no script .*missing\.py"):
        experiment.submit(ScriptRunConfig(source, "missing.py"))
    with pytest.raises(ComputeTargetException, match="ComputeTargetNotFound"):
        experiment.submit(ScriptRunConfig(source, "train.py", compute_target="nowhere"))
    assert (list(experiment.get_runs()), jobs(workspace), woken) == ([], [], [])


@pytest.mark.parametrize("broken", ["put", "job"])
def test_a_submission_that_breaks_half_way_leaves_no_run(
    experiment: Experiment, workspace: Workspace, source: Path, woken: list[str], broken: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def fail(*args: object) -> None:
        raise ServiceException("the line was cut")

    if broken == "put":
        monkeypatch.setattr(submission, "put", fail)
    else:
        monkeypatch.setattr(workspace.store.jobs, "create", fail)
    with pytest.raises(ServiceException, match="the line was cut"):
        experiment.submit(ScriptRunConfig(source, "train.py"))
    assert (list(experiment.get_runs()), jobs(workspace), woken) == ([], [], [])


def test_an_unchanged_folder_has_the_same_snapshot(experiment: Experiment, source: Path, woken: list[str]) -> None:
    first, second = (experiment.submit(ScriptRunConfig(source, "train.py")) for _ in range(2))
    assert first.get_snapshot_id() == second.get_snapshot_id()
    (source / "train.py").write_text("print('changed')\n")
    assert experiment.submit(ScriptRunConfig(source, "train.py")).get_snapshot_id() != first.get_snapshot_id()


def test_a_queued_run_leaves_the_queue_when_it_is_canceled(
    experiment: Experiment, workspace: Workspace, source: Path, woken: list[str]
) -> None:
    run = experiment.submit(ScriptRunConfig(source, "train.py"))
    child = run.submit_child(ScriptRunConfig(source, "train.py"))
    other = experiment.submit(ScriptRunConfig(source, "train.py"))
    assert child.parent == run
    Run(experiment, run.id).cancel()
    assert (run.get_status(), child.get_status(), other.get_status()) == ("Canceled", "Canceled", "Queued")
    assert [job.run_id for job in jobs(workspace)] == [other.id]


def test_a_running_one_is_asked_to_end(
    experiment: Experiment, workspace: Workspace, source: Path, woken: list[str]
) -> None:
    run = experiment.submit(ScriptRunConfig(source, "train.py"))
    job = workspace.store.jobs.lease(LeaseJob(target="local", agent="a")).job
    assert job is not None
    workspace.store.runs.update(UpdateRun(run_id=run.id, status=RunStatus.RUNNING))
    run.cancel()
    assert run.get_status() == "CancelRequested"
    assert jobs(workspace, states=(JobState.LEASED,))[0].cancel_requested
    run.cancel()
    assert [change.status for change in run._refresh().history].count(RunStatus.CANCEL_REQUESTED) == 1
    workspace.store.jobs.renew(RenewJob(job_id=job.job_id, agent="a", attempt=job.attempt, ended=True))
    workspace.store.jobs.cancel(CancelJob(run_id=run.id))


def test_a_job_goes_to_the_target_named(
    experiment: Experiment, workspace: Workspace, source: Path, woken: list[str]
) -> None:
    workspace.store.jobs.put_target(Target(name="gpus", slots=2))
    run = experiment.submit(ScriptRunConfig(source, "train.py", compute_target="gpus"))
    assert [(job.run_id, job.target) for job in jobs(workspace)] == [(run.id, "gpus")]
    assert run.get_details()["target"] == "gpus"


def test_an_agent_that_listens_is_rung_and_none_is_started(
    tmp_path: Path, short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr("tempfile.tempdir", str(short_path))
    workspace, started = str(tmp_path / "ws"), list[str]()
    monkeypatch.setattr(agent, "_start", lambda workspace, place: started.append(workspace))
    agent.wake(workspace)
    assert started == [workspace]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
        bell.bind(str(location.bell(location.compute_folder(workspace))))
        agent.wake(workspace)
        assert bell.recv(10) == b"r"
    agent.wake(workspace)  # its socket is there, and nobody listens
    agent.wake("http://127.0.0.1:1")
    assert started == [workspace, workspace]


def test_an_agent_that_cannot_be_started_costs_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    agent.wake(str(tmp_path / "file"))
    assert "the agent could not be started" in capsys.readouterr().err


def test_what_was_not_committed_is_kept_as_a_patch(
    experiment: Experiment, source: Path, woken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*arguments: str) -> None:
        names = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *names, *arguments], cwd=source, check=True, capture_output=True)

    git("init", "-q", "-b", "trunk")
    git("add", "-A")
    git("commit", "-q", "-m", "first")
    clean = experiment.submit(ScriptRunConfig(source, "train.py"))
    assert clean.get_properties()["azureml.git.dirty"] == "False"
    assert "git.diff" not in clean.get_file_names()
    (source / "train.py").write_text("print('changed')\n")
    run = experiment.submit(ScriptRunConfig(source, "train.py"))
    found = run.get_properties()
    assert (found["azureml.git.branch"], found["azureml.git.dirty"]) == ("trunk", "True")
    git("checkout", "-q", "--", "train.py")
    run.download_file("git.diff", str(source.parent))
    git("apply", str(source.parent / "git.diff"))
    assert (source / "train.py").read_text() == "print('changed')\n"

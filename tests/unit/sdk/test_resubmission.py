"""Arguments that are changed, and the method of a run."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from runwatch.schema.error import ComputeTargetException, ExperimentExecutionException
from runwatch.schema.job import JobState, ListJobs
from runwatch.schema.launch import Launch
from runwatch.sdk import agent
from runwatch.sdk.config.script import ScriptRunConfig
from runwatch.sdk.environment.environment import Environment
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.resubmission import changed
from runwatch.sdk.run import Run


@pytest.mark.parametrize(
    ("before", "changes", "after"),
    [
        (["--lr", "0.1", "x"], {"lr": "0.5"}, ["--lr", "0.5", "x"]),
        (["--lr=0.1"], {"--lr": "0.5"}, ["--lr=0.5"]),
        (["-l", "1"], {"-l": "2"}, ["-l", "2"]),
        ([], {"lr": "0.5", "fast": None}, ["--lr", "0.5", "--fast"]),
        (["--fast", "--lr", "1"], {"fast": None}, ["--fast", "--lr", "1"]),
        (["--lr"], {"lr": "2"}, ["--lr", "2"]),
        (["--lrs", "1"], {"lr": "2"}, ["--lrs", "1", "--lr", "2"]),
        (["--a", "1"], {"a": ""}, ["--a", ""]),
    ],
)
def test_arguments_are_changed_where_they_stand(
    before: list[str], changes: dict[str, str | None], after: list[str]
) -> None:
    assert changed(before, changes) == after


@pytest.fixture
def submitted(experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run in the queue of a workspace in memory, which no agent of another process can serve."""
    monkeypatch.setattr(agent, "wake", lambda place: None)
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "train.py").write_text("pass")
    config = ScriptRunConfig(tmp_path / "source", script="train.py", arguments=["--lr", 1])
    return experiment.submit(config, tags={"team": "vision"}, display_name="first")


def launch_of(run: Run) -> Launch:
    (job,) = run._store.jobs.list(ListJobs(run_id=run.id, states=tuple(JobState))).jobs
    return msgspec.convert(job.spec, Launch)


def test_a_copy_is_the_same_but_for_what_is_given(submitted: Run) -> None:
    same = submitted.resubmit()
    assert launch_of(same) == launch_of(submitted)
    assert same.properties["runwatch.copied_from"] == submitted.id
    assert same.get_snapshot_id() == submitted.get_snapshot_id()
    assert (same.tags, same.display_name == "first", same.status) == ({}, False, "Queued")
    python = Environment("other")
    python.python.user_managed_dependencies, python.python.interpreter_path = True, "/usr/bin/python3"
    other = submitted.resubmit(
        ["--lr", 2.5], environment=python, tags={"again": "1"}, display_name="second", run_id="copy-2", retries=1
    )
    launch = launch_of(other)
    assert (launch.arguments, launch.environment.interpreter, launch.retries) == (
        ("--lr", "2.5"),
        "/usr/bin/python3",
        1,
    )
    assert (other.id, other.tags, other.display_name) == ("copy-2", {"again": "1"}, "second")
    definition = other.get_details()["runDefinition"]
    assert definition["environment"]["python"]["interpreterPath"] == "/usr/bin/python3"


def test_what_was_not_submitted_has_no_copy(run: Run, submitted: Run) -> None:
    with pytest.raises(ExperimentExecutionException, match="was not submitted"):
        run.resubmit()
    with pytest.raises(ComputeTargetException):
        submitted.resubmit(compute_target="none")
    assert len(list(run.experiment.get_runs())) == 2

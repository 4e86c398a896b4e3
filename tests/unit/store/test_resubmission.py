"""A copy of a submitted run: what is the same, what is different, and that nothing is left of one that fails."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from runwatch.schema.artifact import ListArtifacts, ReadArtifact
from runwatch.schema.error import (
    ComputeTargetException,
    ConflictError,
    ExperimentExecutionException,
    InvalidValueError,
    RunConfigurationException,
)
from runwatch.schema.job import CreateJob, JobState, ListJobs, Target
from runwatch.schema.launch import EnvironmentSpec, Launch
from runwatch.schema.run import Run, RunStatus
from runwatch.store.memory.store import MemoryStore
from runwatch.store.protocol import Store
from runwatch.store.resubmission import COPIED_FROM, resubmit
from runwatch.store.snapshot.manifest import SNAPSHOT_PROPERTY
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import append_file, create_file, new_run, run_ids, seal_file

FILES = {"snapshot/train.py": b"pass", "snapshot/data/a.txt": b"a" * 1_000, "snapshot.json": b"{}"}


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    store: Store = MemoryStore() if request.param == "memory" else SqlStore(tmp_path)
    yield store
    store.close()


def submit(store: Store, launch: Launch | None = None, **changes: Any) -> Run:
    """A run as a submission leaves it, with other files beside its snapshot."""
    properties = {SNAPSHOT_PROPERTY: "id", "azureml.git.commit": "c0ffee", "other": "x"}
    made = new_run(
        store, status=RunStatus.QUEUED, definition={"script": "train.py", "arguments": ["1"], "target": "local"},
        properties=properties, tags={"k": "v"}, display_name="first", **changes,
    )  # fmt: skip
    for path, data in {**FILES, "outputs/model": b"weights"}.items():
        create_file(store, made.run_id, path)
        append_file(store, made.run_id, data, path=path)
        seal_file(store, made.run_id, path)
    spec = msgspec.to_builtins(launch or Launch(script="train.py", arguments=("1",), retries=2, user="ada"))
    store.jobs.create(CreateJob(run_id=made.run_id, target="local", spec=spec, priority=3))
    return made


def launch_of(store: Store, run_id: str) -> tuple[Launch, str, int]:
    (job,) = store.jobs.list(ListJobs(run_id=run_id, states=tuple(JobState))).jobs
    return msgspec.convert(job.spec, Launch), job.target, job.priority


def content(store: Store, run_id: str) -> dict[str, bytes]:
    files = store.artifacts.list(ListArtifacts(run_id=run_id)).artifacts
    assert all(file.sealed for file in files)
    read = {file.path: store.artifacts.read(ReadArtifact(run_id=run_id, path=file.path)).data for file in files}
    assert {file.path: file.sha256 for file in files} == {
        path: hashlib.sha256(data).hexdigest() for path, data in read.items()
    }
    return read


def test_a_copy_is_the_same_where_nothing_is_given(store: Store) -> None:
    parent = new_run(store)
    first = submit(store, parent_run_id=parent.run_id)
    copy = resubmit(store, first, submitted_by="bob")
    assert copy.run_id != first.run_id
    assert (copy.experiment, copy.parent_run_id, copy.status) == (first.experiment, parent.run_id, RunStatus.QUEUED)
    assert (copy.submitted_by, copy.target, copy.tags, copy.display_name) == ("bob", "local", {}, None)
    assert copy.definition == first.definition
    assert copy.properties == {
        SNAPSHOT_PROPERTY: "id", "azureml.git.commit": "c0ffee", COPIED_FROM: first.run_id,
        "azureml.runsource": "experiment", "_azureml.ComputeTargetType": "local",
    }  # fmt: skip
    assert launch_of(store, copy.run_id) == launch_of(store, first.run_id)
    assert content(store, copy.run_id) == FILES


def test_what_is_given_is_different(store: Store) -> None:
    store.jobs.put_target(Target(name="gpu"))
    first = submit(store)
    copy = resubmit(
        store, first, submitted_by=None, arguments=("2", "3"), target="gpu", tags={"again": "1"}, display_name="second",
        environment=EnvironmentSpec(name="other"), definition={"environment": {"name": "other"}}, run_id="copy",
        priority=0, retries=0,
    )  # fmt: skip
    launch, target, priority = launch_of(store, "copy")
    assert (launch.arguments, launch.environment.name, launch.retries, launch.user) == (("2", "3"), "other", 0, "ada")
    assert (target, priority) == ("gpu", 0)
    assert (copy.run_id, copy.target, copy.tags, copy.display_name) == ("copy", "gpu", {"again": "1"}, "second")
    expected = {"script": "train.py", "arguments": ["2", "3"], "target": "gpu", "environment": {"name": "other"}}
    assert copy.definition == expected


def test_a_copy_has_copies(store: Store) -> None:
    second = resubmit(store, submit(store), submitted_by="a")
    third = resubmit(store, second, submitted_by="a", arguments=())
    assert (third.properties[COPIED_FROM], third.definition["arguments"]) == (second.run_id, [])
    assert content(store, third.run_id) == FILES


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"target": "none"}, ComputeTargetException),
        ({"run_id": "taken"}, ConflictError),
        ({"run_id": "a/b"}, InvalidValueError),
        ({"tags": {"": "x"}}, InvalidValueError),
    ],
)
def test_nothing_is_left_of_a_copy_that_fails(store: Store, changes: dict[str, Any], kind: Any) -> None:
    new_run(store, run_id="taken")
    first = submit(store)
    before = run_ids(store, hidden=True)
    with pytest.raises(kind):
        resubmit(store, first, submitted_by="a", **changes)
    assert run_ids(store, hidden=True) == before
    assert len(store.jobs.list(ListJobs()).jobs) == 1


def test_a_copy_whose_job_cannot_be_made_is_deleted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = submit(store)

    def full(request: object) -> object:
        raise OSError("no space")

    monkeypatch.setattr(store.jobs, "create", full)
    with pytest.raises(OSError, match="no space"):
        resubmit(store, first, submitted_by="a")
    assert run_ids(store, hidden=True) == [first.run_id]


def test_what_nobody_can_start_again_is_refused(store: Store) -> None:
    with pytest.raises(ExperimentExecutionException, match="was not submitted"):
        resubmit(store, new_run(store), submitted_by="a")
    command = submit(store, Launch(command=("make", "train")))
    assert launch_of(store, resubmit(store, command, submitted_by="a").run_id)[0].command == ("make", "train")
    with pytest.raises(RunConfigurationException, match="a command"):
        resubmit(store, command, submitted_by="a", arguments=("x",))
    other = new_run(store)
    store.jobs.create(CreateJob(run_id=other.run_id, target="local", spec={"arguments": 1}))
    with pytest.raises(ExperimentExecutionException, match="does not say"):
        resubmit(store, other, submitted_by="a")

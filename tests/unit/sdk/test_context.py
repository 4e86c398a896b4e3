"""The run of a process that nobody submitted: complete, one at a time, and never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from runwatch.schema.error import RunEnvironmentException
from runwatch.sdk import home
from runwatch.sdk.run import Run, _OfflineRun
from runwatch.sdk.workspace import Workspace
from runwatch.store.memory.store import MemoryStore


@pytest.fixture
def default_workspace(clean_place: Path) -> Workspace:
    home.lend(home.default_location(), MemoryStore())
    return Workspace.from_config()


def test_it_is_a_complete_run(default_workspace: Workspace) -> None:
    run = Run.get_context()
    assert isinstance(run, _OfflineRun)
    assert run.id.startswith("OfflineRun_")
    assert run.experiment.name == "default"
    run.log("x", 1, step=2)
    run.tag("a", "b")
    assert run.get_metrics() == {"x": 1}
    assert run.get_details()["status"] == run.get_status() == "Running"
    assert run.tags == {"a": "b"}
    assert run.parent is None
    assert [child.id for child in run.create_children(count=2)]
    assert run.get_portal_url()
    run.complete()
    assert run.get_status() == "Completed"
    assert default_workspace.get_run(run.id) == run
    assert isinstance(default_workspace.get_run(run.id), _OfflineRun)


def test_every_call_gives_the_same_run_until_it_has_ended(default_workspace: Workspace) -> None:
    first = Run.get_context()
    assert Run.get_context() is first
    assert Run.get_submitted_run() is first
    first.complete()
    assert Run.get_context() != first


def test_the_environment_names_the_experiment(default_workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNWATCH_EXPERIMENT", "mine")
    assert Run.get_context().experiment.name == "mine"


def test_ids_of_its_children_are_made_from_its_own(default_workspace: Workspace) -> None:
    run = Run.get_context()
    assert run.child_run("fold-1").id == f"{run.id}.fold-1"
    assert run.child_run("not / possible").id.startswith(f"{run.id}.")
    assert isinstance(run.child_run(), _OfflineRun)


def test_it_may_be_forbidden(default_workspace: Workspace) -> None:
    with pytest.raises(RunEnvironmentException, match="not submitted"):
        Run.get_context(allow_offline=False)


def test_without_a_usable_workspace_it_is_kept_elsewhere(
    clean_place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (clean_place / "file").write_text("in the way")
    monkeypatch.setenv("RUNWATCH_WORKSPACE", str(clean_place / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(clean_place))
    run = Run.get_context()
    run.log("x", 1)
    assert run.get_metrics() == {"x": 1}
    assert run.experiment.workspace.place in capsys.readouterr().err

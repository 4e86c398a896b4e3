"""A workspace in memory, shipped to within the test's own process: quick, and without a process beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.sdk import context, home, problem, recording
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.run import Run
from runwatch.sdk.stand_in import StandIn
from runwatch.sdk.workspace import Workspace
from runwatch.store.memory.store import MemoryStore


@pytest.fixture
def clean_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working folder, no configuration from outside, and no watcher processes."""
    for name in ("RUNWATCH_WORKSPACE", "RUNWATCH_EXPERIMENT", "RUNWATCH_PORTAL_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setattr(recording, "start_watching", StandIn)
    monkeypatch.setattr(recording, "_watcher", None)
    yield tmp_path
    for each in recording.all_live():
        recording.forget(each)
        each.writer.close()
    home.close_all()
    context.remember(None)
    problem._counts.clear()
    problem._first.clear()


@pytest.fixture
def workspace(clean_place: Path) -> Workspace:
    place = str(clean_place / "workspace")
    home.lend(place, MemoryStore())
    return Workspace.open(place)


@pytest.fixture
def experiment(workspace: Workspace) -> Experiment:
    return Experiment(workspace, "tests")


@pytest.fixture
def run(experiment: Experiment) -> Run:
    return experiment.start_logging(outputs=None)

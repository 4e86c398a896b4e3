"""A workspace in a real folder, and the same one over a server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.schema.job import CreateJob, LeaseJob
from runwatch.schema.run import CreateRun, RunStatus
from runwatch.sdk.workspace import Workspace
from runwatch.server.app import make_app
from runwatch.store.sql.store import SqlStore
from tests.unit.server.served import served


@pytest.fixture(params=["folder", "server"])
def workspace(clean_place: Path, request: pytest.FixtureRequest) -> Iterator[Workspace]:
    if request.param == "folder":
        yield Workspace.open(clean_place / "lab")
        return
    store = SqlStore(clean_place / "lab")
    with served(make_app(store)) as client:
        yield Workspace.open(client.url)
    store.close()


def queue_run(workspace: Workspace, run_id: str, target: str, status: RunStatus = RunStatus.QUEUED) -> None:
    """A run that waits on a target, as a submission leaves it."""
    workspace.store.runs.create(
        CreateRun(
            experiment="tests",
            run_id=run_id,
            token=run_id,
            created_at=time.time(),
            status=status,
            target=target,
            tags={"kind": run_id},
        )
    )
    workspace.store.jobs.create(CreateJob(run_id=run_id, target=target))


def lease_next(workspace: Workspace, target: str) -> None:
    """An agent takes the next job."""
    assert workspace.store.jobs.lease(LeaseJob(target=target, agent="tester")).job is not None

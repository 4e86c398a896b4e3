"""Canceling through the server: what is queued, what is recorded, what has ended."""

from __future__ import annotations

from runwatch.schema.job import CreateJob, ListJobs
from runwatch.schema.run import RunStatus, UpdateRun
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run
from tests.unit.server.served import Client


def status_after(client: Client, run_id: str) -> str:
    answer = client.post("/api/v1/runs:cancel", {"run_id": run_id})
    assert answer.status == 200, answer.body
    return str(answer.json()["status"])


def test_a_queued_run_and_its_children_leave_the_queue(client: Client, store: MemoryStore) -> None:
    parent = new_run(store, status=RunStatus.QUEUED)
    child = new_run(store, status=RunStatus.QUEUED, parent_run_id=parent.run_id)
    for run in (parent, child):
        store.jobs.create(CreateJob(run_id=run.run_id, target="local"))
    assert status_after(client, parent.run_id) == "Canceled"
    assert status_after(client, child.run_id) == "Canceled"
    assert store.jobs.list(ListJobs(run_id=child.run_id)).jobs == ()


def test_a_run_that_a_process_records_ends_at_once(client: Client, store: MemoryStore) -> None:
    run = new_run(store, status=RunStatus.RUNNING)
    assert status_after(client, run.run_id) == "Canceled"


def test_a_run_that_has_ended_stays_as_it_is(client: Client, store: MemoryStore) -> None:
    run = new_run(store, status=RunStatus.RUNNING)
    store.runs.update(UpdateRun(run_id=run.run_id, status=RunStatus.FAILED))
    assert status_after(client, run.run_id) == "Failed"
    assert client.post("/api/v1/runs:cancel", {"run_id": "no-such-run"}).status == 404

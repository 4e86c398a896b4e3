"""A copy of a submitted run, asked for over HTTP."""

from __future__ import annotations

import msgspec

from runwatch.schema.job import CreateJob, JobState, ListJobs
from runwatch.schema.launch import Launch
from runwatch.schema.run import Run
from runwatch.schema.wire import API
from runwatch.server.auth.role import Role
from runwatch.server.settings import Settings
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run, run_ids
from tests.unit.server.auth.scene import scene
from tests.unit.server.served import Client


def submitted(store: MemoryStore) -> Run:
    made = new_run(store, submitted_by="ada")
    spec = msgspec.to_builtins(Launch(script="train.py"))
    store.jobs.create(CreateJob(run_id=made.run_id, target="local", spec=spec))
    return made


def test_a_run_is_submitted_again(client: Client, store: MemoryStore) -> None:
    first = submitted(store)
    body = {"run_id": first.run_id, "arguments": ["--lr", "2"], "tags": {"again": None}, "display_name": "second"}
    copy = client.post(f"{API}/runs:rerun", body).json()
    assert (copy["status"], copy["tags"], copy["display_name"]) == ("Queued", {"again": None}, "second")
    assert (copy["submitted_by"], copy["properties"]["runwatch.copied_from"]) == ("ada", first.run_id)
    (job,) = store.jobs.list(ListJobs(run_id=copy["run_id"], states=tuple(JobState))).jobs
    assert msgspec.convert(job.spec, Launch) == Launch(script="train.py", arguments=("--lr", "2"))


def test_what_cannot_be_is_refused(client: Client, store: MemoryStore) -> None:
    first, interactive = submitted(store), new_run(store)
    before = run_ids(store)
    for body, status, code in (
        ({"run_id": "none"}, 404, "not_found"),
        ({"run_id": interactive.run_id}, 409, "experiment_execution"),
        ({"run_id": first.run_id, "target": "none"}, 409, "compute_target"),
        ({"run_id": first.run_id, "arguments": "--lr 2"}, 400, "invalid_value"),
    ):
        answer = client.post(f"{API}/runs:rerun", body)
        assert (answer.status, answer.json()["code"]) == (status, code)
    assert run_ids(store) == before


def test_only_who_may_write_and_it_is_written_down() -> None:
    with scene(Settings(auth="team")) as team:
        first = submitted(team.store)
        body = {"run_id": first.run_id}
        assert team.client.post(f"{API}/runs:rerun", body).status == 401
        assert team.invited("Vera", Role.VIEWER).post(f"{API}/runs:rerun", body).status == 403
        job = team.program(team.access.run_tokens.create(first.run_id, 1, "Vera")[1])
        assert job.post(f"{API}/runs:rerun", body).status == 403
        assert team.invited("Bob").post(f"{API}/runs:rerun", body).json()["submitted_by"] == "Bob"
        assert ("Bob", "runs.rerun", f"run_id={first.run_id}", "done") in team.audited()

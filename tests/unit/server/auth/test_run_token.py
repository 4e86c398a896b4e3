"""Tokens of jobs: one run, one attempt, its children, for its time (A47)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import anyio
import msgspec
import pytest
from sqlalchemy import update
from starlette.requests import Request

from runwatch.schema.run import Delete, RunStatus, UpdateRun
from runwatch.schema.wire import API, MSGPACK
from runwatch.server import policy
from runwatch.server.auth import run_scope
from runwatch.server.auth.role import Role
from runwatch.server.auth.secret import RUN_PREFIX
from runwatch.server.opening import open_app
from runwatch.server.settings import Settings
from runwatch.server.state.table import run_tokens
from runwatch.testing.sample import Writer, new_run, scalars
from tests.unit.server.auth.scene import Scene, scene
from tests.unit.server.served import Client


@pytest.fixture
def local() -> Iterator[Scene]:
    with scene(Settings()) as found:
        yield found


class Job:
    """A run with a token of its own, in a tree, beside others."""

    def __init__(self, local: Scene) -> None:
        self.scene = local
        self.top = new_run(local.store).run_id
        self.run = new_run(local.store, parent_run_id=self.top, status=RunStatus.RUNNING).run_id
        self.child = new_run(local.store, parent_run_id=self.run).run_id
        self.grandchild = new_run(local.store, parent_run_id=self.child).run_id
        self.sibling = new_run(local.store, parent_run_id=self.top).run_id
        self.stranger = new_run(local.store).run_id
        self.token, secret = local.access.run_tokens.create(self.run, 1, "Ada")
        assert secret.startswith(RUN_PREFIX)
        self.client: Client = local.program(secret)

    def status(self, operation: str, **body: Any) -> int:
        return self.client.post(f"{API}/{operation}", body).status


@pytest.fixture
def job(local: Scene) -> Job:
    return Job(local)


def test_a_job_reaches_its_run_and_all_below_it_and_nothing_else(job: Job) -> None:
    for reached in (job.run, job.child, job.grandchild, job.child):
        assert job.status("runs:get", run_id=reached) == 200
        assert job.status("runs:update", run_id=reached, set_tags={"a": "b"}) == 200
        assert job.status("artifacts:append", run_id=reached, path="a", offset=0, data="") == 200
        assert job.status("metrics:list", run_id=reached) == 200
    for beyond in (job.top, job.sibling, job.stranger, "nowhere", "", "../x"):
        assert job.status("runs:get", run_id=beyond) == 403
        assert job.status("runs:update", run_id=beyond, set_tags={"a": "b"}) == 403
        assert job.status("artifacts:append", run_id=beyond, path="a", offset=0, data="") == 403
        assert job.status("metrics:list", run_id=beyond) == 403


def test_lists_must_be_of_its_own_tree(job: Job) -> None:
    assert job.status("runs:list") == 403
    assert job.status("runs:list", experiment_id="x") == 403
    assert job.status("runs:list", run_ids=[]) == 403
    assert job.status("runs:list", run_ids=[job.run, job.stranger]) == 403
    assert job.status("runs:list", parent_run_id=job.top) == 403
    assert job.status("runs:list", parent_run_id=job.run, root_run_id=job.top) == 403
    assert job.status("changes:list") == 403
    assert job.status("changes:list", subjects=[job.run, job.stranger]) == 403
    assert job.status("changes:list", subjects=[job.run, job.child]) == 200
    answer = job.client.post(f"{API}/runs:list", {"parent_run_id": job.run})
    assert [run["run_id"] for run in answer.json()["runs"]] == [job.child]
    for operation in ("experiments:list", "targets:list", "users:list", "tokens:list", "audit:list", "jobs:list"):
        assert job.status(operation) == 403


def test_child_runs_are_made_below_it_in_its_experiment(job: Job) -> None:
    def create(run_id: str, **changes: Any) -> int:
        body = {"experiment": "sample", "run_id": run_id, "token": "t", "created_at": 1.0} | changes
        return job.status("runs:create", **body)

    assert create("c1", parent_run_id=job.run) == 200
    assert create("c2", parent_run_id="c1") == 200
    assert job.status("runs:update", run_id="c2", set_tags={"a": "b"}) == 200
    assert create("c3") == 403
    for beyond in (job.top, job.sibling, job.stranger, "nowhere"):
        assert create("c4", parent_run_id=beyond) == 403
    assert create("c5", parent_run_id=job.run, experiment="other") == 403
    assert create(job.stranger, parent_run_id=job.run) == 409
    job.scene.store.runs.update(UpdateRun(run_id=job.run, status=RunStatus.COMPLETED))
    assert create("c6", parent_run_id=job.run) == 403


def test_a_job_neither_deletes_nor_launches_nor_makes_tokens(job: Job) -> None:
    assert job.status("runs:delete", run_ids=[job.child]) == 403
    assert job.status("jobs:create", run_id=job.run, target="x") == 403
    assert job.status("run-tokens:create", run_id=job.run) == 403
    assert job.status("run-tokens:renew", token_id=job.token.token_id) == 403
    assert job.status("tokens:create", name="x") == 403
    assert job.status("runs:update", run_id=job.run, reopen=True, status="Running") == 403
    assert job.client.ask("DELETE", f"{API}/session").status == 403


def test_after_the_end_it_may_still_append_within_the_grace(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    job.scene.store.runs.update(UpdateRun(run_id=job.run, status=RunStatus.COMPLETED, at=time.time()))
    writer = Writer(job.scene.store, job.run)

    def append() -> int:
        body = msgspec.msgpack.encode(writer.batch(scalars("loss", [1.0])))
        return job.client.post(f"{API}/metrics:append", raw=body, headers={"content-type": MSGPACK}).status

    assert append() == 200
    monkeypatch.setattr(run_scope, "GRACE_S", -1.0)
    assert append() == 403
    assert job.status("runs:get", run_id=job.run) == 403


def test_a_newer_attempt_and_a_deleted_run_end_it(job: Job) -> None:
    job.scene.store.runs.update(UpdateRun(run_id=job.run, status=RunStatus.FAILED))
    job.scene.store.runs.update(UpdateRun(run_id=job.run, status=RunStatus.RUNNING, reopen=True))
    answer = job.client.post(f"{API}/runs:update", {"run_id": job.run, "set_tags": {"a": "b"}})
    assert (answer.status, "attempt" in answer.json()["message"]) == (403, True)
    _, secret = job.scene.access.run_tokens.create(job.run, 2, "Ada")
    assert job.scene.program(secret).post(f"{API}/runs:get", {"run_id": job.run}).status == 200
    job.scene.store.runs.delete(Delete(run_ids=(job.run,)))
    gone = job.scene.program(secret).post(f"{API}/runs:get", {"run_id": job.run})
    assert (gone.status, gone.json()["code"]) == (410, "gone")


def test_a_stream_of_a_job_ends_with_its_token(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app(job.scene.store, Settings(), job.scene.access)
    authorization = job.client.headers["authorization"].encode()
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"authorization", authorization)]}
    reads = next(each for each in app.state.catalogue.endpoints if each.name == "changes.list")

    def holds() -> bool:
        return anyio.run(policy.holds, app.state.services, Request(scope), reads)

    assert holds()
    job.scene.store.runs.update(UpdateRun(run_id=job.run, status=RunStatus.COMPLETED, at=time.time()))
    assert holds()
    with monkeypatch.context() as patch:
        patch.setattr(run_scope, "GRACE_S", -1.0)
        assert not holds()
    job.scene.store.runs.delete(Delete(run_ids=(job.run,)))
    assert not holds()


def test_it_expires_is_renewed_while_it_holds_and_is_revoked_at_once(job: Job) -> None:
    user = job.scene.program(job.scene.access.secret or "")
    made = user.post(f"{API}/run-tokens:create", {"run_id": job.run, "lasts_s": 60}).json()
    assert made["token"]["attempt"] == 1
    token_id, client = made["token"]["token_id"], job.scene.program(made["secret"])
    renewed = user.post(f"{API}/run-tokens:renew", {"token_id": token_id, "lasts_s": 3_600}).json()
    assert renewed["expires_at"] > made["token"]["expires_at"] + 3_000
    assert client.post(f"{API}/runs:get", {"run_id": job.run}).status == 200
    assert user.post(f"{API}/run-tokens:revoke", {"token_id": token_id}).json()["revoked_at"]
    assert client.post(f"{API}/runs:get", {"run_id": job.run}).status == 401
    assert user.post(f"{API}/run-tokens:renew", {"token_id": token_id}).status == 410
    with job.scene.access.state.write() as connection:
        connection.execute(update(run_tokens).values(expires_at=time.time() - 1))
    assert job.status("runs:get", run_id=job.run) == 401
    listed = user.post(f"{API}/run-tokens:list", {"run_id": job.run}).json()["tokens"]
    assert {each["token_id"] for each in listed} == {token_id, job.token.token_id}
    assert user.post(f"{API}/run-tokens:create", {"run_id": "nowhere"}).status == 404
    assert user.post(f"{API}/run-tokens:create", {"run_id": job.run, "lasts_s": 1e9}).status == 400


def test_another_workspace_knows_nothing_of_it(job: Job) -> None:
    with scene(Settings()) as other:
        answer = Client(other.client.port, job.client.headers).post(f"{API}/runs:get", {"run_id": job.run})
        assert answer.status == 401


def test_a_contributor_makes_it_and_a_viewer_does_not() -> None:
    with scene(Settings(auth="team")) as team:
        run = new_run(team.store).run_id
        assert team.invited("Ada").post(f"{API}/run-tokens:create", {"run_id": run}).status == 200
        assert team.invited("Eve", Role.VIEWER).post(f"{API}/run-tokens:create", {"run_id": run}).status == 403

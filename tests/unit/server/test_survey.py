"""What a table of many runs asks, over HTTP: who may ask, how it is refused, what travels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runwatch.schema.run import Delete
from runwatch.schema.wire import API
from runwatch.server.app import make_app
from runwatch.server.auth.role import Role
from runwatch.server.settings import Settings
from runwatch.store.memory.store import MemoryStore
from runwatch.store.protocol import Store
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import Writer, new_run, scalars
from tests.unit.server.auth.scene import scene
from tests.unit.server.served import Client, served


@pytest.fixture(params=["memory", "sqlite"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Store, Client]]:
    """A store that cannot survey runs by itself, and one that can, each behind a server."""
    store: Store = MemoryStore() if request.param == "memory" else SqlStore(tmp_path)
    with served(make_app(store)) as client:
        yield store, client
    store.close()


def asked(client: Client, what: str, **body: Any) -> Any:
    answer = client.post(f"{API}/runs:{what}", body)
    assert answer.status == 200, answer.body
    return answer.json()


def test_a_table_is_read_by_position(place: tuple[Store, Client]) -> None:
    store, client = place
    for number in range(5):
        made = new_run(store, run_id=f"r{number}", definition={"script": "a.py"})
        Writer(store, made.run_id).append(scalars("loss", [float(number)]))
    order = {"field": "metric", "metric": {"metric": "loss"}, "descending": False}
    rank = asked(client, "rank", order=order, filter="metrics.loss > 0")
    assert rank["total"] == 4
    store.runs.delete(Delete(run_ids=("r2",)))
    rows = asked(client, "rows", rank_id=rank["rank_id"], first=1, count=2, columns=[{"metric": "loss"}])
    assert (rows["first"], rows["total"], rows["children"]) == (1, 4, [0, 0])
    gone, there = rows["runs"]
    assert (gone, there["run_id"], there["definition"]) == (None, "r3", {})
    assert [row[0] and row[0]["last"] for row in rows["summaries"]] == [None, 3.0]


def test_names_and_groups(place: tuple[Store, Client]) -> None:
    store, client = place
    for lr in (0.1, 0.1, 1):
        Writer(store, new_run(store, params={"lr": lr}).run_id).append(scalars("Loss", [lr * 2]))
    assert asked(client, "names", kind="metric", search="los") == {
        "names": [{"name": "Loss", "column": "value", "metric_kind": "scalar", "runs": 3}],
        "more": False,
    }
    found = asked(
        client, "group", by=[{"field": "param", "key": "lr"}], figures=[{"metric": "Loss", "stat": "max"}], limit=1
    )
    (group,) = found["groups"]
    assert (found["total"], group["values"], group["runs"], len(group["run_ids"])) == (2, [0.1], 2, 2)
    assert group["figures"] == [{"n": 2, "mean": 0.2, "std": 0.0, "min": 0.2, "max": 0.2, "median": 0.2}]


@pytest.mark.parametrize(
    ("what", "body", "status", "code"),
    [
        ("rows", {"rank_id": "unknown"}, 410, "gone"),
        ("rows", {"rank_id": "unknown", "count": 201}, 413, "limit_exceeded"),
        ("rows", {"rank_id": "unknown", "count": 0}, 400, "invalid_value"),
        ("rank", {"filter": "loss <"}, 400, "invalid_value"),
        ("rank", {"order": {"field": "token"}}, 400, "invalid_value"),
        ("names", {}, 400, "invalid_value"),
        ("names", {"kind": "run"}, 400, "invalid_value"),
        ("group", {"by": []}, 400, "invalid_value"),
        ("group", {"by": [{"field": "status"}] * 5}, 413, "limit_exceeded"),
    ],
)
def test_what_makes_no_sense_is_refused(client: Client, what: str, body: Any, status: int, code: str) -> None:
    answer = client.post(f"{API}/runs:{what}", body)
    assert (answer.status, answer.json()["code"]) == (status, code)
    assert answer.json()["hint"]


def test_conditions_may_name_as_many_runs_as_a_list(client: Client) -> None:
    ids = [f"{number:0256}" for number in range(10_000)]
    assert asked(client, "rank", run_ids=ids)["total"] == 0
    assert asked(client, "group", run_ids=ids, by=[{"field": "status"}])["total"] == 0


def test_whoever_may_read_may_ask_and_nobody_else() -> None:
    with scene(Settings(auth="team")) as team:
        top = new_run(team.store)
        child, other = new_run(team.store, parent_run_id=top.run_id), new_run(team.store)
        viewer = team.invited("Vera", Role.VIEWER)
        rank = asked(viewer, "rank")
        assert rank["total"] == 3
        job = team.program(team.access.run_tokens.create(top.run_id, 1, "Vera")[1])
        asking: dict[str, Any] = {"rank": {}, "names": {"kind": "tag"}, "group": {"by": [{"field": "status"}]}}
        for what, body in {**asking, "rows": {"rank_id": rank["rank_id"]}}.items():
            assert team.client.post(f"{API}/runs:{what}", body).status == 401
            assert job.post(f"{API}/runs:{what}", body).status == 403
        group = job.post(f"{API}/runs:group", {**asking["group"], "root_run_id": top.run_id}).json()["groups"][0]
        assert set(group["run_ids"]) == {top.run_id, child.run_id}
        assert job.post(f"{API}/runs:rank", {"root_run_id": other.run_id}).status == 403

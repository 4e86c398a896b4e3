"""Logs over HTTP: lines, what is new, and search."""

from __future__ import annotations

import pytest

from runwatch.schema.artifact import AppendArtifact, SealArtifact
from runwatch.schema.run import Run
from runwatch.schema.wire import API
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run
from tests.unit.server.served import Client

TEXT = b"start\nepoch:  10%\repoch: 100%\n\x1b[31merror: \xe2\x82\xac\x1b[0m lost\nend"


@pytest.fixture
def run(store: MemoryStore) -> Run:
    run = new_run(store)
    store.artifacts.append(AppendArtifact(run_id=run.run_id, path="logs/a.txt", offset=0, data=TEXT))
    return run


def test_lines_are_those_that_a_terminal_shows(client: Client, run: Run) -> None:
    page = client.post(f"{API}/logs:read", {"run_id": run.run_id, "path": "logs/a.txt"}).json()
    assert [line["text"] for line in page["lines"]][:2] == ["start", "epoch: 100%"]
    assert page["state"]["lines"] == 4
    last = client.post(f"{API}/logs:read", {"run_id": run.run_id, "path": "logs/a.txt", "first": -1}).json()
    assert [(line["text"], line["complete"]) for line in last["lines"]] == [("end", False)]


def test_a_follower_gets_what_is_new(client: Client, store: MemoryStore, run: Run) -> None:
    asked = {"run_id": run.run_id, "path": "logs/a.txt"}
    known = client.post(f"{API}/logs:follow", asked).json()
    store.artifacts.append(
        AppendArtifact(run_id=run.run_id, path="logs/a.txt", offset=len(TEXT), data=b" of it\nmore\n")
    )  # fmt: skip
    store.artifacts.seal(SealArtifact(run_id=run.run_id, path="logs/a.txt"))
    news = client.post(f"{API}/logs:follow", {**asked, "after": known["position"]}).json()
    assert [(line["number"], line["text"]) for line in news["lines"]] == [(3, "end of it"), (4, "more")]
    assert news["state"]["sealed"]


def test_search_sees_through_colours_and_hostile_patterns_are_no_danger(client: Client, run: Run) -> None:
    asked = {"run_id": run.run_id, "path": "logs/a.txt"}
    found = client.post(f"{API}/logs:search", {**asked, "pattern": "error: € lost"}).json()
    assert [(match["line"], match["column"]) for match in found["matches"]] == [(2, 0)]
    found = client.post(f"{API}/logs:search", {**asked, "pattern": r"e\w+:\s+1?0+%", "regex": True}).json()
    assert found["total"] == 1
    for pattern in ("(a*)*b", "(" * 500, "x{1000}{1000}", "(?P<a"):
        answer = client.post(f"{API}/logs:search", {**asked, "pattern": pattern, "regex": True})
        assert answer.status in {200, 400, 413}, pattern


def test_a_log_that_is_not_there(client: Client, run: Run) -> None:
    for name in ("read", "follow"):
        assert client.post(f"{API}/logs:{name}", {"run_id": run.run_id, "path": "logs/gone.txt"}).status == 404


def test_the_console_is_read_under_the_originals_name_too(client: Client, store: MemoryStore, run: Run) -> None:
    path = "azureml-logs/70_driver_log.txt"
    store.artifacts.append(AppendArtifact(run_id=run.run_id, path=path, offset=0, data=TEXT))
    asked = {"run_id": run.run_id, "path": "user_logs/std_log.txt"}
    assert client.post(f"{API}/logs:read", asked).json()["state"]["lines"] == 4
    assert client.post(f"{API}/logs:search", {**asked, "pattern": "epoch"}).json()["total"] == 1

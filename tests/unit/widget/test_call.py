"""What a page may ask: runs of its own widget, a few calls, and answers as the server's."""

from __future__ import annotations

from typing import Any

import pytest

from runwatch.schema.run import GetRun, RunStatus
from runwatch.series import frame
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import Writer, new_run, put_file, scalars
from runwatch.widget import call
from runwatch.widget.call import Caller, Reply
from runwatch.widget.desk import Desk, as_json


@pytest.fixture
def caller(desk: Desk, run_id: str) -> Caller:
    return Caller(desk, run_id)


def ask(caller: Caller, name: str, /, **body: Any) -> Reply:
    return caller.answer({"id": 7, "call": name, "body": body})


def test_a_run_is_answered_as_the_server_does(caller: Caller, store: MemoryStore, run_id: str) -> None:
    record = store.runs.get(GetRun(run_id=run_id))
    assert ask(caller, "/runs:get", run_id=run_id).content == {"id": 7, "answer": as_json(record)}


def test_runs_below_are_ours_and_others_are_not(caller: Caller, store: MemoryStore, run_id: str) -> None:
    child = new_run(store, parent_run_id=run_id)
    grandchild = new_run(store, parent_run_id=child.run_id)
    stranger = new_run(store)
    assert "answer" in ask(caller, "/runs:get", run_id=grandchild.run_id).content
    asked: dict[str, dict[str, Any]] = {
        "/runs:get": {"run_id": stranger.run_id},
        "/runs:list": {"run_ids": [run_id, stranger.run_id]},
        "/runs:cancel": {"run_id": stranger.run_id},
        "/metrics:read": {"run_id": stranger.run_id, "name": "loss"},
        "/logs:read": {"run_id": "no such run", "path": "logs/a"},
        "/series:batch": {"charts": [{"series": [{"run_id": stranger.run_id, "metric": "loss"}]}]},
    }
    for name, body in asked.items():
        assert ask(caller, name, **body).content["error"]["status"] == 403, name


def test_a_list_without_runs_is_that_of_the_children(caller: Caller, store: MemoryStore, run_id: str) -> None:
    child = new_run(store, parent_run_id=run_id)
    new_run(store)
    runs = ask(caller, "/runs:list").content["answer"]["runs"]
    assert [run["run_id"] for run in runs] == [child.run_id]


@pytest.mark.parametrize("name", ["/runs:delete", "/runs:update", "/changes:list", "", "__init__"])
def test_other_calls_are_refused(caller: Caller, name: str, run_id: str) -> None:
    assert ask(caller, name, run_id=run_id).content["error"]["status"] == 403


@pytest.mark.parametrize("message", [None, 5, {"id": 1, "call": "/runs:get", "body": 3}, {"call": ["/runs:get"]}])
def test_nonsense_is_answered_with_an_error(caller: Caller, message: Any) -> None:
    assert caller.answer(message).content["error"]["message"]


def test_charts_come_as_frames(caller: Caller, store: MemoryStore, run_id: str) -> None:
    Writer(store, run_id).append(scalars("loss", [1.0, 2.0]))
    reply = ask(caller, "/series:batch", charts=[{"series": [{"run_id": run_id, "metric": "loss"}], "smoothing": None}])
    assert reply.content == {"id": 7, "frames": 1}
    assert frame.decode(reply.buffers[0]).head.series[0].n == 2


def test_files_come_whole_and_never_as_what_a_browser_would_run(
    caller: Caller, store: MemoryStore, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_file(store, run_id, "outputs/a.svg", b"<svg/>")
    reply = ask(caller, "/artifacts:download", run_id=run_id, path="outputs/a.svg")
    assert reply == Reply({"id": 7, "media_type": "application/octet-stream"}, (b"<svg/>",))
    monkeypatch.setattr(call, "DOWNLOAD_BYTES", 5)
    assert "error" in ask(caller, "/artifacts:download", run_id=run_id, path="outputs/a.svg").content


def test_a_run_is_canceled(caller: Caller, store: MemoryStore, run_id: str) -> None:
    assert ask(caller, "/runs:cancel", run_id=run_id).content["answer"]["status"] == "Canceled"
    assert store.runs.get(GetRun(run_id=run_id)).status is RunStatus.CANCELED

"""What a page is told: what changed and nothing else, shared by all pages of a run, errors once they last."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from runwatch.schema.change import ChangeKind
from runwatch.schema.error import PermissionDeniedError, StoreUnavailableError
from runwatch.schema.metric import ListMetrics
from runwatch.schema.run import RunStatus, UpdateRun
from runwatch.series import frame
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import Writer, new_run, put_file, scalars, table
from runwatch.widget.audience import REPEAT_S, SILENCE_S
from runwatch.widget.channel import Channel
from runwatch.widget.desk import Desk, as_json
from runwatch.widget.follower import LOOK_S, POLL_S, Follower
from runwatch.widget.view import View
from runwatch.widget.watch import PACE_S, RETRY_S, SHARE, Watch
from tests.unit.widget.conftest import LOG, Wire, print_log


class Scene:
    """A follower whose turns are taken by the test, at moments of its choice."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.follower = Follower(desk)
        self.now = 1_000.0
        self.finished: list[View] = []
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(Follower, "attend", lambda *_: None)

    def open(self, run_id: str) -> tuple[Channel, Wire]:
        wire = Wire()
        return Channel(wire, self.follower, run_id, self.finished.append), wire

    def turn(self, passed_s: float = PACE_S) -> None:
        self.now += passed_s
        self.follower.turn(list(self.follower._watches.values()))


@pytest.fixture
def scene(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(desk, monkeypatch)


def say(channel: Channel, **show: Any) -> None:
    channel.hear(None, {"show": {"visible": True, "charts": [], "log": None, **show}})


def test_the_standard_view_is_pushed_without_being_asked(scene: Scene, store: MemoryStore, run_id: str) -> None:
    wave = table("wave", {"angle": [0.0, 1.0], "cos": [1.0, 0.5]})
    Writer(store, run_id).append(scalars("loss", [3.0, 2.0, 1.0]), wave)
    print_log(store, run_id, "train: 30%|###| 30/100 [00:03<00:07, 9.61it/s]\n")
    _, wire = scene.open(run_id)
    scene.turn()
    push = wire.pushes()[0]
    assert push["run"]["run_id"] == run_id
    assert [metric["name"] for metric in push["metrics"]] == ["loss", "wave"]
    assert push["log"]["path"] == LOG
    assert push["progress"] == {"done": 30, "total": 100, "rate": 9.61, "remaining_s": 7, "text": "train"}
    assert (push["finished"], push["error"], push["queue"]) == (False, None, None)
    assert push["links"] == {"run": None, "experiment": None}
    frames = [frame.decode(data) for data in wire.sent[0][1]]
    assert [each["chart"]["series"][0]["metric"] for each in push["frames"]] == ["loss", "wave"]
    assert push["frames"][1]["chart"]["x"]["metric"] == "wave"
    assert frames[0].head.series[0].n == 3
    json.dumps(push, allow_nan=False)


def test_only_what_changed_is_told(scene: Scene, store: MemoryStore, run_id: str) -> None:
    writer = Writer(store, run_id)
    writer.append(scalars("loss", [3.0]), scalars("a", [1.0, 2.0]), scalars("b", [1.0, 2.0]))
    channel, wire = scene.open(run_id)
    say(channel)
    scene.turn()
    scene.turn()
    assert len(wire.sent) == 1
    writer.append(scalars("b", [5.0]))
    scene.turn()
    push = wire.pushes()[-1]
    assert set(push) == {"metrics", "clock", "frames"}
    assert [each["chart"]["series"][0]["metric"] for each in push["frames"]] == ["b"]


def test_links_are_told_once_a_studio_is_there(scene: Scene, run_id: str) -> None:
    _, wire = scene.open(run_id)
    scene.turn()
    assert wire.pushes()[0]["links"] == {"run": None, "experiment": None}
    scene.follower.desk.studio = "http://127.0.0.1:1"
    scene.turn()
    assert wire.pushes()[-1]["links"]["run"].startswith("http://127.0.0.1:1/experiments/")
    count = len(wire.pushes())
    scene.turn()
    assert len(wire.pushes()) == count


def test_not_a_number_travels_as_null(scene: Scene, store: MemoryStore, run_id: str) -> None:
    Writer(store, run_id).append(scalars("loss", [float("nan")]))
    _, wire = scene.open(run_id)
    scene.turn()
    assert wire.pushes()[0]["metrics"][0]["columns"][0]["last"] is None


def test_two_widgets_share_the_work(scene: Scene, desk: Desk, run_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0
    ask = View.look

    def look(view: View, *args: Any, **kwargs: Any) -> None:
        nonlocal looks
        looks += 1
        ask(view, *args, **kwargs)

    monkeypatch.setattr(View, "look", look)
    (_, first), (_, second) = scene.open(run_id), scene.open(run_id)
    scene.turn()
    assert looks == 1
    assert first.pushes()[0]["run"] == second.pushes()[0]["run"]


def test_a_page_that_cannot_be_seen_is_told_afterwards(scene: Scene, store: MemoryStore, run_id: str) -> None:
    channel, wire = scene.open(run_id)
    say(channel)
    scene.turn()
    say(channel, visible=False)
    Writer(store, run_id).append(scalars("loss", [1.0, 2.0]))
    scene.turn()
    assert len(wire.sent) == 1
    say(channel)
    scene.turn()
    assert wire.pushes()[-1]["metrics"][0]["name"] == "loss"


def test_a_silent_page_counts_as_gone(scene: Scene, store: MemoryStore, run_id: str) -> None:
    channel, wire = scene.open(run_id)
    say(channel)
    scene.turn()
    Writer(store, run_id).append(scalars("loss", [1.0]))
    scene.turn(SILENCE_S + 1)
    assert len(wire.sent) == 1


def test_until_a_page_speaks_everything_is_told_again(scene: Scene, run_id: str) -> None:
    channel, wire = scene.open(run_id)
    scene.turn(0.0)
    scene.turn(REPEAT_S)
    assert [push["run"]["run_id"] for push in wire.pushes()] == [run_id, run_id]
    say(channel)
    scene.turn()
    scene.turn(60.0)
    assert len(wire.sent) == 3  # once more for the page that has just begun, and never again


def test_fresh_frames_come_for_what_is_on_the_screen(scene: Scene, store: MemoryStore, run_id: str) -> None:
    writer = Writer(store, run_id)
    writer.append(scalars("loss", [1.0, 2.0]))
    channel, wire = scene.open(run_id)
    chart = {
        "series": [{"run_id": run_id, "metric": "loss", "column": "value"}],
        "x": {"kind": "step", "start": 1, "end": 9},
        "buckets": 200,
        "parts": ["last", "min", "max", "count"],
        "smoothing": None,
    }
    say(channel, charts=[chart, {"no": "chart"}])
    scene.turn()
    assert chart in [each["chart"] for each in wire.pushes()[-1]["frames"]]
    writer.append(scalars("loss", [7.0]))
    scene.turn()
    assert chart in [each["chart"] for each in wire.pushes()[-1]["frames"]]


def test_another_log_is_followed_if_the_page_asks(scene: Scene, store: MemoryStore, run_id: str) -> None:
    print_log(store, run_id, "console\n")
    put_file(store, run_id, "logs/other.txt", b"one\ntwo\n")
    channel, wire = scene.open(run_id)
    say(channel, log="logs/other.txt")
    scene.turn()
    assert wire.told()["log"]["lines"] == ["one", "two"]
    assert {each["path"] for each in wire.told()["logs"]} == {LOG, "logs/other.txt"}


def test_children_and_the_best_of_them(scene: Scene, store: MemoryStore) -> None:
    parent = new_run(store, properties={"primary_metric_config": '{"name": "loss", "goal": "minimize"}'})
    children = [new_run(store, parent_run_id=parent.run_id) for _ in range(3)]
    for child, loss in zip(children, (3.0, 1.0, 2.0), strict=True):
        Writer(store, child.run_id).append(scalars("loss", [loss]))
    _, wire = scene.open(parent.run_id)
    scene.turn()
    told = wire.told()["children"]
    assert told["total"] == 3
    assert told["best"] == {"metric": "loss", "goal": "minimize", "run_id": children[1].run_id}
    store.runs.update(UpdateRun(run_id=children[0].run_id, status=RunStatus.RUNNING))
    scene.turn()
    assert {run["status"] for run in wire.told()["children"]["runs"]} == {"NotStarted", "Running"}


def test_the_end_is_told_once_with_everything(scene: Scene, store: MemoryStore, run_id: str) -> None:
    channel, wire = scene.open(run_id)
    say(channel)
    scene.turn()
    Writer(store, run_id).append(scalars("loss", [1.0]))
    store.runs.update(UpdateRun(run_id=run_id, status=RunStatus.COMPLETED))
    scene.turn(0.1)  # the status does not wait for its pace, and brings the rest
    told = wire.told()
    assert (told["finished"], told["run"]["status"], told["metrics"][0]["name"]) == (True, "Completed", "loss")
    scene.turn()
    assert [view.run_id for view in scene.finished] == [run_id]


def test_errors_are_told_when_they_last_and_forgotten_when_they_pass(
    scene: Scene, store: MemoryStore, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, wire = scene.open(run_id)
    say(channel)
    scene.turn()

    def away(*_: object) -> None:
        raise StoreUnavailableError("The disk is away.", hint="Wait.")

    with monkeypatch.context() as broken:
        broken.setattr(store.changes, "list", away)
        for _ in range(2):
            scene.turn()
        assert wire.told()["error"] is None
        scene.turn()
        assert wire.told()["error"] == {"message": "The disk is away.", "hint": "Wait."}
        count = len(wire.sent)
        scene.turn(RETRY_S / 2)  # it rests
        assert len(wire.sent) == count
        say(channel)
    scene.turn(RETRY_S)
    say(channel)
    Writer(store, run_id).append(scalars("loss", [1.0]))
    scene.turn()
    assert wire.told()["error"] is None
    assert wire.told()["metrics"][0]["name"] == "loss"


def test_a_store_that_tells_no_changes_is_polled(
    scene: Scene, store: MemoryStore, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object) -> None:
        raise PermissionDeniedError("No.")

    monkeypatch.setattr(store.changes, "list", closed)
    channel, wire = scene.open(run_id)
    say(channel)
    scene.turn()
    Writer(store, run_id).append(scalars("loss", [1.0]))
    scene.turn()
    assert wire.told()["metrics"] == []
    say(channel)
    scene.turn(POLL_S)
    assert wire.told()["metrics"][0]["name"] == "loss"


def test_a_closed_widget_is_forgotten(scene: Scene, run_id: str) -> None:
    _, wire = scene.open(run_id)
    scene.turn()
    wire.comm = None
    scene.turn()
    (watch,) = scene.follower._watches.values()
    assert isinstance(watch, Watch)
    assert watch.is_over


def test_the_thread_begins_with_a_widget_and_ends_with_the_run(store: MemoryStore, desk: Desk, run_id: str) -> None:
    follower, wire = Follower(desk), Wire()
    finished: list[View] = []
    channel = Channel(wire, follower, run_id, finished.append)
    say(channel)
    store.runs.update(UpdateRun(run_id=run_id, status=RunStatus.COMPLETED))
    deadline = time.monotonic() + 20
    while not finished and time.monotonic() < deadline:
        time.sleep(0.02)
    assert wire.told()["finished"]
    thread = follower._thread
    channel.audience.hear({"visible": True}, time.monotonic())  # the page that was made anew speaks
    if thread is not None:
        assert thread.daemon
        thread.join(20)
        assert not thread.is_alive()


def test_json_is_the_servers(store: MemoryStore, run_id: str) -> None:
    Writer(store, run_id).append(scalars("loss", [float("inf")]))
    assert as_json(store.metrics.list(ListMetrics(run_id=run_id)))["metrics"][0]["columns"][0]["last"] is None


def test_what_was_taken_is_rested_from(
    scene: Scene, store: MemoryStore, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often anything changes and whatever that costs, the share of a core is kept to."""
    cost_s, used_s = 0.03, 0.0

    def look(view: View, kinds: Any, **kwargs: Any) -> None:
        nonlocal used_s
        used_s += cost_s if ChangeKind.METRICS in kinds else 0.0
        ask(view, kinds, **kwargs)

    ask = View.look
    monkeypatch.setattr(View, "look", look)
    monkeypatch.setattr(time, "thread_time", lambda: used_s)
    channel, wire = scene.open(run_id)
    writer = Writer(store, run_id)
    for _ in range(240):
        say(channel)
        writer.append(scalars("loss", [1.0]))
        scene.turn(LOOK_S)
    assert used_s == pytest.approx(SHARE * 240 * LOOK_S, rel=0.15)
    store.runs.update(UpdateRun(run_id=run_id, status=RunStatus.FINALIZING))
    scene.turn(LOOK_S)
    assert wire.told()["run"]["status"] == "Finalizing"


def test_looks_that_find_nothing_are_paid_off(
    scene: Scene, store: MemoryStore, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour of waiting is no debt: the first point after it is told at the next look."""
    used_s = 0.0
    ask = store.changes.list

    def look(request: Any) -> Any:
        nonlocal used_s
        used_s += SHARE * LOOK_S / 2
        return ask(request)

    monkeypatch.setattr(store.changes, "list", look)
    monkeypatch.setattr(time, "thread_time", lambda: used_s)
    channel, wire = scene.open(run_id)
    for _ in range(200):
        say(channel)
        scene.turn(LOOK_S)
    Writer(store, run_id).append(scalars("loss", [1.0]))
    scene.turn(LOOK_S)
    assert [metric["name"] for metric in wire.told()["metrics"]] == ["loss"]


def test_a_metric_that_is_no_number_counts_as_changed_once(scene: Scene, store: MemoryStore, run_id: str) -> None:
    writer = Writer(store, run_id)
    writer.append(scalars("loss", [float("nan")] * 3))
    channel, wire = scene.open(run_id)
    say(channel)
    scene.turn()
    writer.append(scalars("other", [1.0, 2.0]))
    scene.turn()
    revisions = {metric["name"]: metric["rev"] for metric in wire.told()["metrics"]}
    assert revisions == {"loss": 1, "other": 1}
    assert [each["chart"]["series"][0]["metric"] for each in wire.pushes()[-1]["frames"]] == ["other"]

"""What the notebook widget costs the kernel, how it holds up a cell, and how soon the page hears of a logged value."""

from __future__ import annotations

import json
import multiprocessing
import os
import tempfile
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import psutil

from bench.figure import Figure
from runwatch.schema.metric import ReadMetric
from runwatch.sdk import portal
from runwatch.sdk.home import WORKSPACE_VARIABLE
from runwatch.series import frame
from runwatch.series.column import FloatArray
from runwatch.server import process
from runwatch.store.protocol import Store
from runwatch.store.remote.credential import Announcement
from runwatch.store.sql.store import SqlStore
from runwatch.widget import snapshot
from runwatch.widget.channel import Channel
from runwatch.widget.desk import Desk
from runwatch.widget.follower import Follower
from runwatch.widget.view import View

METRICS: Final = 50
SECONDS: Final = 60.0
RATE: Final = 40.0
"""Values of each metric in a second."""

WARM_S: Final = 5.0
SERVER_S: Final = 30.0
AFTER_S: Final = 5.0
"""So long is waited for what was logged last; what has not been told by then never was."""

Told: TypeAlias = dict[str, list[tuple[float, int]]]
"""For each metric: when, and of how many rows."""

GOAL_SHARE: Final = 0.02
GOAL_HELD_MS: Final = 5.0
GOAL_TOLD_S: Final = 1.0


class Sink:
    """Takes what is sent, encoded as a kernel does, and keeps it with the time."""

    def __init__(self) -> None:
        self.comm: Any = object()
        self.sent: list[tuple[float, str, list[bytes]]] = []
        self.sent_bytes = 0

    def send(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        """Keep a message, as text: so many more objects would make the collector hold up the cell."""
        text, data = json.dumps(content), buffers or []
        self.sent_bytes += len(text) + sum(map(len, data))
        self.sent.append((time.time(), text, data))

    def lists(self) -> Told:
        """For each metric when its page was told of so many rows, by the list of metrics."""
        found: Told = {}
        for sent_at, text, _ in self.sent:
            for metric in json.loads(text)["push"].get("metrics", ()):
                found.setdefault(metric["name"], []).append((sent_at, metric["rows"]))
        return found

    def charts(self) -> Told:
        """Likewise by charts."""
        found: Told = {}
        for sent_at, _, buffers in self.sent:
            for data in buffers:
                (series,) = frame.decode(data).head.series
                found.setdefault(series.metric, []).append((sent_at, series.total))
        return found


class Meter(Follower):
    """A follower that counts what its turns cost."""

    spent_s = 0.0

    def turn(self, watches: Any) -> None:
        """Take a turn."""
        began = time.thread_time()
        super().turn(watches)
        self.spent_s += time.thread_time() - began


def log(folder: str, pipe: Connection) -> None:
    """A script that logs, with its watcher, until it is told to end."""
    from runwatch import Experiment, Workspace

    os.environ[WORKSPACE_VARIABLE] = folder
    run = Experiment(Workspace.create("bench"), "bench").start_logging()
    pipe.send(run.id)
    step, due = 0, time.perf_counter()
    while not pipe.poll(max(0.0, due - time.perf_counter())):
        for number in range(METRICS):
            run.log(f"metric{number}", 1.0 / (1 + step))
        step, due = step + 1, due + 1 / RATE
    run.complete()


def waited_ms(threads: list[int]) -> float:
    """How long these threads have waited for a processor that others had: what other programs cost, not the widget."""
    lines = [Path(f"/proc/self/task/{number}/schedstat").read_text() for number in threads]
    return sum(int(line.split()[1]) for line in lines) / 1e6


def holds_ms(seconds: float, threads: list[int]) -> list[float]:
    """A cell that computes in Python: the times over a millisecond between two of its rounds, ascending.

    Waiting for a processor is taken off: the cell's, and that of the widget's thread, which may hold the interpreter.

    Args:
        seconds: How long to measure.
        threads: Whose waiting is taken off.
    """
    gaps: list[float] = []
    last = began = time.perf_counter()
    before = waited_ms(threads)
    while last - began < seconds:
        now = time.perf_counter()
        if now - last > 1e-3:
            waited = waited_ms(threads)
            gaps.append(max(0.0, (now - last) * 1e3 - (waited - before)))
            before, now = waited, time.perf_counter()
        last = now
    return sorted(gaps)


def delays_s(store: Store, run_id: str, told: Told, first_at: float, end_at: float) -> FloatArray:
    """How long after its own time each value logged between two times was in a message; infinity if it never was."""
    found = []
    for name, messages in told.items():
        times = np.frombuffer(store.metrics.read(ReadMetric(run_id=run_id, name=name)).block.times, "<i8") / 1e6
        rows = np.flatnonzero((times >= first_at) & (times < end_at))
        sent_at = np.append([at for at, _ in messages], np.inf)
        place = np.searchsorted(np.maximum.accumulate([count for _, count in messages]), rows, "right")
        found.append(sent_at[place] - times[rows])
    return np.concatenate([*found, np.zeros(0)])


def speak(channel: Channel, stop: threading.Event) -> None:
    """The page, which says every ten seconds that it is seen."""
    while not stop.wait(10.0):
        channel.hear(None, {"show": {"visible": True, "charts": [], "log": None}})


def draw(view: View) -> None:
    """The still picture below the widget."""
    snapshot.render(view)


def cpu_s(servers: list[Announcement]) -> float:
    """Time of a processor that these servers have used."""
    used = [psutil.Process(each.pid).cpu_times() for each in servers]
    return float(sum(each.user + each.system for each in used))


def show(folder: str, run_id: str, seconds: float) -> dict[str, float]:
    """A busy cell beside a run that logs, and a widget."""
    store, sink = SqlStore(Path(folder)), Sink()
    desk = Desk(store, folder)
    follower = Meter(desk)
    channel = Channel(sink, follower, run_id, draw)
    stop = threading.Event()
    channel.hear(None, {"show": {"visible": True, "charts": [], "log": None}})
    page = threading.Thread(target=speak, args=(channel, stop), daemon=True)
    page.start()
    deadline = time.monotonic() + SERVER_S
    while not portal.is_off() and not desk.studio and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(WARM_S)
    servers = process.running(folder)
    spent_s, served_s, messages, sent_bytes = follower.spent_s, cpu_s(servers), len(sink.sent), sink.sent_bytes
    thread = follower._thread
    began_at = time.time()
    gaps = holds_ms(seconds, [number for number in (threading.get_native_id(), thread and thread.native_id) if number])
    ended_at = time.time()
    found = {
        "share": (follower.spent_s - spent_s) / seconds,
        "server_share": (cpu_s(servers) - served_s) / seconds,
        "held_ms": max(gaps, default=0.0),
        "gaps": len(gaps),
        "messages": len(sink.sent) - messages,
        "sent_bytes": sink.sent_bytes - sent_bytes,
    }
    time.sleep(AFTER_S)
    stop.set()
    page.join()
    follower.stop()
    for what, told in ("list", sink.lists()), ("chart", sink.charts()):
        delays = delays_s(store, run_id, told, began_at, ended_at)
        found[f"{what}_values"] = len(delays)
        assert len(delays), "nothing was logged"
        for percent in 50, 95, 100:
            found[f"{what}_p{percent}_s"] = float(np.percentile(delays, percent, method="higher"))
    for each in servers:
        process.stop(each)
    store.close()
    return found


def run(seconds: float, *, shown: bool) -> dict[str, float]:
    """With and without a widget, since other programs hold a cell up as well."""
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        near, far = spawn.Pipe()
        script = spawn.Process(target=log, args=(folder, far))
        script.start()
        far.close()
        run_id = near.recv()
        try:
            return show(folder, run_id, seconds) if shown else bare(seconds)
        finally:
            near.send("end")
            script.join()


def bare(seconds: float) -> dict[str, float]:
    """The cell alone."""
    time.sleep(WARM_S)
    gaps = holds_ms(seconds, [threading.get_native_id()])
    return {"held_ms": max(gaps, default=0.0), "gaps": len(gaps)}


def times(seconds: float = SECONDS) -> dict[str, dict[str, float]]:
    """With a server beside the kernel, which the widget starts, where none may run, and without a widget."""
    kept = {name: os.environ.get(name) for name in ("XDG_STATE_HOME", portal.STUDIO_VARIABLE)}
    with tempfile.TemporaryDirectory() as state:
        os.environ["XDG_STATE_HOME"] = state  # servers of the user are none of ours
        os.environ.pop(portal.STUDIO_VARIABLE, None)
        try:
            found = {"with": run(seconds, shown=True)}
            os.environ[portal.STUDIO_VARIABLE] = "off"
            return found | {"alone": run(seconds, shown=True), "without": run(seconds, shown=False)}
        finally:
            for name, value in kept.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value


def measure() -> list[Figure]:
    """The rows of the README's table."""
    found = times()
    shown, alone, without = found["with"], found["alone"], found["without"]
    held = f"{shown['held_ms']:.1f} ms; without {without['held_ms']:.1f} ms"
    return [
        Figure(
            f"a notebook widget that follows {METRICS} live metrics: of a core",
            f"{shown['share']:.1%}",
            f"under {GOAL_SHARE:.0%}",
            shown["share"] < GOAL_SHARE,
            f"time of its thread in {SECONDS:.0f} s beside a busy cell; {shown['messages']:.0f} messages; "
            f"the server that makes lists and charts took {shown['server_share']:.1%} of another",
        ),
        Figure(
            "a logged value in a message to its page, 95 % of a minute's",
            f"{shown['list_p95_s']:.2f} s; in a chart {shown['chart_p95_s']:.2f} s",
            f"under {GOAL_TOLD_S:.0f} s",
            max(shown["list_p95_s"], shown["chart_p95_s"]) < GOAL_TOLD_S,
            f"by the value's own time, {METRICS} metrics × {RATE:.0f}/s, in the same run",
        ),
        Figure(
            "the longest that the cell beside it was held up",
            held,
            f"under {GOAL_HELD_MS:.0f} ms",
            shown["held_ms"] < GOAL_HELD_MS,
            "between two rounds of a loop, without waiting for a processor; Linux; in the same run",
        ),
        Figure(
            "the same widget where no server may run",
            f"{alone['share']:.1%}; {alone['list_p95_s']:.2f} s; {alone['held_ms']:.1f} ms",
            note="share of a core, 95 % of values in a message, longest hold-up: it rests in proportion to its cost",
        ),
    ]


def main() -> None:
    """Print one line of JSON."""
    print(json.dumps({"bench": "widget", **times()}))


if __name__ == "__main__":
    main()

"""What the notebook widget costs the kernel: its share of a core with 50 live metrics, and how it holds up a cell."""

from __future__ import annotations

import json
import multiprocessing
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Final

from bench.figure import Figure
from runwatch.schema.run import CreateRun, RunStatus
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import Writer, scalars
from runwatch.widget.channel import Channel
from runwatch.widget.desk import Desk
from runwatch.widget.follower import Follower

METRICS: Final = 50
SECONDS: Final = 30.0
ROWS: Final = 20
"""Rows of each metric that arrive at once, twice a second, as a watcher ships them."""

GOAL_SHARE: Final = 0.02
GOAL_HELD_MS: Final = 5.0


class Sink:
    """Takes what is sent, encoded as a kernel does."""

    def __init__(self) -> None:
        self.comm: Any = object()
        self.messages = 0
        self.sent_bytes = 0

    def send(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        """Count a message."""
        self.messages += 1
        self.sent_bytes += len(json.dumps(content).encode()) + sum(map(len, buffers or ()))


class Meter(Follower):
    """A follower that counts what its turns cost."""

    spent_s = 0.0

    def turn(self, watches: Any) -> None:
        """Take a turn."""
        began = time.thread_time()
        super().turn(watches)
        self.spent_s += time.thread_time() - began


def write(folder: str) -> None:
    """A run that logs, as its watcher ships it: from another process, until it is ended."""
    store = SqlStore(Path(folder))
    writer, step = Writer(store, "r"), 0
    while True:
        rows = [1.0 / (1 + step + row) for row in range(ROWS)]
        writer.append(*(scalars(f"metric{number}", rows) for number in range(METRICS)))
        step += ROWS
        time.sleep(0.5)


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


def run(seconds: float, *, shown: bool) -> dict[str, float]:
    """A busy cell beside a run that logs; with and without a widget, since other programs hold it up as well."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore(Path(folder))
        created = CreateRun(experiment="bench", run_id="r", token="t", created_at=time.time(), status=RunStatus.RUNNING)
        store.runs.create(created)
        writer = multiprocessing.get_context("spawn").Process(target=write, args=(folder,), daemon=True)
        writer.start()
        follower, sink = Meter(Desk(store, folder)), Sink()
        if shown:
            channel = Channel(sink, follower, "r", lambda _: None)
            channel.hear(None, {"show": {"visible": True, "charts": [], "log": None}})
        time.sleep(3.0)
        before = follower.spent_s
        follows = follower._thread.native_id if follower._thread else None
        gaps = holds_ms(seconds, [number for number in (threading.get_native_id(), follows) if number])
        spent = follower.spent_s - before
        follower.stop()
        writer.terminate()
        writer.join()
        store.close()
    return {
        "share": spent / seconds,
        "held_ms": gaps[-1] if gaps else 0.0,
        "held_p99_ms": gaps[int(len(gaps) * 0.99)] if gaps else 0.0,
        "gaps": len(gaps),
        "messages": sink.messages,
        "sent_bytes": sink.sent_bytes,
    }


def times(seconds: float = SECONDS) -> dict[str, dict[str, float]]:
    """With and without the widget."""
    return {"with": run(seconds, shown=True), "without": run(seconds, shown=False)}


def measure() -> list[Figure]:
    """The rows of the README's table."""
    os.environ["RUNWATCH_STUDIO"] = "off"  # a widget's link would start a server
    found = times()
    shown, bare = found["with"], found["without"]
    held = f"{shown['held_ms']:.1f} ms; without {bare['held_ms']:.1f} ms"
    return [
        Figure(
            f"a notebook widget that follows {METRICS} live metrics: of a core",
            f"{shown['share']:.1%}",
            f"under {GOAL_SHARE:.0%}",
            shown["share"] < GOAL_SHARE,
            f"time of its thread in {SECONDS:.0f} s beside a busy cell; {shown['messages']:.0f} messages",
        ),
        Figure(
            "the longest that the cell beside it was held up",
            held,
            f"under {GOAL_HELD_MS:.0f} ms",
            shown["held_ms"] < GOAL_HELD_MS,
            "between two rounds of a loop, without waiting for a processor; Linux",
        ),
    ]


def main() -> None:
    """Print one line of JSON."""
    print(json.dumps({"bench": "widget", **times()}))


if __name__ == "__main__":
    main()

"""What a browser waits for its charts while two hundred runs log to the same server, and what its memory does.

The load is what watchers send: each run's new rows twice a second, one durable batch each. The browser follows the
event stream and asks for all charts of its screen whenever something has changed, as the studio does.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import tempfile
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from bench.figure import Figure
from bench.served import Served, served, step_aside
from runwatch.schema.metric import AppendBatch, Block, Column, ColumnType, MetricKind
from runwatch.schema.run import CreateRun
from runwatch.store.remote.store import RemoteStore

RUNS, METRICS, HERTZ = 200, 20, 10
SHIPS_PER_S = 2
SECONDS = float(os.environ.get("RUNWATCH_BENCH_LOAD_S", "60"))
"""How long the load lasts; 3600 shows whether memory stays flat over an hour."""

PROCESSES, THREADS = 2, 100
CHARTS, LINES = 6, 20
"""A screen: so many charts, each with one metric of so many runs."""

PACE_S = 0.25
"""What a listener is told at most four times a second is drawn as often."""

GOAL_S = 0.1
FLAT = 0.10
"""The share by which memory may move once the server has warmed up."""


def block(metric: str, first: int, rows: int, now_us: int) -> Block:
    """Rows of one metric."""
    steps = np.arange(first, first + rows, dtype="<i8")
    times = now_us + (steps - first) * (1_000_000 // HERTZ)
    column = Column(name="value", type=ColumnType.FLOAT, data=np.random.default_rng(first).random(rows).tobytes())
    return Block(
        metric=metric,
        kind=MetricKind.SCALAR,
        rows=rows,
        columns=(column,),
        times=times.tobytes(),
        steps=steps.tobytes(),
    )


def ship(url: str, numbers: list[int], until: float, late: list[float]) -> None:
    """Be the watchers of some runs until a moment; how long each batch took."""
    store, rows, shipped = RemoteStore(url, token=""), HERTZ // SHIPS_PER_S, 0
    for number in numbers:
        name = f"run-{number}"
        store.runs.create(CreateRun(experiment="load", run_id=name, token=name, created_at=time.time()))
    began = time.time()
    while True:
        for place, number in enumerate(numbers):
            due = began + (shipped + place / len(numbers)) / SHIPS_PER_S
            if max(due, time.time()) > until:  # also where the server is too slow for the schedule
                store.close()
                return
            time.sleep(max(0.0, due - time.time()))
            now = int(time.time() * 1e6)
            blocks = tuple(block(f"m{metric}", shipped * rows, rows, now) for metric in range(METRICS))
            batch = AppendBatch(
                run_id=f"run-{number}",
                writer=f"{number:032x}",
                epoch=1,
                first=shipped * rows,
                count=rows,
                blocks=blocks,
            )
            started = time.perf_counter()
            store.metrics.append(batch)
            late.append(time.perf_counter() - started)
        shipped += 1


def watchers(url: str, first: int, until: float, results: Any) -> None:
    """A share of all runs, in threads."""
    step_aside()
    late: list[float] = []
    share = RUNS // PROCESSES // THREADS
    starts = range(first, first + RUNS // PROCESSES, share)
    threads = [
        threading.Thread(target=ship, args=(url, list(range(start, start + share)), until, late)) for start in starts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(late)


def listen(server: Served, news: threading.Event, until: float) -> None:
    """Follow the event stream and say when something was told."""
    parts = urlsplit(server.url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    connection.request("GET", "/api/v1/changes:stream")
    stream = connection.getresponse()
    while time.time() < until:
        if stream.readline().startswith(b"data:"):
            news.set()
    connection.close()


def browse(server: Served, until: float) -> tuple[list[float], int, list[tuple[float, int]]]:
    """Ask for the screen at each news; what each answer took, in s, its size, and the server's memory."""
    screen = {
        "charts": [
            {"series": [{"run_id": f"run-{run}", "metric": f"m{chart}"} for run in range(LINES)], "buckets": 1_000}
            for chart in range(CHARTS)
        ]
    }
    body, parts = json.dumps(screen).encode(), urlsplit(server.url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    news, taken, size, began = threading.Event(), [], 0, time.time()
    memory: list[tuple[float, int]] = []
    threading.Thread(target=listen, args=(server, news, until), daemon=True).start()
    while time.time() < until - 1:
        news.wait(1.0)
        news.clear()
        started = time.perf_counter()
        connection.request("POST", "/api/v1/series:batch", body, {"content-type": "application/json"})
        answer = connection.getresponse()
        size = len(answer.read())
        if answer.status != 200:
            raise RuntimeError(f"A screen was answered with {answer.status}.")
        taken.append(time.perf_counter() - started)
        memory.append((time.time() - began, server.memory_bytes()))
        time.sleep(max(0.0, PACE_S - taken[-1]))
    connection.close()
    return taken, size, memory


def measure() -> list[Figure]:
    """Load and browser at the same time."""
    results: Any = multiprocessing.Queue()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "workspace") as server:
        until = time.time() + SECONDS + 3
        load = [
            multiprocessing.Process(target=watchers, args=(server.url, share * RUNS // PROCESSES, until, results))
            for share in range(PROCESSES)
        ]
        for each in load:
            each.start()
        time.sleep(3)
        began, used_s = time.time(), server.cpu_s()
        taken, size, memory = browse(server, until)
        busy = (server.cpu_s() - used_s) / (time.time() - began)
        late = [seconds for _ in load for seconds in results.get()]
        for each in load:
            each.join()
    warm = [used for at, used in memory if at > SECONDS / 3]
    p99, middle = np.percentile(taken, [99, 50])
    rate = len(late) * METRICS * HERTZ / SHIPS_PER_S / SECONDS
    swing = (max(warm) - min(warm)) / min(warm)
    charts = (
        f"{len(taken)} screens of {CHARTS} charts with {LINES} lines, {size / 1e3:.0f} kB, median {middle * 1e3:.0f} ms"
    )
    load_words = (
        f"{rate:,.0f} points/s stored, half of the batches within {np.median(late) * 1e3:.0f} ms, {busy:.0%} of a core"
    )
    span = f"between {min(warm) / 1e6:.0f} and {max(warm) / 1e6:.0f} MB from a third of {SECONDS:.0f} s on"
    return [
        Figure(
            f"charts of a screen while {RUNS} runs log {METRICS} metrics at {HERTZ} Hz", f"{p99 * 1e3:.0f} ms",
            f"{GOAL_S * 1e3:.0f} ms", bool(p99 < GOAL_S), f"p99; {charts}; {load_words}",
        ),
        Figure("the server's memory under that load", f"± {swing / 2:.0%}", f"± {FLAT:.0%}", swing / 2 <= FLAT, span),
    ]  # fmt: skip


if __name__ == "__main__":
    for figure in measure():
        print(figure.row())

"""How many points a second one server process on one core takes in, and how soon a logged value is in the stream."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from bench.figure import Figure
from bench.served import Served, served, step_aside
from runwatch.schema.metric import AppendBatch, Block, Column, ColumnType, ListMetrics, MetricKind
from runwatch.schema.run import CreateRun
from runwatch.store.remote.store import RemoteStore

CLIENTS = 8
SIZES = (65_536, 4_096)
"""Rows of a batch: what a watcher sends after an outage, and at 16,000 points a second."""

SECONDS = 6.0
GOAL = 2_000_000
"""Points a second."""

VALUES = 60
FRESH_GOAL_S = 1.0


def new_run(store: RemoteStore, run_id: str) -> str:
    """Make a run."""
    request = CreateRun(experiment="bench", run_id=run_id, token=run_id, created_at=time.time())
    return store.runs.create(request).run_id


def batch(run_id: str, writer: int, first: int, values: bytes, rows: int) -> AppendBatch:
    """Rows of a noisy loss curve."""
    steps = np.arange(first, first + rows, dtype="<i8")
    times = int(time.time() * 1e6) + np.arange(rows, dtype="<i8") * 1_000
    column = Column(name="value", type=ColumnType.FLOAT, data=values)
    block = Block(
        metric="loss",
        kind=MetricKind.SCALAR,
        rows=rows,
        columns=(column,),
        times=times.tobytes(),
        steps=steps.tobytes(),
    )
    return AppendBatch(run_id=run_id, writer=f"{writer:032x}", epoch=1, first=first, count=rows, blocks=(block,))


def client(url: str, number: int, size: int, results: Any) -> None:
    """Send batches for a while; how many rows were acknowledged, and between which moments."""
    step_aside()
    store = RemoteStore(url, token="")
    run_id = new_run(store, f"ingest-{number}")
    noise = np.random.default_rng(number).normal(0, 0.02, size)
    values = (np.exp(-np.arange(size) / 20_000) + noise).astype("<f4").astype("<f8").tobytes()
    first, began = 0, time.time()
    while time.time() - began < SECONDS:
        store.metrics.append(batch(run_id, number, first, values, size))
        first += size
    results.put((first, began, time.time()))
    store.close()


def ingest(server: Served, size: int) -> Figure:
    """Clients in processes of their own send as fast as the server answers."""
    results: Any = multiprocessing.Queue()
    clients = [multiprocessing.Process(target=client, args=(server.url, n, size, results)) for n in range(CLIENTS)]
    for each in clients:
        each.start()
    found = [results.get() for _ in clients]
    for each in clients:
        each.join()
    rows = sum(each[0] for each in found)
    rate = rows / (max(each[2] for each in found) - min(each[1] for each in found))
    note = f"{rows / 1e6:.0f} M points from {CLIENTS} clients over HTTP into SQLite, each batch durable"
    what, shown = f"a server on one core takes in, in batches of {size:,}", f"{rate / 1e6:.1f} M points/s"
    return Figure(what, shown, f"{GOAL / 1e6:.0f} M points/s", rate >= GOAL, note)


SCRIPT = """
import sys, time
from runwatch import Experiment, Workspace
run = Experiment(Workspace.open(sys.argv[1]), "fresh").start_logging(run_id="fresh", outputs=None)
print("ready", flush=True)
for number in range(int(sys.argv[2])):
    time.sleep(0.3 + 0.037 * (number % 11))
    print(time.time(), flush=True)
    run.log("loss", number, step=number)
run.complete()
"""


def freshness(server: Served) -> Figure:
    """From the call of ``run.log`` in another process until a listener was told and finds the very value."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, server.url, str(VALUES)], stdout=subprocess.PIPE, text=True,
        env=os.environ | {"RUNWATCH_SYSTEM_INTERVAL_S": "0"},
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    seen: dict[int, float] = {}
    thread = threading.Thread(target=listen, args=(server.url, seen), daemon=True)
    thread.start()
    logged = [float(line) for line in process.stdout]
    process.wait()
    thread.join(10)
    late = [seen[number] - when for number, when in enumerate(logged)]
    worst, middle = statistics.quantiles(late, n=20)[18], statistics.median(late)
    note = f"p95 of {len(late)} values, median {middle:.2f} s: journal, watcher, server, event stream, and read back"
    goal, reached = f"{FRESH_GOAL_S:.0f} s", worst < FRESH_GOAL_S
    return Figure("a logged value is in the event stream after", f"{worst:.2f} s", goal, reached, note)


def listen(url: str, seen: dict[int, float]) -> None:
    """Follow the stream until the last value is there; when each value could be read after a notice."""
    parts, store = urlsplit(url), RemoteStore(url, token="")
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request("GET", "/api/v1/changes:stream?run_id=fresh&after=0")
    response = connection.getresponse()
    while len(seen) < VALUES:
        line = response.readline()
        if not line.startswith(b"data:") or "metrics" not in json.loads(line[5:])["what"]:
            continue
        (metric,) = store.metrics.list(ListMetrics(run_id="fresh", names=("loss",))).metrics
        for number in range(len(seen), metric.rows):
            seen[number] = time.time()
    connection.close()
    store.close()


def measure() -> list[Figure]:
    """Each on a new workspace."""
    figures = []
    measured: list[Callable[[Served], Figure]] = [*(partial(ingest, size=size) for size in SIZES), freshness]
    for figure in measured:
        with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "workspace") as server:
            figures.append(figure(server))
    return figures


if __name__ == "__main__":
    for figure in measure():
        print(figure.row())

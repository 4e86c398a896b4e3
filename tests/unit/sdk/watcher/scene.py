"""Journal folders, processes and stores for the watcher's tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from runwatch.journal.manifest import Manifest, write_manifest
from runwatch.journal.writer import JournalWriter
from runwatch.schema.metric import ReadMetric
from runwatch.schema.run import CreateRun, GetRun, Run, RunStatus
from runwatch.sdk.watcher.claim import Claim
from runwatch.sdk.watcher.life import Life
from runwatch.sdk.watcher.token import process_token
from runwatch.sdk.watcher.ward import Ward
from runwatch.store.protocol import Store


def make_journal(root: Path, run_id: str = "run", **facts: Any) -> Path:
    """A journal folder with a manifest, of this process unless the facts name another one."""
    folder = root / "journal" / run_id
    folder.mkdir(parents=True)
    now = time.time()
    create = CreateRun(
        experiment="tests", run_id=run_id, token=f"token of {run_id}", created_at=now, status=RunStatus.RUNNING
    )
    given: dict[str, Any] = {"workspace": str(root), "main": False, "pid": os.getpid(), **facts}
    given.setdefault("process_started", process_token(given["pid"]))
    manifest = Manifest(run_id=run_id, create=create, host=socket.gethostname(), cwd="/", created_at=now, **given)
    write_manifest(folder, manifest)
    return folder


def log(folder: Path, count: int, *, first: int = 0, name: str = "loss", end: str | None = None) -> None:
    """Log the numbers from ``first`` on with a writer of their own, and perhaps end the run."""
    writer = JournalWriter(folder, folder.name)
    for value in range(first, first + count):
        writer.point(name, value, value)
    if end is not None:
        writer.event("end", {"status": end, "error": None})
    writer.close()


def make_ward(folder: Path, store: Store) -> Ward:
    claim = Claim.take(folder)
    assert claim is not None
    return Ward(claim, lambda workspace: store, lambda manifest: Life(manifest.pid, manifest.process_started))


def drive(ward: Ward, until: Callable[[], bool] | None = None, *, timeout_s: float = 20.0) -> None:
    """Step a ward, as the watcher does, until it is done or a condition holds."""
    deadline = time.monotonic() + timeout_s
    while not (ward.done if until is None else until()):
        assert time.monotonic() < deadline, f"not reached in {timeout_s} s; last error: {ward.error!r}"
        time.sleep(min(0.01, ward.step()))


def values(store: Store, run_id: str = "run", name: str = "loss") -> list[float]:
    """The values of a metric in the order stored."""
    column = store.metrics.read(ReadMetric(run_id=run_id, name=name)).block.columns[0]
    if column.type == "int":
        return [float(value) for value in np.frombuffer(column.data, "<i8")]
    if column.type == "float":
        return [float(value) for value in np.frombuffer(column.data, "<f8")]
    return [float(value) for value in msgspec.msgpack.decode(column.data)]


def run_of(store: Store, run_id: str = "run") -> Run:
    return store.runs.get(GetRun(run_id=run_id))


@contextmanager
def process(code: str) -> Iterator[subprocess.Popen[str]]:
    """A process that runs some code and is gone afterwards."""
    with subprocess.Popen(
        [sys.executable, "-c", code], text=True, stdout=subprocess.PIPE, stdin=subprocess.PIPE
    ) as made:
        try:
            yield made
        finally:
            made.kill()


def await_that(holds: Callable[[], bool], what: str, *, timeout_s: float = 20.0) -> None:
    """Look until something holds; fail with ``what`` after a while."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not in {timeout_s} s"
        time.sleep(0.01)

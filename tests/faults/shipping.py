"""A run that logs to a journal and a shipper that carries it to a server through whatever is in the way."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np

from runwatch.journal.manifest import Manifest, write_manifest
from runwatch.journal.writer import JournalWriter
from runwatch.schema.error import RunwatchError, StoreUnavailableError
from runwatch.schema.metric import ReadMetric
from runwatch.schema.run import CreateRun
from runwatch.sdk.watcher.retry import Backoff
from runwatch.sdk.watcher.shipping import Shipper
from runwatch.store.protocol import Store


class Shipment:
    """One run on its way: a thread logs, another ships; the store is asked in the end.

    Attributes:
        logged: Points whose call has returned.
        failures: How often shipping met a fault.
        wrong: Errors that a fault of the network or the server must not cause.
    """

    def __init__(self, folder: Path, run_id: str, store: Store, *, pause_s: float = 0.0005) -> None:
        self.run_id = run_id
        self.logged = 0
        self.failures = 0
        self.wrong: list[Exception] = []
        self._store = store
        self._folder = folder / run_id
        self._pause_s = pause_s
        self._writer = JournalWriter(self._folder, run_id)
        create = CreateRun(experiment="faults", run_id=run_id, token=run_id, created_at=time.time())
        manifest = Manifest(
            run_id=run_id, workspace="elsewhere", create=create, pid=1, process_started="", host="", cwd="/",
            created_at=create.created_at,
        )  # fmt: skip
        write_manifest(self._folder, manifest)
        self._enough = threading.Event()
        self._done = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._log, self._ship)]

    def start(self) -> None:
        """Begin to log and to ship."""
        for thread in self._threads:
            thread.start()

    def finish(self, timeout_s: float = 60) -> None:
        """Log no more, ship all that is there, and end."""
        self._enough.set()
        self._threads[0].join(timeout_s)
        self._threads[1].join(timeout_s)
        assert self._done.is_set(), f"{self.run_id} was not shipped in time; wrong: {self.wrong}"

    def faults(self, store: Store) -> list[str]:
        """What is wrong with what a store has of it; empty if each point is there once, in order."""
        rows = store.metrics.read(ReadMetric(run_id=self.run_id, name="x"))
        steps = np.frombuffer(rows.block.steps, "<i8")
        values = np.frombuffer(rows.block.columns[0].data, "<f8")
        found = []
        if len(steps) != self.logged:
            found.append(f"{len(steps)} points of {self.logged}")
        if not np.array_equal(steps, np.arange(len(steps))) or not np.array_equal(values, steps + 0.5):
            found.append("not each once and in order")
        return [*found, *map(str, self.wrong)]

    def _log(self) -> None:
        step = 0
        while not self._enough.is_set():
            for _ in range(20):
                if not self._writer.scalar("x", step + 0.5, step):
                    self._writer.point("x", step + 0.5, step)
                step += 1
            self.logged = step
            time.sleep(self._pause_s)
        self._writer.close()

    def _ship(self) -> None:
        shipper, backoff = Shipper(self._folder, self._store), Backoff()
        while True:
            over = self._enough.is_set() and not self._threads[0].is_alive()
            try:
                shipped = shipper.ship(final=over)
            except StoreUnavailableError:
                self.failures += 1
                time.sleep(min(0.1, backoff.fail()))
                continue
            except RunwatchError as error:
                self.wrong.append(error)
                time.sleep(0.05)
                if len(self.wrong) > 20:
                    return
                continue
            backoff.succeed()
            if over and not shipped.records and not shipped.more:
                self._done.set()
                return
            time.sleep(0.005)

"""A server in a process of its own, on one core, for benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CODE = """
import os, sys
from runwatch.server.app import make_app
from runwatch.server.serve import address_of, listen, serve
from runwatch.server.settings import Settings
from runwatch.store.location import open_store
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {0})
settings = Settings(port=0, auth="none")
listener = listen(settings, fixed=True)
store = open_store(sys.argv[1])
serve(make_app(store, settings), listener, lambda: print(address_of(listener, settings), flush=True))
store.close()
"""


@dataclass(frozen=True)
class Served:
    """A running server.

    Attributes:
        url: Its address.
        pid: Its process.
    """

    url: str
    pid: int

    def memory_bytes(self) -> int:
        """What it holds in memory now."""
        import psutil

        return int(psutil.Process(self.pid).memory_info().rss)

    def cpu_s(self) -> float:
        """Time of a processor that it has used, in s."""
        import psutil

        used = psutil.Process(self.pid).cpu_times()
        return float(used.user + used.system)


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """A server of a workspace folder, on core 0; the caller's work belongs on the others (`step_aside`)."""
    process = subprocess.Popen([sys.executable, "-c", CODE, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Served(process.stdout.readline().strip(), process.pid)
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def step_aside() -> None:
    """Leave core 0 to the server."""
    if hasattr(os, "sched_setaffinity"):
        others = os.sched_getaffinity(0) - {0}
        os.sched_setaffinity(0, others or {0})


@contextmanager
def aside() -> Iterator[None]:
    """A block in which this process, and what it starts, leave core 0 to the server."""
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    step_aside()
    try:
        yield
    finally:
        if cores is not None:
            os.sched_setaffinity(0, cores)

"""Samples of the machine and of the run's processes, recorded as metrics under ``system/``."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import psutil

from runwatch.sdk.watcher import cgroup
from runwatch.sdk.watcher.gpu import Gpus

PROC: Final = Path("/proc")


class System:
    """Samples one machine, and the tree of processes below one of them.

    The first sample has no rates and no ``cpu_percent``, since they need two. Names end in their unit; what is not told
    is left out:

    - ``cpu_percent``: of all cores, 0 to 100; ``memory_bytes`` and ``memory_percent``: in use on the machine, or in the
      run's control group if that has a limit;
    - ``disk_read_bytes_per_s``, ``disk_write_bytes_per_s``, ``network_sent_bytes_per_s``,
      ``network_received_bytes_per_s``: of the machine;
    - ``process_cpu_percent`` (100 is one full core), ``process_memory_bytes`` (resident, summed), ``process_threads``,
      ``process_count``: of the run's processes;
    - ``gpu<n>_percent``, ``gpu<n>_memory_bytes``, ``gpu<n>_celsius``, ``gpu<n>_watts``.

    Args:
        pid: The top of the tree of processes.
        clock: Seconds that only ever grow.
    """

    def __init__(self, pid: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._pid = pid
        self._clock = clock
        self._gpus = Gpus()
        self._limit = cgroup.memory_limit(pid)
        self._before: dict[str, float] = {}
        self._before_at = 0.0
        self._cpu_before: dict[int, float] = {}

    def sample(self) -> dict[str, float]:
        """One sample: metric names without ``system/``, and their values."""
        now = self._clock()
        elapsed_s = now - self._before_at if self._before_at else 0.0
        # How busy the cores were since the look before: of the first one, made right before, it would say 0.
        cpu_percent = psutil.cpu_percent()
        found = {"cpu_percent": cpu_percent} if self._before_at else {}
        found.update(self._machine())
        found.update(self._rates(elapsed_s))
        found.update(self._processes(elapsed_s))
        found.update(self._gpus.sample())
        self._before_at = now
        return found

    def close(self) -> None:
        """Release the GPU library."""
        self._gpus.close()

    def _machine(self) -> dict[str, float]:
        memory = psutil.virtual_memory()
        total, used = memory.total, memory.total - memory.available
        if self._limit is not None and self._limit.limit_bytes < total:
            total, used = self._limit.limit_bytes, self._limit.used_bytes() or used
        return {
            "memory_bytes": float(used),
            "memory_percent": 100.0 * used / total if total else 0.0,
        }

    def _rates(self, elapsed_s: float) -> dict[str, float]:
        totals: dict[str, float] = {}
        if disk := _quietly(psutil.disk_io_counters):
            totals.update(disk_read_bytes_per_s=disk.read_bytes, disk_write_bytes_per_s=disk.write_bytes)
        if network := _quietly(psutil.net_io_counters):
            totals.update(network_sent_bytes_per_s=network.bytes_sent, network_received_bytes_per_s=network.bytes_recv)
        before, self._before = self._before, totals
        if elapsed_s <= 0.0:
            return {}
        return {name: max(0.0, total - before[name]) / elapsed_s for name, total in totals.items() if name in before}

    def _processes(self, elapsed_s: float) -> dict[str, float]:
        memory = threads = cpu_s = 0.0
        seen: dict[int, float] = {}
        for pid in tree(self._pid):
            try:
                process = psutil.Process(pid)
                with process.oneshot():
                    times = process.cpu_times()
                    memory += process.memory_info().rss
                    threads += process.num_threads()
            except psutil.Error:  # it ended between the two looks, or is not ours to see
                continue
            seen[pid] = times.user + times.system
            cpu_s += max(0.0, seen[pid] - self._cpu_before.get(pid, seen[pid]))
        self._cpu_before = seen
        if not seen:
            return {}
        found = {"process_memory_bytes": memory, "process_threads": threads, "process_count": float(len(seen))}
        if elapsed_s > 0.0:
            found["process_cpu_percent"] = 100.0 * cpu_s / elapsed_s
        return found


def tree(pid: int) -> list[int]:
    """A process and all that descend from it.

    Linux lists the children of each thread; asking for those is a hundredth of the work of looking at every process.
    """
    if not (PROC / str(pid) / "task" / str(pid) / "children").exists():
        return [pid, *_tree_by_search(pid)]
    found, waiting = [], [pid]
    while waiting:
        parent = waiting.pop()
        found.append(parent)
        waiting += _children(parent)
    return found


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for thread in (PROC / str(pid) / "task").iterdir():
            found += map(int, (thread / "children").read_text(encoding="ascii").split())
    except (OSError, ValueError):  # it ended while we looked
        pass
    return found


def _tree_by_search(pid: int) -> list[int]:
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return []


def _quietly(read: Callable[[], Any]) -> Any:
    """A counter, or None where the system has none (containers may hide disks and networks)."""
    try:
        return read()
    except (OSError, RuntimeError, psutil.Error, NotImplementedError):
        return None

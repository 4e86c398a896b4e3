"""Figures of the machine and of the run's processes."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path
from typing import Any

import psutil
import pytest

from runwatch.journal.reader import JournalReader
from runwatch.sdk.watcher import cgroup, recorder, system
from runwatch.sdk.watcher.gpu import Gpus
from runwatch.sdk.watcher.recorder import SystemRecorder, interval_s
from runwatch.sdk.watcher.system import System, tree
from tests.unit.sdk.watcher.scene import make_journal, process


def test_a_sample_of_this_machine() -> None:
    times = iter([10.0, 12.0])
    sampler = System(os.getpid(), clock=lambda: next(times))
    first, second = sampler.sample(), sampler.sample()
    sampler.close()
    assert 0 <= second["cpu_percent"] <= 100
    assert 0 < second["memory_percent"] <= 100
    assert second["memory_bytes"] > 1 << 20
    assert second["process_memory_bytes"] > 1 << 20
    assert second["process_threads"] >= second["process_count"] >= 1
    assert not {"cpu_percent", "process_cpu_percent"} & set(first), "a rate needs two looks"
    assert second["process_cpu_percent"] >= 0


def test_rates_are_differences_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    disks = iter(
        [types.SimpleNamespace(read_bytes=100, write_bytes=0), types.SimpleNamespace(read_bytes=500, write_bytes=0)]
    )
    monkeypatch.setattr(psutil, "disk_io_counters", lambda: next(disks))
    monkeypatch.setattr(psutil, "net_io_counters", lambda: None)
    times = iter([10.0, 12.0])
    sampler = System(os.getpid(), clock=lambda: next(times))
    sampler.sample()
    found = sampler.sample()
    assert (found["disk_read_bytes_per_s"], found["disk_write_bytes_per_s"]) == (200.0, 0.0)
    assert "network_sent_bytes_per_s" not in found


def test_counters_that_fail_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def hidden() -> Any:
        raise RuntimeError("no /proc/diskstats here")

    monkeypatch.setattr(psutil, "disk_io_counters", hidden)
    sampler = System(os.getpid())
    sampler.sample()
    assert "disk_read_bytes_per_s" not in sampler.sample()


def test_children_belong_to_the_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with process("import sys; sys.stdin.read()") as child:
        assert {os.getpid(), child.pid} <= set(tree(os.getpid()))
    for parent, children in {7: {7: "8 9", 70: "10"}, 8: {8: "11"}, 9: {9: ""}, 10: {10: ""}, 11: {11: ""}}.items():
        for thread, text in children.items():
            (tmp_path / str(parent) / "task" / str(thread)).mkdir(parents=True)
            (tmp_path / str(parent) / "task" / str(thread) / "children").write_text(text)
    monkeypatch.setattr(system, "PROC", tmp_path)
    assert sorted(tree(7)) == [7, 8, 9, 10, 11]


def test_a_process_that_is_gone_has_no_figures() -> None:
    sampler = System(2**22 + 1)
    assert not any(name.startswith("process_") for name in sampler.sample())


def test_a_memory_limit_is_the_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "memory.current").write_text("750")
    monkeypatch.setattr(cgroup, "memory_limit", lambda pid: cgroup.MemoryLimit(1_000, tmp_path))
    found = System(os.getpid()).sample()
    assert (found["memory_bytes"], found["memory_percent"]) == (750.0, 75.0)


@pytest.mark.parametrize(("text", "seconds"), [("", 5.0), ("2.5", 2.5), ("0", 0.0), ("-1", 0.0), ("often", 5.0)])
def test_the_interval_can_be_set(monkeypatch: pytest.MonkeyPatch, text: str, seconds: float) -> None:
    monkeypatch.setenv("RUNWATCH_SYSTEM_INTERVAL_S", text)
    assert interval_s() == seconds


def test_samples_go_through_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_journal(tmp_path)
    now = 100.0
    monkeypatch.setattr(recorder, "time", types.SimpleNamespace(monotonic=lambda: now))
    found = SystemRecorder(folder, "run", os.getpid())
    for seconds in (0.0, 1.0, 5.0):
        now = 100.0 + seconds
        found.step()
    found.close()
    now = 200.0
    found.step()
    reader = JournalReader(folder)
    (writer,) = reader.writers()
    blocks = reader.read(writer, 0).batch.blocks
    rows = {block.metric: block.rows for block in blocks}
    assert (rows["system/memory_bytes"], rows["system/cpu_percent"]) == (2, 1)


def test_no_samples_if_turned_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNWATCH_SYSTEM_INTERVAL_S", "0")
    folder = make_journal(tmp_path)
    found = SystemRecorder(folder, "run", os.getpid())
    found.step()
    found.close()
    assert JournalReader(folder).writers() == []


class NvmlError(Exception):
    """Stands for the library's."""


def library(count: int, *, sensors: bool = True) -> Any:
    made: Any = types.ModuleType("pynvml")
    made.NVMLError = NvmlError
    made.NVML_TEMPERATURE_GPU = 0
    made.closed = 0

    def power(device: int) -> int:
        if not sensors:
            raise NvmlError
        return 250_000

    def shutdown() -> None:
        made.closed += 1

    made.nvmlInit = lambda: None
    made.nvmlShutdown = shutdown
    made.nvmlDeviceGetCount = lambda: count
    made.nvmlDeviceGetHandleByIndex = lambda index: index
    made.nvmlDeviceGetUtilizationRates = lambda device: types.SimpleNamespace(gpu=90 + device)
    made.nvmlDeviceGetMemoryInfo = lambda device: types.SimpleNamespace(used=1 << 30)
    made.nvmlDeviceGetTemperature = lambda device, kind: 60
    made.nvmlDeviceGetPowerUsage = power
    return made


def test_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = library(2)
    monkeypatch.setitem(sys.modules, "pynvml", fake)
    gpus = Gpus()
    found = gpus.sample()
    assert found["gpu0_percent"] == 90.0
    assert found["gpu1_percent"] == 91.0
    assert found["gpu1_memory_bytes"] == float(1 << 30)
    assert (found["gpu0_celsius"], found["gpu0_watts"]) == (60.0, 250.0)
    gpus.close()
    gpus.close()
    assert fake.closed == 1
    assert gpus.sample() == {}


def test_a_missing_sensor_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", library(1, sensors=False))
    assert sorted(Gpus().sample()) == ["gpu0_celsius", "gpu0_memory_bytes", "gpu0_percent"]


def test_no_driver_and_no_library_are_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    fake: Any = library(1)

    def fail() -> None:
        raise NvmlError

    fake.nvmlInit = fail
    monkeypatch.setitem(sys.modules, "pynvml", fake)
    assert Gpus().sample() == {}
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert Gpus().sample() == {}

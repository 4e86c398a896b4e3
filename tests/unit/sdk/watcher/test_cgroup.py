"""Control groups of both versions, from files made up for the purpose."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runwatch.sdk.watcher import cgroup


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    (tmp_path / "proc" / "7").mkdir(parents=True)
    return tmp_path / "proc"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "cgroup"


def group(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


def test_version_2(proc: Path, root: Path) -> None:
    (proc / "7" / "cgroup").write_text("0::/job/step\n")
    group(root, memory__max="max\n")
    group(root / "job", memory__max="2000\n", memory__current="900\n", memory__stat="anon 1\ninactive_file 100\n")
    group(root / "job" / "step", memory__max="max\n", memory__events="low 0\noom 2\noom_kill 1\n")
    found = cgroup.memory_limit(7, root=root, proc=proc)
    assert found == (2000, root / "job")
    assert found.used_bytes() == 800
    before = cgroup.oom_kills(7, root=root, proc=proc)
    assert before == {str(root / "job" / "step" / "memory.events"): 1}
    assert cgroup.oom_evidence(before, cgroup.recount(before)) == ""
    group(root / "job" / "step", memory__events="low 0\noom 4\noom_kill 3\n")
    assert "memory.events counted 2 process" in cgroup.oom_evidence(before, cgroup.recount(before))


def test_version_1(proc: Path, root: Path) -> None:
    (proc / "7" / "cgroup").write_text("9:cpu:/x\n4:memory:/job\n0::/\n")
    group(root / "memory", memory__limit_in_bytes=f"{2**63 - 4096}\n")
    group(root / "memory" / "job", memory__limit_in_bytes="1000\n", memory__usage_in_bytes="10\n")
    group(root / "memory" / "job", memory__oom_control="oom_kill_disable 0\nunder_oom 0\noom_kill 5\n")
    found = cgroup.memory_limit(7, root=root, proc=proc)
    assert found == (1000, root / "memory" / "job")
    assert found.used_bytes() == 10
    assert cgroup.oom_kills(7, root=root, proc=proc) == {str(root / "memory" / "job" / "memory.oom_control"): 5}


def test_a_group_outside_what_is_mounted_falls_back_to_the_top(proc: Path, root: Path) -> None:
    (proc / "7" / "cgroup").write_text("0::/docker/abc\n")
    group(root, memory__max="512\n")
    assert cgroup.memory_limit(7, root=root, proc=proc) == (512, root)


def test_the_kernel_wide_counter_is_evidence_too(proc: Path, root: Path) -> None:
    (proc / "vmstat").write_text("nr_free_pages 12\noom_kill 3\n")
    before = cgroup.oom_kills(7, root=root, proc=proc)
    assert before == {str(proc / "vmstat"): 3}
    (proc / "vmstat").write_text("nr_free_pages 12\noom_kill 4\n")
    assert cgroup.oom_evidence(before, cgroup.recount(before))


def test_nothing_there_says_nothing(proc: Path, root: Path) -> None:
    assert cgroup.memory_folders(8, root=root, proc=proc) == []
    assert cgroup.memory_limit(7, root=root, proc=proc) is None
    assert cgroup.oom_kills(8, root=root, proc=proc) == {}
    assert cgroup.oom_evidence({"gone": 1}, {}) == ""


def test_this_machine_is_understood() -> None:
    limit = cgroup.memory_limit(os.getpid())
    assert limit is None or limit.limit_bytes > 0
    assert all(count >= 0 for count in cgroup.oom_kills(os.getpid()).values())

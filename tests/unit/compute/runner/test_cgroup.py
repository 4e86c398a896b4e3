"""Control groups of both versions, from files made up for the purpose."""

from __future__ import annotations

from pathlib import Path

import pytest

from runwatch.compute.runner import cgroup


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "vmstat").write_text("nr_free_pages 12\noom_kill 3\n")
    monkeypatch.setattr(cgroup, "ROOT", str(tmp_path / "cgroup"))
    monkeypatch.setattr(cgroup, "OWN", str(tmp_path / "own"))
    monkeypatch.setattr(cgroup, "MACHINE", str(tmp_path / "vmstat"))
    return tmp_path / "cgroup"


def group(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"cgroup__procs": "", **files}.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


def own(root: Path, text: str) -> None:
    (root.parent / "own").write_text(text)


def test_a_group_of_version_2_is_made_below_our_own(root: Path) -> None:
    own(root, "0::/job/step\n")
    group(root)
    inner = group(root / "job" / "step", memory__events="low 0\noom 2\noom_kill 1\n")
    made = cgroup.make_group("runwatch-1-2")
    assert made is not None
    assert Path(made.path) == inner / "runwatch-1-2"
    assert cgroup.memory_ends(made) == {str(inner / "memory.events"): 1}
    group(Path(made.path), memory__events="oom_kill 0\n")
    before = cgroup.memory_ends(made)
    assert before == {f"{made.path}/memory.events": 0}, "the run's own counter is the better one"
    assert cgroup.evidence(before) == ""
    group(Path(made.path), memory__events="oom_kill 2\n")
    assert "memory.events counted 2 process(es)" in cgroup.evidence(before)


def test_the_second_hierarchy_of_a_hybrid_machine(root: Path) -> None:
    own(root, "9:cpu,cpuacct:/x\n4:memory:/job\n0::/\n")
    unified = group(root / "unified")
    memory = group(root / "memory" / "job", memory__oom_control="oom_kill_disable 0\nunder_oom 0\noom_kill 5\n")
    group(root / "memory")
    made = cgroup.make_group("g")
    assert made is not None
    assert Path(made.path) == unified / "g"
    assert cgroup.memory_ends(made) == {str(memory / "memory.oom_control"): 5}


def test_a_group_outside_what_is_mounted_is_the_top(root: Path) -> None:
    own(root, "0::/docker/abc\n")
    group(root, memory__events="oom_kill 4\n")
    assert cgroup.memory_ends(None) == {str(root / "memory.events"): 4}


def test_no_group_can_be_made(root: Path) -> None:
    assert cgroup.make_group("g") is None
    own(root, "4:memory:/job\n")
    assert cgroup.make_group("g") is None
    own(root, "0::/\n")
    group(root).joinpath("g").mkdir()
    assert cgroup.make_group("g") is None, "a name that is taken is somebody else's"


def test_the_machine_counts_only_where_no_group_does(root: Path) -> None:
    before = cgroup.memory_ends(None)
    assert before == {cgroup.MACHINE: 3}
    Path(cgroup.MACHINE).unlink()
    assert cgroup.evidence(before) == ""
    assert cgroup.memory_ends(None) == {}


def test_groups_that_a_job_made_go_with_its_own(root: Path) -> None:
    (root / "g" / "inner" / "innermost").mkdir(parents=True)
    cgroup.Group(str(root / "g")).remove()
    assert not (root / "g").exists()
    cgroup.Group(str(root / "g")).remove()
    cgroup.Group(str(root / "g")).kill()
    assert not (root / "g").exists()

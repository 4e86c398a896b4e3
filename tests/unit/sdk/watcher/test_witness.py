"""What is known of the training process from outside."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from runwatch.journal.manifest import read_manifest
from runwatch.sdk.watcher import cgroup, witness
from runwatch.sdk.watcher.ending import judge
from runwatch.sdk.watcher.life import Life
from runwatch.sdk.watcher.token import boot_id
from runwatch.sdk.watcher.witness import Witness, last_written_at, other_writers
from tests.unit.sdk.watcher.scene import await_that, log, make_journal


@pytest.fixture
def training() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as made:
        yield made
        made.kill()


def witness_of(folder: Path) -> Witness:
    manifest = read_manifest(folder)
    return Witness(manifest, Life(manifest.pid, manifest.process_started))


def test_nothing_is_said_of_a_process_that_lives(tmp_path: Path) -> None:
    found = witness_of(make_journal(tmp_path))
    assert not found.ended()
    assert not found.is_settled(tmp_path)
    assert found.death(tmp_path) is None


def test_a_counter_that_grew_is_evidence(
    tmp_path: Path, training: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_journal(tmp_path, pid=training.pid)
    monkeypatch.setattr(cgroup, "oom_kills", lambda pid: {"/group/memory.events": 1})
    monkeypatch.setattr(cgroup, "recount", lambda before: {"/group/memory.events": 2})
    found = witness_of(folder)
    training.kill()
    training.wait()
    await_that(lambda: found.ended() and found.is_settled(folder), "the end is settled")
    death = found.death(folder)
    assert death is not None
    assert "/group/memory.events counted 1 process" in death.out_of_memory
    assert judge(None, None, death).reason == "out of memory"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"process_started": "00000000-0000-0000-0000-000000000000+5"}, "restarted"),
        ({"host": "elsewhere"}, "ran on elsewhere"),
        ({}, "nobody saw"),
    ],
)
def test_a_lost_process_leaves_a_reason(tmp_path: Path, facts: dict[str, str], words: str) -> None:
    folder = make_journal(tmp_path, pid=2**22 + 1, process_started=f"{boot_id()}+5")
    manifest = msgspec.structs.replace(read_manifest(folder), **facts)
    found = Witness(manifest, Life(manifest.pid, manifest.process_started))
    assert found.ended()
    assert found.is_settled(folder)
    death = found.death(folder)
    assert death is not None
    assert words in death.lost


def test_children_that_never_fall_silent_are_not_waited_for_without_end(
    tmp_path: Path, training: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_journal(tmp_path, pid=training.pid)
    found = witness_of(folder)
    training.kill()
    training.wait()
    monkeypatch.setattr(witness, "other_writers", lambda folder, pid: {1})
    await_that(found.ended, "the process has ended")
    found.heard()
    assert not found.is_settled(folder)
    monkeypatch.setattr(witness, "LINGER_S", 0.0)
    await_that(lambda: found.is_settled(folder), "the wait is over")


def test_writers_are_known_by_the_heads_of_their_segments(tmp_path: Path) -> None:
    folder = make_journal(tmp_path)
    log(folder, 1)
    child = os.fork()
    if child == 0:
        log(folder, 1)
        os._exit(0)
    os.waitpid(child, 0)
    (folder / f"{'0' * 32}-00000000.rwj").write_bytes(b"no segment")
    assert other_writers(folder, os.getpid()) == set(), "this process itself and the dead do not count"


def test_the_last_write_is_that_of_the_newest_segment(tmp_path: Path) -> None:
    folder = make_journal(tmp_path)
    assert last_written_at(folder) > 1e9
    log(folder, 1)
    for path in folder.glob("*.rwj"):
        os.utime(path, (5.0, 5.0))
    assert last_written_at(folder) == 5.0

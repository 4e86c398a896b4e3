"""The runner's files appear whole, in space that was taken before."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from runwatch.compute.runner import document


def test_the_reserved_bytes_become_the_exit(tmp_path: Path) -> None:
    document.reserve(str(tmp_path), 1)
    reserved = tmp_path / "exit.reserve"
    assert reserved.stat().st_size == document.RESERVE_BYTES
    inode = reserved.stat().st_ino
    assert document.write_exit(str(tmp_path), {"a": "ä"})
    assert json.loads((tmp_path / "exit.json").read_text()) == {"a": "ä"}
    assert (tmp_path / "exit.json").stat().st_ino == inode
    assert os.listdir(tmp_path) == ["exit.json"]


def test_many_processes_have_room(tmp_path: Path) -> None:
    document.reserve(str(tmp_path), 1000)
    content = {"message": "x" * 700, "processes": [{"code": None, "signal": 255}] * 1000}
    assert len(json.dumps(content)) < (tmp_path / "exit.reserve").stat().st_size


def test_a_state_replaces_the_one_before(tmp_path: Path) -> None:
    assert document.write_state(str(tmp_path), {"n": "long" * 100})
    assert document.write_state(str(tmp_path), {"n": 2})
    assert json.loads((tmp_path / "state.json").read_text()) == {"n": 2}
    assert os.listdir(tmp_path) == ["state.json"]


def test_a_state_that_fails_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert document.write_state(str(tmp_path), {"n": 1})
    monkeypatch.setattr(os, "fsync", full)
    assert not document.write_state(str(tmp_path), {"n": 2})
    assert json.loads((tmp_path / "state.json").read_text()) == {"n": 1}
    assert os.listdir(tmp_path) == ["state.json"]


def test_a_folder_that_is_gone_is_not_made(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    document.reserve(gone, 1)
    assert not document.write_state(gone, {})
    assert not document.write_exit(gone, {})
    assert os.listdir(tmp_path) == []


def test_a_full_disk_is_waited_for_but_not_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "RETRY_S", 0.01)
    monkeypatch.setattr(document, "RETRY_FOR_S", 0.05)
    monkeypatch.setattr(os, "fsync", full)
    assert not document.write_exit(str(tmp_path), {})
    assert not (tmp_path / "exit.json").exists()


def test_a_link_or_a_pipe_in_place_of_the_reserve_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "RETRY_S", 0.01)
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "exit.reserve").symlink_to(victim)
    assert document.write_exit(str(tmp_path), {"n": 1})
    os.mkfifo(tmp_path / "exit.reserve")
    assert document.write_exit(str(tmp_path), {"n": 2})
    assert json.loads((tmp_path / "exit.json").read_text()) == {"n": 2}
    assert victim.read_text() == "mine"
    assert sorted(os.listdir(tmp_path)) == ["exit.json", "victim"]


def full(descriptor: int) -> None:
    raise OSError(errno.ENOSPC, "full")

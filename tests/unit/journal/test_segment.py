"""Segments are allocated, not sparse, and appear whole."""

from __future__ import annotations

import errno
import mmap
import os
from pathlib import Path

import pytest

from runwatch.journal import segment
from runwatch.journal.format import Header, run_digest, unpack_header
from runwatch.journal.segment import allocate, create_segment, make_header

SIZE = 1 << 16


def header(number: int = 0) -> Header:
    return make_header(run_digest("run"), bytes(16), attempt=1, number=number, first=5, size=SIZE)


@pytest.mark.parametrize("mapped", [True, False])
def test_segment_is_whole(tmp_path: Path, mapped: bool) -> None:
    made = create_segment(tmp_path, header(), mapped=mapped)
    assert list(tmp_path.iterdir()) == [made.path]
    assert made.path.stat().st_size == made.size == SIZE
    assert made.path.stat().st_blocks * 512 >= SIZE
    assert made.path.stat().st_mode & 0o777 == 0o600
    found = unpack_header(made.path.read_bytes())
    assert found is not None
    assert (found.first, found.pid, found.size) == (5, os.getpid(), SIZE)
    if mapped:
        assert isinstance(made.target, mmap.mmap)
        made.target[200:203] = b"abc"
    else:
        os.pwrite(made.target, b"abc", 200)
        os.close(made.target)
    assert made.path.read_bytes()[200:203] == b"abc"


def test_existing_segments_are_never_replaced(tmp_path: Path) -> None:
    (tmp_path / f"{'00' * 16}-00000000.new").write_text("someone's")
    with pytest.raises(FileExistsError):
        create_segment(tmp_path, header(), mapped=True)


@pytest.mark.parametrize("step", ["allocate", "map"])
def test_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    if step == "allocate":
        monkeypatch.setattr(segment, "allocate", fail)
    else:
        monkeypatch.setattr(mmap, "mmap", fail)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(OSError, match="full"):
        create_segment(tmp_path, header(), mapped=True)
    assert list(tmp_path.iterdir()) == []
    assert len(os.listdir("/proc/self/fd")) == before


def test_zeros_are_written_where_space_cannot_be_reserved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "not here")

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    with (tmp_path / "file").open("wb", buffering=0) as file:
        allocate(file.fileno(), SIZE + 100)
    assert (tmp_path / "file").read_bytes() == bytes(SIZE + 100)


def test_short_writes_mean_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "posix_fallocate")
    monkeypatch.setattr(os, "write", lambda file, data: len(data) - 1)
    with (tmp_path / "file").open("wb", buffering=0) as file, pytest.raises(OSError, match=r".") as caught:
        allocate(file.fileno(), SIZE)
    assert caught.value.errno == errno.ENOSPC


def test_boot_id(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert len(segment.boot_id()) == 16
    segment.boot_id.cache_clear()
    monkeypatch.setattr(segment, "Path", lambda name: tmp_path / "none")
    assert segment.boot_id() == bytes(16)
    segment.boot_id.cache_clear()

"""Private files: rights from the first instant, no links, nobody else's (A57, A58)."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from runwatch.schema.error import WorkspaceException
from runwatch.server.state import private


def test_a_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert private.create(tmp_path / "secret", b"first")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert not private.create(tmp_path / "secret", b"second")
    assert private.read(tmp_path / "secret", 100) == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_of_many_at_once_one_makes_it_and_all_read_the_same(tmp_path: Path) -> None:
    made, seen = [], []
    start = threading.Barrier(8)

    def work(number: int) -> None:
        start.wait()
        if private.create(tmp_path / "secret", b"%d" % number * 1000):
            made.append(number)
        seen.append(private.read(tmp_path / "secret", 10_000))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert set(seen) == {b"%d" % made[0] * 1000}


def test_a_link_made_beforehand_is_neither_followed_nor_believed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    (tmp_path / "secret").symlink_to(target)
    assert not private.create(tmp_path / "secret", b"mine")
    assert not target.exists()
    with pytest.raises(WorkspaceException, match="symbolic link"):
        private.read(tmp_path / "secret", 100)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_file_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"known")
    path.chmod(mode)
    with pytest.raises(WorkspaceException, match="others"):
        private.read(path, 100)


def test_a_fifo_a_large_and_a_foreign_file_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "fifo", 0o600)
    with pytest.raises(WorkspaceException, match="plain file"):
        private.check(tmp_path / "fifo")
    private.create(tmp_path / "secret", b"x" * 11)
    with pytest.raises(WorkspaceException, match="larger"):
        private.read(tmp_path / "secret", 10)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(WorkspaceException, match="another user"):
        private.check(tmp_path / "secret")

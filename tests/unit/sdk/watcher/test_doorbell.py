"""Rings and folders from the training process."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from runwatch.sdk.watcher.doorbell import Doorbell, listen


def test_words_arrive_whole_however_they_are_cut() -> None:
    ours, theirs = socket.socketpair()
    bell = Doorbell(os.dup(theirs.fileno()))
    with ours, theirs:
        assert list(bell.hear()) == []
        ours.send(b"ring\nwatch /a fol")
        assert list(bell.hear()) == [("ring", "")]
        ours.send(b"der\n")
        assert list(bell.hear()) == [("watch", "/a folder")]
        assert len(bell.sources()) == 1
        bell.close()
        bell.close()
    assert bell.sources() == []


def test_the_end_of_the_line_is_only_the_end_of_rings() -> None:
    reading, writing = os.pipe()
    bell = Doorbell(reading)
    os.write(writing, b"ring\n")
    os.close(writing)
    assert list(bell.hear()) == [("ring", "")]
    assert len(bell.sources()) == 1
    assert list(bell.hear()) == []
    assert bell.sources() == []
    assert list(bell.hear()) == []


def test_a_file_or_nothing_rings_nothing(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file:
        assert not Doorbell(file.fileno()).is_open
    assert not Doorbell(None).is_open
    assert not Doorbell(10_000).is_open


def test_several_processes_ring_at_a_socket(tmp_path: Path) -> None:
    path = str(tmp_path / "bell")
    bell = Doorbell(None)
    bell.listen_at(listen(path))
    with socket.socket(socket.AF_UNIX) as one, socket.socket(socket.AF_UNIX) as other:
        one.connect(path)
        other.connect(path)
        one.send(b"ring\nwatch /a")
        other.send(b"watch /b\n")
        assert sorted(bell.hear()) == [("ring", ""), ("watch", "/b")]
        one.send(b"\n")
        assert list(bell.hear()) == [("watch", "/a")]
        assert len(bell.sources()) == 3
    assert list(bell.hear()) == []
    assert len(bell.sources()) == 1
    bell.close()
    assert not bell.is_open
    assert list(bell.hear()) == []


def test_a_socket_that_a_dead_watcher_left_is_replaced(tmp_path: Path) -> None:
    path = str(tmp_path / "bell")
    listen(path).close()
    with listen(path), socket.socket(socket.AF_UNIX) as line:
        line.connect(path)

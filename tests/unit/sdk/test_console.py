"""The copy of what is printed: complete, harmless, and gone when it is over."""

from __future__ import annotations

import io
import os
import sys
import threading
from pathlib import Path

import pytest

from runwatch.sdk.console import ConsoleCopy, ConsoleFile, Tee


def replace_streams(monkeypatch: pytest.MonkeyPatch) -> tuple[io.StringIO, io.StringIO]:
    """In the test itself: between a fixture and its test pytest puts its own streams back."""
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    return out, err


def test_both_streams_are_copied_and_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    streams = replace_streams(monkeypatch)
    copy = ConsoleCopy(tmp_path / "deep" / "log")
    copy.start()
    assert sys.stdout.write("größe\n") == 6
    sys.stdout.writelines(["a", "b"])
    sys.stderr.write("bad\ud800\n")
    assert copy.stop() == ""
    assert (sys.stdout, sys.stderr) == streams
    assert (tmp_path / "deep" / "log").read_bytes() == "größe\nabbad?\n".encode()
    assert streams[0].getvalue() == "größe\nab"


def test_a_stream_that_was_replaced_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    streams = replace_streams(monkeypatch)
    copy = ConsoleCopy(tmp_path / "log")
    copy.start()
    held = sys.stdout
    other = io.StringIO()
    sys.stdout = other
    copy.stop()
    assert sys.stdout is other
    held.write("still passed on")
    assert streams[0].getvalue() == "still passed on"
    assert (tmp_path / "log").read_bytes() == b""


def test_a_disk_that_fails_is_no_concern_of_the_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    streams = replace_streams(monkeypatch)
    copy = ConsoleCopy(tmp_path / "log")
    copy.start()
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda *arguments: (_ for _ in ()).throw(OSError(28, "No space left")))
        print("one")
    print("two")
    assert "No space" in copy.stop()
    assert streams[0].getvalue() == "one\ntwo\n"


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    file = ConsoleFile(tmp_path / "file" / "log")
    file.write("x")
    assert file.failed


def test_no_streams_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    copy = ConsoleCopy(tmp_path / "log")
    copy.start()
    assert copy.stop() == ""
    assert sys.stdout is None


def test_the_streams_errors_are_its_own(tmp_path: Path) -> None:
    stream = io.StringIO()
    tee = Tee(stream, ConsoleFile(tmp_path / "log"))
    with pytest.raises(TypeError):
        tee.write(3)  # type: ignore[arg-type]
    stream.close()
    with pytest.raises(ValueError, match="closed"):
        tee.write("x")
    assert (tmp_path / "log").read_bytes() == b""


def test_what_else_a_stream_can_do_is_passed_on(tmp_path: Path) -> None:
    with (tmp_path / "real").open("w+") as stream, Tee(stream, ConsoleFile(tmp_path / "log")) as tee:
        assert tee.fileno() == stream.fileno()
        assert tee.encoding == stream.encoding
        assert not tee.isatty()
        tee.write("a\nb\n")
        tee.flush()
        stream.seek(0)
        assert list(tee) == ["a\n", "b\n"]


def test_lines_of_threads_are_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_streams(monkeypatch)
    copy = ConsoleCopy(tmp_path / "log")
    copy.start()
    line = "x" * 1_000 + "\n"
    threads = [threading.Thread(target=lambda: [sys.stdout.write(line) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    copy.stop()
    assert (tmp_path / "log").read_text() == line * 200


def test_a_forked_child_prints_on(tmp_path: Path) -> None:
    file = ConsoleFile(tmp_path / "log")
    child = os.fork()
    if child == 0:
        file.write("child\n")
        os._exit(0)
    os.waitpid(child, 0)
    file.write("parent\n")
    assert (tmp_path / "log").read_text() == "child\nparent\n"

"""Starting a watcher costs the training process milliseconds and never an exception."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from runwatch.sdk.watcher import launch, spawn
from runwatch.sdk.watcher.doorbell import Doorbell, listen
from runwatch.sdk.watcher.launch import Watching
from runwatch.store.location import open_store
from tests.unit.sdk.watcher.scene import await_that, log, make_journal, run_of, values


def line(monkeypatch: pytest.MonkeyPatch, folder: Path) -> tuple[Watching, socket.socket]:
    """A handle whose other end is in the test's hands."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    monkeypatch.setattr(launch, "spawn", lambda folder: ours)
    return launch.start(folder), theirs


def test_a_watcher_takes_a_run_to_its_end(tmp_path: Path) -> None:
    """Takes a second: a real process with the real store."""
    store = open_store(str(tmp_path))
    folder = make_journal(tmp_path)
    watching = launch.start(folder)
    assert watching.failed == ""
    assert watching.alive
    log(folder, 100, end="Completed")
    watching.ring()
    assert watching.wait(30)
    assert launch.finished(folder)
    assert run_of(store).status == "Completed"
    assert values(store) == list(range(100))
    other = make_journal(tmp_path, "other")
    assert watching.watch(other)
    log(other, 10, end="Completed")
    watching.ring()
    assert watching.wait(30, other)
    assert values(store, "other") == list(range(10))
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)  # the script's own os.wait() neither sees nor waits for it
    store.close()


def test_words_reach_the_other_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watching, theirs = line(monkeypatch, make_journal(tmp_path))
    watching.ring()
    assert watching.watch(tmp_path / "other")
    assert theirs.recv(1000) == b"ring\nwatch " + os.fsencode(tmp_path / "other") + b"\n"
    assert watching.alive
    theirs.close()
    assert not watching.alive


def test_a_watcher_that_does_not_listen_blocks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watching, theirs = line(monkeypatch, make_journal(tmp_path))
    for _ in range(100_000):
        watching.ring()
    assert not watching.watch(tmp_path / "other"), "a folder that nobody has been told of is not watched"
    theirs.close()


def test_a_dead_watcher_does_not_kill_the_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watching, theirs = line(monkeypatch, make_journal(tmp_path))
    monkeypatch.setattr(launch, "_hung_up", lambda bell: False)  # it dies between the look and the word
    theirs.close()
    previous = signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        watching.ring()
    finally:
        signal.signal(signal.SIGPIPE, previous)
    assert not watching.watch(tmp_path / "other")


def test_a_dead_watcher_is_started_again_but_not_in_a_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, other = make_journal(tmp_path), make_journal(tmp_path, "other")
    watching, theirs = line(monkeypatch, folder)
    watching.watch(other)
    theirs.close()
    started: list[Path] = []
    ends: list[socket.socket] = []

    def start(folder: Path) -> socket.socket:
        started.append(folder)
        ours, theirs = socket.socketpair()
        ends.append(theirs)
        return ours

    monkeypatch.setattr(launch, "spawn", start)
    watching.ring()
    assert started == [], "not so soon"
    monkeypatch.setattr(launch, "REVIVE_S", 0.0)
    watching.ring()
    assert started == [folder]
    assert ends[0].recv(1000) == b"watch " + os.fsencode(other) + b"\n"
    ends[0].close()
    for finished in (folder, other):
        (finished / "run.json").unlink()
    watching.ring()
    assert started == [folder], "nothing is left to watch"


def test_waiting_is_bounded_and_ends_with_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_journal(tmp_path)
    watching, theirs = line(monkeypatch, folder)
    assert not watching.wait(0.0)
    (folder / "parked").write_text("deleted")
    assert watching.wait(0.0)
    (folder / "parked").unlink()
    theirs.close()
    assert watching.wait(0.0), "nobody is there to wait for"
    assert not launch.finished(folder)


def test_a_forked_child_has_no_watcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watching, theirs = line(monkeypatch, make_journal(tmp_path))
    child = os.fork()
    if child == 0:
        watching.ring()
        os._exit(watching.alive or watching.watch(tmp_path / "other"))
    assert os.waitpid(child, 0)[1] == 0
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1)
    theirs.close()


@pytest.mark.parametrize("error", [OSError(11, "Resource temporarily unavailable"), ValueError("no interpreter")])
def test_a_failed_start_is_told_and_not_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(folder: Path) -> Any:
        raise error

    monkeypatch.setattr(launch, "spawn", fail)
    watching = launch.start(make_journal(tmp_path))
    assert str(error) in watching.failed
    assert not watching.alive
    assert watching.wait(10)
    watching.ring()


def test_no_folder_no_watcher(tmp_path: Path) -> None:
    assert launch.start(tmp_path / "gone").failed


def test_an_embedded_interpreter_is_not_called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", "/usr/sbin/uwsgi")
    monkeypatch.setattr(sys, "exec_prefix", str(tmp_path))
    with pytest.raises(ValueError, match="no Python interpreter"):
        spawn.command(tmp_path)
    inner = tmp_path / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    inner.parent.mkdir()
    inner.touch()
    assert spawn.command(tmp_path)[0] == str(inner)


def test_what_would_break_the_watcher_stays_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    found = spawn.environment({
        "PYTHONINSPECT": "1", "PYTHONWARNINGS": "error", "PYTHONPATH": "src::/lib", "RUNWATCH_X": "1", "PATH": "/bin",
    })  # fmt: skip
    assert found == {
        "PYTHONPATH": f"{tmp_path / 'src'}{os.pathsep}/lib", "RUNWATCH_X": "1", "PATH": "/bin",
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    }  # fmt: skip


def test_a_script_folder_full_of_namesakes_is_harmless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second: a real watcher, started where ``random.py`` and others lie."""
    store = open_store(str(tmp_path / "workspace"))
    folder = make_journal(tmp_path / "workspace")
    for name in ("random", "select", "signal", "logging", "numpy", "psutil"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('shadowed')")
    monkeypatch.chdir(tmp_path)
    log(folder, 10, end="Completed")
    watching = launch.start(folder)
    assert watching.wait(30)
    assert run_of(store).status == "Completed"
    store.close()


def test_without_a_shell_it_is_started_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second: a real watcher."""
    monkeypatch.setattr(spawn, "SHELL", "/nowhere/sh")
    store = open_store(str(tmp_path))
    folder = make_journal(tmp_path)
    log(folder, 10, end="Completed")
    watching = launch.start(folder)
    assert watching.wait(30)
    assert run_of(store).status == "Completed"
    store.close()
    del watching  # nobody rings any more: it leaves
    # It is our child here: collect it, or it would outlive the test.
    await_that(lambda: os.waitpid(-1, os.WNOHANG)[0] != 0, "the watcher leaves", timeout_s=40)


def test_the_handle_costs_little_to_import() -> None:
    code = (
        "import sys; before = set(sys.modules); import runwatch.sdk.watcher.launch\n"
        "heavy = {'numpy', 'psutil', 'sqlalchemy', 'subprocess', 'socket', 'msgspec', 'logging'}\n"
        "print(sorted(heavy & (set(sys.modules) - before)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_descriptors_of_the_script_are_not_inherited(tmp_path: Path) -> None:
    """A second: a real watcher. A socket that it held would keep a peer of the script waiting for ever."""
    store = open_store(str(tmp_path))
    folder = make_journal(tmp_path)
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    watching = launch.start(folder)
    os.close(writing)
    os.set_blocking(reading, False)
    await_that(lambda: (folder / "epoch").exists(), "the watcher is up")
    assert os.read(reading, 1) == b""
    os.close(reading)
    log(folder, 1, end="Completed")
    assert watching.wait(30)
    store.close()


def test_the_watcher_of_a_job_is_found_once_it_is_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, other, bell = make_journal(tmp_path), make_journal(tmp_path, "other"), tmp_path / "bell"
    monkeypatch.setenv(launch.BELL_VARIABLE, str(bell))
    monkeypatch.setenv(launch.JOURNAL_VARIABLE, str(folder))
    watching = launch.of_job()
    assert watching is not None
    watching.ring()  # the script is quicker than its watcher
    assert not watching.alive
    found: list[bool] = []
    asking = threading.Thread(target=lambda: found.append(watching.watch(other)))
    asking.start()
    with listen(str(bell)) as listener:
        door = Doorbell(None)
        door.listen_at(listener)
        asking.join(30)
        assert found == [True]
        assert {("watch", str(folder)), ("watch", str(other))} <= set(door.hear())
        door.close()
    assert not watching.alive
    with listen(str(bell)) as listener:  # it had died, and another one has taken its place
        door = Doorbell(None)
        door.listen_at(listener)
        watching.ring()
        assert set(door.hear()) == {("watch", str(folder)), ("watch", str(other))}
        watching.ring()
        assert list(door.hear()) == [("ring", "")]
        door.close()


def test_a_job_that_is_over_has_no_watcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert launch.of_job() is None
    monkeypatch.setenv(launch.BELL_VARIABLE, str(tmp_path / "bell"))
    monkeypatch.setenv(launch.JOURNAL_VARIABLE, str(tmp_path / "gone"))
    assert launch.of_job() is None


def test_a_watcher_that_never_comes_up_is_not_waited_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "UP_S", 0.05)
    watching = launch.JobWatching(str(tmp_path / "bell"), make_journal(tmp_path))
    assert not watching.watch(make_journal(tmp_path, "other"))

"""The agent beside a server: there, back when it dies, gone when the server ends, and never a second one."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runwatch.cli import keeper as keeping
from runwatch.cli.keeper import Keeper
from runwatch.journal import location
from runwatch.sdk import agent
from runwatch.store.location import open_store

PATIENCE_S = 60.0


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    open_store(str(tmp_path / "workspace")).close()
    return tmp_path / "workspace"


@pytest.fixture
def keeper(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    monkeypatch.setattr(keeping, "PAUSE_S", 0.2)
    monkeypatch.setattr(keeping, "LOOK_S", 0.2)
    made = Keeper(str(workspace))
    yield made
    made.stop()


def serves(workspace: Path, pid: int | None = None) -> bool:
    """Whether an agent, or the one of this process id, can be rung; a killed one leaves its bell behind."""
    place = location.compute_folder(str(workspace))
    said = (place / location.AGENT_LOG).read_text() if pid is not None else ""
    return location.bell(place).exists() and (pid is None or f"process {pid}\n" in said)


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_is_there_comes_back_and_ends(keeper: Keeper, workspace: Path) -> None:
    keeper.start()
    until(lambda: serves(workspace))
    first = keeper.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    until(lambda: keeper.pid not in {None, first} and serves(workspace, keeper.pid))
    second = keeper.pid
    assert second is not None
    keeper.stop()
    assert (keeper.pid, is_there(second), serves(workspace)) == (None, False, False)


def test_another_agent_is_left_alone_and_followed_by_ours_when_it_leaves(keeper: Keeper, workspace: Path) -> None:
    other = agent.start(str(workspace))
    until(lambda: serves(workspace))
    keeper.start()
    time.sleep(1)
    assert keeper.pid is None
    other.terminate()
    assert other.wait(PATIENCE_S) == 0
    until(lambda: keeper.pid is not None and serves(workspace))


def test_one_that_dies_at_once_is_started_ever_more_rarely(
    keeper: Keeper, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = workspace / "started"
    dying = [sys.executable, "-c", f"open({str(started)!r}, 'a').write('x')"]
    monkeypatch.setattr(agent, "command", lambda place: dying)
    keeper.start()
    time.sleep(3)
    assert 1 <= len(started.read_text()) <= 5

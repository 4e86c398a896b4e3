"""The agent as a process."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from runwatch.journal import location
from runwatch.sdk import agent
from runwatch.store.location import open_store


def test_it_leaves_in_order_from_the_moment_it_can_be_rung(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    workspace = str(tmp_path / "workspace")
    open_store(workspace).close()
    bell = location.bell(location.compute_folder(workspace))
    process = agent.start(workspace)
    deadline = time.monotonic() + 60
    while not bell.exists():
        assert time.monotonic() < deadline
        time.sleep(0.001)
    process.terminate()
    assert process.wait(60) == 0
    assert not bell.exists()

"""Jobs submitted to a server run on its machine: by the agent that `runwatch up` looks after, in its folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runwatch.journal import location

RUNWATCH = [sys.executable, "-m", "runwatch.cli"]

TRAIN = """
import os
from runwatch import Run
run = Run.get_context()
for step in range(5):
    run.log("loss", 1 / (step + 1), step=step)
print("works in", os.environ["RUNWATCH_WORKSPACE"])
"""

SUBMIT = """
import json, sys
from runwatch import Experiment, ScriptRunConfig, Workspace
experiment = Experiment(Workspace.open(sys.argv[1]), "far")
run = experiment.submit(ScriptRunConfig(sys.argv[2], script="train.py"))
details = run.wait_for_completion(show_output=True)
print(json.dumps({"status": details["status"], "metrics": run.get_metrics()}))
"""


@pytest.fixture(autouse=True)
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user of their own, without servers and tokens."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("RUNWATCH_SYSTEM_INTERVAL_S", "0")
    for name in ("RUNWATCH_TOKEN", "RUNWATCH_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)


def run(*words: str) -> str:
    return subprocess.run([*RUNWATCH, *words], capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.fixture
def place(tmp_path: Path) -> Iterator[str]:
    """A workspace; its server, in the background, is ended by the process id that it gave."""
    folder = str(tmp_path / "workspace")
    yield folder
    run("-w", folder, "down")


def has_agent(place: str) -> bool:
    return location.bell(location.compute_folder(place)).exists()


def test_a_job_submitted_over_http_runs_beside_the_server(place: str, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "train.py").write_text(TRAIN)
    url = json.loads(run("--json", "-w", place, "up", "--detach", "--port", "0"))["url"]
    done = subprocess.run(
        [sys.executable, "-c", SUBMIT, url, str(source)], cwd=tmp_path, capture_output=True, text=True, check=False,
        timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"works in {place}" in done.stdout
    assert "Streaming azureml-logs/70_driver_log.txt" in done.stdout
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert said == {"status": "Completed", "metrics": {"loss": [1.0, 0.5, 1 / 3, 0.25, 0.2]}}
    assert has_agent(place)
    run("-w", place, "down")
    assert not has_agent(place)


def test_without_an_agent(place: str) -> None:
    run("--json", "-w", place, "up", "--detach", "--port", "0", "--no-agent")
    time.sleep(3)
    assert not has_agent(place)
    assert not Path(place, "compute").exists()


def test_the_agent_in_the_foreground_is_the_only_one_and_leaves_with_ctrl_c(place: str) -> None:
    run("-w", place, "compute", "create", "gpu", "--max-nodes", "1")
    process = subprocess.Popen([*RUNWATCH, "-w", place, "agent"], stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 60
        while not has_agent(place):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        second = subprocess.run(
            [*RUNWATCH, "-w", place, "agent"], capture_output=True, text=True, check=False, timeout=60
        )
        assert second.returncode == 1
        assert "serves" in second.stderr
    finally:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert f"serving {place}" in said
    assert not has_agent(place)


def test_a_workspace_that_is_not_there(tmp_path: Path) -> None:
    done = subprocess.run(
        [*RUNWATCH, "-w", str(tmp_path / "none"), "agent"], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "error:" in done.stderr
    assert not os.path.lexists(tmp_path / "none")

"""`runwatch submit`, `rerun`, `cancel` and `run` as processes, with an agent at work."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runwatch.journal import location
from runwatch.sdk import agent
from runwatch.store.location import open_store

RUNWATCH = [sys.executable, "-m", "runwatch.cli"]
PATIENCE_S = 90.0

TRAIN = """
import sys, time
from runwatch import Run
run = Run.get_context()
run.log("rate", float(sys.argv[2]))
print("rate", sys.argv[2], flush=True)
if "--fail" in sys.argv:
    raise ValueError("no")
if "--wait" in sys.argv:
    time.sleep(120)
"""


@pytest.fixture(autouse=True)
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user of their own, whose workspace and source lie in the working folder."""
    for name in ("state", "cache"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(tmp_path / name))
    monkeypatch.setenv("RUNWATCH_SYSTEM_INTERVAL_S", "0")
    monkeypatch.setenv("RUNWATCH_WORKSPACE", str(tmp_path / "workspace"))
    for name in ("RUNWATCH_TOKEN", "RUNWATCH_EXPERIMENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    Path("source").mkdir()
    Path("source", "train.py").write_text(TRAIN)


@pytest.fixture
def served(tmp_path: Path, user: None) -> Iterator[None]:
    """An agent that the test ends."""
    place = str(tmp_path / "workspace")
    open_store(place).close()
    process = agent.start(place, "--stay")
    until(lambda: location.bell(location.compute_folder(place)).exists())
    yield
    process.terminate()
    assert process.wait(PATIENCE_S) == 0


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.1)


def call(*words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([*RUNWATCH, *words], capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def answer(*words: str, code: int = 0) -> Any:
    return json.loads(call("--json", *words, code=code).stdout)


def status(run_id: str) -> str:
    return str(answer("show", run_id)["status"])


def test_a_run_and_its_copies(served: None) -> None:
    first = call("submit", "source", "train.py", "--follow", "--", "--rate", "0.1").stdout
    assert "Streaming azureml-logs/70_driver_log.txt" in first
    assert "\nrate 0.1\n" in first
    run_id = answer("runs")["runs"][0]["run_id"]
    Path("source", "train.py").write_text("raise SystemExit('the folder of now')")
    again = answer("rerun", run_id, "--arg", "rate=0.5", "--wait")
    assert again["status"] == "Completed"
    assert call("logs", again["run_id"], "user_logs/std_log.txt").stdout == "rate 0.5\n"
    failed = answer("rerun", again["run_id"], "--arg", "fail", "--wait", code=1)
    assert failed["status"] == "Failed"


def test_ctrl_c_leaves_the_run_and_cancel_ends_it(served: None) -> None:
    words = [*RUNWATCH, "submit", "source", "train.py", "--follow", "--", "--rate", "1", "--wait"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    while "rate 1" not in process.stdout.readline():
        continue
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert "The run goes on" in said
    run_id = answer("runs")["runs"][0]["run_id"]
    assert status(run_id) == "Running"
    assert call("cancel", run_id[:-3]).stdout == f"Ending {run_id}\n"
    until(lambda: status(run_id) == "Canceled")


def test_a_command_in_the_foreground_is_recorded_by_a_server() -> None:
    url = answer("up", "--detach", "--port", "0", "--no-agent")["url"]
    try:
        done = call("-w", url, "run", sys.executable, "source/train.py", "--rate", "2")
        assert done.stdout == "rate 2\n"
        (run,) = answer("-w", url, "runs", "-c", "rate")["runs"]
        assert (run["status"], run["columns"]) == ("Completed", {"rate": 2.0})
        assert call("logs", run["run_id"]).stdout == "rate 2\n"
        assert run["run_id"] in done.stderr
    finally:
        call("down")

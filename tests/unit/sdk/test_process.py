"""Whole processes with their real watcher: whatever way a script ends, the workspace tells it.

Each test starts an interpreter and a watcher, so that it takes a second or two.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from runwatch.journal.location import journal_folder
from runwatch.schema.run import ExitKind, GetRun, RunStatus
from runwatch.schema.run import Run as Record
from runwatch.sdk import transfer
from runwatch.sdk.run import Run
from runwatch.sdk.workspace import Workspace

HEAD = """
import os, signal, sys
from pathlib import Path
from runwatch import Experiment, Run, Workspace
workspace = Workspace.open("ws")
experiment = Experiment(workspace, "e")
"""


class Script:
    """A script in a folder with a workspace of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = Workspace.open(folder / "ws")

    def run(self, code: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"RUNWATCH_SYSTEM_INTERVAL_S": "0", "RUNWATCH_WORKSPACE": str(self.folder / "ws")}
        return subprocess.run(
            [sys.executable, "-W", "error", "-c", HEAD + code],
            cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def wait_for(self, run_id: str, reached: Callable[[Record], bool] = lambda run: run.status.is_terminal) -> Record:
        deadline = time.monotonic() + 30
        while True:
            record = self.workspace.store.runs.get(GetRun(run_id=run_id))
            if reached(record):
                return record
            logs = [log.read_text() for log in (self.folder / "ws" / "journal").glob("*/watcher.log")]
            assert time.monotonic() < deadline, (record, logs)
            time.sleep(0.05)


@pytest.fixture
def script(clean_place: Path) -> Script:
    return Script(clean_place / "project")


def test_a_script_that_just_ends(script: Script) -> None:
    done = script.run('run = experiment.start_logging(run_id="r", outputs=None); run.log("x", 1.5); run.log("x", 2.5)')
    assert (done.returncode, done.stderr) == (0, "")
    assert script.wait_for("r").status is RunStatus.COMPLETED
    assert script.workspace.get_run("r").get_metrics() == {"x": [1.5, 2.5]}


def test_a_script_that_dies_of_an_exception(script: Script) -> None:
    done = script.run('run = experiment.start_logging(run_id="r", outputs=None); run.log("x", 1); print(1 / 0)')
    assert done.returncode == 1
    record = script.wait_for("r")
    assert record.status is RunStatus.FAILED
    assert record.error is not None
    assert "ZeroDivisionError" in record.error.message
    assert "Traceback" in record.error.details


def test_a_script_that_is_killed(script: Script) -> None:
    done = script.run(
        'run = experiment.start_logging(run_id="r", outputs=None); child = run.child_run(run_id="c")\n'
        'run.log("x", 1)\nos.kill(os.getpid(), signal.SIGKILL)'
    )
    assert done.returncode == -signal.SIGKILL
    for run_id in ("r", "c"):
        record = script.wait_for(run_id)
        assert record.status is RunStatus.FAILED
        assert record.exit is not None
        assert record.exit.kind in {ExitKind.SIGNAL, ExitKind.LOST}
    assert script.workspace.get_run("r").get_metrics() == {"x": 1}


def test_a_context_with_everything(script: Script) -> None:
    code = """
with experiment.start_logging(run_id="r") as run:
    print("hello")
    run.log("x", 1)
    Path("outputs/model.pkl").write_text("w")
    Path("logs").mkdir()
    Path("logs/mine.txt").write_text("mine")
print(run.status, run.get_metrics())
"""
    done = script.run(code)
    assert (done.stdout, done.stderr) == ("hello\nCompleted {'x': 1}\n", "")
    run = script.workspace.get_run("r")
    assert run.get_file_names() == ["logs/mine.txt", "logs/user_log.txt", "outputs/model.pkl"]
    assert transfer.read_bytes(run._store, "r", "logs/user_log.txt") == b"hello\n"


def test_the_console_is_there_while_the_run_goes_on(script: Script) -> None:
    code = """
import time
with experiment.start_logging(run_id="r", outputs=None) as run:
    print("hello")
    deadline = time.monotonic() + 20
    while "logs/user_log.txt" not in run.get_file_names():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    print(run.get_status())
"""
    done = script.run(code)
    assert (done.returncode, done.stdout) == (0, "hello\nRunning\n"), done.stderr


def test_an_offline_run_of_a_plain_script(script: Script) -> None:
    done = script.run('run = Run.get_context(); run.log("x", 1); print(run.id)')
    assert done.returncode == 0, done.stderr
    record = script.wait_for(done.stdout.strip())
    assert (record.status, record.experiment) == (RunStatus.COMPLETED, "default")


def test_forked_children_log_to_the_run_and_end_without_a_word(script: Script) -> None:
    code = """
run = experiment.start_logging(run_id="r", outputs=None)
run.log("parent", 1)
children = []
for number in range(2):
    child = os.fork()
    if child == 0:
        run.log(f"child {number}", number)
        sys.exit(0)
    children.append(child)
for child in children:
    os.waitpid(child, 0)
run.log("parent", 2)
run.complete()
"""
    done = script.run(code)
    assert (done.returncode, done.stderr) == (0, "")
    assert script.workspace.get_run("r").get_metrics() == {"parent": [1, 2], "child 0": 0, "child 1": 1}


def test_spawned_children_join_the_recording(script: Script) -> None:
    (script.folder / "spawn.py").write_text(
        HEAD
        + """
import multiprocessing
def work(run, number):
    run.log("child", number)
if __name__ == "__main__":
    run = experiment.start_logging(run_id="r", outputs=None)
    context = multiprocessing.get_context("spawn")
    child = context.Process(target=work, args=(run, 7))
    child.start(); child.join()
    print(run.get_status())
    run.complete()
"""
    )
    environment = os.environ | {"RUNWATCH_SYSTEM_INTERVAL_S": "0"}
    done = subprocess.run(
        [sys.executable, "spawn.py"], cwd=script.folder, env=environment, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("Running\n", "")  # the end of the child was not taken for the run's
    assert script.wait_for("r").status is RunStatus.COMPLETED
    assert script.workspace.get_run("r").get_metrics() == {"child": 7}


def test_sigchld_ignored_and_no_stderr(script: Script) -> None:
    code = """
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
sys.stderr = None
with experiment.start_logging(run_id="r", outputs=None) as run:
    run.log("x", 1)
"""
    done = script.run(code)
    assert done.returncode == 0
    assert script.workspace.get_run("r").get_status() == "Completed"


def test_logging_after_the_end_is_kept(script: Script) -> None:
    code = """
run = experiment.start_logging(run_id="r", outputs=None)
run.log("x", 1)
run.complete()
run.log("x", 2)
Run.get(workspace, "r").log("y", 3)
"""
    done = script.run(code)
    assert (done.returncode, done.stderr) == (0, "")
    run = script.workspace.get_run("r")
    deadline = time.monotonic() + 30
    while run.get_metrics() != {"x": [1, 2], "y": 3}:
        assert time.monotonic() < deadline, run.get_metrics()
        time.sleep(0.05)
    assert run.get_status() == "Completed"


def test_nothing_is_left_behind(script: Script) -> None:
    script.run('run = experiment.start_logging(run_id="r", outputs=None); run.create_children(3); run.log("x", 1)')
    for child in ("r", *(run.id for run in Run.get(script.workspace, "r").get_children())):
        script.wait_for(child)
    journal = journal_folder(script.workspace.place, "r").parent
    deadline = time.monotonic() + 30
    while any(journal.iterdir()):
        assert time.monotonic() < deadline, list(journal.iterdir())
        time.sleep(0.05)

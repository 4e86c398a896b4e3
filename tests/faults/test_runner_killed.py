"""Kills around a runner: its script does not outlive it, and it outlives whoever started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from runwatch.journal.job_file import read_exit, read_state
from runwatch.sdk.watcher.token import is_alive
from tests.unit.compute.runner.scene import PROGRAM, await_that, console, exit_of, make_job, phase, running

SLEEPS = "import time; print('ready'); time.sleep(99)"

STARTER = """
import subprocess, sys, time
runner = subprocess.Popen(
    [sys.executable, "-I", "-S", sys.argv[1], sys.argv[2]], stdin=subprocess.PIPE, start_new_session=True
)
if sys.argv[3]:
    runner.stdin.write(b"g")
    runner.stdin.flush()
time.sleep(99)
"""


def starter(job: Path, *, says_go: bool) -> subprocess.Popen[bytes]:
    """A process that starts a runner, as what leases jobs does, and lives until it is killed."""
    word = "go" if says_go else ""
    return subprocess.Popen([sys.executable, "-c", STARTER, str(PROGRAM), str(job), word])


def test_the_script_dies_with_its_runner(tmp_path: Path) -> None:
    job = make_job(tmp_path, SLEEPS, SLEEPS)
    with running(job) as made:
        await_that(lambda: b"ready" in console(job, 1), "the second process is there too")
        state = read_state(job)
        assert state is not None
        assert all(is_alive(process.pid, process.started) for process in state.processes)
        made.kill()
        made.wait()
        await_that(
            lambda: not any(is_alive(process.pid, process.started) for process in state.processes), "no script is left"
        )
    assert read_exit(job) is None


def test_the_runner_outlives_its_starter(tmp_path: Path) -> None:
    script = "import os, sys, time; print('ready')\nwhile not os.path.exists('go'): time.sleep(0.01)\nsys.exit(3)"
    job = make_job(tmp_path, script)
    agent = starter(job, says_go=True)
    await_that(lambda: b"ready" in console(job) and phase(job) == "running", "the script runs")
    agent.kill()
    agent.wait()
    (job / "work" / "go").touch()
    await_that(lambda: read_exit(job) is not None, "the runner has written the end")
    assert (exit_of(job).cause, exit_of(job).code) == ("exit", 3)


def test_a_starter_that_died_early_starts_nothing(tmp_path: Path) -> None:
    job = make_job(tmp_path, "open('started', 'w')")
    agent = starter(job, says_go=False)
    await_that(lambda: phase(job) == "waiting", "the runner waits")
    agent.send_signal(signal.SIGKILL)
    agent.wait()
    await_that(lambda: read_exit(job) is not None, "the runner has written the end")
    assert exit_of(job).cause == "not_started"
    assert os.listdir(job / "work") == []

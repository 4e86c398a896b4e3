"""What a job leaves whose runner was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import msgspec
import pytest

from runwatch.compute.host.remnant import end_remnants
from runwatch.compute.runner.token import boot_id, process_token
from runwatch.journal.job_file import JobState, ProcessState

MARKS = {"RUNWATCH_RUN_ID": f"run-{os.getpid()}", "RUNWATCH_ATTEMPT": "1", "RUNWATCH_JOURNAL": "/journal/run"}
SLEEPS = [sys.executable, "-I", "-S", "-c", "import time; print(flush=True); time.sleep(60)"]


@pytest.fixture
def state() -> JobState:
    """As a runner wrote it that started now."""
    return JobState(
        pid=1, started=process_token(os.getpid()), boot_id=boot_id(), phase="running", started_at=time.time(),
        cgroup=None, processes=(),
    )  # fmt: skip


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    made: list[subprocess.Popen[bytes]] = []
    yield made
    for process in made:
        process.kill()
        process.communicate()


def start(started: list[subprocess.Popen[bytes]], **variables: str) -> subprocess.Popen[bytes]:
    made = subprocess.Popen(SLEEPS, env=dict(os.environ) | variables, stdout=subprocess.PIPE, start_new_session=True)
    assert made.stdout is not None
    made.stdout.readline()
    started.append(made)
    return made


def test_a_process_with_the_marks_is_ended(state: JobState, started: list[subprocess.Popen[bytes]]) -> None:
    ours, attempt_two, other = (
        start(started, **MARKS), start(started, **MARKS | {"RUNWATCH_ATTEMPT": "2"}), start(started)
    )  # fmt: skip
    assert end_remnants(state, MARKS) == 1
    assert ours.wait(20) == -9
    assert attempt_two.poll() is None
    assert other.poll() is None


def test_a_process_of_the_job_is_ended(state: JobState, started: list[subprocess.Popen[bytes]]) -> None:
    made, spared = start(started), start(started)
    named = (
        ProcessState(pid=made.pid, started=process_token(made.pid)),
        ProcessState(pid=spared.pid, started=f"{boot_id()}+1"),  # its pid was given to another process since
    )
    assert end_remnants(msgspec.structs.replace(state, processes=named), {}) == 1
    assert made.wait(20) == -9
    assert spared.poll() is None


def test_nothing_is_ended_after_a_restart_of_the_machine(
    state: JobState, started: list[subprocess.Popen[bytes]]
) -> None:
    made = start(started, **MARKS)
    assert end_remnants(msgspec.structs.replace(state, boot_id="another"), MARKS) == 0
    assert made.poll() is None

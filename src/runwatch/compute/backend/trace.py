"""What the folder of a job on this machine tells of it, whoever started it."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from pathlib import Path

from runwatch.compute.backend.protocol import Report
from runwatch.compute.host import start, variable
from runwatch.compute.runner import token
from runwatch.journal import job_file
from runwatch.journal.job_file import JobExit, JobState
from runwatch.schema.error import CorruptDataError


def state_of(folder: Path) -> JobState | None:
    """What the runner last said; None if it said nothing that can be read."""
    try:
        return job_file.read_state(folder)
    except CorruptDataError:
        return None


def environment_of(folder: Path) -> dict[str, str]:
    """The variables of the processes of a job."""
    try:
        job = job_file.read_job(folder)
    except (OSError, CorruptDataError):
        return {}
    return {} if job is None else job.environment


def marks_of(folder: Path) -> dict[str, str]:
    """The variables by which the processes of a job are known; empty if nothing was prepared."""
    environment = environment_of(folder)
    return variable.marks(environment) if environment else {}


def exit_of(message: str, cause: job_file.Cause = "not_started") -> JobExit:
    """The end of a job that no runner tells."""
    return JobExit(
        cause=cause, code=None, signal=None, rank=0, message=message, started_at=None, ended_at=time.time(),
        left_behind=0, processes=(),
    )  # fmt: skip


def report(folder: Path, runner: subprocess.Popen[bytes] | None) -> Report:
    """How a job stands.

    Args:
        folder: Its folder.
        runner: Its runner, if it is a child of this process.
    """
    state = state_of(folder)
    try:
        ended = job_file.read_exit(folder)
    except CorruptDataError as error:
        ended = exit_of(error.message)
    node = socket.gethostname()
    if state is not None and ended is not None and ended.cause == "not_started":
        return Report(stage="unknown", reason=ended.message, node=node)  # left before the word: nothing was begun
    if ended is not None:
        return Report(stage="ended", exit=ended, is_told=True, node=node)
    if state is None and runner is not None and runner.returncode is not None:
        reason = f"The runner ended with exit code {runner.returncode} before it had begun; see {start.LOG_NAME}."
        return Report(stage="ended", reason=reason, exit=exit_of(reason), is_told=True, node=node)
    if state is None:
        return Report(stage="unknown" if runner is None else "starting", node=node)
    if is_alive(state):
        return Report(stage="starting" if state.phase == "waiting" else "running", is_told=True, node=node)
    if state.phase == "waiting":
        return Report(stage="unknown", reason="its runner was gone before it began", node=node)
    lost = "The machine was restarted." if state.boot_id != token.boot_id() else "The runner vanished without a word."
    return Report(stage="ended", reason=lost, exit=exit_of(lost), is_told=True, node=node)


def is_alive(state: JobState) -> bool:
    """Whether the very runner lives; a pid alone would soon be another process."""
    if not state.started:
        try:
            os.kill(state.pid, 0)
        except OSError:
            return False
        return True
    fields = token.fields(state.pid)
    return (
        bool(fields) and fields[token.STATE] not in {"Z", "X", "x"} and token.process_token(state.pid) == state.started
    )

"""Starts the runner of a job that was prepared, and the watcher beside it, in an order that leaves nobody unwatched."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from runwatch.compute.backend.protocol import Submission
from runwatch.compute.host import variable
from runwatch.compute.host.preparation import BUILD_LOG, PREPARE_LOG, WORK, console_file
from runwatch.compute.runner.token import process_token
from runwatch.journal import background, location
from runwatch.journal.manifest import Manifest, write_manifest
from runwatch.schema.error import ExperimentExecutionException
from runwatch.schema.run import CreateRun, Run, RunStatus
from runwatch.store.log.alias import CONSOLE

PACKAGE: Final = Path(__file__).parents[2]

RANK_LOG: Final = "user_logs/std_log_process_{:02d}.txt"
BUILD_ARTIFACT: Final = "azureml-logs/20_image_build_log.txt"
PREPARE_ARTIFACT: Final = "azureml-logs/65_job_prep.txt"

LEAVING_S: Final = 30.0
"""A runner that is not told to start leaves within milliseconds."""

LOG_NAME: Final = "runner.log"
"""In the job folder: what runner and watcher say of themselves."""


class TakenOverError(ExperimentExecutionException):
    """The job is another agent's by now."""


def start(
    submission: Submission, folder: Path, workspace: str, may_start: Callable[[], bool]
) -> subprocess.Popen[bytes]:  # fmt: skip
    """Start the runner of a job folder.

    The runner waits for our word; until then the journal's manifest, which names it, is written and the watcher is
    started. If we die in between, the runner leaves without having started anything.

    Args:
        submission: The job.
        folder: Its folder, prepared.
        workspace: The location of the workspace.
        may_start: Asked right before the word is given; see `runwatch.compute.backend.protocol.Driver.submit`.

    Raises:
        OSError: If it could not be started.
        TakenOverError: If it may not start; then nothing was.
    """
    # The runner takes SIGTERM over from us held back, until it has a handler: an early one must not end it unheard.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        runner = _start_runner(folder)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    try:
        _give_word(runner, submission, folder, workspace, may_start)
    except BaseException:
        runner.wait(LEAVING_S)  # without the word it leaves, and says so in its folder
        raise
    return runner


def _give_word(
    runner: subprocess.Popen[bytes], submission: Submission, folder: Path, workspace: str,
    may_start: Callable[[], bool],
) -> None:  # fmt: skip
    assert runner.stdin is not None
    with runner.stdin as word:
        journal = _write_manifest(submission, folder, workspace, runner.pid)
        watch(journal, folder)
        if not may_start():
            raise TakenOverError(f"Run {submission.run.run_id} is another agent's by now.", hint="It goes on there.")
        word.write(b"g")


def _start_runner(folder: Path) -> subprocess.Popen[bytes]:
    with open(folder / LOG_NAME, "ab") as log:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(PACKAGE / "compute" / "runner" / "__main__.py"), str(folder)],
            stdin=subprocess.PIPE, stdout=log, stderr=log, cwd="/", start_new_session=True, env=_variables(),
        )  # fmt: skip


def is_watched(folder: Path) -> bool:
    """Whether the watcher of a job is there: it listens at the job's bell."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.setblocking(False)
        try:
            line.connect(str(location.bell(folder)))
        except BlockingIOError:  # many are at its door
            return True
        except OSError:
            return False
    return True


def watch(journal: Path, folder: Path) -> None:
    """Start a watcher for the journal of a job; if one is at work there already, the new one leaves at once.

    Args:
        journal: The journal folder.
        folder: The job folder.

    Raises:
        OSError: If it could not be started.
    """
    line = [sys.executable, "-P", str(PACKAGE / "sdk" / "watcher" / "__main__.py")]
    line += ["--bell", str(location.bell(folder)), str(journal)]
    background.let_loose(line, journal / "watcher.log", _variables())


def _variables() -> dict[str, str]:
    return variable.of_our_own(os.environ) | dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
    )


def _write_manifest(submission: Submission, folder: Path, workspace: str, pid: int) -> Path:
    run, launch = submission.run, submission.launch
    journal = location.journal_folder(workspace, run.run_id)
    journal.mkdir(mode=0o700, parents=True, exist_ok=True)
    follow = {CONSOLE: str(console_file(folder, 0)), PREPARE_ARTIFACT: str(folder / PREPARE_LOG)}
    follow |= {RANK_LOG.format(rank): str(console_file(folder, rank)) for rank in range(1, launch.processes)}
    if (folder / BUILD_LOG).exists():
        follow[BUILD_ARTIFACT] = str(folder / BUILD_LOG)
    write_manifest(journal, Manifest(
        run_id=run.run_id, workspace=workspace, create=_create(run), pid=pid, process_started=process_token(pid),
        host=socket.gethostname(), cwd=str(folder / WORK), outputs=str(folder / WORK / "outputs"),
        logs=str(folder / WORK / "logs"), follow=follow, created_at=time.time(), job=str(folder),
        retries=max(0, launch.retries + 1 - submission.attempt),
    ))  # fmt: skip
    return journal


def _create(run: Run) -> CreateRun:
    """The run as the script will see it without asking the store."""
    return CreateRun(
        experiment=run.experiment, run_id=run.run_id, token=secrets.token_hex(16), number=run.number,
        status=RunStatus.RUNNING, parent_run_id=run.parent_run_id, created_at=run.created_at, type=run.type,
        name=run.name, display_name=run.display_name, description=run.description, target=run.target,
        submitted_by=run.submitted_by, host=run.host, tags=run.tags, properties=run.properties, params=run.params,
        definition=run.definition,
    )  # fmt: skip

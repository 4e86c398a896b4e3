"""One program of a build: its output goes to the log, a cancel ends it with everything that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import Final

from runwatch.compute.environment.log import BuildLog
from runwatch.schema.error import ExperimentExecutionException

TERM_S: Final = 3.0
"""How long a program has to end by itself after a cancel."""

_LOOK_S: Final = 0.1


class BuildCanceledError(ExperimentExecutionException):
    """The build of an environment was told to stop."""

    code = "build_canceled"


class StepFailedError(ExperimentExecutionException):
    """A program of the build ended with an error; the message holds its last words."""

    code = "build_failed"


class Steps:
    """Runs the programs of one build, one after the other.

    Args:
        log: Takes their output.
        cancel: Ends the one that runs.
        environment: Their environment variables, on top of ours.
    """

    def __init__(self, log: BuildLog, cancel: Event, environment: Mapping[str, str]) -> None:
        self.log = log
        self._cancel = cancel
        self._environment = environment

    def run(self, command: Sequence[str], folder: Path, inherited: Sequence[int] = ()) -> None:
        """Run a program to its end.

        Args:
            command: Program and arguments.
            folder: Its working folder.
            inherited: Descriptors that it and its children keep open.

        Raises:
            BuildCanceledError: If it was canceled.
            StepFailedError: If it could not be started or did not end with 0.
        """
        self._heed_cancel()
        mark = self.log.size()
        process = self._start(command, folder, inherited)
        try:
            while self._is_running(process):
                self._heed_cancel()
        finally:
            _end(process)
        if process.returncode != 0:
            words = self.log.words_since(mark) or f"{Path(command[0]).name} ended with code {process.returncode}"
            raise StepFailedError(words, returncode=process.returncode)

    def _heed_cancel(self) -> None:
        if self._cancel.is_set():
            raise BuildCanceledError("The job was canceled while its environment was built.")

    def _start(self, command: Sequence[str], folder: Path, inherited: Sequence[int]) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                command,
                cwd=folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=self.log.fileno(),
                stderr=subprocess.STDOUT,
                pass_fds=inherited,
                start_new_session=True,  # a group of its own, which a cancel can end as a whole
            )
        except OSError as error:
            raise StepFailedError(f"{command[0]} could not be started ({error.strerror}).") from error

    def _is_running(self, process: subprocess.Popen[bytes]) -> bool:
        try:
            process.wait(_LOOK_S)
        except subprocess.TimeoutExpired:
            return True
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program and its group, also those in it that do not listen; nothing if the program has ended by itself."""
    if process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + TERM_S
    while not _has_ended(process) and time.monotonic() < deadline:
        time.sleep(_LOOK_S / 2)
    os.killpg(process.pid, signal.SIGKILL)  # not waited for yet, so that the number is still that of its group
    process.wait()


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    if not hasattr(os, "waitid"):  # macOS before Python 3.13: its group is given all of the time
        return False
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

"""This machine as a back end: each job is prepared in a thread, then it is a runner that goes on without us."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import msgspec

from runwatch.compute.backend.gpu import find_gpus
from runwatch.compute.backend.protocol import Capacity, Report, Stage, Submission, of_native_id
from runwatch.compute.host import container, start
from runwatch.compute.host.preparation import Preparation
from runwatch.compute.host.variable import GPU_NAMES
from runwatch.compute.runner import token
from runwatch.journal import job_file, location
from runwatch.journal.job_file import JobExit, JobFile, JobState
from runwatch.journal.manifest import MANIFEST_FILE
from runwatch.schema.error import CorruptDataError, RunwatchError
from runwatch.store.protocol import Store

STOP_S: Final = 30.0
"""How long the end of the agent waits for jobs that are being prepared to let go of their folders."""


class LocalDriver:
    """Runs jobs on this machine.

    Args:
        store: Where snapshots are.
        workspace: The store's location.
        environments: Where built environments are kept.
        wake: Called from any thread when a job has got on.
    """

    def __init__(self, store: Store, workspace: str, environments: Path, wake: Callable[[], None]) -> None:
        self._store = store
        self._workspace = workspace
        self._environments = environments
        self._wake = wake
        self._jobs: dict[str, _Job] = {}
        self._adopted: set[Path] = set()
        self._gpus = find_gpus()

    def submit(self, submission: Submission) -> str:
        """Prepare the job and start it, in a thread; one that is there already is left alone."""
        name = submission.native_id
        if name not in self._jobs and self._look(name).stage == "unknown":
            gpus = self._free_gpus(submission)
            self._jobs[name] = job = _Job(submission, self._folder(name), self._workspace, gpus)
            preparation = Preparation(
                submission, self._store, workspace=self._workspace, folder=job.folder,
                environments=self._environments, gpus=gpus, cancel=job.cancel,
            )  # fmt: skip
            job.thread = threading.Thread(target=self._bring_up, args=(job, preparation), name=name, daemon=True)
            job.thread.start()
        return name

    def poll(self, native_ids: Iterable[str]) -> dict[str, Report]:
        """How these jobs stand, by what lies in their folders."""
        found = {name: self._look(name) for name in native_ids}
        others = [name for name, report in found.items() if name not in self._jobs and report.stage == "running"]
        self._adopted = {self._folder(name) for name in others}
        return found

    def cancel(self, native_id: str) -> None:
        """Have the runner end the job; one that is being prepared stops at its next step."""
        job = self._jobs.get(native_id)
        if job is not None:
            job.cancel.set()
        state = self._state(self._folder(native_id))
        if state is not None and _is_alive(state):
            os.kill(state.pid, 15)

    def capacity(self) -> Capacity:
        """The processors and GPUs of this machine."""
        import psutil

        cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return Capacity(nodes=1, cpus=cpus, gpus=self._gpus, memory_bytes=psutil.virtual_memory().total)

    def clear(self, native_id: str) -> None:
        """Remove what a job left on this machine."""
        self._jobs.pop(native_id, None)
        folder = self._folder(native_id)
        container.remove(folder)
        location.bell(folder).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.parent.rmdir()
        except OSError:  # another attempt of the run is there
            return

    def is_carried(self, native_id: str) -> bool:
        """Whether a watcher has brought all of the job into the store; one that died is started again."""
        run_id, _ = of_native_id(native_id)
        journal, folder = location.journal_folder(self._workspace, run_id), self._folder(native_id)
        if not (journal / MANIFEST_FILE).exists() or (journal / "parked").exists():
            return True
        start.watch(journal, folder)
        return False

    def stop(self) -> None:
        """Give up what is only being prepared: the next agent begins it anew. What runs goes on."""
        preparing = [job for job in self._jobs.values() if job.thread is not None and job.runner is None]
        for job in preparing:
            job.cancel.set()
        until = time.monotonic() + STOP_S
        for job in preparing:
            assert job.thread is not None
            job.thread.join(max(0.0, until - time.monotonic()))

    def _bring_up(self, job: _Job, preparation: Preparation) -> None:
        try:
            preparation.run()
            job.stage = "starting"
            self._wake()
            job.runner = start.start(job.submission, job.folder, self._workspace)
        except RunwatchError as error:
            job.fail(f"{error.message} {error.hint or ''}".strip())
        except OSError as error:
            job.fail(f"The job could not be started on {socket.gethostname()}: {error.strerror or error}.")
        except Exception as error:  # whatever it is, its run must not wait for ever
            job.fail(f"The job could not be prepared: {type(error).__name__}: {error}")
        self._wake()

    def _look(self, name: str) -> Report:
        job, folder = self._jobs.get(name), self._folder(name)
        if job is not None:
            if job.failure is not None:
                return Report(stage="ended", exit=job.failure, node=socket.gethostname())
            if job.runner is None:
                return Report(stage=job.stage, node=socket.gethostname())
            job.runner.poll()  # collected, so that it is seen to have ended
        state = self._state(folder)
        try:
            ended = job_file.read_exit(folder)
        except CorruptDataError as error:
            ended = _exit(error.message)
        return _report(
            state, ended, is_ours=job is not None and job.runner is not None and job.runner.returncode is None
        )

    def _state(self, folder: Path) -> JobState | None:
        try:
            return job_file.read_state(folder)
        except CorruptDataError:
            return None

    def _folder(self, name: str) -> Path:
        return location.job_folder(self._workspace, *of_native_id(name))

    def _free_gpus(self, submission: Submission) -> tuple[str, ...] | None:
        """GPUs that no other job of ours has; None where there are none, or all may be shared."""
        wanted = submission.launch.gpus
        if not self._gpus or wanted is None:
            return None
        taken = {gpu for job in self._jobs.values() for gpu in job.gpus or () if job.failure is None}
        taken |= {gpu for folder in self._adopted for gpu in _gpus_of(folder)}
        return tuple([gpu for gpu in self._gpus if gpu not in taken][:wanted])


class _Job:
    """A job that this agent has brought up."""

    def __init__(self, submission: Submission, folder: Path, workspace: str, gpus: tuple[str, ...] | None) -> None:
        self.submission = submission
        self.folder = folder
        self.gpus = gpus
        self.cancel = threading.Event()
        self.thread: threading.Thread | None = None
        self.stage: Stage = "preparing"
        self.runner: subprocess.Popen[bytes] | None = None
        self.failure: JobExit | None = None

    def fail(self, message: str) -> None:
        self.failure = _exit(message, "canceled" if self.cancel.is_set() else "not_started")


def _gpus_of(folder: Path) -> list[str]:
    """The GPUs that an agent before us gave to a job."""
    try:
        job = msgspec.json.decode((folder / job_file.JOB_FILE).read_bytes(), type=JobFile)
    except (OSError, msgspec.DecodeError):
        return []
    return job.environment.get(GPU_NAMES[0], "").split(",")


def _exit(message: str, cause: job_file.Cause = "not_started") -> JobExit:
    return JobExit(
        cause=cause, code=None, signal=None, rank=0, message=message, started_at=None, ended_at=time.time(),
        left_behind=0, processes=(),
    )  # fmt: skip


def _report(state: JobState | None, ended: JobExit | None, *, is_ours: bool) -> Report:
    node = socket.gethostname()
    if ended is not None and ended.cause == "not_started" and ended.started_at is None and state is not None:
        return Report(stage="unknown", reason=ended.message, node=node)  # left before the word: nothing was begun
    if ended is not None:
        return Report(stage="ended", exit=ended, is_told=True, node=node)
    if state is None:
        return Report(stage="starting" if is_ours else "unknown", node=node)
    if _is_alive(state):
        return Report(stage="starting" if state.phase == "waiting" else "running", is_told=True, node=node)
    if state.phase == "waiting":
        return Report(stage="unknown", reason="its runner was gone before it began", node=node)
    lost = "The machine was restarted." if state.boot_id != token.boot_id() else "The runner vanished without a word."
    return Report(stage="ended", reason=lost, exit=_exit(lost), is_told=True, node=node)


def _is_alive(state: JobState) -> bool:
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

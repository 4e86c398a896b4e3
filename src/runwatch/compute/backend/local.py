"""This machine as a back end: each job is prepared in a thread, then it is a runner that goes on without us."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from runwatch.compute.backend import trace
from runwatch.compute.backend.gpu import find_gpus, share
from runwatch.compute.backend.protocol import Capacity, Report, Stage, Submission, native_id, of_native_id
from runwatch.compute.host import container, start
from runwatch.compute.host.logbook import Logbook
from runwatch.compute.host.preparation import BUILD_LOG, PREPARE_LOG, Preparation
from runwatch.compute.host.remnant import end_remnants
from runwatch.compute.host.variable import GPU_NAMES
from runwatch.journal import job_file, location
from runwatch.journal.job_file import JobExit
from runwatch.journal.manifest import read_manifest
from runwatch.schema.error import CorruptDataError, NotFoundError, RunwatchError, StoreUnavailableError
from runwatch.store.protocol import Store

WATCH_S: Final = 10.0
"""A watcher that died is started again at most so often; a new one needs a moment until it can be seen."""

FAREWELL_S: Final = 1.0
"""A runner that has written how its job ended leaves within milliseconds."""

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
        self._told: set[str] = set()
        self._watched_at: dict[str, float] = {}
        self._gpus = find_gpus()

    def submit(self, submission: Submission, may_start: Callable[[], bool]) -> str:
        """Prepare the job and start it, in a thread; one that is there already is left alone."""
        name = submission.native_id
        if self._look(name).stage == "unknown":
            self._told.discard(name)
            folder = self._folder(name)
            files = {start.PREPARE_ARTIFACT: folder / PREPARE_LOG, start.BUILD_ARTIFACT: folder / BUILD_LOG}
            book = Logbook(self._store, submission.run.run_id, files)
            self._jobs[name] = job = _Job(submission, folder, may_start, book)
            self._admit(job)
        return name

    def poll(self, native_ids: Iterable[str]) -> dict[str, Report]:
        """How these jobs stand, by what lies in their folders."""
        for job in [job for job in self._jobs.values() if job.stage == "queued" and job.failure is None]:
            self._admit(job)
        for job in self._jobs.values():
            job.carry_logs()
        return {name: self._look(name) for name in native_ids}

    def cancel(self, native_id: str) -> None:
        """Have the runner end the job; one that is being prepared stops at its next step."""
        job = self._jobs.get(native_id)
        if job is not None:
            job.cancel.set()
            if job.stage == "queued":
                job.fail("The job was canceled before it was started.")
        runner = self._runner(native_id)
        if runner is not None and native_id not in self._told:  # a second signal would mean: no time left, end at once
            self._told.add(native_id)
            os.kill(runner, signal.SIGTERM)

    def capacity(self) -> Capacity:
        """The processors and GPUs of this machine."""
        import psutil

        cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return Capacity(nodes=1, cpus=cpus, gpus=self._gpus, memory_bytes=psutil.virtual_memory().total)

    def clear(self, native_id: str) -> None:
        """Remove what a job left on this machine."""
        job = self._jobs.pop(native_id, None)
        if job is not None:
            _let_go(job.runner, FAREWELL_S)
        self._watched_at.pop(native_id, None)
        folder = self._folder(native_id)
        if job_file.was_left(folder):
            self._drop_journal(native_id)
        container.remove(folder)
        location.bell(folder).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.parent.rmdir()
        except OSError:  # another attempt of the run is there
            return

    def is_carried(self, native_id: str) -> bool:
        """Whether a watcher has brought all of the job into the store; one that died is started again."""
        journal, folder = self._journal(native_id), self._folder(native_id)
        if not self._has_journal(native_id) or (journal / "parked").exists() or job_file.was_left(folder):
            return True
        self._keep_watched(native_id)
        return False

    def sweep(self, keep: Iterable[str]) -> None:
        """Remove the folders of jobs that are over and in the store, as a job leaves whose end nobody waited for.

        Args:
            keep: The jobs that somebody looks after.
        """
        kept = {self._folder(name) for name in keep}
        for folder in (location.compute_folder(self._workspace) / "jobs").glob("*/*"):
            run_id = self._run_id(folder)
            if folder in kept or run_id is None:
                continue
            name = native_id(run_id, int(folder.name))
            if self._look(name).stage in {"ended", "unknown"} and self.is_carried(name):
                self.clear(name)

    def stop(self) -> None:
        """Give up what is only being prepared: the next agent begins it anew. What runs goes on."""
        preparing = [job for job in self._jobs.values() if job.thread is not None and job.runner is None]
        for job in preparing:
            job.cancel.set()
        until = time.monotonic() + STOP_S
        for job in preparing:
            assert job.thread is not None
            job.thread.join(max(0.0, until - time.monotonic()))
        for job in self._jobs.values():
            _let_go(job.runner, 0.0)

    def _admit(self, job: _Job) -> None:
        """Begin with a job as soon as there are GPUs for it."""
        gpus, wanted = None, job.submission.launch.gpus
        if wanted is not None and wanted > len(self._gpus):
            job.fail(f"The job asks for {wanted} GPUs, and {socket.gethostname()} has {len(self._gpus)}.")
            return
        if self._gpus:
            gpus = share(self._gpus, wanted, job.submission.slots, self._taken_gpus())
            if gpus is None:
                return
        job.stage, job.gpus = "preparing", gpus
        preparation = Preparation(
            job.submission, self._store, workspace=self._workspace, folder=job.folder,
            environments=self._environments, gpus=gpus, cancel=job.cancel,
        )  # fmt: skip
        name = job.submission.native_id
        job.thread = threading.Thread(target=self._bring_up, args=(job, preparation), name=name, daemon=True)
        job.thread.start()

    def _bring_up(self, job: _Job, preparation: Preparation) -> None:
        try:
            preparation.run()
            job.stage = "starting"
            self._wake()
            self._watched_at[job.submission.native_id] = time.monotonic()
            job.runner = start.start(job.submission, job.folder, self._workspace, job.may_start)
            if job.cancel.is_set():  # the word came while the runner could not be told yet
                self.cancel(job.submission.native_id)
        except StoreUnavailableError as error:
            job.fail(error.message)
            job.is_to_be_repeated = True
        except start.TakenOverError as error:
            job.cancel.set()
            job.fail(error.message)
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
            if job.is_to_be_repeated:
                return Report(stage="unknown", reason="the store was away", node=socket.gethostname())
            if job.failure is not None:
                return Report(stage="ended", exit=job.failure, node=socket.gethostname())
            if job.runner is None:
                return Report(stage=job.stage, reason=job.reason, node=socket.gethostname())
            job.runner.poll()  # collected, so that it is seen to have ended
        found = trace.report(folder, None if job is None else job.runner)
        if found.stage == "ended" and not (folder / job_file.EXIT_FILE).exists():
            self._end_remnants(folder)
        elif found.stage in {"starting", "running"}:
            self._keep_watched(name)
        return found

    def _end_remnants(self, folder: Path) -> None:
        if (state := trace.state_of(folder)) is not None:
            end_remnants(state, trace.marks_of(folder))

    def _keep_watched(self, name: str) -> None:
        """Start the watcher of a job again if it has died."""
        now = time.monotonic()
        if now - self._watched_at.get(name, -WATCH_S) < WATCH_S:
            return
        self._watched_at[name] = now
        folder = self._folder(name)
        if self._has_journal(name) and not start.is_watched(folder):
            start.watch(self._journal(name), folder)

    def _journal(self, name: str) -> Path:
        return location.journal_folder(self._workspace, of_native_id(name)[0])

    def _has_journal(self, name: str) -> bool:
        """Whether the journal that is there is that of this very start."""
        try:
            return read_manifest(self._journal(name)).job == str(self._folder(name))
        except (NotFoundError, CorruptDataError):
            return False

    def _drop_journal(self, name: str) -> None:
        """Nothing was ever written to it."""
        if self._has_journal(name):
            shutil.rmtree(self._journal(name), ignore_errors=True)

    def _runner(self, name: str) -> int | None:
        """The pid of the runner of a job that has not been told to end."""
        job, state = self._jobs.get(name), trace.state_of(self._folder(name))
        if job is not None and job.runner is not None and job.runner.poll() is None:
            return job.runner.pid
        return state.pid if state is not None and state.phase != "ending" and trace.is_alive(state) else None

    def _folder(self, name: str) -> Path:
        return location.job_folder(self._workspace, *of_native_id(name))

    def _taken_gpus(self) -> list[str]:
        """The GPUs of the jobs that are here, also of those that an agent before us has started."""
        found = [gpu for job in self._jobs.values() for gpu in job.gpus or () if job.failure is None]
        ours = {job.folder for job in self._jobs.values()}
        for folder in (location.compute_folder(self._workspace) / "jobs").glob("*/*"):
            state = trace.state_of(folder) if folder not in ours else None
            if state is not None and trace.is_alive(state):
                found += trace.environment_of(folder).get(GPU_NAMES[0], "").split(",")
        return found

    def _run_id(self, folder: Path) -> str | None:
        """The run of a job folder, or None if it is no such folder."""
        run_id = trace.environment_of(folder).get("RUNWATCH_RUN_ID", folder.parent.name)
        if not folder.name.isdigit() or self._folder(native_id(run_id, int(folder.name))) != folder:
            return None
        return run_id


class _Job:
    """A job that this agent brings up.

    Attributes:
        stage: Until it has a runner.
        failure: Why it never got one.
        is_to_be_repeated: That was nothing of its own, and it may be submitted again.
    """

    def __init__(
        self, submission: Submission, folder: Path, may_start: Callable[[], bool], logbook: Logbook
    ) -> None:  # fmt: skip
        self.submission = submission
        self._logbook: Logbook | None = logbook
        self.folder = folder
        self.may_start = may_start
        self.gpus: tuple[str, ...] | None = None
        self.cancel = threading.Event()
        self.thread: threading.Thread | None = None
        self.stage: Stage = "queued"
        self.runner: subprocess.Popen[bytes] | None = None
        self.failure: JobExit | None = None
        self.is_to_be_repeated = False

    @property
    def reason(self) -> str:
        """What it waits for."""
        return "waits for free GPUs" if self.stage == "queued" else ""

    def carry_logs(self) -> None:
        """Bring into the store what preparing says; once there is a runner, its watcher goes on with that."""
        if self._logbook is None or self.stage == "queued":
            return
        try:
            if self.failure is not None:
                self._logbook.close()
            elif self.runner is None and self.stage == "preparing":
                self._logbook.carry()
                return
        except RunwatchError:  # the store is away, or the run was deleted: neither is the job's own
            return
        self._logbook = None

    def fail(self, message: str) -> None:
        self.failure = trace.exit_of(message, "canceled" if self.cancel.is_set() else "not_started")


def _let_go(runner: subprocess.Popen[bytes] | None, patience_s: float) -> None:
    """Collect a runner if it has ended; one that goes on is nobody's child any more."""
    if runner is None:
        return
    try:
        runner.wait(patience_s)
    except subprocess.TimeoutExpired:
        runner.returncode = 0  # no warning is due when the handle goes

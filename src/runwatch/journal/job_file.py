"""The files of a job folder: what the runner is told, and what it says of the job while it runs and when it ended."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Literal, TypeVar

import msgspec
from msgspec import Struct, field

from runwatch.schema.error import CorruptDataError
from runwatch.schema.settled import settled

JOB_FILE: Final = "job.json"
STATE_FILE: Final = "state.json"
EXIT_FILE: Final = "exit.json"

Phase = Literal["waiting", "running", "ending"]
Cause = Literal["exit", "signal", "canceled", "interrupted", "timeout", "out_of_memory", "not_started"]


class JobProcess(Struct, frozen=True, kw_only=True):
    """A process that is to be started.

    Attributes:
        argv: The program, looked up on the ``PATH`` of its environment, and its arguments; not empty.
        console: Absolute path of the file that both its streams are appended to.
        environment: On top of the job's.
    """

    argv: tuple[str, ...]
    console: str
    environment: dict[str, str] = field(default_factory=dict)


class JobFile(Struct, frozen=True, kw_only=True):
    """What the runner is to do.

    Attributes:
        run_id: The run.
        attempt: Which start of the run, from 1.
        grace_s: How long processes that are told to end have for it.
        cwd: Absolute working folder of the processes.
        environment: All variables they get; nothing is inherited.
        processes: In the order of their ranks, at least one.
        max_duration_s: The job is ended after so long; None means never.
        cgroup: Try to put the processes into a control group of their own.
        v: Version of the format.
    """

    run_id: str
    attempt: int
    grace_s: float
    cwd: str
    environment: dict[str, str]
    processes: tuple[JobProcess, ...]
    max_duration_s: float | None = None
    cgroup: bool = True
    v: Literal[1] = 1


class ProcessState(Struct, frozen=True, kw_only=True):
    """A process that was started.

    Attributes:
        pid: Its number, which alone names nothing: it is given out again.
        started: Boot id and start time, as `runwatch.sdk.watcher.token.process_token` says them; empty where the system
            tells neither.
    """

    pid: int
    started: str


class JobState(Struct, frozen=True, kw_only=True):
    """A job as its runner last said.

    Attributes:
        pid: The runner.
        started: The runner's token, as in `ProcessState`.
        boot_id: The machine's boot; empty where it has no name.
        phase: Not told to start yet; running; being ended.
        started_at: When its processes were started, seconds UTC.
        cgroup: Folder of the control group that was made for it.
        processes: Those that were started.
    """

    pid: int
    started: str
    boot_id: str
    phase: Phase
    started_at: float | None
    cgroup: str | None
    processes: tuple[ProcessState, ...]
    v: Literal[1] = 1


class ProcessExit(Struct, frozen=True, kw_only=True):
    """How a process ended: by exit code or by signal, or neither if it could not be ended.

    Attributes:
        code: Its exit code.
        signal: The signal that ended it.
    """

    code: int | None
    signal: int | None


class JobExit(Struct, frozen=True, kw_only=True):
    """How a job ended.

    Attributes:
        cause: Why. ``exit`` is any exit code, also 0.
        code: Exit code of the process whose end it was.
        signal: The signal that ended it.
        rank: Which process that was.
        message: One sentence on what was seen.
        started_at: When the processes were started, seconds UTC; None if they were not.
        ended_at: When the last one of them ended.
        left_behind: How many further processes the job left, which were then ended.
        processes: All, by rank.
    """

    cause: Cause
    code: int | None
    signal: int | None
    rank: int
    message: str
    started_at: float | None
    ended_at: float
    left_behind: int
    processes: tuple[ProcessExit, ...]
    v: Literal[1] = 1


def write_job(folder: Path, job: JobFile) -> None:
    """Write ``job.json`` whole, readable by its owner alone: an environment holds tokens.

    Raises:
        OSError: If the folder cannot be written to.
    """
    hidden = folder / f".{JOB_FILE}.{os.getpid()}.new"
    try:
        with open(hidden, "wb", opener=lambda path, flags: os.open(path, flags | os.O_EXCL, 0o600)) as file:
            file.write(msgspec.json.encode(job))
            file.flush()
            os.fsync(file.fileno())
        hidden.replace(folder / JOB_FILE)
    except OSError:
        hidden.unlink(missing_ok=True)
        raise


def read_state(folder: Path) -> JobState | None:
    """What the runner of a job folder last said; None if it has said nothing yet.

    Raises:
        CorruptDataError: If the file is damaged.
    """
    return _read(folder / STATE_FILE, JobState)


def read_exit(folder: Path) -> JobExit | None:
    """How the job of a folder ended; None if it has not.

    Raises:
        CorruptDataError: If the file is damaged.
    """
    return _read(folder / EXIT_FILE, JobExit)


def read_job(folder: Path) -> JobFile | None:
    """What the runner of a job folder was told; None if it was not prepared.

    Raises:
        CorruptDataError: If the file is damaged.
    """
    return _read(folder / JOB_FILE, JobFile)


def was_left(folder: Path) -> bool:
    """Whether the runner ended before it was told to start anything: whoever should have told it died.

    The agent that comes next starts the job anew.
    """
    try:
        ended = read_exit(folder)
        return ended is not None and ended.cause == "not_started" and read_state(folder) is not None
    except CorruptDataError:
        return False


_Content = TypeVar("_Content", JobFile, JobState, JobExit)


def _read(path: Path, kind: type[_Content]) -> _Content | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=settled(kind))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CorruptDataError(
            f"{path} is not what a runner writes: {error}.",
            file=str(path),
            hint="Look at the job's console; the run itself can be submitted again.",
        ) from error

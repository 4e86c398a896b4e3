"""Submitted runs: when they began to run, and how they ended, as their runner and their console tell it."""

from __future__ import annotations

import re
import signal
from pathlib import Path
from typing import Any, Final

import msgspec

from runwatch.journal.job_file import JobExit, read_exit, read_state
from runwatch.journal.manifest import Manifest
from runwatch.schema.error import CorruptDataError
from runwatch.schema.run import ExitCause, ExitKind, GetRun, RunError, RunStatus, UpdateRun
from runwatch.sdk.watcher.ending import Death, Ending, judge
from runwatch.store.protocol import Store

BEFORE_RUNNING: Final = frozenset({
    RunStatus.NOT_STARTED, RunStatus.QUEUED, RunStatus.PROVISIONING, RunStatus.PREPARING, RunStatus.STARTING,
})  # fmt: skip

TAIL_BYTES: Final = 64 << 10
"""The end of a console, in which the last traceback is looked for."""

DRIVER_LOG: Final = "azureml-logs/70_driver_log.txt"
RANK_LOG: Final = "user_logs/std_log_process_{:02d}.txt"
"""The consoles of a job's processes, as the agent names them in the manifest."""

TRACEBACK: Final = "Traceback (most recent call last):"
_RAISED: Final = re.compile(r"[A-Za-z_][\w.]*(:\s.*|$)")
"""The line that ends a traceback: the name of an exception, and perhaps what it says."""


def announce(store: Store, manifest: Manifest) -> bool:
    """Say that a submitted run is Running, once its runner has started the script; whether that has been said."""
    folder = Path(manifest.job or "")
    try:
        state, ended = read_state(folder), read_exit(folder)
    except CorruptDataError:
        return True
    started_at = ended.started_at if ended is not None else None if state is None else state.started_at
    if started_at is None:
        return ended is not None
    if store.runs.get(GetRun(run_id=manifest.run_id)).status in BEFORE_RUNNING:
        store.runs.update(
            UpdateRun(run_id=manifest.run_id, status=RunStatus.RUNNING, at=started_at, host=manifest.host, contact=True)
        )
    return True


def judge_job(
    manifest: Manifest, fail: dict[str, Any] | None, leave: dict[str, Any] | None, death: Death | None
) -> Ending:  # fmt: skip
    """How a submitted run ended.

    Args:
        manifest: The run.
        fail: The data of its "fail" event: the script called ``run.fail``.
        leave: The data of an "exit" event of one of its processes, perhaps with the exception that left the script.
        death: What was seen of the runner's end.
    """
    try:
        ended = read_exit(Path(manifest.job or ""))
    except CorruptDataError:
        ended = None
    if ended is None:
        return _again(_forsaken(judge(None, None, death), manifest), manifest)
    return _again(_ending(ended, fail, leave, _tail(manifest, ended.rank)), manifest)


def _forsaken(seen: Ending, manifest: Manifest) -> Ending:
    """The runner itself was killed, and could not say how the script fared; that does not outlive it."""
    if seen.exit.kind is ExitKind.OUT_OF_MEMORY:
        return seen
    message = f"The runner of the job, process {manifest.pid}, was ended from outside, and its script with it"
    cause = msgspec.structs.replace(seen.exit, kind=ExitKind.LOST)
    error = RunError(message=f"{message}: {seen.exit.evidence}.", code="Lost")
    return msgspec.structs.replace(seen, status=RunStatus.FAILED, exit=cause, error=error, reason="lost")


def _again(ending: Ending, manifest: Manifest) -> Ending:
    if ending.status is not RunStatus.FAILED or manifest.retries <= 0:
        return ending
    why = ending.error.message if ending.error is not None else ending.reason
    return msgspec.structs.replace(ending, status=RunStatus.QUEUED, reason=f"Started again, for it failed: {why}")


def _ending(ended: JobExit, fail: dict[str, Any] | None, leave: dict[str, Any] | None, tail: str) -> Ending:
    def end(status: RunStatus, kind: ExitKind, reason: str = "", error: RunError | None = None) -> Ending:
        cause = ExitCause(
            kind=kind, code=ended.code, signal=ended.signal, evidence=ended.message, at=ended.ended_at
        )  # fmt: skip
        return Ending(status=status, exit=cause, error=error, reason=reason)

    if ended.cause == "canceled":
        return end(RunStatus.CANCELED, ExitKind.CANCELED, "canceled")
    if ended.cause == "interrupted":
        return end(RunStatus.CANCELED, ExitKind.INTERRUPTED, "interrupted")
    if ended.cause == "exit" and ended.code == 0:
        if fail is None:
            return end(RunStatus.COMPLETED, ExitKind.COMPLETED)
        return end(RunStatus.FAILED, ExitKind.EXCEPTION, error=_error(fail))
    # Python's own exit code of an exception that nobody caught is 1: with another one the traceback was only printed.
    printed = _traceback(tail) if ended.cause != "exit" or ended.code == 1 else None
    known = _error(fail) or _raised(leave) or printed
    if ended.cause == "exit":
        kind = ExitKind.EXCEPTION if known is not None else ExitKind.EXIT_CODE
        error = known or RunError(message=ended.message, code="ExitCode")
        return end(RunStatus.FAILED, kind, f"exit code {ended.code}", error)
    kind, code = {
        "signal": (ExitKind.SIGNAL, "Signal"), "timeout": (ExitKind.TIME_OUT, "TimeOut"),
        "out_of_memory": (ExitKind.OUT_OF_MEMORY, "OutOfMemory"), "not_started": (ExitKind.NOT_STARTED, "NotStarted"),
    }[ended.cause]  # fmt: skip
    details = known.details if known is not None else ""
    return end(
        RunStatus.FAILED, kind, _reason(ended), RunError(message=ended.message, code=code, details=details)
    )  # fmt: skip


def _reason(ended: JobExit) -> str:
    if ended.cause != "signal" or ended.signal is None:
        return ended.cause.replace("_", " ")
    try:
        return f"killed ({signal.Signals(ended.signal).name})"
    except ValueError:
        return f"killed (signal {ended.signal})"


def _error(data: dict[str, Any] | None) -> RunError | None:
    if not data:
        return None
    return RunError(
        message=str(data.get("message") or "The run was failed by its own code."),
        code=str(data.get("code") or "UserError"), details=str(data.get("details") or ""),
    )  # fmt: skip


def _raised(leave: dict[str, Any] | None) -> RunError | None:
    raised = leave.get("exception") if leave else None
    kind = str(raised.get("type") or "") if raised else ""
    if not raised or kind.rpartition(".")[2] == "SystemExit":
        return None
    message = str(raised.get("message") or "")
    return RunError(message=f"{kind}: {message}" if message else kind, details=str(raised.get("details") or ""))


def _traceback(tail: str) -> RunError | None:
    """The last traceback of a console, if there is a whole one."""
    start = tail.rfind(TRACEBACK)
    if start < 0:
        return None
    lines = tail[start:].splitlines()
    for number, line in enumerate(lines[1:], 1):
        if line[:1] not in {"", " ", "\t"}:  # frames are indented; the exception is not
            if not _RAISED.match(line):
                return None
            return RunError(message=line, details="\n".join(lines[: number + 1]))
    return None


def _tail(manifest: Manifest, rank: int) -> str:
    """The end of the console of the process whose end it was."""
    try:
        with open(manifest.follow[RANK_LOG.format(rank) if rank else DRIVER_LOG], "rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - TAIL_BYTES))
            return file.read().decode("utf-8", "replace")
    except (KeyError, OSError):
        return ""

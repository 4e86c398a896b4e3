"""How a run ended: what its own code said and what was seen from outside, weighed into one answer."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import msgspec
from msgspec import Struct

from runwatch.schema.run import ExitCause, ExitKind, RunError, RunStatus

INTERRUPTED_EXCEPTIONS = frozenset({"KeyboardInterrupt", "builtins.KeyboardInterrupt"})
EXIT_EXCEPTIONS = frozenset({"SystemExit", "builtins.SystemExit"})


class Death(Struct, frozen=True, kw_only=True):
    """What was seen from outside of the end of a process.

    Attributes:
        pid: The process.
        wait_status: What the kernel keeps for its parent (exit code or signal), where it could be had.
        out_of_memory: The evidence that the kernel ended it for lack of memory, else empty.
        lost: Why nothing can be known of the process, such as a restart of the machine, else empty.
        at: When it ended, as far as known, seconds UTC.
    """

    pid: int = 0
    wait_status: int | None = None
    out_of_memory: str = ""
    lost: str = ""
    at: float = 0.0


class Ending(Struct, frozen=True, kw_only=True):
    """The last word on a run.

    Attributes:
        status: A terminal status.
        exit: How it ended and how we know.
        error: What went wrong, for failed runs.
        reason: For the status history.
    """

    status: RunStatus
    exit: ExitCause
    error: RunError | None = None
    reason: str = ""


def judge(end: dict[str, Any] | None, leave: dict[str, Any] | None, death: Death | None) -> Ending:
    """How the run ended.

    Args:
        end: The data of its "end" event: the code completed, failed or canceled the run explicitly.
        leave: The data of its "exit" event: the interpreter was leaving, perhaps with an exception.
        death: What was seen of its process; None while it lives.
    """
    death = death or Death(at=time.time())
    if end is not None:
        return _explicit(end, _timed(death, end))
    if leave is not None:
        return _left(leave, _timed(death, leave))
    return _died(death)


def _timed(death: Death, event: dict[str, Any]) -> Death:
    return msgspec.structs.replace(death, at=float(event["at"])) if event.get("at") else death


def _explicit(end: dict[str, Any], death: Death) -> Ending:
    status = RunStatus(end.get("status", RunStatus.COMPLETED))
    error = _error(end.get("error"))
    kind = {
        RunStatus.COMPLETED: ExitKind.COMPLETED, RunStatus.CANCELED: ExitKind.CANCELED,
    }.get(status, ExitKind.EXCEPTION)  # fmt: skip
    evidence = f"the run's own code ended it as {status.value}"
    return Ending(
        status=status, exit=ExitCause(kind=kind, evidence=evidence, at=death.at), error=error,
        reason=str(end.get("reason") or ""),
    )  # fmt: skip


def _left(leave: dict[str, Any], death: Death) -> Ending:
    raised = leave.get("exception")
    name = str(raised.get("type") or "") if raised else ""
    if raised and name in INTERRUPTED_EXCEPTIONS:
        return _ending(
            RunStatus.CANCELED, ExitKind.INTERRUPTED, "KeyboardInterrupt left the script", death, "interrupted"
        )
    if raised and name not in EXIT_EXCEPTIONS:
        ending = _ending(RunStatus.FAILED, ExitKind.EXCEPTION, f"{name or 'an exception'} left the script", death)
        return _with(ending, error=_error(raised))
    if death.wait_status is not None and death.wait_status != 0:
        return _died(death)
    known = "exit code 0" if death.wait_status == 0 else "its exit code is not known"
    return _ending(RunStatus.COMPLETED, ExitKind.COMPLETED, f"the script ran to its end; {known}", death)


def _died(death: Death) -> Ending:
    status = death.wait_status
    if status is not None and os.WIFSIGNALED(status):
        return _signalled(os.WTERMSIG(status), death)
    if status is not None:
        return _exited(os.waitstatus_to_exitcode(status), death)
    if death.out_of_memory:
        return _out_of_memory(death, None)
    evidence = death.lost or (
        f"process {death.pid} vanished without a word, and the kernel did not say how (Linux before 6.15 cannot)"
    )
    ending = _ending(RunStatus.FAILED, ExitKind.LOST, evidence, death, "lost")
    return _with(ending, error=RunError(message=f"The run was lost: {evidence}.", code="Lost"))


def _exited(code: int, death: Death) -> Ending:
    evidence = f"the kernel reported exit code {code} for process {death.pid}"
    if code == 0:
        return _with(_ending(RunStatus.COMPLETED, ExitKind.COMPLETED, evidence, death), code=0)
    ending = _ending(RunStatus.FAILED, ExitKind.EXIT_CODE, evidence, death, f"exit code {code}")
    return _with(ending, code=code, error=RunError(message=f"The script ended with exit code {code}.", code="ExitCode"))


def _signalled(number: int, death: Death) -> Ending:
    if number == signal.SIGKILL and death.out_of_memory:
        return _out_of_memory(death, number)
    name = _signal_name(number)
    evidence = f"the kernel reported signal {number} for process {death.pid}"
    if number == signal.SIGINT:
        return _with(_ending(RunStatus.CANCELED, ExitKind.INTERRUPTED, evidence, death, "interrupted"), signal=number)
    verb = "terminated" if number == signal.SIGTERM else "killed"
    ending = _ending(RunStatus.FAILED, ExitKind.SIGNAL, evidence, death, f"{verb} ({name})")
    error = RunError(message=f"The process was {verb} by signal {number} ({name}).", code="Signal")
    return _with(ending, signal=number, error=error)


def _out_of_memory(death: Death, number: int | None) -> Ending:
    ending = _ending(RunStatus.FAILED, ExitKind.OUT_OF_MEMORY, death.out_of_memory, death, "out of memory")
    error = RunError(message="The kernel ended the process for lack of memory.", code="OutOfMemory")
    return _with(ending, signal=number, error=error)


def _ending(status: RunStatus, kind: ExitKind, evidence: str, death: Death, reason: str = "") -> Ending:
    return Ending(status=status, exit=ExitCause(kind=kind, evidence=evidence, at=death.at), reason=reason)


def _with(
    ending: Ending, *, code: int | None = None, signal: int | None = None, error: RunError | None = None
) -> Ending:
    cause = ending.exit
    exit_ = ExitCause(kind=cause.kind, code=code, signal=signal, evidence=cause.evidence, at=cause.at)
    return Ending(status=ending.status, exit=exit_, error=error, reason=ending.reason)


def _error(data: dict[str, Any] | None) -> RunError | None:
    """The error of an event: ``message``, ``code`` and ``details`` (a traceback) as the training process noted them."""
    if not data:
        return None
    kind = str(data.get("type") or "")
    message = str(data.get("message") or kind or "The run failed without a message.")
    if kind and not message.startswith(kind):
        message = f"{kind}: {message}"
    details = str(data.get("details") or data.get("traceback") or "")
    return RunError(message=message, code=str(data.get("code") or "UserError"), details=details)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

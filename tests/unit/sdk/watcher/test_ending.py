"""What the code said and what was seen from outside make one answer."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from runwatch.schema.run import ExitKind, RunStatus
from runwatch.sdk.watcher.ending import Death, judge

TRACE = {"type": "ValueError", "message": "bad", "details": "Traceback …"}


def death(**facts: Any) -> Death:
    return Death(pid=7, at=5.0, **facts)


@pytest.mark.parametrize(
    ("end", "leave", "seen", "status", "kind"),
    [
        # the code's own word stands, whatever happens to the process afterwards
        ({"status": "Completed", "error": None}, None, None, "Completed", "completed"),
        ({"status": "Completed", "error": None}, None, death(wait_status=9), "Completed", "completed"),
        ({"status": "Canceled", "error": None}, None, None, "Canceled", "canceled"),
        ({"status": "Failed", "error": {"message": "no"}}, None, None, "Failed", "exception"),
        ({"status": "Failed", "error": None}, {"exception": None}, death(wait_status=0), "Failed", "exception"),
        # the interpreter left in order
        (None, {"exception": None}, death(wait_status=0), "Completed", "completed"),
        (None, {"exception": None}, death(), "Completed", "completed"),
        (None, {"exception": None}, death(wait_status=3 << 8), "Failed", "exit_code"),
        (None, {"exception": None}, death(wait_status=signal.SIGSEGV), "Failed", "signal"),
        (None, {"exception": TRACE}, death(wait_status=1 << 8), "Failed", "exception"),
        (None, {"exception": TRACE}, None, "Failed", "exception"),
        (None, {"exception": {"type": "KeyboardInterrupt", "message": ""}}, death(), "Canceled", "interrupted"),
        (None, {"exception": {"type": "SystemExit", "message": "3"}}, death(wait_status=3 << 8), "Failed", "exit_code"),
        # it ended without a word
        (None, None, death(wait_status=signal.SIGKILL), "Failed", "signal"),
        (None, None, death(wait_status=signal.SIGTERM), "Failed", "signal"),
        (None, None, death(wait_status=signal.SIGINT), "Canceled", "interrupted"),
        (None, None, death(wait_status=signal.SIGKILL, out_of_memory="seen"), "Failed", "out_of_memory"),
        (None, None, death(wait_status=signal.SIGTERM, out_of_memory="seen"), "Failed", "signal"),
        (None, None, death(out_of_memory="seen"), "Failed", "out_of_memory"),
        (None, None, death(wait_status=0), "Completed", "completed"),
        (None, None, death(wait_status=5 << 8), "Failed", "exit_code"),
        (None, None, death(), "Failed", "lost"),
        (None, None, death(lost="the machine was restarted"), "Failed", "lost"),
    ],
)
def test_how_a_run_ended(
    end: dict[str, Any] | None, leave: dict[str, Any] | None, seen: Death | None, status: str, kind: str
) -> None:
    ending = judge(end, leave, seen)
    assert (ending.status, ending.exit.kind) == (RunStatus(status), ExitKind(kind))
    assert ending.status.is_terminal
    assert ending.exit.evidence
    assert ending.exit.at > 0


def test_figures_and_reasons() -> None:
    killed = judge(None, None, death(wait_status=signal.SIGKILL))
    assert (killed.exit.signal, killed.exit.code, killed.reason) == (9, None, "killed (SIGKILL)")
    assert killed.exit.evidence == "the kernel reported signal 9 for process 7"
    assert killed.error is not None
    assert judge(None, None, death(wait_status=signal.SIGTERM)).reason == "terminated (SIGTERM)"
    assert judge(None, None, death(wait_status=63)).reason == "killed (signal 63)"
    exited = judge(None, {"exception": None}, death(wait_status=3 << 8))
    assert (exited.exit.code, exited.exit.signal) == (3, None)
    assert judge(None, None, death(lost="the machine was restarted")).exit.evidence == "the machine was restarted"


def test_the_error_keeps_type_message_and_traceback() -> None:
    error = judge(None, {"exception": TRACE}, death()).error
    assert error is not None
    assert (error.message, error.code, error.details) == ("ValueError: bad", "UserError", "Traceback …")
    given = judge({"status": "Failed", "error": {"message": "no", "code": "Mine", "details": "long"}}, None, None).error
    assert given is not None
    assert (given.message, given.code, given.details) == ("no", "Mine", "long")
    silent = judge({"status": "Failed", "error": {"details": "x"}}, None, None).error
    assert silent is not None
    assert silent.message


def test_the_time_is_that_of_the_event_if_it_says_one() -> None:
    assert judge({"status": "Completed", "at": 3.0}, None, death()).exit.at == 3.0
    assert judge(None, None, death(wait_status=9)).exit.at == 5.0

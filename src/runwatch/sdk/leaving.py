"""What happens when the process ends: each run it still records is told how, and the watcher gets a bounded time."""

from __future__ import annotations

import atexit
import os
import sys
import time
import traceback

from runwatch.sdk import home, problem, recording

_owner = 0


def watch_for_exit() -> None:
    """Have `leave` called when this process ends; harmless if repeated, and without effect in forked children."""
    global _owner
    if _owner != os.getpid():
        if not _owner:
            atexit.register(leave)
        _owner = os.getpid()


def leave() -> None:
    """Tell every run that is still recorded that the process ends; wait at most `recording.END_S` for the watchers."""
    if _owner != os.getpid():
        return
    live = [each for each in recording.all_live() if each.is_ours]
    cause = describe(fatal_exception())
    for each in live:
        with problem.kept_away(each.run_id, "The end of the process"):
            each.leave(cause)
    deadline = time.monotonic() + recording.END_S
    for each in live:
        with problem.kept_away(each.run_id, "The rest"):
            if not each.is_submitted:  # its watcher is no child of this process, and told of its end by the kernel
                each.flush(max(0.0, deadline - time.monotonic()))
        if each.git is not None:
            each.git.drop()
    home.close_all()


def fatal_exception() -> BaseException | None:
    """The exception that ended the interpreter, or None.

    The interpreter notes it before it exits. At a prompt it notes those that it merely printed, too, so that they say
    nothing about the end there.
    """
    if hasattr(sys, "ps1") or sys.flags.interactive:
        return None
    found = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    return found if isinstance(found, BaseException) else None


def describe(error: BaseException | None) -> dict[str, str] | None:
    """An exception in the words of the journal: type, message and traceback."""
    if error is None:
        return None
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return {"type": name, "message": _text(error), "details": "".join(traceback.format_exception(error))}


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # foreign code
        return type(error).__name__

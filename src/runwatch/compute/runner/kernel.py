"""What Linux gives a supervisor and Python does not: orphans come to it, and its children do not outlive it."""

from __future__ import annotations

import os
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def become_subreaper() -> bool:
    """Be given every orphan among the descendants, so that none escapes; whether the kernel can do that."""
    return _prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(parent: int) -> None:
    """Let the kernel kill this process when its parent ends, also if that was a moment ago.

    It is the *thread* that forked whose end counts: the runner has only one.
    """
    if _prctl(PR_SET_PDEATHSIG, signal.SIGKILL) and os.getppid() != parent:
        os._exit(1)


def _library() -> Any:
    try:
        import ctypes

        return ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):  # a Python without ctypes, or a system without this call
        return None


_CALL = _library()


def _prctl(option: int, value: int) -> bool:
    return _CALL is not None and _CALL(option, int(value), 0, 0, 0) == 0

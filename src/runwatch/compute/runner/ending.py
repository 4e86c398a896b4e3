"""How a job ended, in the words of ``exit.json``."""

from __future__ import annotations

import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from runwatch.compute.runner.child import Child


class Ending:
    """The end of a job.

    Args:
        cause: ``exit``, ``canceled``, ``timeout`` or ``not_started``; the first is looked into.
        child: The process whose end it was; None if none was started.
        siblings: How many processes the job has.
        memory: The evidence that the kernel ended something for lack of memory, else empty.
        note: What is to be said besides.

    Attributes:
        cause: As in ``exit.json``.
        message: One sentence on what was seen.
    """

    def __init__(self, cause: str, child: Child | None = None, siblings: int = 1, memory: str = "", note: str = ""):
        self.cause = cause
        self.child = child
        if child is None:
            self.message = note
            return
        seen = _seen(child, siblings)
        if cause == "exit" and child.signal is not None:
            self.cause = "out_of_memory" if memory and child.signal == signal.SIGKILL else "signal"
        if memory and child.has_failed:
            seen = f"{seen}, and {memory}"
        self.message = f"{note}; {seen}." if note else child.problem or f"{seen[0].upper()}{seen[1:]}."

    def content(self) -> dict[str, Any]:
        """Its part of ``exit.json``."""
        return {
            "cause": self.cause,
            "code": self.child.code if self.child else None,
            "signal": self.child.signal if self.child else None,
            "rank": self.child.rank if self.child else 0,
            "message": self.message,
        }


def _seen(child: Child, siblings: int) -> str:
    who = f"process {child.pid}" if siblings == 1 else f"process {child.pid} (rank {child.rank})"
    if child.signal is not None:
        return f"the kernel reported signal {child.signal} ({_name(child.signal)}) for {who}"
    if child.code is not None:
        return f"the kernel reported exit code {child.code} for {who}"
    return f"{who} could not be ended"


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "a real-time signal"

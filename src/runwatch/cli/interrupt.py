"""Ctrl-C: wherever it lands, the command ends as interrupted and not with the trouble that it made on its way out."""

from __future__ import annotations

import logging
import signal
import threading
from types import FrameType, TracebackType

_SILENCE = logging.NullHandler()


class Interrupts:
    """A block of a command in which it is known whether Ctrl-C was pressed.

    Python raises `KeyboardInterrupt` between any two steps of a program, libraries included. One that was broken off
    within its own clean-up raises something else instead, or logs that it could not finish: consequences, not causes.

    Attributes:
        came: Ctrl-C was pressed since the block began.
    """

    def __init__(self) -> None:
        self.came = False
        self._is_ours = False

    def __enter__(self) -> Interrupts:
        # Other threads hear of no signals, and a handler that somebody else chose is theirs.
        if threading.current_thread() is threading.main_thread():
            self._is_ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self._is_ours:
            logging.getLogger("sqlalchemy").addHandler(_SILENCE)
            signal.signal(signal.SIGINT, self._interrupted)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._is_ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        self.came = True
        signal.default_int_handler(number, frame)

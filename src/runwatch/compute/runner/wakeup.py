"""Lets the runner sleep until a signal, a time or a byte: one thread, one select, nothing while all is quiet."""

from __future__ import annotations

import os
import select
import signal
import time

LONGEST_S = 86_400.0
"""No sleep is longer; waking once a day costs nothing, and a limit of years is no number for ``select``."""


class Wakeup:
    """Takes over the signals of this process.

    SIGTERM is counted, SIGCHLD wakes. Ctrl-C and the end of a terminal are not for the runner.

    Attributes:
        terms: How often SIGTERM came.
    """

    def __init__(self) -> None:
        self.terms = 0
        self._awake, self._bell = os.pipe()
        for end in (self._awake, self._bell):
            os.set_blocking(end, False)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._on_term)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._bell, warn_on_full_buffer=False)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])

    def sleep(self, until: float | None = None, source: int | None = None) -> bool:
        """Sleep until a signal comes, or the time, or something can be read.

        Args:
            until: On the monotonic clock, s; None means no limit.
            source: A descriptor to read from.

        Returns:
            Whether the source can be read.
        """
        wait_s = LONGEST_S if until is None else min(max(0.0, until - time.monotonic()), LONGEST_S)
        sources = [self._awake] if source is None else [self._awake, source]
        ready = select.select(sources, [], [], wait_s)[0]
        if self._awake in ready:
            os.read(self._awake, 4096)
        return source in ready

    def _on_term(self, number: int, frame: object) -> None:
        self.terms += 1

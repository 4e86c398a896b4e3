"""When to try again after a failure: later and later, and never all watchers at the same moment."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final

CAP_S: Final = 60.0
"""The longest wait between two attempts: a store that comes back is noticed within a minute."""

FIRST_S: Final = 0.25
"""The first wait is at most this; a busy database is free again by then."""


class Backoff:
    """Full jitter: each wait is drawn evenly between 0 and a limit that doubles up to a cap; without end.

    Attributes:
        failures: How many in a row.
        due_at: When the next attempt may be made, by the given clock.
    """

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, draw: Callable[[], float] = random.random
    ) -> None:
        self.failures = 0
        self.due_at = 0.0
        self._clock = clock
        self._draw = draw

    def fail(self, *, at_least_s: float = 0.0) -> float:
        """Note a failure; the answer is how long to wait.

        Args:
            at_least_s: What the store asked for (Retry-After).
        """
        span = min(CAP_S, FIRST_S * 2 ** min(self.failures, 30))
        self.failures += 1
        wait_s = float(max(at_least_s, span * self._draw()))
        self.due_at = self._clock() + wait_s
        return wait_s

    def succeed(self) -> None:
        """Forget the failures."""
        self.failures = 0
        self.due_at = 0.0

    def wait_s(self) -> float:
        """How long until the next attempt may be made."""
        return max(0.0, self.due_at - self._clock())

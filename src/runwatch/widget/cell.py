"""Whether the kernel works on a cell: until that has ended it hears nothing that a page says."""

from __future__ import annotations

import time
from typing import Any, Final


class Cell:
    """What runs in the kernel now, as IPython tells it."""

    def __init__(self) -> None:
        self._runs = False
        self._ended_at = float("-inf")
        self._shell: Any = None

    def follow(self, shell: Any) -> None:
        """Be told of cells from now on; this is called by one.

        Args:
            shell: IPython's.
        """
        if self._shell is shell:
            return
        self._shell = shell
        self._begin()
        shell.events.register("pre_run_cell", self._begin)
        shell.events.register("post_run_cell", self._end)

    def deaf_until(self, now: float) -> float:
        """Until when pages could not be heard: now while a cell runs, else when the last one ended.

        Args:
            now: The monotonic clock.
        """
        return now if self._runs else self._ended_at

    def _begin(self, *_: object) -> None:
        self._runs = True

    def _end(self, *_: object) -> None:
        self._runs, self._ended_at = False, time.monotonic()


CELL: Final = Cell()
"""That of this process: a kernel works on one at a time."""

"""Whether the kernel works on a cell: until that has ended it hears a page only where its front end has a
way past the cell (JupyterLab has, Notebook 7 has not)."""

from __future__ import annotations

import time
from typing import Any, Final


class Cell:
    """What runs in the kernel now, as IPython tells it.

    Attributes:
        runs: Whether one runs.
        began_at: When the last one began, of the monotonic clock.
        ended_at: When the last one ended, likewise.
    """

    def __init__(self) -> None:
        self.runs = False
        self.began_at = self.ended_at = float("-inf")
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

    def _begin(self, *_: object) -> None:
        self.runs, self.began_at = True, time.monotonic()

    def _end(self, *_: object) -> None:
        self.runs, self.ended_at = False, time.monotonic()


CELL: Final = Cell()
"""That of this process: a kernel works on one at a time."""

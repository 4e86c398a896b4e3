"""A pause in which whoever waits for the interpreter is given it."""

from __future__ import annotations

import time
from typing import Final

BREATH_S: Final = 2e-4
"""Long enough for another thread to wake up: after `sleep(0)` the one that slept is back before it."""


def breathe() -> None:
    """Let others run: between pieces of work of a millisecond or two, so that no cell is held up for longer."""
    time.sleep(BREATH_S)

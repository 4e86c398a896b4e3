"""What lists of runs compare and sort labels by: the same in every backend."""

from __future__ import annotations

import math
from typing import Any, Final

from runwatch.store.text import clean

SORT_CHARS: Final = 64
"""Labels are sorted by so many first characters: values may be a million long, index entries and cursors should not."""


def param_parts(value: Any) -> tuple[float | None, str | None]:
    """A parameter's value as a number and as a text: at most one of them is there.

    True and false are the numbers 1 and 0, as in metrics. NaN, None, lists and dictionaries are neither.

    Args:
        value: A value as JSON gives it back.
    """
    if isinstance(value, str):
        return None, clean(value)
    if not isinstance(value, int | float):
        return None, None
    try:
        number = float(value)
    except OverflowError:  # an integer beyond all floats
        number = math.inf if value > 0 else -math.inf
    return None if math.isnan(number) else number, None


def sort_text(text: str) -> str:
    """What a label's text is sorted by; a NUL ends it, as it does in SQLite's ``substr``."""
    return text.partition("\0")[0][:SORT_CHARS]

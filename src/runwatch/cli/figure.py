"""Numbers, times and sizes as people read them."""

from __future__ import annotations

import math
import time
from typing import Any, Final

from runwatch.cli.text import visible

NOTHING: Final = "–"
"""Stands where there is no value, so that it cannot be mistaken for zero or an empty text."""

_VALUE_CHARS: Final = 60
"""Longer texts are cut in tables; ``--json`` and ``show`` give them whole."""


def number(value: float | int | bool | str | None, digits: int = 4) -> str:
    """A value of a metric with so many significant digits; whole numbers below 10 million are never rounded."""
    if value is None:
        return NOTHING
    if isinstance(value, bool | str):
        return cut(visible(str(value)))
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    if isinstance(value, int) or value.is_integer():
        if abs(value) < 10_000_000:
            return str(int(value))
        return str(value) if isinstance(value, int) and abs(value) < 10**12 else f"{value:.{digits}g}"
    if 1e-4 <= abs(value) < 10_000_000:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        return f"{value:.{decimals}f}"
    return f"{value:.{digits}g}"


def value(anything: Any) -> str:
    """A parameter or tag of any type on one line, as it was given: a number is not rounded."""
    if anything is None:
        return NOTHING
    return cut(visible(anything if isinstance(anything, str) else repr(anything)))


def cut(text: str, chars: int = _VALUE_CHARS) -> str:
    """The text, or its beginning and an ellipsis."""
    return text if len(text) <= chars else f"{text[: chars - 1]}…"


def duration(seconds: float | None) -> str:
    """A length of time by its two largest units, e.g. ``3m 20s``."""
    if seconds is None:
        return NOTHING
    if seconds < 60:
        return f"{max(seconds, 0.0):.1f}s"
    total = round(seconds)
    if total < 3600:
        return f"{total // 60}m {total % 60:02d}s"
    if total < 86400:
        return f"{total // 3600}h {total % 3600 // 60:02d}m"
    return f"{total // 86400}d {total % 86400 // 3600:02d}h"


def ago(at: float | None, now: float | None = None) -> str:
    """How long ago that was, by its largest unit, e.g. ``5 min ago``."""
    if at is None:
        return NOTHING
    passed = (time.time() if now is None else now) - at
    if passed < -1:
        return moment(at)
    for length, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if passed >= length:
            return f"{int(passed // length)} {unit} ago" if passed < 100 * 86400 else moment(at)[:10]
    return "just now" if passed < 2 else f"{int(passed)} s ago"


def moment(at: float | None) -> str:
    """Date and time of day in the local time zone."""
    if at is None:
        return NOTHING
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))
    except (OverflowError, ValueError, OSError):
        return f"{at} s"


def size(count: float) -> str:
    """Bytes in the largest binary unit that keeps the number above one."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(count) < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"


def plural(count: int, word: str) -> str:
    """A count with its word, e.g. ``1 run`` and ``2 runs``."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"

"""Lengths of time as people type them."""

from __future__ import annotations

import re
from typing import Final

from runwatch.schema.error import InvalidValueError

UNITS_S: Final = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0}

_SPAN: Final = re.compile(r"(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s?)?", re.ASCII)
_PART: Final = re.compile(r"(\d+)([dhms]?)", re.ASCII)
_DIGITS: Final = 9
"""More are no length of time that anybody means."""


def parse_span(text: str) -> float:
    """Seconds of ``90``, ``45m``, ``1h30m`` or ``2d``; a number alone counts seconds.

    Raises:
        InvalidValueError: If it is no length of time above zero.
    """
    words = text.strip().lower()
    parts = _PART.findall(words) if _SPAN.fullmatch(words) else []
    seconds = sum(int(number[:_DIGITS]) * UNITS_S[unit or "s"] for number, unit in parts)
    if not seconds or any(len(number) > _DIGITS for number, _ in parts):
        raise InvalidValueError(f"{text!r:.80} is no length of time.", hint="Write e.g. 90s, 45m, 1h30m or 2d.")
    return seconds

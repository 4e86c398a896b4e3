"""Progress as tqdm's bars tell it: how much is done, how fast, and how long the rest will take."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from runwatch.store.log.plain import plain

LINE_CHARS: Final = 400
"""A bar is as wide as a terminal; of a longer line only the end is looked at."""

TEXT_CHARS: Final = 80
"""What stands before the bar."""

_COUNT: Final = re.compile(
    r"(?:^|[\s|])(?P<done>[\d.]{1,20})(?P<done_unit>[kKMGTP]?)(?:/(?P<total>[\d.]{1,20})(?P<total_unit>[kKMGTP]?))?"
    r"(?:[^\s\[\d/]{1,20})?\s\[(?P<passed>[\d:]{4,12})(?:<(?P<rest>[\d:]{4,12}|\?))?,\s{0,4}(?P<speed>[^\]]{1,60})\]?"
)
"""``30/100 [00:03<00:07, 9.61it/s, loss=0.5]``: every part has a bound, so that no line takes long."""

_SPEED: Final = re.compile(r"(?P<number>[\d.]{1,20})(?P<unit>[kKMGTP]?)(?P<what>s/[^\s,/]{1,20}|[^\s,/\d]{1,20}/s)")
_PERCENT: Final = re.compile(r"\s{0,4}\d{1,3}%\|.*", re.DOTALL)
_UNITS: Final = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}


class Progress(Struct, frozen=True, kw_only=True):
    """Where a loop stands.

    Attributes:
        done: Rounds done.
        total: Of how many, or None if that is not known.
        rate: Rounds a second, or None.
        remaining_s: How long the rest will take, seconds, or None.
        text: What the bar is called, or None.
    """

    done: float
    total: float | None = None
    rate: float | None = None
    remaining_s: float | None = None
    text: str | None = None


def find_progress(lines: Iterable[str]) -> Progress | None:
    """The progress that the last of these lines with a bar tells; None if none has one.

    Args:
        lines: The last lines of a log, oldest first, as a terminal shows them in the end.
    """
    for line in reversed(list(lines)):
        found = parse_progress(line)
        if found is not None:
            return found
    return None


def parse_progress(line: str) -> Progress | None:
    """The progress that a line of tqdm tells, or None if it is none."""
    text = plain(line[-LINE_CHARS:])
    found = None
    for found in _COUNT.finditer(text):  # noqa: B007 (the last one is meant)
        pass
    if found is None:
        return None
    done, total = _number(found["done"], found["done_unit"]), _number(found["total"], found["total_unit"])
    if done is None:
        return None
    speed = _SPEED.search(found["speed"])
    name = _PERCENT.sub("", text[: found.start()]).strip().removesuffix(":").strip()
    return Progress(
        done=done, total=total, rate=_rate(speed) if speed else None, remaining_s=_seconds(found["rest"]),
        text=name[:TEXT_CHARS] or None,
    )  # fmt: skip


def _number(digits: str | None, unit: str | None) -> float | None:
    try:
        return None if digits is None else float(digits) * _UNITS[unit or ""]
    except ValueError:  # several points
        return None


def _rate(speed: re.Match[str]) -> float | None:
    number = _number(speed["number"], speed["unit"])
    if number is None or not speed["what"].startswith("s/"):
        return number
    return 1 / number if number else None


def _seconds(clock: str | None) -> float | None:
    """Seconds of ``01:02:03``."""
    seconds = 0
    for part in (clock or "?").split(":"):
        if not part.isdecimal():
            return None
        seconds = seconds * 60 + int(part)
    return float(seconds)

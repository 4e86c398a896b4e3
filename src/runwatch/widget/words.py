"""Numbers, times and texts as the static views say them."""

from __future__ import annotations

import math
import time
from typing import Final

from runwatch.schema.metric import Metric
from runwatch.schema.run import Run
from runwatch.store.log.plain import plain
from runwatch.store.log.progress import Progress

NOTHING: Final = "–"


def number(value: float | int | bool | str | None) -> str:
    """A logged value with five significant digits."""
    if value is None:
        return NOTHING
    if isinstance(value, bool | str):
        return cut(str(value), 80)
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("∞" if value > 0 else "-∞")
    if isinstance(value, int) and abs(value) < 10**12:
        return str(value)
    return f"{value:.5g}"


def duration(seconds: float) -> str:
    """A length of time by its two largest units."""
    if seconds < 60:
        return f"{max(seconds, 0.0):.1f} s"
    total = round(seconds)
    if total < 3600:
        return f"{total // 60} min {total % 60:02d} s"
    return f"{total // 3600} h {total % 3600 // 60:02d} min"


def duration_of(run: Run, now: float) -> str:
    """How long a run ran, or has run so far."""
    if run.started_at is None:
        return NOTHING
    return duration((now if run.ended_at is None else run.ended_at) - run.started_at)


def moment(at: float) -> str:
    """A moment, in UTC: a notebook travels."""
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(at))


def cut(text: str, chars: int) -> str:
    """The text on one line without control sequences, at most so long."""
    text = plain(text[: chars * 4])
    return text if len(text) <= chars else f"{text[: chars - 1]}…"


def last_value(metric: Metric) -> str:
    """The last value logged, of each column."""
    if len(metric.columns) == 1:
        return number(metric.columns[0].last)
    return ", ".join(f"{cut(each.column, 20)} {number(each.last)}" for each in metric.columns[:4])


def progress(found: Progress) -> str:
    """A bar in words, e.g. ``epoch: 30 of 100 · 9.6 a second · 7 s left``."""
    total = f" of {number(_whole(found.total))}" if found.total is not None else ""
    parts = [f"{found.text + ': ' if found.text else ''}{number(_whole(found.done))}{total}"]
    if found.rate is not None:
        parts.append(
            f"{found.rate:.3g} a second" if found.rate >= 1 or not found.rate else f"{1 / found.rate:.3g} s each"
        )
    if found.remaining_s is not None:
        parts.append(f"{duration(found.remaining_s)} left")
    return " · ".join(parts)


def _whole(value: float) -> float | int:
    return int(value) if value.is_integer() else value

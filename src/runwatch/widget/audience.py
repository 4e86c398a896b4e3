"""One page that shows a run: what it shows, what it was told, and so what it is told next."""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

from runwatch.schema.chart import Chart
from runwatch.schema.settled import settled
from runwatch.widget.cell import CELL

SILENCE_S: Final = 30.0
"""A page speaks every ten seconds; after so long it is taken to be gone, or off the screen. While a cell runs few front
ends let it be heard: that time does not count."""

REPEAT_S: Final = 2.0
"""Until a page has spoken, all is told again, first after so long: what came before the page stood is lost to it."""

REPEAT_MOST_S: Final = 30.0

CHARTS: Final = 200
"""More charts no page shows at once."""


class Shape:
    """A chart that a page shows, as the page spells it.

    Args:
        said: JSON of the chart.
    """

    def __init__(self, said: Any) -> None:
        self.said = said
        self.chart = msgspec.convert(said, settled(Chart))
        self.key = json.dumps(said, sort_keys=True)


class Audience:
    """What one page knows.

    Attributes:
        is_visible: Whether it said that somebody can see it.
        shapes: The charts it said that it shows.
        log: The log it wants instead of the one that is chosen for it.
        heard_at: When it last spoke, of the monotonic clock; None if it never did.

    Args:
        now: The monotonic clock.
    """

    def __init__(self, now: float) -> None:
        self.is_visible = True
        self.shapes: list[Shape] = []
        self.log: str | None = None
        self.heard_at: float | None = None
        self._told: dict[str, int] = {}
        self._pause_s = REPEAT_S
        self._repeat_at = now + REPEAT_S

    def hear(self, show: Any, now: float) -> None:
        """Take what a page says of itself; what makes no sense in it counts for nothing."""
        said = show if isinstance(show, dict) else {}
        shapes = _shapes(said.get("charts"))
        if self.heard_at is None or (self.shapes and not shapes):
            self._told.clear()  # a page that begins shows nothing yet, and has missed what came before
        self.is_visible = said.get("visible") is not False
        self.shapes, self.heard_at = shapes, now
        log = said.get("log")
        self.log = log if isinstance(log, str) else None

    def listens(self, now: float) -> bool:
        """Whether to tell it anything now."""
        if self.heard_at is None or (CELL.runs and self.heard_at <= CELL.began_at):
            return True  # one that is not heard cannot say either that it is seen again
        return self.is_visible and (CELL.runs or now - max(self.heard_at, CELL.ended_at) <= SILENCE_S)

    def news(self, versions: dict[str, int], now: float) -> list[str]:
        """The names of what it does not know yet, or is to be told again; they count as told.

        Args:
            versions: A number for each name, which grows when the thing changes.
            now: The monotonic clock.
        """
        if self.heard_at is None and now >= self._repeat_at:
            self._pause_s = min(2 * self._pause_s, REPEAT_MOST_S)
            self._repeat_at = now + self._pause_s
            self._told.clear()
        found = [name for name, version in versions.items() if self._told.get(name) != version]
        self._told.update((name, versions[name]) for name in found)
        return found

    def waits_for_word(self) -> bool:
        """Whether it has never spoken, and was not told everything often enough that it may be left."""
        return self.heard_at is None and self._pause_s < REPEAT_MOST_S


def _shapes(said: Any) -> list[Shape]:
    found = []
    for each in said[:CHARTS] if isinstance(said, list) else ():
        try:
            found.append(Shape(each))
        except msgspec.ValidationError:
            continue
    return found

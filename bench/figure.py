"""What a benchmark reports: a measured figure beside its goal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One row of the README's table.

    Attributes:
        what: What was measured, in words.
        measured: The value with its unit, as shown.
        goal: The goal, as shown; empty if it is there for comparison only.
        reached: Whether the goal was reached, or None where there is none or it could not be measured.
        note: How it was measured, or why it could not be.
    """

    what: str
    measured: str
    goal: str = ""
    reached: bool | None = None
    note: str = ""

    def row(self) -> str:
        """The row in Markdown."""
        verdict = {True: "✓", False: "✗", None: ""}[self.reached]
        return f"| {self.what} | {self.measured} | {self.goal} | {verdict} | {self.note} |"


HEAD = "| what | measured | goal | | how |\n|---|---|---|---|---|"

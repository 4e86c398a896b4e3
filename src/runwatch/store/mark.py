"""The tag that a run carries while it is being imported, so that nobody takes a part of it for the whole."""

from __future__ import annotations

from typing import Final

from runwatch.schema.run import Run

IMPORTING: Final = "runwatch.importing"
"""Set when the run is made, removed together with the last change; its value is the content's digest."""


def is_incomplete(run: Run) -> bool:
    """Whether the import of this run has begun and has not been completed."""
    return IMPORTING in run.tags

"""Times as people and the original's records write them."""

from __future__ import annotations

from datetime import UTC, datetime


def iso(at: float) -> str:
    """Seconds UTC as ISO 8601 with microseconds and ``Z``, the form of the original's details."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

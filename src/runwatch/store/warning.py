"""How warnings of a run come together."""

from __future__ import annotations

from collections.abc import Iterable

from runwatch.schema.run import RunWarning


def merge_warnings(there: Iterable[RunWarning], more: Iterable[RunWarning]) -> tuple[RunWarning, ...]:
    """Warnings of the same source and message become one, whose count is their sum."""
    merged: dict[tuple[str, str], int] = {}
    for warning in (*there, *more):
        key = (warning.source, warning.message)
        merged[key] = merged.get(key, 0) + warning.count
    return tuple(RunWarning(source=key[0], message=key[1], count=count) for key, count in merged.items())

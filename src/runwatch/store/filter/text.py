"""The text of a filter as requests carry it; what reads it is loaded when there is something to read."""

from __future__ import annotations

from runwatch.store.filter.tree import Condition


def read_filter(text: str, now: float) -> Condition | None:
    """The condition that a filter states; None if it is blank.

    Args:
        text: The filter: ``docs/query.md``.
        now: What relative times count from, seconds UTC.

    Raises:
        InvalidValueError: It is not in the language; ``detail["column"]`` says where, from 1.
        LimitError: It is too long, too deep or has too many terms.
    """
    if not text:
        return None
    from runwatch.store.filter.parser import parse_filter  # Lark takes a moment to load

    return parse_filter(text, now)

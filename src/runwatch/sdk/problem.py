"""Keeps our own faults away from the training: each is counted, and the first of a run is said once on stderr."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from runwatch.schema.error import UserErrorException
from runwatch.schema.run import RunWarning

_counts: Counter[str] = Counter()
_first: dict[str, str] = {}


@contextmanager
def kept_away(run_id: str, action: str) -> Iterator[None]:
    """What goes wrong inside is counted instead of raised; only wrong use (`UserErrorException`) is raised.

    Args:
        run_id: The run.
        action: What was tried, for the warning, e.g. ``"log_table"``.
    """
    try:
        yield
    except UserErrorException:
        raise
    except Exception as error:  # the training must not end because recording it failed
        note(run_id, action, error)


def note(run_id: str, action: str, error: BaseException | str) -> None:
    """Count a fault of a run; the first one is said on stderr."""
    _counts[run_id] += 1
    if run_id not in _first:
        kind = f"{type(error).__name__}: " if isinstance(error, BaseException) else ""
        _first[run_id] = f"{action} could not be recorded ({kind}{error})."
        say(f"run {run_id}: {_first[run_id]} More faults of this run are only counted.")


def take(run_id: str) -> tuple[RunWarning, ...]:
    """The faults noted since the last call, as a warning for the run's page."""
    known = _counts.pop(run_id, 0)
    return (RunWarning(source="sdk", message=_first[run_id], count=known),) if known else ()


def count(run_id: str) -> int:
    """How many faults of a run were kept away and are not yet on its page."""
    return _counts[run_id]


def say(text: str) -> None:
    """One line on stderr, if there is a stderr that still takes one."""
    try:
        print(f"runwatch: {text}", file=sys.stderr)  # noqa: T201 (the only voice a library has beside exceptions)
    except (OSError, ValueError, AttributeError):  # closed, or none at all
        return

"""What is done to the rows of a table, or to a list of files, one step after the other, as they come."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

from runwatch.schema.error import UserErrorException
from runwatch.sdk.dataset import condition
from runwatch.sdk.dataset.definition import Step


def over_files(found: Iterable[Any], steps: Iterable[Step]) -> Iterator[Any]:
    """Files after some steps; only as many are looked at as are wanted."""
    for step in steps:
        found = _files(found, step)
    yield from found


def _files(found: Iterable[Any], step: Step) -> Iterator[Any]:
    numbers = random.Random(step.seed)  # noqa: S311 (a sample, not a secret)
    for index, item in enumerate(found):
        if step.kind == "take" and index >= step.count:
            return
        if step.kind == "skip" and index < step.count:
            continue
        if step.kind == "draw" and not step.low <= numbers.random() < step.high:
            continue
        yield item
        if step.kind == "take" and index + 1 >= step.count:
            return


def over_frames(frames: Iterable[Any], steps: Iterable[Step]) -> Iterator[Any]:
    """The frames of a table after some steps; no frame is asked for that is not needed.

    Raises:
        UserErrorException: A column is not there.
    """
    for step in steps:
        frames = _FRAMES[step.kind](frames, step)
    yield from frames


def _take(frames: Iterable[Any], step: Step) -> Iterator[Any]:
    left = step.count
    for frame in frames:
        yield frame.iloc[:left]  # also if nothing is wanted: the columns are known then
        left -= min(left, len(frame))
        if not left:
            return


def _skip(frames: Iterable[Any], step: Step) -> Iterator[Any]:
    left = step.count
    for frame in frames:
        yield frame.iloc[left:]
        left -= min(left, len(frame))


def _draw(frames: Iterable[Any], step: Step) -> Iterator[Any]:
    import numpy

    numbers = numpy.random.default_rng(step.seed)
    for frame in frames:
        drawn = numbers.random(len(frame))
        yield frame[(drawn >= step.low) & (drawn < step.high)]


def _keep(frames: Iterable[Any], step: Step) -> Iterator[Any]:
    for frame in frames:
        check_columns(frame, step.columns)
        yield frame[list(step.columns)]


def _drop(frames: Iterable[Any], step: Step) -> Iterator[Any]:
    for frame in frames:
        check_columns(frame, step.columns)
        yield frame.drop(columns=list(step.columns))


def _where(frames: Iterable[Any], step: Step) -> Iterator[Any]:
    for frame in frames:
        check_columns(frame, condition.columns(step.condition))
        yield frame[condition.holds(frame, step.condition)]


_FRAMES = {"take": _take, "skip": _skip, "draw": _draw, "keep": _keep, "drop": _drop, "where": _where}


def check_columns(frame: Any, names: Iterable[str]) -> None:
    """Check that a table has these columns.

    Raises:
        UserErrorException: One is not there.
    """
    missing = [name for name in names if name not in frame.columns]
    if missing:
        known = ", ".join(map(str, frame.columns[:50]))
        raise UserErrorException(f"The table has no column {missing[0]!r}.", hint=f"It has: {known}.")

"""Runs in groups of equal values, with figures over each group."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from runwatch.schema import limit
from runwatch.schema.survey import GroupedFigure, GroupKey, GroupRuns, Groups, RunGroup
from runwatch.store.protocol import RunFacts
from runwatch.store.text import from_json, to_json

_Place: TypeAlias = tuple[int, Any]
"""Where a value stands among others; equal for equal values."""


class _Group(Struct):
    """A group that is being gathered: the values shown, and the places of its runs."""

    values: tuple[Any, ...]
    runs: list[int]


def group(request: GroupRuns, facts: Sequence[RunFacts]) -> Groups:
    """Put runs into groups.

    Args:
        request: A checked request.
        facts: Of each run, in the order asked for.
    """
    gathered = _gather(request.by, facts)
    shown = [gathered[place] for place in sorted(gathered)[: request.limit]]
    return Groups(groups=tuple(_shown(each, request, facts) for each in shown), total=len(gathered))


def _gather(by: Sequence[GroupKey], facts: Sequence[RunFacts]) -> dict[tuple[_Place, ...], _Group]:
    """Groups by the places of their values. Most equal values have equal texts, so that few of these are read."""
    by_text: dict[tuple[str | None, ...], list[int]] = {}
    for place, fact in enumerate(facts):
        by_text.setdefault(fact.values, []).append(place)
    found: dict[tuple[_Place, ...], _Group] = {}
    for texts, runs in by_text.items():
        values = tuple(_read(key, text) for key, text in zip(by, texts, strict=True))
        found.setdefault(tuple(map(_place, values)), _Group(values, [])).runs.extend(runs)
    return found


def _read(key: GroupKey, text: str | None) -> Any:
    return from_json(text) if text is not None and key.field == "param" else text


def _place(value: Any) -> _Place:
    """Numbers before texts, then lists and dictionaries, last what lacks a value; NaN is the last number."""
    match value:
        case None:
            return 4, ""
        case float() if math.isnan(value):
            return 1, ""
        case bool() | int() | float():
            return 0, value
        case str():
            return 2, value
        case _:
            return 3, to_json(value)


def _shown(found: _Group, request: GroupRuns, facts: Sequence[RunFacts]) -> RunGroup:
    runs = sorted(found.runs)
    figures: NDArray[np.float64] = np.fromiter(
        (math.nan if each is None else each for place in runs for each in facts[place].figures), np.float64
    )
    columns = figures.reshape(len(runs), len(request.figures)).T
    return RunGroup(
        values=found.values,
        runs=len(runs),
        run_ids=tuple(facts[place].run_id for place in runs[: limit.GROUP_RUN_IDS]),
        figures=tuple(_figure(column[~np.isnan(column)]) for column in columns),
    )


def _figure(numbers: NDArray[np.float64]) -> GroupedFigure:
    if not numbers.size:
        return GroupedFigure(n=0)
    with np.errstate(invalid="ignore", over="ignore"):  # infinities are numbers, and their difference is none
        return GroupedFigure(
            n=numbers.size,
            mean=float(numbers.mean()),
            std=float(numbers.std()),
            min=float(numbers.min()),
            max=float(numbers.max()),
            median=float(np.median(numbers)),
        )

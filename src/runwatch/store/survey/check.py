"""Checks of surveys, made before anything is read."""

from __future__ import annotations

from typing import Final, get_args

from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError, LimitError
from runwatch.schema.survey import GroupField, GroupRuns, ListNames, NameKind, ReadRows
from runwatch.store.check import LABELS, STATS
from runwatch.store.cursor import check_limit

FIELDS: Final[tuple[str, ...]] = get_args(GroupField)
KINDS: Final[tuple[str, ...]] = get_args(NameKind)


def check_rows(request: ReadRows) -> None:
    """Check which rows of a rank are wanted.

    Raises:
        InvalidValueError: There is no such position or count.
        LimitError: They are too many.
    """
    if request.first < 0:
        raise InvalidValueError(f"There is no position {request.first}.", hint="Count from 0.")
    if request.count < 1:
        raise InvalidValueError(f"Nobody can read {request.count} rows.", hint="Ask for at least one.")
    _check_most("rows", request.count, limit.RANK_ROWS)
    _check_most("columns", len(request.columns), limit.RANK_COLUMNS)


def check_names(request: ListNames) -> None:
    """Check which names are wanted.

    Raises:
        InvalidValueError: The kind is not known, or the limit no number of rows.
        LimitError: They are too many, or the text is longer than any name.
    """
    if request.kind not in KINDS:
        raise InvalidValueError(f"{request.kind!r:.80} has no names.", hint=f"Use one of {' '.join(KINDS)}.")
    check_limit(request.limit)
    _check_most("characters in a search text", len(request.search), limit.NAME_CHARS)


def check_groups(request: GroupRuns) -> None:
    """Check what runs are to be grouped by, and which figures are wanted.

    Raises:
        InvalidValueError: There is nothing to group by, a label is not named, or a word is not known.
        LimitError: There is too much of something.
    """
    check_limit(request.limit)
    if not request.by:
        raise InvalidValueError("Runs cannot be grouped by nothing.", hint="Give at least one key.")
    _check_most("keys", len(request.by), limit.GROUP_KEYS)
    _check_most("figures", len(request.figures), limit.GROUP_FIGURES)
    for key in request.by:
        if key.field not in FIELDS:
            raise InvalidValueError(
                f"Runs cannot be grouped by {key.field!r:.80}.", hint=f"Use one of {' '.join(FIELDS)}."
            )
        if key.field in LABELS and not key.key:
            raise InvalidValueError(f"A group by a {key.field} needs its name.", hint="Give GroupKey(key=…).")
    for figure in request.figures:
        if figure.stat not in STATS:
            raise InvalidValueError(
                f"{figure.stat!r:.80} is no figure of a metric.", hint=f"Use one of {' '.join(STATS)}."
            )


def _check_most(what: str, count: int, most: int) -> None:
    if count > most:
        raise LimitError(f"{count:,} {what} are too many.", hint=f"Ask for at most {most:,} at a time.")

"""Lists of runs, page after page, with the original's ways to say which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from runwatch.schema.error import InvalidValueError
from runwatch.schema.run import ListRuns, Run, RunStatus
from runwatch.store.protocol import Store
from runwatch.store.walk import walk

PAGE_RUNS = 100
"""Runs fetched at once: a list that is left early has cost one page."""


ACTIVE = tuple(status for status in RunStatus if not status.is_terminal)
"""Statuses of runs that wait or run."""


def request(
    *,
    type: str | None = None,  # noqa: A002 (the original's name)
    tags: object = None,
    properties: object = None,
    status: str | Iterable[str] | None = None,
    **conditions: Any,
) -> ListRuns:
    """A request in the store's words.

    Args:
        type: The run type.
        tags: A name, a dictionary, or a list of names.
        properties: Likewise.
        status: A status or several.
        **conditions: Further fields of `ListRuns`.

    Raises:
        InvalidValueError: If a status is none, or labels have another form.
    """
    return ListRuns(
        type=type,
        tags=labels(tags, "tags"),
        properties=labels(properties, "properties"),
        statuses=_statuses(status),
        limit=PAGE_RUNS,
        **conditions,
    )


def active_request(target: str, *, status: str | Iterable[str] | None = None, **conditions: Any) -> ListRuns:
    """A request for the runs that wait or run on a compute target, archived ones too, since they take a slot.

    Args:
        target: The target's name.
        status: See `request`.
        **conditions: Likewise.

    Raises:
        InvalidValueError: If a status is one of runs that have ended.
    """
    wanted = request(status=status, target=target, hidden=True, **conditions)
    ended = [each for each in wanted.statuses if each.is_terminal]
    if ended:
        raise InvalidValueError(
            f"A run that is {ended[0]} has left its compute target.", hint="Find it with Run.list(experiment)."
        )
    return msgspec.structs.replace(wanted, statuses=wanted.statuses or ACTIVE)


def runs(store: Store, wanted: ListRuns) -> Iterator[Run]:
    """The runs that a request asks for; the next page is fetched when it is needed."""
    return walk(store.runs.list, wanted)


def below(store: Store, wanted: ListRuns) -> Iterator[Run]:
    """The runs below ``wanted.parent_run_id``, of any depth, that meet the other conditions."""
    top = wanted.parent_run_id
    matching = runs(store, wanted)
    yield from matching
    for child in runs(store, ListRuns(parent_run_id=top, hidden=True, limit=PAGE_RUNS)):
        yield from below(store, msgspec.structs.replace(wanted, parent_run_id=child.run_id, cursor=None))


def tree(store: Store, top: Run) -> Iterator[Run]:
    """A run and all runs below it."""
    yield top
    yield from below(store, ListRuns(parent_run_id=top.run_id, hidden=True, limit=PAGE_RUNS))


def labels(given: object, what: str) -> dict[str, str | None]:
    """Labels that runs must have, None where any value will do.

    Args:
        given: A name, a dictionary, or a list of names.
        what: What they are called, for the message.

    Raises:
        InvalidValueError: It has another form.
    """
    if given is None:
        return {}
    if isinstance(given, str):
        return {given: None}
    if isinstance(given, Mapping):
        return {str(key): None if value is None else str(value) for key, value in given.items()}
    if isinstance(given, Iterable):
        return {str(key): None for key in given}
    raise InvalidValueError(f"{what} must be a text or a dictionary, not a {given.__class__.__name__}.")


def _statuses(given: str | Iterable[str] | None) -> tuple[RunStatus, ...]:
    if given is None:
        return ()
    try:
        return tuple(RunStatus(each) for each in ([given] if isinstance(given, str) else given))
    except ValueError as error:
        raise InvalidValueError(
            f"{error}".replace("RunStatus", "status") + ".", hint=f"It is one of {', '.join(RunStatus)}."
        ) from error

"""Whether a list of runs or experiments shows what is registered: only if it is asked for it."""

from __future__ import annotations

from runwatch.schema.registry import EXPERIMENTS, TYPES
from runwatch.schema.run import ListExperiments, RunConditions
from runwatch.store.filter.tree import All, Compare, Condition, Either, Has, Not, OwnField

_NAMES = {"experiment": EXPERIMENTS, "type": TYPES}


def shows_registered(request: RunConditions, stated: Condition | None) -> bool:
    """Whether a list of runs is asked for registered things: by their ids, family, experiment or type.

    Args:
        request: The request.
        stated: What its filter states; it asks for them where it compares the experiment or type with one of theirs.
    """
    by_id = (request.experiment_id, request.run_ids, request.parent_run_id, request.root_run_id)
    if any(given is not None for given in by_id) or request.type in TYPES:
        return True
    return stated is not None and _names_any(stated)


def shows_reserved(request: ListExperiments) -> bool:
    """Whether a list of experiments is asked for a reserved one, by id or by name."""
    return request.experiment_id is not None or request.name is not None


def _names_any(condition: Condition) -> bool:
    match condition:
        case Compare(OwnField(("experiment" | "type") as name), _, value):
            return value in _NAMES[name]
        case Has() | Compare():
            return False
        case Not(inner):
            return _names_any(inner)
        case All(parts) | Either(parts):
            return any(map(_names_any, parts))

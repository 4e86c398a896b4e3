"""Experiments in memory: the first three calls of the runs shelf."""

from __future__ import annotations

import copy
import time
import uuid
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from runwatch.schema import run as words
from runwatch.schema.change import ChangeKind
from runwatch.schema.error import ConflictError, NotFoundError
from runwatch.schema.name import check_experiment_name
from runwatch.schema.registry import EXPERIMENTS
from runwatch.schema.run import Experiment, ExperimentPage
from runwatch.store.check import check_archivable, check_description, check_experiments, check_labels
from runwatch.store.filter.registered import shows_reserved
from runwatch.store.memory.page import page
from runwatch.store.memory.run_filter import contains, has_labels
from runwatch.store.memory.state import State
from runwatch.store.text import clean


def create_experiment(state: State, request: words.CreateExperiment) -> Experiment:
    """The active experiment of that name, made if there is none."""
    check_experiment_name(request.name, reserved=True)
    check_labels(request.tags)
    there = active(state, request.name)
    return shown(state, there or make(state, request.name, request.tags))


def list_experiments(state: State, request: words.ListExperiments) -> ExperimentPage:
    """Experiments in the order asked for."""
    check_experiments(request)
    born = {experiment_id: number for number, experiment_id in enumerate(state.experiments)}
    found = [shown(state, row) for row in state.experiments.values() if _matches(row, request)]
    rows, next_cursor = page(
        found,
        lambda row: (_sort_value(row, request.order), born[row.experiment_id]),
        request.cursor,
        request.limit,
        order=request.order,
        sort_key=tuple if request.order == "name" else lambda place: tuple(-value for value in place),  # type: ignore[operator]
    )
    return ExperimentPage(experiments=rows, next_cursor=next_cursor)


def _sort_value(row: Experiment, order: str) -> float | str:
    if order == "name":
        return row.name.lower()
    return row.created_at if order == "created" or row.last_run_at is None else row.last_run_at


def update_experiment(state: State, request: words.UpdateExperiment) -> Experiment:
    """Change tags or description, archive, reactivate."""
    check_labels(request.set_tags)
    if request.description is not UNSET:
        check_description(request.description)
    there = find(state, request.experiment_id)
    changes: dict[str, Any] = {"tags": changed_tags(there.tags, request.set_tags, request.remove_tags)}
    if request.description is not UNSET:
        changes["description"] = clean(request.description)
    if request.archived is True and there.archived_at is None:
        check_archivable(there.name)
        changes["archived_at"] = time.time()
    if request.archived is False and there.archived_at is not None:
        if active(state, there.name) is not None:
            raise ConflictError(f"There is another active experiment {there.name!r}.", hint="Archive that one first.")
        changes["archived_at"] = None
    state.experiments[there.experiment_id] = replace(there, **changes)
    state.notice(ChangeKind.EXPERIMENT, there.experiment_id, there.experiment_id)
    return shown(state, state.experiments[there.experiment_id])


def active(state: State, name: str) -> Experiment | None:
    """The active experiment of a name."""
    of_name = (row for row in state.experiments.values() if row.name == name and row.archived_at is None)
    return next(of_name, None)


def make(state: State, name: str, tags: dict[str, str | None]) -> Experiment:
    """A new experiment."""
    made = Experiment(
        experiment_id=str(uuid.uuid4()), name=name, created_at=time.time(), tags=changed_tags({}, tags, ())
    )
    state.experiments[made.experiment_id] = made
    state.notice(ChangeKind.EXPERIMENT, made.experiment_id, made.experiment_id)
    return made


def find(state: State, experiment_id: str) -> Experiment:
    """An experiment by its id.

    Raises:
        NotFoundError: There is none.
    """
    if experiment_id in state.experiments:
        return state.experiments[experiment_id]
    raise NotFoundError(f"There is no experiment {experiment_id!r}.", hint="List the experiments to see their ids.")


def shown(state: State, experiment: Experiment) -> Experiment:
    """An experiment as its reader gets it: with figures of its runs, and nothing shared with the state."""
    times = [e.run.created_at for e in state.runs.values() if e.run.experiment_id == experiment.experiment_id]
    return replace(copy.deepcopy(experiment), run_count=len(times), last_run_at=max(times, default=None))


def changed_tags(
    tags: dict[str, str | None], put: dict[str, str | None], remove: tuple[str, ...]
) -> dict[str, str | None]:
    """Tags after removing some and then setting others."""
    kept = {key: value for key, value in tags.items() if key not in {clean(key) for key in remove}}
    return kept | {clean(key): None if value is None else clean(value) for key, value in put.items()}


def _matches(experiment: Experiment, request: words.ListExperiments) -> bool:
    views = {"all": True, "active": experiment.archived_at is None, "archived": experiment.archived_at is not None}
    return (
        request.experiment_id in (None, experiment.experiment_id)
        and request.name in (None, experiment.name)
        and (experiment.name not in EXPERIMENTS or shows_reserved(request))
        and views[request.view]
        and contains(experiment.name, request.search)
        and has_labels(experiment.tags, request.tags)
    )

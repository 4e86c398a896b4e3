"""Finds runs and experiments by what a person types: an id, the beginning of one, a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from runwatch.schema import limit
from runwatch.schema.artifact import Artifact, ListArtifacts
from runwatch.schema.error import InvalidValueError, NotFoundError
from runwatch.schema.metric import ListMetrics, Metric
from runwatch.schema.run import Experiment, GetRun, ListExperiments, ListRuns, Run
from runwatch.store.protocol import Store
from runwatch.store.walk import walk

_CANDIDATES = 8
"""Ids listed when a beginning fits several: enough to choose from, few enough to read."""


def find_run(store: Store, typed: str) -> Run:
    """The run of this id, or the only one whose id begins with it.

    Raises:
        NotFoundError: If there is none.
        GoneError: If it was deleted.
        InvalidValueError: If the beginning fits several; the hint lists them.
    """
    try:
        return store.runs.get(GetRun(run_id=typed))
    except (NotFoundError, InvalidValueError):  # not an id of this workspace, or not an id at all
        pass
    found = _with_prefix(store, typed) if typed else []
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFoundError(f"There is no run {typed!r}.", hint="'runwatch runs' lists the runs of this workspace.")
    shown = ", ".join(run.run_id for run in found[:_CANDIDATES])
    raise InvalidValueError(
        f"{typed!r} is the beginning of several run ids.",
        hint=f"Type more of one of: {shown}{', …' if len(found) > _CANDIDATES else ''}",
        candidates=[run.run_id for run in found],
    )


def _with_prefix(store: Store, prefix: str) -> list[Run]:
    found: list[Run] = []
    for run in list_runs(store, ListRuns(search=prefix, hidden=True)):
        if run.run_id.startswith(prefix):
            found.append(run)
        if len(found) > _CANDIDATES:
            break
    return found


def list_runs(store: Store, request: ListRuns) -> Iterator[Run]:
    """Every run that the request asks for, page after page."""
    return walk(store.runs.list, msgspec.structs.replace(request, limit=limit.PAGE_ROWS))


def find_experiment(store: Store, name: str) -> Experiment:
    """The experiment of this name; of several, the active one, else the newest.

    Raises:
        NotFoundError: If there is none.
    """
    found = store.runs.list_experiments(ListExperiments(name=name, view="all")).experiments
    for experiment in found:
        if experiment.archived_at is None:
            return experiment
    if found:
        return found[0]
    raise NotFoundError(f"There is no experiment {name!r}.", hint="'runwatch experiments' lists them.")


def list_metrics(store: Store, run_id: str, names: Sequence[str] | None = None) -> list[Metric]:
    """The metrics of a run by name."""
    chosen = None if names is None else tuple(names)
    return list(walk(store.metrics.list, ListMetrics(run_id=run_id, names=chosen, limit=limit.PAGE_ROWS)))


def list_files(store: Store, run_id: str, prefix: str = "") -> Iterator[Artifact]:
    """The files of a run whose paths start with this, by path."""
    return walk(store.artifacts.list, ListArtifacts(run_id=run_id, prefix=prefix, limit=limit.PAGE_ROWS))

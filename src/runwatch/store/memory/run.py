"""The runs shelf in memory."""

from __future__ import annotations

import copy
import time
from typing import Any

from msgspec import UNSET, structs
from msgspec.structs import replace

from runwatch.schema import run as words
from runwatch.schema.change import ChangeKind
from runwatch.schema.error import ConflictError, GoneError
from runwatch.schema.run import Deleted, Experiment, ExperimentPage, Run, RunPage, RunStatus, StatusChange, UpdateRun
from runwatch.store.check import check_create, check_list, check_order, check_update
from runwatch.store.memory import experiment as experiments
from runwatch.store.memory import run_filter
from runwatch.store.memory.page import page
from runwatch.store.memory.run_condition import summary
from runwatch.store.memory.state import Entry, State
from runwatch.store.text import clean, from_json, to_json
from runwatch.store.warning import merge_warnings

_SAME = ("type", "name", "display_name", "description", "target", "submitted_by", "host")
"""Texts that a request to make a run and the run have in common."""


class MemoryRunShelf:
    """Experiments and runs; see `runwatch.store.protocol.RunShelf`."""

    def __init__(self, state: State) -> None:
        self._state = state

    def create_experiment(self, request: words.CreateExperiment) -> Experiment:
        """The active experiment of that name, made if there is none."""
        with self._state.held() as state:
            return experiments.create_experiment(state, request)

    def list_experiments(self, request: words.ListExperiments) -> ExperimentPage:
        """Experiments, newest first unless asked otherwise."""
        with self._state.held() as state:
            return experiments.list_experiments(state, request)

    def update_experiment(self, request: words.UpdateExperiment) -> Experiment:
        """Change tags or description, archive, reactivate."""
        with self._state.held() as state:
            return experiments.update_experiment(state, request)

    def create(self, request: words.CreateRun) -> Run:
        """Make a run, and its experiment if that is not there."""
        check_create(request)
        with self._state.held() as state:
            there = state.runs.get(request.run_id)
            if there is not None:
                if there.token == request.token:
                    return _shown(there)
                raise ConflictError(f"There is a run {request.run_id!r} already.", hint="Choose another run id.")
            if request.run_id in state.deleted:
                raise GoneError(f"The run {request.run_id!r} was deleted.", hint="Choose another run id.")
            parent = None if request.parent_run_id is None else state.entry(request.parent_run_id).run
            values = _first_values(request)
            experiment = experiments.active(state, request.experiment)
            experiment = experiment or experiments.make(state, request.experiment, {})
            number = _number(state, experiment.experiment_id, request.number)
            run = Run(
                run_id=request.run_id,
                experiment_id=experiment.experiment_id,
                experiment=experiment.name,
                number=number,
                parent_run_id=request.parent_run_id,
                root_run_id=parent.root_run_id if parent else request.run_id,
                **values,
            )
            last = state.last_numbers.get(experiment.experiment_id, 0)
            state.last_numbers[experiment.experiment_id] = max(last, number)
            state.made += 1
            state.runs[run.run_id] = Entry(run, request.token, state.made)
            state.notice_run(ChangeKind.RUN, run)
            return _shown(state.runs[run.run_id])

    def get(self, request: words.GetRun) -> Run:
        """One run."""
        with self._state.held() as state:
            return _shown(state.entry(request.run_id))

    def list(self, request: words.ListRuns) -> RunPage:
        """Runs that meet conditions, sorted, with the figures of chosen metrics."""
        check_list(request)
        check_order(request.order)
        order = request.order
        now = run_filter.started_at(request.cursor)
        wanted = run_filter.make_filter(request, now)
        with self._state.held() as state:
            found = [entry for entry in state.runs.values() if wanted.matches(entry)]
            rows, next_cursor = page(
                found,
                lambda entry: run_filter.place(entry, order, now),
                request.cursor,
                request.limit,
                order=repr(order),
                sort_key=run_filter.sort_key(order),
            )
            figures = (tuple(summary(entry, column) for column in request.columns) for entry in rows)
            return RunPage(
                runs=tuple(_shown(entry) for entry in rows), summaries=tuple(figures), next_cursor=next_cursor
            )

    def update(self, request: UpdateRun) -> Run:
        """Change a run, all of it or nothing."""
        check_update(request)
        with self._state.held() as state:
            entry = state.entry(request.run_id)
            entry.run = _updated(entry.run, request)
            state.notice_run(ChangeKind.RUN, entry.run)
            return _shown(entry)

    def delete(self, request: words.Delete) -> Deleted:
        """Delete runs with everything they hold, and empty experiments."""
        with self._state.held() as state:
            run_ids = _with_children(state, request.run_ids)
            doomed = [experiments.find(state, experiment_id) for experiment_id in dict.fromkeys(request.experiment_ids)]
            for experiment in doomed:
                rest = [e for e in state.runs.values() if e.run.experiment_id == experiment.experiment_id]
                if any(entry.run.run_id not in run_ids for entry in rest):
                    raise ConflictError(
                        f"The experiment {experiment.name!r} has runs.", hint="Delete its runs first, or archive it."
                    )
            freed = _content_bytes(state)
            for run_id in run_ids:
                run = state.runs.pop(run_id).run
                state.deleted.add(run_id)
                state.jobs = {job_id: job for job_id, job in state.jobs.items() if job.run_id != run_id}
                state.forget(run_id)
                state.notice_run(ChangeKind.DELETED, run)
            for experiment in doomed:
                del state.experiments[experiment.experiment_id]
                state.forget(experiment.experiment_id)
                state.notice(ChangeKind.DELETED, experiment.experiment_id, experiment.experiment_id)
            return Deleted(
                run_ids=tuple(run_ids),
                experiment_ids=tuple(experiment.experiment_id for experiment in doomed),
                freed_bytes=freed - _content_bytes(state),
            )


def _shown(entry: Entry) -> Run:
    """A run as its reader gets it: sharing nothing with the state."""
    return copy.deepcopy(entry.run)


def _number(state: State, experiment_id: str, wanted: int | None) -> int:
    """The number wanted, if no run of the experiment has it; otherwise the next one."""
    mine = (e.run for e in state.runs.values() if e.run.experiment_id == experiment_id)
    if wanted is None or any(run.number == wanted for run in mine):
        return state.last_numbers.get(experiment_id, 0) + 1
    return wanted


def _first_values(request: words.CreateRun) -> dict[str, Any]:
    status, at = RunStatus(request.status), request.created_at
    texts = {name: getattr(request, name) for name in _SAME}
    return {name: None if text is None else clean(text) for name, text in texts.items()} | {
        "status": status,
        "created_at": at,
        "started_at": at if status is RunStatus.RUNNING else None,
        "ended_at": at if status.is_terminal else None,
        "history": (StatusChange(status=status, at=at),),
        "tags": experiments.changed_tags({}, request.tags, ()),
        "properties": {clean(key): clean(value) for key, value in request.properties.items()},
        "params": json_values(request.params),
        "definition": from_json(to_json(request.definition)),
    }


def json_values(params: dict[str, Any]) -> dict[str, Any]:
    """Parameters as JSON gives them back."""
    return {clean(key): from_json(to_json(value)) for key, value in params.items()}


def _updated(run: Run, request: UpdateRun) -> Run:
    at = request.at or time.time()
    changes = _life(run, request, at)
    for name in ("display_name", "description", "target", "host"):
        if (text := getattr(request, name)) is not UNSET:
            changes[name] = None if text is None else clean(text)
    for name in ("error", "exit", "hidden"):
        if (value := getattr(request, name)) is not UNSET:
            changes[name] = value
    if request.definition is not UNSET:
        changes["definition"] = from_json(to_json(request.definition))
    if request.contact:
        changes["contact_at"] = at
    return replace(
        run,
        **changes,
        tags=experiments.changed_tags(run.tags, request.set_tags, request.remove_tags),
        properties=_with_properties(run.properties, request.add_properties),
        params=run.params | json_values(request.set_params),
        warnings=merge_warnings(run.warnings, request.add_warnings),
    )


def _life(run: Run, request: UpdateRun, at: float) -> dict[str, Any]:
    """What a new status or a new attempt changes: an ended run keeps its status unless it is started again."""
    if request.life is not UNSET:
        told = tuple(replace(change, reason=clean(change.reason)) for change in request.life.history)
        return structs.asdict(request.life) | {"history": told}
    changes: dict[str, Any] = {}
    if request.reopen:
        changes = {"attempt": run.attempt + 1, "ended_at": None, "error": None, "exit": None}
    status = run.status if request.status is UNSET else RunStatus(request.status)
    if run.status.is_terminal and not request.reopen:
        status = run.status
    if run.status.is_terminal and request.reopen and request.status is UNSET:
        status = RunStatus.NOT_STARTED
    if status is run.status and not request.reopen:
        return changes
    if status is RunStatus.RUNNING and run.started_at is None:
        changes["started_at"] = at
    if status.is_terminal:
        changes["ended_at"] = at
    history = (*run.history, StatusChange(status=status, at=at, reason=clean(request.reason)))
    return changes | {"status": status, "history": history}


def _with_properties(there: dict[str, str], more: dict[str, str]) -> dict[str, str]:
    cleaned = {clean(key): clean(value) for key, value in more.items()}
    for key, value in cleaned.items():
        if there.get(key, value) != value:
            raise ConflictError(
                f"The property {key!r} is {there[key]!r} and cannot become {value!r}.",
                hint="Properties are written once; use a tag for what changes.",
            )
    return there | cleaned


def _with_children(state: State, run_ids: tuple[str, ...]) -> dict[str, None]:
    """These runs and all that descend from them, each once, parents first."""
    found = dict.fromkeys(state.entry(run_id).run.run_id for run_id in run_ids)
    for entry in state.runs.values():  # a child is made after its parent
        if entry.run.parent_run_id in found:
            found[entry.run.run_id] = None
    return found


def _content_bytes(state: State) -> int:
    """What all files take: the same sealed content counts once."""
    sizes: dict[str, int] = {}
    for entry in state.runs.values():
        for path, file in entry.files.items():
            sizes[file.artifact.sha256 or f"{entry.run.run_id}/{path}"] = len(file.content)
    return sum(sizes.values())

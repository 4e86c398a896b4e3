"""The run of this process: where it goes when nobody submitted it, and which one it is."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final, NoReturn
from uuid import uuid4

from msgspec import structs

from runwatch.journal.manifest import read_manifest
from runwatch.schema.error import InvalidValueError, RunEnvironmentException, RunwatchError
from runwatch.schema.name import check_run_id
from runwatch.schema.run import Experiment as ExperimentRecord
from runwatch.schema.run import ListExperiments, RunStatus
from runwatch.schema.run import Run as Record
from runwatch.sdk import problem, starting
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.rank import find_rank
from runwatch.sdk.watcher import launch
from runwatch.sdk.workspace import Workspace

OFFLINE_PREFIX: Final = "OfflineRun_"
"""Scripts test for it, to know that they were not submitted."""

RUN_VARIABLE: Final = "RUNWATCH_RUN_ID"
ATTEMPT_VARIABLE: Final = "RUNWATCH_ATTEMPT"
"""In a submitted script: its run, and which start of it this is."""

EXPERIMENT_VARIABLE: Final = "RUNWATCH_EXPERIMENT"

_current: object = None


def current() -> object:
    """The run that this process has begun last, or None."""
    return _current


def remember(run: object) -> None:
    """Make a run the one of this process."""
    global _current
    _current = run


def refuse_offline() -> NoReturn:
    """Raise the error that says that there is no submitted run."""
    raise RunEnvironmentException(
        "This process was not submitted, so that there is no run to give.",
        hint="Start one with experiment.start_logging(), or leave allow_offline at True.",
    )


def submitted() -> tuple[Experiment, Record, int] | None:
    """The submitted run that this process belongs to, taken up for recording; None if it was not submitted.

    All that is needed stands in the environment and in the journal's manifest: no store is asked, so that a server that
    is away holds up no script.

    Returns:
        The experiment, the run as it was submitted, and which of the job's processes this is.
    """
    folder, run_id = os.environ.get(launch.JOURNAL_VARIABLE), os.environ.get(RUN_VARIABLE)
    if not folder or not run_id:
        return None
    try:
        manifest = read_manifest(Path(folder))
    except RunwatchError:  # the variables outlived the job, as in a shell that it started
        return None
    if manifest.run_id != run_id or manifest.job is None:
        return None
    workspace = Workspace.open(manifest.workspace)
    attempt, rank = int(os.environ.get(ATTEMPT_VARIABLE) or 1), find_rank()
    starting.take_up(manifest.workspace, run_id, Path(folder), attempt=attempt, rank=rank)
    request = manifest.create
    record = structs.replace(starting.provisional(request), number=request.number or 0, status=RunStatus.RUNNING)
    known = ExperimentRecord(experiment_id="", name=request.experiment, created_at=request.created_at)
    return Experiment(workspace, request.experiment, _record=known), structs.replace(record, attempt=attempt), rank


def begin() -> tuple[Experiment, Record]:
    """Begin a run of this process.

    The folders ``outputs`` and ``logs`` of the working folder are looked after as in a job.
    """
    name = os.environ.get(EXPERIMENT_VARIABLE) or "default"
    try:
        return _begin(Workspace.from_config(), name)
    except (RunwatchError, OSError) as error:
        if isinstance(error, InvalidValueError):
            raise
        folder = tempfile.mkdtemp(prefix="runwatch-")
        problem.say(f"the workspace cannot be used ({error}); this run is kept in {folder}.")
        return _begin(Workspace.open(folder), name)


def _begin(workspace: Workspace, name: str) -> tuple[Experiment, Record]:
    experiment = Experiment(workspace, name)
    request = starting.create_request(name, f"{OFFLINE_PREFIX}{uuid4()}")
    here = Path.cwd()
    record, _ = starting.start(workspace.place, request, outputs=here / "outputs", logs=here / "logs")
    return experiment, record


def child_id(parent_id: str, name: str | None) -> str:
    """The id of a child of such a run: the parent's and the child's name, or a random end."""
    try:
        return check_run_id(f"{parent_id}.{name}") if name else f"{parent_id}.{uuid4()}"
    except InvalidValueError:
        return f"{parent_id}.{uuid4()}"


def experiment_of(workspace: Workspace, record: Record) -> Experiment:
    """The experiment of a run, archived or not."""
    request = ListExperiments(experiment_id=record.experiment_id, view="all")
    found = workspace.store.runs.list_experiments(request).experiments
    known = found[0] if found else _standing_for(record)
    return Experiment(workspace, known.name, _record=known)


def _standing_for(record: Record) -> ExperimentRecord:
    """Deleted at this very moment; the run's record still names it."""
    return ExperimentRecord(experiment_id=record.experiment_id, name=record.experiment, created_at=record.created_at)

"""Puts a run into the queue of its compute target: the run, its files and its job, or nothing of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final
from uuid import uuid4

import msgspec

from runwatch.schema.error import ComputeTargetException, RunwatchError
from runwatch.schema.job import CreateJob, ListTargets
from runwatch.schema.launch import Launch
from runwatch.schema.run import CreateRun, Delete, Run, RunStatus, UpdateRun
from runwatch.store.protocol import Store

LOCAL: Final = "local"
"""The compute target that is always there."""

QUEUED_PROPERTIES: Final = {"azureml.runsource": "experiment", "_azureml.ComputeTargetType": LOCAL}
"""Properties that every submitted run has, as in the original."""


def put(store: Store, request: CreateRun, launch: Launch, *, priority: int, fill: Callable[[str], None]) -> Run:
    """Make a run and its job; if anything fails before the job is in the queue, the run is deleted again.

    Args:
        store: Where to.
        request: The run.
        launch: What is started.
        priority: Higher goes first.
        fill: Puts the files into the run, given its id.
    """
    record = store.runs.create(request)
    try:
        fill(record.run_id)
        record = store.runs.update(UpdateRun(run_id=record.run_id, status=RunStatus.QUEUED))
        spec = msgspec.to_builtins(launch)
        store.jobs.create(CreateJob(run_id=record.run_id, target=request.target or LOCAL, spec=spec, priority=priority))
    except BaseException:
        with suppress(RunwatchError):
            store.runs.delete(Delete(run_ids=(record.run_id,)))
        raise
    return record


def new_run_id(experiment: str) -> str:
    """An id in the original's form: experiment, seconds, and eight random digits."""
    return f"{experiment}_{int(time.time())}_{uuid4().hex[:8]}"


def check_target(store: Store, name: str) -> None:
    """Look whether a compute target is there.

    Raises:
        ComputeTargetException: It is not.
    """
    if not store.jobs.list_targets(ListTargets(name=name)).targets:
        raise ComputeTargetException(
            f"ComputeTargetNotFound: Compute Target with name {name} not found in provided workspace",
            hint="Make it with ComputeTarget.create, or submit to 'local'.",
        )

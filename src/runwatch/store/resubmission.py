"""Puts a copy of a submitted run into a queue: the same source, with what is to be different."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

import msgspec

from runwatch.schema import limit
from runwatch.schema.artifact import CreateArtifact, ListArtifacts
from runwatch.schema.error import ExperimentExecutionException, RunConfigurationException
from runwatch.schema.job import Job, JobState, ListJobs
from runwatch.schema.launch import SCRIPT_RUN, EnvironmentSpec, Launch
from runwatch.schema.name import check_run_id
from runwatch.schema.run import CreateRun, Run
from runwatch.schema.settled import settled
from runwatch.store import queue
from runwatch.store.protocol import Store
from runwatch.store.snapshot.manifest import FOLDER, MANIFEST, SNAPSHOT_PROPERTY
from runwatch.store.walk import walk

COPIED_FROM: Final = "runwatch.copied_from"
"""The property with the id of the run that another one is a copy of."""

SOURCE_PREFIXES: Final = ("azureml.git.", "mlflow.source.", SNAPSHOT_PROPERTY)
"""Properties that say where the source is from; it is the same."""


def resubmit(
    store: Store, record: Run, *, submitted_by: str | None, arguments: Sequence[str] | None = None,
    target: str | None = None, environment: EnvironmentSpec | None = None,
    definition: Mapping[str, Any] | None = None, tags: Mapping[str, str | None] | None = None,
    display_name: str | None = None, run_id: str | None = None, priority: int | None = None,
    retries: int | None = None,
) -> Run:  # fmt: skip
    """Put a copy of a submitted run into a queue; what is not given is as it was. Its tags are not copied.

    Nobody rings an agent: one that runs finds the job by itself.

    Args:
        store: Where the run is.
        record: The run, ended or not.
        submitted_by: The login name of who asks for it.
        arguments: Of the script.
        target: The name of the compute target.
        environment: The Python that it runs with.
        definition: Entries that stand in the place of those of the run definition.
        tags: Labels that can change.
        display_name: The name shown in lists.
        run_id: A new one if None.
        priority: Higher goes first.
        retries: See `Launch`.

    Raises:
        ExperimentExecutionException: The run was not submitted.
        RunConfigurationException: Arguments for a run that was submitted with a command.
        ComputeTargetException: The target is not there.
    """
    job = _job_of(store, record.run_id)
    launch = _changed(_launch_of(job), record, arguments, environment, retries)
    target = target or job.target
    queue.check_target(store, target)
    kept = {name: text for name, text in record.properties.items() if name.startswith(SOURCE_PREFIXES)}
    request = CreateRun(
        experiment=record.experiment,
        run_id=check_run_id(run_id) if run_id else queue.new_run_id(record.experiment),
        token=secrets.token_hex(16),
        created_at=time.time(),
        type=SCRIPT_RUN,
        target=target,
        submitted_by=submitted_by,
        display_name=display_name,
        parent_run_id=record.parent_run_id,
        tags=dict(tags or {}),
        properties={**queue.QUEUED_PROPERTIES, **kept, COPIED_FROM: record.run_id},
        definition={
            **record.definition, "arguments": list(launch.arguments), "target": target, **(definition or {})
        },
    )  # fmt: skip
    priority = job.priority if priority is None else priority
    return queue.put(store, request, launch, priority=priority, fill=partial(_take_over, store, record.run_id))


def _job_of(store: Store, run_id: str) -> Job:
    """The job of a run, ended or not."""
    found = store.jobs.list(ListJobs(run_id=run_id, states=tuple(JobState), limit=1)).jobs
    if not found:
        raise ExperimentExecutionException(
            f"The run {run_id} was not submitted, so that nothing says how to start it again.",
            hint="Submit its script with experiment.submit(ScriptRunConfig(…)).",
        )
    return found[0]


def _launch_of(job: Job) -> Launch:
    try:
        return msgspec.convert(job.spec, settled(Launch))
    except msgspec.ValidationError as error:
        raise ExperimentExecutionException(
            f"The job of the run {job.run_id} does not say how to start it again.",
            hint="Submit its script with experiment.submit(ScriptRunConfig(…)).",
        ) from error


def _changed(
    launch: Launch, record: Run, arguments: Sequence[str] | None, environment: EnvironmentSpec | None,
    retries: int | None,
) -> Launch:  # fmt: skip
    if arguments is not None and launch.command:
        raise RunConfigurationException(
            f"The run {record.run_id} was submitted with a command, which holds its arguments.",
            hint="Submit it again with another command.",
        )
    return msgspec.structs.replace(
        launch,
        arguments=launch.arguments if arguments is None else tuple(arguments),
        environment=environment or launch.environment,
        retries=launch.retries if retries is None else retries,
    )


def _take_over(store: Store, source_id: str, run_id: str) -> None:
    """Give a run the snapshot of another one: the store has the content, so that only names are written."""
    for prefix in (FOLDER, MANIFEST):
        for artifact in walk(
            store.artifacts.list, ListArtifacts(run_id=source_id, prefix=prefix, limit=limit.PAGE_ROWS)
        ):
            store.artifacts.create(
                CreateArtifact(
                    run_id=run_id, path=artifact.path, sha256=artifact.sha256, size_bytes=artifact.size_bytes
                )
            )

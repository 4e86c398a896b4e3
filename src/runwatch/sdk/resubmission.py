"""Submits a run again: the same source, with what is to be different."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from runwatch.schema.error import ExperimentExecutionException, RunConfigurationException
from runwatch.schema.job import Job, JobState, ListJobs
from runwatch.schema.launch import EnvironmentSpec, Launch
from runwatch.schema.run import Run
from runwatch.sdk import home, submission
from runwatch.sdk.config.environment import spec_of, to_form
from runwatch.sdk.run_file import SNAPSHOT_PROPERTY
from runwatch.store.protocol import Store

COPIED_FROM: Final = "runwatch.copied_from"
"""The property with the id of the run that another one is a copy of."""

SOURCE_PREFIXES: Final = ("azureml.git.", "mlflow.source.", SNAPSHOT_PROPERTY)
"""Properties that say where the source is from; it is the same."""


def resubmit(
    location: str, record: Run, *, arguments: Sequence[str] | None = None, target: str | None = None,
    environment: Any = None, tags: Mapping[str, str | None] | None = None, display_name: str | None = None,
    run_id: str | None = None, priority: int | None = None, retries: int | None = None,
) -> Run:  # fmt: skip
    """Put a copy of a submitted run into a queue; what is not given is as it was. Its tags are not copied.

    Args:
        location: The workspace.
        record: The run, ended or not.
        arguments: Of the script.
        target: The name of the compute target.
        environment: An environment object.
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
    store = home.store(location)
    job = job_of(store, record.run_id)
    launch = msgspec.convert(job.spec, Launch)
    if arguments is not None:
        _check_arguments(record, launch)
        launch = msgspec.structs.replace(launch, arguments=tuple(arguments))
    if environment is not None:
        launch = msgspec.structs.replace(launch, environment=spec_of(environment))
    target = target or job.target
    kept = {name: text for name, text in record.properties.items() if name.startswith(SOURCE_PREFIXES)}
    return submission.send(
        location, record.experiment, launch, target, source=None, copied_from=record.run_id, run_id=run_id,
        definition=_definition(record, launch, target, changed=launch.environment if environment is not None else None),
        properties={**kept, COPIED_FROM: record.run_id}, parent_run_id=record.parent_run_id, tags=tags,
        display_name=display_name, priority=job.priority if priority is None else priority, retries=retries,
    )  # fmt: skip


def job_of(store: Store, run_id: str) -> Job:
    """The job of a run, ended or not.

    Raises:
        ExperimentExecutionException: The run was not submitted.
    """
    found = store.jobs.list(ListJobs(run_id=run_id, states=tuple(JobState), limit=1)).jobs
    if not found:
        raise ExperimentExecutionException(
            f"The run {run_id} was not submitted, so that nothing says how to start it again.",
            hint="Submit its script with experiment.submit(ScriptRunConfig(…)).",
        )
    return found[0]


def changed(arguments: Sequence[str], changes: Mapping[str, str | None]) -> list[str]:
    """Arguments with some of them changed: ``--name value`` and ``--name=value`` keep their form, new ones go last.

    Args:
        arguments: As they were.
        changes: From names, with or without their dashes, to values; None stands for an option without a value.
    """
    found = list(arguments)
    for name, value in changes.items():
        option = name if name.startswith("-") else f"--{name}"
        place = next((at for at, word in enumerate(found) if word == option or word.startswith(f"{option}=")), None)
        if place is None:
            found += [option] if value is None else [option, value]
        elif value is not None and found[place] != option:
            found[place] = f"{option}={value}"
        elif value is not None:
            found[place + 1 : place + 2] = [value]
    return found


def _check_arguments(record: Run, launch: Launch) -> None:
    if launch.command:
        raise RunConfigurationException(
            f"The run {record.run_id} was submitted with a command, which holds its arguments.",
            hint="Submit it again with another command.",
        )


def _definition(record: Run, launch: Launch, target: str, *, changed: EnvironmentSpec | None) -> dict[str, Any]:
    known = {**record.definition, "arguments": list(launch.arguments), "target": target}
    return known if changed is None else {**known, "environment": to_form(changed)}

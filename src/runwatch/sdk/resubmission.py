"""Submits a run again: the same source, with what is to be different."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runwatch.schema.run import Run
from runwatch.sdk import agent, home, starting
from runwatch.sdk.config.environment import spec_of, to_form
from runwatch.store import resubmission


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
    spec = spec_of(environment) if environment is not None else None
    made = resubmission.resubmit(
        home.store(location), record, submitted_by=starting.user(), arguments=arguments, target=target,
        environment=spec, definition={} if spec is None else {"environment": to_form(spec)}, tags=tags,
        display_name=display_name, run_id=run_id, priority=priority, retries=retries,
    )  # fmt: skip
    agent.wake(location)
    return made


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

"""Submits scripts: the run, its snapshot and its place in the queue, or nothing of them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from runwatch.schema.error import ExperimentExecutionException
from runwatch.schema.launch import SCRIPT_RUN, Launch
from runwatch.schema.name import check_run_id
from runwatch.schema.run import Run, RunStatus
from runwatch.sdk import agent, home, problem, starting, transfer
from runwatch.sdk.config.data import check_reach
from runwatch.sdk.config.script import ScriptRunConfig
from runwatch.sdk.git import GitInquiry, difference
from runwatch.sdk.snapshot.capture import Capture, capture, put
from runwatch.store import queue
from runwatch.store.protocol import Store
from runwatch.store.snapshot.manifest import SNAPSHOT_PROPERTY

PATCH: Final = "git.diff"
"""The artifact with what was not committed."""

GIT_S: Final = 1.0
"""How long a submission waits for git: what ran must be known, and a large repository answers in some 100 ms."""


def submit(location: str, experiment: str, config: object, **facts: Any) -> Run:
    """Put a script into the queue of its compute target; returns at once.

    If anything fails before the job is in the queue, the run is deleted again.

    Args:
        location: The workspace.
        experiment: The name of the experiment.
        config: A `ScriptRunConfig`.
        **facts: See `Experiment.submit`.

    Raises:
        ExperimentExecutionException: The script is not there.
        ComputeTargetException: The target is not there.
        SnapshotException: The folder cannot be captured.
    """
    if not isinstance(config, ScriptRunConfig):
        raise ExperimentExecutionException(
            f"An object of type {config.__class__.__name__} cannot be submitted.", hint="Give a ScriptRunConfig."
        )
    check_reach(location, config.data())
    launch = config.to_launch()
    target = str(getattr(config.run_config.target, "name", config.run_config.target) or queue.LOCAL)
    return send(
        location, experiment, launch, target, definition=config.to_definition(), source=config.source_directory, **facts
    )


def send(
    location: str, experiment: str, launch: Launch, target: str, *, definition: dict[str, Any],
    source: str | Path | None, run_id: str | None = None, parent_run_id: str | None = None,
    tags: Mapping[str, str | None] | None = None, properties: Mapping[str, str] | None = None,
    display_name: str | None = None, priority: int = 0, retries: int | None = None, kind: str = SCRIPT_RUN,
    before: Callable[[], object] | None = None,
) -> Run:  # fmt: skip
    """Queue what `submit` has put together.

    Args:
        location: The workspace.
        experiment: The name of the experiment.
        launch: What is started.
        target: The name of the compute target.
        definition: The run definition to show.
        source: The folder to capture, or None.
        run_id: A new one if None.
        parent_run_id: The run it is a child of.
        tags: Labels that can change.
        properties: Labels that cannot.
        display_name: The name shown in lists.
        priority: Higher goes first.
        retries: See `Launch`; None leaves it as it is there.
        kind: The run type.
        before: Called when the run is there and before it is in the queue; if it fails, the run is deleted again.
    """
    store = home.store(location)
    queue.check_target(store, target)
    if retries is not None:
        launch = msgspec.structs.replace(launch, retries=retries)
    git = GitInquiry(Path(source)) if source is not None and Path(source).is_dir() else None
    captured = capture(source) if source is not None else None
    for notice in captured.notices if captured is not None else ():
        problem.say(f"snapshot of {source}: {notice}.")
    found = (git.answer(GIT_S) if git is not None else None) or {}
    patch = difference(Path(source)) if source is not None and found.get("azureml.git.dirty") == "True" else None
    if git is not None:
        git.drop()
    request = starting.create_request(
        experiment, check_run_id(run_id) if run_id else queue.new_run_id(experiment), status=RunStatus.NOT_STARTED,
        type=kind, target=target, host=None, tags=dict(tags or {}), display_name=display_name,
        parent_run_id=parent_run_id,
        properties=_properties(captured, found | dict(properties or {})), definition=definition,
    )  # fmt: skip
    fill = partial(_fill, store, captured, patch, before)
    record = queue.put(store, request, launch, priority=priority, fill=fill)
    agent.wake(location)
    return record


def _fill(
    store: Store, captured: Capture | None, patch: bytes | None, before: Callable[[], object] | None, run_id: str
) -> None:
    if captured is not None:
        put(store, run_id, captured)
    if patch:
        transfer.upload(store, run_id, PATCH, io.BytesIO(patch), overwrite=False)
    if before is not None:
        before()


def _properties(captured: Capture | None, others: Mapping[str, str]) -> dict[str, str]:
    found = {**queue.QUEUED_PROPERTIES, **others}
    if captured is not None:
        found[SNAPSHOT_PROPERTY] = captured.snapshot_id
    return found

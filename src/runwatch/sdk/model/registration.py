"""Registers models and finds them, be they from a disk or from a run."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runwatch.schema.error import ModelPathNotFoundException
from runwatch.schema.registry import SOURCE_RUN, Kind
from runwatch.schema.run import Run as Record
from runwatch.sdk import context, registered, starting
from runwatch.store import registry

if TYPE_CHECKING:
    from runwatch.sdk.model.model import Model
    from runwatch.sdk.workspace import Workspace


def register(
    workspace: Workspace, name: str, *, fill: Callable[[str], None], tags: Mapping[str, object] | None = None,
    properties: Mapping[str, object] | None = None, description: str | None = None,
    datasets: Sequence[tuple[str, Any]] | None = None, framework: str | None = None,
    framework_version: str | None = None, run_id: str | None = None, **more: object,
) -> Record:  # fmt: skip
    """Register the next version; see ``Model.register``.

    Args:
        workspace: Where.
        name: The model's name.
        fill: Given the id of the version, writes its files.
        tags: See ``Model.register``, likewise the next six.
        properties: As above.
        description: As above.
        datasets: As above.
        framework: As above.
        framework_version: As above.
        run_id: The run that it comes from.
        **more: See `references`.
    """
    own = {} if run_id is None else {SOURCE_RUN: run_id}
    definition: dict[str, Any] = {"framework": framework, "framework_version": framework_version}
    definition |= {"datasets": pairs(datasets or ())} | references(**more)
    return registry.register(
        workspace.store, Kind.MODEL, name, fill=fill, properties=registered.written_once(properties) | own,
        tags=registered.texts(tags), description=description or "", submitted_by=starting.user(),
        definition={key: value for key, value in definition.items() if value},
    )  # fmt: skip


def pairs(datasets: Sequence[tuple[str, Any]]) -> list[list[str]]:
    """Pairs of what a dataset was for and its id."""
    return [[str(purpose), _id_of(dataset)] for purpose, dataset in datasets]


def by_purpose(record: Record) -> dict[str, list[str]]:
    """The ids of the datasets that a version was registered with, by what they were for."""
    found: dict[str, list[str]] = {}
    for purpose, dataset_id in record.definition.get("datasets", []):
        found.setdefault(purpose, []).append(dataset_id)
    return found


def references(
    *, sample_input: object = None, sample_output: object = None, resources: object = None
) -> dict[str, str]:
    """What is kept of further objects, by name; nothing of those that are None."""
    given = {
        "sample_input": None if sample_input is None else _id_of(sample_input),
        "sample_output": None if sample_output is None else _id_of(sample_output),
        "resources": None if resources is None else str(resources),
    }
    return {key: value for key, value in given.items() if value is not None}


def find_all(
    workspace: Workspace, *, name: str | None = None, tags: object = None, properties: object = None,
    run_id: str | None = None, latest: bool = False, dataset_id: str | None = None, framework: str | None = None,
) -> list[Record]:  # fmt: skip
    """The versions that meet all conditions, the newest first; see ``Model.list``."""
    wanted = registered.conditions(properties, "properties")
    if run_id is not None:
        wanted[SOURCE_RUN] = run_id
    found = registry.versions(
        workspace.store, Kind.MODEL, name=name, tags=registered.conditions(tags, "tags"), properties=wanted
    )
    chosen = [
        each
        for each in found
        if framework in (None, each.definition.get("framework"))
        and (dataset_id is None or any(known == dataset_id for _, known in each.definition.get("datasets", [])))
    ]
    return list(registry.latest(chosen).values()) if latest else chosen


def chosen(
    files: list[tuple[Path, str]], root: Path, children: Sequence[str | os.PathLike[str]]
) -> list[tuple[Path, str]]:
    """Those files of a folder that are named.

    Raises:
        ModelPathNotFoundException: One is not in the folder.
    """
    top = Path(os.path.abspath(root))  # noqa: PTH100 (".." is resolved, links are not)
    wanted = {Path(os.path.normpath(top / child)) for child in children}
    found = [(path, name) for path, name in files if path in wanted or wanted & set(path.parents)]
    missing = [each for each in wanted if not any(path == each or each in path.parents for path, _ in found)]
    if missing:
        raise ModelPathNotFoundException(f"{missing[0]} is not in the folder {top}.", hint="See child_paths.")
    return found


def workspace_here() -> Workspace:
    """The workspace of the run of this process, else the one that the environment or a configuration names."""
    from runwatch.sdk.run import Run
    from runwatch.sdk.workspace import Workspace

    known = context.current()
    return (
        known.experiment.workspace if isinstance(known, Run) else Workspace.from_config()
    )  # a job's variables name it


def serialize(model: Model) -> dict[str, Any]:
    """A version under the original's keys."""
    return {
        "createdTime": model.created_time,
        "createdBy": model.created_by,
        "description": model.description,
        "experimentName": model.experiment_name,
        "framework": model.model_framework,
        "frameworkVersion": model.model_framework_version,
        "id": model.id,
        "name": model.name,
        "properties": model.properties,
        "runId": model.run_id,
        "tags": model.tags,
        "datasets": model.datasets,
        "url": model.url,
        "version": model.version,
    }


def _id_of(dataset: object) -> str:
    return str(getattr(dataset, "id", dataset))

"""Registers folders that a run has written as datasets, once it has completed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from runwatch.schema import registry as names
from runwatch.schema.error import StoreUnavailableError, UserErrorException
from runwatch.schema.name import check_artifact_path
from runwatch.schema.registry import Kind
from runwatch.schema.run import Run
from runwatch.schema.settled import settled
from runwatch.sdk import detail
from runwatch.sdk.dataset.definition import Definition, Source, to_form
from runwatch.store import registry
from runwatch.store.protocol import Store

FOLDER: Final = "dataset"
"""The folder of the default datastore in which what was registered is kept, by run and name."""


class Registration(Struct, frozen=True, kw_only=True):
    """A wish to register a folder.

    Attributes:
        path: The folder, within the run.
        name: Of the dataset.
        description: Of the version.
        tags: Of the version.
    """

    path: str
    name: str
    description: str = ""
    tags: dict[str, str | None] = field(default_factory=dict)


def to_output(wish: Registration) -> dict[str, Any]:
    """A wish as it stands among ``outputData`` of a run's definition."""
    options = {"name": wish.name, "description": wish.description, "tags": dict(wish.tags)}
    return {"path": wish.path, "additionalOptions": {"registrationOptions": options}}


def register_outputs(store: Store, run: Run) -> Iterator[str]:
    """Register all folders that the run's definition asks for; doing it again makes no second version.

    The files are named a second time, in the default datastore, and not copied: the run may go, the dataset stays.

    Yields:
        A sentence for each folder that could not be registered.

    Raises:
        StoreUnavailableError: The store cannot be asked; it is to be tried again.
    """
    outputs = run.definition.get("outputData")
    for output in outputs.values() if isinstance(outputs, dict) else ():
        wish = _wish(output)
        if wish is None:
            continue
        try:
            _register(store, run, wish)
        except StoreUnavailableError:
            raise
        except Exception as error:  # the run has completed, and must not hang on a dataset
            yield f"The folder {wish.path} could not be registered as the dataset {wish.name!r}: {error}"


def _wish(output: object) -> Registration | None:
    additional = output.get("additionalOptions") if isinstance(output, Mapping) else None
    options = additional.get("registrationOptions") if isinstance(additional, Mapping) else None
    if not isinstance(output, Mapping) or not isinstance(options, Mapping):
        return None
    try:
        return msgspec.convert({**options, "path": output.get("path")}, settled(Registration))
    except msgspec.ValidationError:  # the definition of another program
        return None


def _register(store: Store, run: Run, wish: Registration) -> None:
    from runwatch.sdk.datastore import record_of

    name = names.check_name(Kind.DATASET, wish.name)
    path = check_artifact_path(wish.path)
    datastore = record_of(store)
    home = f"{FOLDER}/{run.run_id}/{path.rpartition('/')[2]}"
    files = [
        (each, f"{home}{each.path.removeprefix(path)}") for each in detail.list_artifacts(store, run.run_id, f"{path}/")
    ]
    if not files:
        raise UserErrorException("The script has written nothing into it.")
    registry.take_over(store, files, datastore.run_id)
    source = Source(path=home, datastore=registry.name_of(datastore))
    form = to_form(Definition(kind="file", sources=(source,)))
    there = registry.latest(registry.versions(store, Kind.DATASET, name=name)).get(name)
    if there is None or there.definition != form:
        registry.register(
            store, Kind.DATASET, name, definition=form, description=wish.description, tags=dict(wish.tags),
            submitted_by=run.submitted_by,
        )  # fmt: skip

"""Registers versions of things in any store: each is a run that ended when it was complete, with files of its own."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from runwatch.schema import limit, registry
from runwatch.schema.artifact import Artifact, CreateArtifact
from runwatch.schema.error import ConflictError, GoneError, NotFoundError, RunwatchError, UserErrorException
from runwatch.schema.registry import Kind
from runwatch.schema.run import CreateRun, Delete, GetRun, ListRuns, Run, RunStatus, UpdateRun
from runwatch.store.protocol import Store
from runwatch.store.walk import walk


def register(
    store: Store, kind: Kind, name: str, *, fill: Callable[[str], None] | None = None,
    properties: Mapping[str, str] | None = None, **facts: Any,
) -> Run:  # fmt: skip
    """Register the next version of a name.

    Versions count from 1, and that of a deleted one never comes back. If the files cannot be written the version is
    deleted again; until they are, no list shows it.

    Args:
        store: Where.
        kind: What is registered.
        name: Its name.
        fill: Given the id of the run, writes its files.
        properties: Labels that cannot change.
        **facts: Further attributes of `CreateRun`.

    Raises:
        InvalidValueError: The name is not accepted.
    """
    status = RunStatus.COMPLETED if fill is None else RunStatus.NOT_STARTED
    made = _next(store, kind, registry.check_name(kind, name), dict(properties or {}), {**facts, "status": status})
    if fill is None:
        return made
    try:
        fill(made.run_id)
        return store.runs.update(UpdateRun(run_id=made.run_id, status=RunStatus.COMPLETED))
    except BaseException:
        with suppress(RunwatchError):
            store.runs.delete(Delete(run_ids=(made.run_id,)))
        raise


def _next(store: Store, kind: Kind, name: str, properties: dict[str, str], facts: Mapping[str, Any]) -> Run:
    """The version's id is made of its number: of all who ask for it at once, the store lets one have it."""
    newest = next(versions(store, kind, name=name, complete=False), None)
    number = 1 if newest is None else version_of(newest) + 1
    token, now = secrets.token_hex(16), time.time()
    while True:
        request = CreateRun(
            experiment=kind.experiment, run_id=registry.record_id(kind, name, number), token=token, created_at=now,
            type=kind.type, name=name, display_name=f"{name}:{number}",
            properties={**properties, registry.NAME: name, registry.VERSION: str(number)}, **facts,
        )  # fmt: skip
        try:
            return store.runs.create(request)
        except (ConflictError, GoneError):
            number += 1


def versions(
    store: Store, kind: Kind, *, name: str | None = None, tags: Mapping[str, str | None] | None = None,
    properties: Mapping[str, str | None] | None = None, complete: bool = True,
) -> Iterator[Run]:  # fmt: skip
    """What is registered, the newest first.

    Args:
        store: Where.
        kind: What.
        name: Only versions of this name.
        tags: Pairs that must all hold; a value of None means "has this tag".
        properties: Likewise.
        complete: False shows those too that are being registered.
    """
    wanted = dict(properties or {})
    if name is not None:
        wanted[registry.NAME] = name
    request = ListRuns(
        type=kind.type, tags=dict(tags or {}), properties=wanted, limit=limit.PAGE_ROWS,
        statuses=(RunStatus.COMPLETED,) if complete else (),
    )  # fmt: skip
    return walk(store.runs.list, request)


def latest(found: Iterable[Run]) -> dict[str, Run]:
    """The highest version of each name."""
    best: dict[str, Run] = {}
    for each in found:
        name = name_of(each)
        if name not in best or version_of(each) > version_of(best[name]):
            best[name] = each
    return best


def find(store: Store, kind: Kind, name: str, version: int | None = None) -> Run:
    """A version of a name.

    Args:
        store: Where.
        kind: What.
        name: The name.
        version: Its number; the highest if None.

    Raises:
        NotFoundError: There is none.
    """
    found: Run | None = None
    if version is None:
        found = latest(versions(store, kind, name=name)).get(name)
    else:
        try:
            found = store.runs.get(GetRun(run_id=registry.record_id(kind, name, version)))
        except (NotFoundError, GoneError):
            found = None
    if found is None or found.status is not RunStatus.COMPLETED:
        which = f"{kind} {name!r}" if version is None else f"version {version} of a {kind} {name!r}"
        raise NotFoundError(f"There is no {which} in this workspace.", hint=f"List the {kind}s to see what there is.")
    return found


def take_over(store: Store, files: Iterable[tuple[Artifact, str]], run_id: str) -> None:
    """Give a version files of a run: the store has the content, so that only names are written.

    Args:
        store: Where.
        files: Each file and its path in the version.
        run_id: The version.

    Raises:
        UserErrorException: A file is still being written.
    """
    for artifact, path in files:
        if not artifact.sealed:
            raise UserErrorException(
                f"{artifact.path} of the run {artifact.run_id} is still being written.",
                hint="Register it when it is complete.",
            )
        store.artifacts.create(
            CreateArtifact(run_id=run_id, path=path, sha256=artifact.sha256, size_bytes=artifact.size_bytes)
        )


def name_of(record: Run) -> str:
    """What a version is called."""
    return record.properties.get(registry.NAME, record.run_id)


def version_of(record: Run) -> int:
    """A version's number."""
    return int(record.properties.get(registry.VERSION, "1"))

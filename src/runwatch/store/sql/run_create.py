"""Making a run."""

from __future__ import annotations

import uuid
from typing import Any, Final

from sqlalchemy import Connection, bindparam, case, insert, select, update

from runwatch.schema.change import ChangeKind
from runwatch.schema.error import ConflictError
from runwatch.schema.run import CreateRun, Run, RunStatus, StatusChange
from runwatch.store.sql.database import Writing
from runwatch.store.sql.run_key import missing_run, raise_if_deleted
from runwatch.store.sql.run_label import add_properties, put_params, put_tags
from runwatch.store.sql.run_row import RunRecord, encode_record, get_run
from runwatch.store.sql.table.run import experiment_tags, experiments, runs
from runwatch.store.sql.text import clean, to_json

_ACTIVE: Final = select(experiments.c.experiment_key, experiments.c.experiment_id).where(
    experiments.c.name == bindparam("wanted"), experiments.c.archived_at.is_(None)
)
_COUNT: Final = (
    update(experiments)
    .where(experiments.c.experiment_key == bindparam("key"))
    .values(last_number=experiments.c.last_number + 1, run_count=experiments.c.run_count + 1)
    .returning(experiments.c.last_number)
)
_TAKEN: Final = select(runs.c.run_key).where(
    runs.c.experiment_key == bindparam("key"), runs.c.number == bindparam("wanted")
)
_COUNT_TO: Final = (
    update(experiments)
    .where(experiments.c.experiment_key == bindparam("key"))
    .values(
        last_number=case(
            (experiments.c.last_number < bindparam("wanted"), bindparam("wanted")), else_=experiments.c.last_number
        ),
        run_count=experiments.c.run_count + 1,
    )
)
_THERE: Final = select(runs.c.run_key, runs.c.token, runs.c.root_run_id).where(runs.c.run_id == bindparam("id"))
_INSERT: Final = insert(runs)


def create_run(writing: Writing, request: CreateRun) -> Run:
    """Make a run, or find the one that an earlier copy of the same request made.

    Raises:
        ConflictError: Another run has the id.
        GoneError: The run, or its parent, was deleted.
        NotFoundError: The parent is not there.
    """
    connection = writing.connection
    there = connection.execute(_THERE, {"id": request.run_id}).first()
    if there is not None:
        if there.token == request.token:
            return get_run(connection, there.run_key)
        raise ConflictError(
            f"There is a run {request.run_id!r} already.", hint="Choose another run id.", run_id=request.run_id
        )
    raise_if_deleted(connection, request.run_id)
    root = _root(connection, request)
    experiment_key, experiment_id = get_or_make_experiment(writing, request.experiment, {})
    number = _take_number(connection, experiment_key, request.number)
    row = _row(request) | {"root_run_id": root, "experiment_key": experiment_key, "number": number}
    key: int = connection.execute(_INSERT, row).inserted_primary_key[0]  # type: ignore[index]
    put_tags(connection, key, request.tags)
    add_properties(connection, key, request.properties)
    put_params(connection, key, request.params)
    writing.notice(ChangeKind.RUN, request.run_id, experiment_id)
    return get_run(connection, key)


def _take_number(connection: Connection, experiment_key: int, wanted: int | None) -> int:
    """The number wanted, if no run of the experiment has it; otherwise the next one."""
    place = {"key": experiment_key, "wanted": wanted}
    if wanted is None or connection.execute(_TAKEN, place).first() is not None:
        number: int = connection.execute(_COUNT, {"key": experiment_key}).scalar_one()
        return number
    connection.execute(_COUNT_TO, place)
    return wanted


def get_or_make_experiment(writing: Writing, name: str, tags: dict[str, str | None]) -> tuple[int, str]:
    """The key and id of the active experiment of a name.

    Args:
        writing: The transaction.
        name: A checked name.
        tags: Set if it is made.
    """
    connection = writing.connection
    there = connection.execute(_ACTIVE, {"wanted": name}).first()
    if there is not None:
        return there.experiment_key, there.experiment_id
    experiment_id = str(uuid.uuid4())
    row = {"experiment_id": experiment_id, "name": name, "created_at": writing.at}
    row |= {"description": "", "last_number": 0, "run_count": 0}
    key: int = connection.execute(insert(experiments), row).inserted_primary_key[0]  # type: ignore[index]
    put_experiment_tags(connection, key, tags)
    writing.notice(ChangeKind.EXPERIMENT, experiment_id, experiment_id)
    return key, experiment_id


def put_experiment_tags(connection: Connection, experiment_key: int, tags: dict[str, str | None]) -> None:
    """Add or replace tags of an experiment."""
    for key, value in tags.items():
        row = {"experiment_key": experiment_key, "key": clean(key), "value": clean(value)}
        connection.execute(insert(experiment_tags).prefix_with("OR REPLACE"), row)


def _root(connection: Connection, request: CreateRun) -> str:
    if request.parent_run_id is None:
        return request.run_id
    parent = connection.execute(_THERE, {"id": clean(request.parent_run_id)}).first()
    if parent is None:
        raise missing_run(connection, request.parent_run_id)
    return str(parent.root_run_id)


def _row(request: CreateRun) -> dict[str, Any]:
    status, at = RunStatus(request.status), request.created_at
    return {
        "run_id": request.run_id,
        "token": clean(request.token),
        "status": status.value,
        "type": clean(request.type),
        "name": clean(request.name),
        "display_name": clean(request.display_name),
        "description": clean(request.description),
        "parent_run_id": request.parent_run_id,
        "created_at": at,
        "started_at": at if status is RunStatus.RUNNING else None,
        "ended_at": at if status.is_terminal else None,
        "attempt": 1,
        "target": clean(request.target),
        "submitted_by": clean(request.submitted_by),
        "host": clean(request.host),
        "hidden": False,
        "definition": to_json(request.definition),
        "record": encode_record(RunRecord(history=(StatusChange(status=status, at=at),))),
    }

"""Changing a run: the rules of its life."""

from __future__ import annotations

from typing import Any, Final

from msgspec import UNSET, structs
from sqlalchemy import Row, bindparam, select, update

from runwatch.schema.change import ChangeKind
from runwatch.schema.run import Run, RunLife, RunStatus, StatusChange, UpdateRun
from runwatch.store.sql.database import Writing
from runwatch.store.sql.run_key import missing_run
from runwatch.store.sql.run_label import add_properties, put_params, put_tags
from runwatch.store.sql.run_row import RunRecord, decode_record, encode_record, get_run
from runwatch.store.sql.table.run import experiments, runs
from runwatch.store.sql.text import clean, to_json
from runwatch.store.warning import merge_warnings

_FIND: Final = (
    select(
        *(runs.c[name] for name in ("run_key", "status", "started_at", "ended_at", "attempt", "record")),
        experiments.c.experiment_id,
    )
    .select_from(runs.join(experiments))
    .where(runs.c.run_id == bindparam("id"))
)
_PLAIN: Final = ("display_name", "description", "target", "host")
"""Columns that take a request's text as it is."""


def update_run(writing: Writing, request: UpdateRun) -> Run:
    """Apply a request.

    Raises:
        NotFoundError: There is no such run.
        GoneError: It was deleted.
        ConflictError: A property is there with another value.
    """
    connection = writing.connection
    row = connection.execute(_FIND, {"id": clean(request.run_id)}).first()
    if row is None:
        raise missing_run(connection, request.run_id)
    at = request.at or writing.at
    before = decode_record(row.record)
    columns, record = _life(row, before, request, at)
    columns |= _columns(request, at)
    record = structs.replace(
        record,
        error=record.error if request.error is UNSET else request.error,
        exit=record.exit if request.exit is UNSET else request.exit,
        warnings=merge_warnings(record.warnings, request.add_warnings) if request.add_warnings else record.warnings,
    )
    if record != before:
        columns["record"] = encode_record(record)
    if columns:
        connection.execute(update(runs).where(runs.c.run_key == row.run_key).values(columns))
    put_tags(connection, row.run_key, request.set_tags, request.remove_tags)
    add_properties(connection, row.run_key, request.add_properties)
    put_params(connection, row.run_key, request.set_params)
    writing.notice(ChangeKind.RUN, request.run_id, row.experiment_id)
    return get_run(connection, row.run_key)


def _life(
    row: Row[*tuple[Any, ...]], record: RunRecord, request: UpdateRun, at: float
) -> tuple[dict[str, Any], RunRecord]:
    """What a new status or a new attempt changes, as columns and in the record."""
    if request.life is not UNSET:
        return _told(record, request.life)
    now = RunStatus(row.status)
    columns: dict[str, Any] = {}
    if request.reopen:
        columns |= {"attempt": row.attempt + 1, "ended_at": None}
        record = structs.replace(record, error=None, exit=None)
    wanted = _wanted(now, request)
    if wanted is now and not request.reopen:
        return columns, record
    columns["status"] = wanted.value
    if wanted is RunStatus.RUNNING and row.started_at is None:
        columns["started_at"] = at
    if wanted.is_terminal:
        columns["ended_at"] = at
    change = StatusChange(status=wanted, at=at, reason=request.reason)
    return columns, structs.replace(record, history=(*record.history, change))


def _told(record: RunRecord, life: RunLife) -> tuple[dict[str, Any], RunRecord]:
    """A life that was led elsewhere, as columns and in the record."""
    columns = {name: getattr(life, name) for name in ("started_at", "ended_at", "contact_at", "attempt")}
    return columns | {"status": life.status.value}, structs.replace(record, history=life.history)


def _wanted(now: RunStatus, request: UpdateRun) -> RunStatus:
    """The status after the request: an ended run keeps its status unless it is started again."""
    if request.status is UNSET:
        return RunStatus.NOT_STARTED if request.reopen and now.is_terminal else now
    if now.is_terminal and not request.reopen:
        return now
    return RunStatus(request.status)


def _columns(request: UpdateRun, at: float) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name in _PLAIN:
        value = getattr(request, name)
        if value is not UNSET:
            columns[name] = clean(value)
    if request.hidden is not UNSET:
        columns["hidden"] = request.hidden
    if request.definition is not UNSET:
        columns["definition"] = to_json(request.definition)
    if request.contact:
        columns["contact_at"] = at
    return columns

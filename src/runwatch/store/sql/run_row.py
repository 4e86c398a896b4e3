"""A run as a row: its record column, its warnings, and back to `Run`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, bindparam, select, update

from runwatch.schema.error import CorruptDataError
from runwatch.schema.run import ExitCause, Run, RunError, RunStatus, RunWarning, StatusChange
from runwatch.schema.settled import settled
from runwatch.store.sql.run_label import Labels, read_labels
from runwatch.store.sql.table.run import experiments, runs
from runwatch.store.sql.text import clean, from_json
from runwatch.store.warning import merge_warnings


class RunRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What no list filters or sorts by: the JSON in ``runs.record``."""

    history: tuple[StatusChange, ...] = ()
    exit: ExitCause | None = None
    error: RunError | None = None
    warnings: tuple[RunWarning, ...] = ()


_decoder: Final = msgspec.json.Decoder(settled(RunRecord))
_GET_RECORD: Final = select(runs.c.record).where(runs.c.run_key == bindparam("key"))
_SET_RECORD: Final = update(runs).where(runs.c.run_key == bindparam("key")).values(record=bindparam("text"))
_GET: Final = select(runs).where(runs.c.run_key == bindparam("key"))
_EXPERIMENTS: Final = select(experiments.c.experiment_key, experiments.c.experiment_id, experiments.c.name).where(
    experiments.c.experiment_key.in_(bindparam("keys", expanding=True))
)


def encode_record(record: RunRecord) -> str:
    """The JSON of a record; broken Unicode in a traceback does not stop it from being stored."""
    try:
        return msgspec.json.encode(record).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_cleaned(record)).decode()


def decode_record(text: str) -> RunRecord:
    """The record in a row.

    Raises:
        CorruptDataError: It is not one.
    """
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError as error:
        raise CorruptDataError(
            "The record of a run is damaged.", file="runs.record", hint="Run 'runwatch doctor'.", cause=str(error)
        ) from error


def get_run(connection: Connection, run_key: int) -> Run:
    """One run by its key."""
    return to_runs(connection, connection.execute(_GET, {"key": run_key}).all())[0]


def to_runs(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[Run, ...]:
    """Runs from rows of their table, with their labels, in the same order."""
    if not rows:
        return ()
    labels = read_labels(connection, [row.run_key for row in rows])
    keys = list({row.experiment_key for row in rows})
    known = {key: (id_, name) for key, id_, name in connection.execute(_EXPERIMENTS, {"keys": keys})}
    return tuple(_to_run(row, labels[row.run_key], *known[row.experiment_key]) for row in rows)


def _to_run(row: Row[*tuple[Any, ...]], labels: Labels, experiment_id: str, experiment: str) -> Run:
    record, definition = _readable(row)
    return Run(
        run_id=row.run_id,
        experiment_id=experiment_id,
        experiment=experiment,
        number=row.number,
        status=RunStatus(row.status),
        created_at=row.created_at,
        history=record.history,
        type=row.type,
        name=row.name,
        display_name=row.display_name,
        description=row.description,
        parent_run_id=row.parent_run_id,
        root_run_id=row.root_run_id,
        started_at=row.started_at,
        ended_at=row.ended_at,
        contact_at=row.contact_at,
        attempt=row.attempt,
        target=row.target,
        submitted_by=row.submitted_by,
        host=row.host,
        tags=labels.tags,
        properties=labels.properties,
        params=labels.params,
        definition=definition,
        exit=record.exit,
        error=record.error,
        warnings=record.warnings,
        hidden=row.hidden,
    )


def _readable(row: Row[*tuple[Any, ...]]) -> tuple[RunRecord, dict[str, Any]]:
    """The record and definition, or a warning in their place: one damaged run never hides the others."""
    try:
        return decode_record(row.record), from_json(row.definition)
    except (CorruptDataError, ValueError):
        warning = RunWarning(source="store", message="The history and definition of this run are damaged.")
        return RunRecord(warnings=(warning,)), {}


def add_warnings(connection: Connection, run_key: int, more: Iterable[RunWarning]) -> None:
    """Merge warnings into those of a run.

    Args:
        connection: In a write transaction.
        run_key: The run.
        more: What its readers must know.
    """
    record = decode_record(connection.execute(_GET_RECORD, {"key": run_key}).scalar_one())
    changed = msgspec.structs.replace(record, warnings=merge_warnings(record.warnings, more))
    connection.execute(_SET_RECORD, {"key": run_key, "text": encode_record(changed)})


def _cleaned(record: RunRecord) -> RunRecord:
    error, exit_cause = record.error, record.exit
    return RunRecord(
        history=tuple(msgspec.structs.replace(change, reason=clean(change.reason)) for change in record.history),
        exit=exit_cause and msgspec.structs.replace(exit_cause, evidence=clean(exit_cause.evidence)),
        error=error and RunError(message=clean(error.message), code=clean(error.code), details=clean(error.details)),
        warnings=tuple(
            RunWarning(source=clean(warning.source), message=clean(warning.message), count=warning.count)
            for warning in record.warnings
        ),
    )

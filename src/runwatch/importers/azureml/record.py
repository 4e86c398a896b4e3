"""What a run was and how it went, from the details that the original gave of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct, field

from runwatch.importers.azureml import moment
from runwatch.importers.azureml.document import run_id_of
from runwatch.schema.error import InvalidValueError
from runwatch.schema.name import check_experiment_name
from runwatch.schema.run import RunError, RunLife, RunStatus, RunWarning, StatusChange
from runwatch.store.text import to_json

DEFAULT_EXPERIMENT: Final = "azureml-import"
"""Where runs go whose documents and id name no experiment."""

_STATUSES: Final = {status.value.lower(): status for status in RunStatus} | {
    "finished": RunStatus.COMPLETED,
    "cancelled": RunStatus.CANCELED,
    "cancelrequested": RunStatus.CANCEL_REQUESTED,
}
_SCRIPT_RUN: Final = re.compile(r"(.+)_\d{9,11}_[0-9a-f]{8}")


class Record(Struct, frozen=True, kw_only=True):
    """What details say; the attributes are those of `runwatch.schema.run.Run`."""

    experiment: str | None = None
    status: RunStatus | None = None
    created_at: float | None = None
    started_at: float | None = None
    ended_at: float | None = None
    number: int | None = None
    type: str | None = None
    name: str | None = None
    display_name: str | None = None
    description: str = ""
    parent_run_id: str | None = None
    target: str | None = None
    submitted_by: str | None = None
    tags: dict[str, str | None] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    definition: dict[str, Any] = field(default_factory=dict)
    error: RunError | None = None
    warnings: tuple[RunWarning, ...] = ()


def read(details: Iterable[Mapping[str, Any]]) -> Record:
    """What documents about one run say together; where they differ, the first one that says something counts."""
    found: dict[str, Any] = {}
    for document in details:
        for key, value in document.items():
            found.setdefault(key, value)
    context = _object(found.get("creation_context"))
    number = found.get("runNumber")
    return Record(
        experiment=_text(found, "experimentName", "experiment_name", "experiment"),
        status=_STATUSES.get(str(found.get("status", "")).replace("_", "").replace(" ", "").lower()),
        created_at=moment.seconds(found.get("createdUtc")) or moment.seconds(context.get("created_at")),
        started_at=moment.seconds(found.get("startTimeUtc")),
        ended_at=moment.seconds(found.get("endTimeUtc")),
        number=number if isinstance(number, int) and not isinstance(number, bool) and number > 0 else None,
        type=_text(found, "runType"),
        name=_text(found, "name") if "runId" in found else None,
        display_name=_text(found, "displayName", "display_name"),
        description=_text(found, "description") or "",
        parent_run_id=_parent(found),
        target=_text(found, "target", "compute"),
        submitted_by=_submitter(found.get("submittedBy", found.get("createdBy", context.get("created_by")))),
        tags={key: None if value is None else _word(value) for key, value in _object(found.get("tags")).items()},
        properties={key: _word(value) for key, value in _object(found.get("properties")).items() if value is not None},
        definition=_definition(found),
        error=_error(found.get("error")),
        warnings=tuple(_warnings(found.get("warnings"))),
    )


def life(record: Record, created_at: float) -> RunLife:
    """How a run went. One whose documents do not say how it stands has ended, if it says when, or is taken for that."""
    status = record.status or (RunStatus.FAILED if record.error else RunStatus.COMPLETED)
    history = [StatusChange(status=RunStatus.RUNNING, at=record.started_at)] if record.started_at is not None else []
    at = record.ended_at if record.ended_at is not None else record.started_at
    if status is not RunStatus.RUNNING or not history:
        history.append(StatusChange(status=status, at=created_at if at is None else at))
    return RunLife(status=status, history=tuple(history), started_at=record.started_at, ended_at=record.ended_at)


def experiment_of(told: Record, run_id: str) -> str | None:
    """The experiment that the details name, or the id as the original made it; else None."""
    found = _SCRIPT_RUN.fullmatch(run_id)
    name = told.experiment or (found.group(1) if found else None)
    return fitting(name) if name else None


def fitting(name: str) -> str:
    """A name that an experiment may have, and that resembles this one."""
    try:
        return check_experiment_name(name)
    except InvalidValueError:
        found = re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-_")[:200]
        return found or DEFAULT_EXPERIMENT


def _definition(found: Mapping[str, Any]) -> dict[str, Any]:
    definition = dict(_object(found.get("runDefinition")))
    script = _text(found, "scriptName")
    if script and "script" not in definition:
        definition["script"] = script
    if "command" in found and "command" not in definition:
        definition["command"] = found["command"]
    inputs = found.get("inputDatasets")
    data = dict(_object(definition.get("data")))
    for each in inputs if isinstance(inputs, list) else ():
        _note_input(data, _object(each))
    return {**definition, "data": data} if data else definition


def _note_input(data: dict[str, Any], dataset: Mapping[str, Any]) -> None:
    """Add an input to those of the definition, in the form in which they are shown, unless it is there."""
    use = _object(dataset.get("consumptionDetails"))
    name, known = use.get("inputName"), _object(dataset.get("dataset"))
    if not isinstance(name, str) or "dataset" in _object(data.get(name)):
        return
    mode = str(use.get("mechanism", "Direct")).lower()
    data[name] = {**_object(data.get(name)), "dataset": {"id": known.get("id")}, "mode": mode}


def _parent(found: Mapping[str, Any]) -> str | None:
    parent = _text(found, "parentRunId", "parent_run_id", "parent_job_name")
    return parent if parent != run_id_of(found) else None


def _error(given: Any) -> RunError | None:
    if isinstance(given, str) and given:
        return RunError(message=given)
    outer = _object(given)
    inner = _object(outer.get("error")) or outer
    if not inner:
        return None
    trace = _object(inner.get("debugInfo")).get("stackTrace")
    message = inner.get("message")
    return RunError(
        message=message if isinstance(message, str) else _word(inner),
        code=_text(inner, "code") or "UserError",
        details=trace if isinstance(trace, str) else "",
    )


def _warnings(given: Any) -> Iterable[RunWarning]:
    for each in given if isinstance(given, list) else ():
        told = _object(each)
        message = told.get("message") if told else each
        if isinstance(message, str):
            yield RunWarning(source=_text(told, "source") or "azureml", message=message)


def _submitter(given: Any) -> str | None:
    if isinstance(given, dict):
        return _text(given, "userName", "userObjectId")
    return given if isinstance(given, str) else None


def _text(found: Mapping[str, Any], *keys: str) -> str | None:
    return next((found[key] for key in keys if isinstance(found.get(key), str)), None)


def _object(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, dict) else {}


def _word(value: Any) -> str:
    """A label's value as text: texts as they are, anything else as JSON."""
    return value if isinstance(value, str) else to_json(value)

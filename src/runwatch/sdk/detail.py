"""The dictionary that ``run.get_details`` returns, under the original's keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from runwatch.schema import limit
from runwatch.schema.artifact import Artifact, ListArtifacts
from runwatch.schema.run import Run
from runwatch.sdk import portal, timestamp
from runwatch.store.protocol import Store
from runwatch.store.walk import walk

LOG_FOLDERS: Final = ("logs/", "user_logs/", "azureml-logs/", "system_logs/")
"""Artifacts in these folders are log files."""

LOG_NAME: Final = re.compile(r"user_logs/std_log\D*0*(_ps)?\.txt|azureml-logs/\d{2}.*\.txt|logs/user_log\.txt")
"""Log files that are followed while a run is waited for."""


def list_artifacts(store: Store, run_id: str, prefix: str = "") -> Iterator[Artifact]:
    """The files of a run whose paths start with this, by path, page after page."""
    return walk(store.artifacts.list, ListArtifacts(run_id=run_id, prefix=prefix, limit=limit.PAGE_ROWS))


def log_paths(store: Store, run_id: str) -> list[str]:
    """The log files of a run."""
    return [artifact.path for folder in LOG_FOLDERS for artifact in list_artifacts(store, run_id, folder)]


def details(run: Run, logs: Iterable[str], location: str) -> dict[str, Any]:
    """See ``Run.get_details``.

    Args:
        run: The run.
        logs: Its log files.
        location: The workspace, for their addresses.
    """
    found: dict[str, Any] = {
        "runId": run.run_id,
        "target": run.target,
        "status": run.status.value,
        "services": {},
        "warnings": [warning(each.source, each.message, each.count) for each in run.warnings],
        "properties": dict(run.properties),
        "inputDatasets": _inputs(run.definition.get("data")),
        "outputDatasets": [],
        "runDefinition": dict(run.definition),
        "logFiles": {path: portal.file_url(location, run.experiment, run.run_id, path) for path in logs},
        "submittedBy": run.submitted_by,
    }
    if run.started_at is not None:
        found["startTimeUtc"] = timestamp.iso(run.started_at)
    if run.ended_at is not None:
        found["endTimeUtc"] = timestamp.iso(run.ended_at)
    if run.error is not None:
        found["error"] = error(run.error.code, run.error.message, run.error.details)
    return found


def _inputs(data: object) -> list[dict[str, Any]]:
    """The datasets that a run was given, in the original's form."""
    found = data.items() if isinstance(data, dict) else ()
    return [
        {
            "dataset": {"id": form.get("dataset", {}).get("id")},
            "consumptionDetails": {"type": "RunInput", "inputName": name, "mechanism": str(form.get("mode")).title()},
        }
        for name, form in found
        if isinstance(form, dict)
    ]


def error(code: str, message: str, details: str) -> dict[str, Any]:
    """An error in the original's form."""
    inner = {"code": code, "message": message, "messageFormat": "", "details": [], "debugInfo": {"stackTrace": details}}
    return {"error": inner if details else {**inner, "debugInfo": None}}


def warning(source: str, message: str, count: int) -> dict[str, str]:
    """A warning in the original's form."""
    return {"source": source, "message": f"{message} ({count} times)" if count > 1 else message}

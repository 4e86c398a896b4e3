"""Folders as people hold them of runs of the original."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RUN_ID = "digits_1612345678_0123abcd"
PICTURE = b"\x89PNG\r\n\x1a\n..."
MATRIX = {"schema_type": "confusion_matrix", "schema_version": "1.0.0", "data": {"class_labels": ["0", "1"]}}
INPUT = {"type": "RunInput", "inputName": "digits", "mechanism": "Mount"}


def details(run_id: str = RUN_ID, **changes: Any) -> dict[str, Any]:
    """What ``run.get_details()`` gave."""
    told = {
        "runId": run_id,
        "target": "cpu-cluster",
        "status": "Completed",
        "startTimeUtc": "2021-02-03T09:47:58.1234567Z",
        "endTimeUtc": "2021-02-03T10:00:00",
        "services": {},
        "properties": {"ContentSnapshotId": "5d3c9a1e", "azureml.git.commit": "abc"},
        "inputDatasets": [{"dataset": {"id": "d-1"}, "consumptionDetails": INPUT}],
        "outputDatasets": [],
        "runDefinition": {"script": "train.py", "arguments": ["--lr", "0.1"], "target": "cpu-cluster", "nodeCount": 1},
        "logFiles": {"azureml-logs/70_driver_log.txt": "https://example.invalid/../../etc/passwd"},
        "submittedBy": "Ada",
    }  # fmt: skip
    return told | changes


def metrics(run_id: str = RUN_ID) -> dict[str, Any]:
    """What ``run.get_metrics()`` gave."""
    return {
        "accuracy": 0.95,
        "loss": [1.0, float("nan"), 0.25],
        "Sine Wave": {"angle": [0, 0.5, 1], "sine": [0, 0.479, 0.841]},
        "row": {"a": 1, "b": "x"},
        "plot": f"aml://artifactId/ExperimentRun/dcid.{run_id}/plot.png",
        "matrix": f"aml://artifactId/ExperimentRun/dcid.{run_id}/matrix",
    }


def put(folder: Path, files: dict[str, bytes | str | dict[str, Any] | list[Any]]) -> Path:
    """Write files by their paths; objects as JSON."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, bytes | str) else json.dumps(content)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def run_folder(folder: Path, run_id: str = RUN_ID, **changes: Any) -> Path:
    """A run with files, details and metrics within its folder."""
    return put(
        folder,
        {
            "outputs/model.pkl": b"model",
            "azureml-logs/70_driver_log.txt": "hello\n",
            "plot.png": PICTURE,
            "matrix": MATRIX,
            "details.json": details(run_id, **changes),
            "metrics.json": metrics(run_id),
        },
    )

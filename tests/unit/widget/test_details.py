"""``RunDetails`` outside of a notebook, and as data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runwatch.sdk.run import Run
from runwatch.widgets import RunDetails
from tests.unit.sdk.conftest import clean_place, experiment, run, workspace

__all__ = ["clean_place", "experiment", "run", "workspace"]


def test_outside_a_notebook_it_prints_once_and_returns(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run.log("loss", 0.25)
    run.flush()
    RunDetails(run).show()
    printed = capsys.readouterr().out
    assert run.id in printed
    assert "0.25" in printed


def test_a_function_may_show_the_picture(run: Run) -> None:
    shown: list[str] = []
    RunDetails(run).show(render_lib=shown.append)
    assert run.id in shown[0]


def test_data_have_the_originals_keys(run: Run, clean_place: Path) -> None:
    for value in (3.0, 2.0, 1.0):
        run.log("loss", value)
    run.log("accuracy", 0.5)
    run.log("note", "fine")
    child = run.child_run("first")
    child.log("loss", 7.0)
    child.complete()
    found = RunDetails(run).get_widget_data({"Metric": {"name": "loss", "goal": "minimize"}})
    assert set(found) == {
        "status", "workbench_run_details_uri", "run_id", "run_properties", "child_runs", "children_metrics",
        "run_metrics", "run_logs", "graph", "widget_settings",
    }  # fmt: skip
    assert {each["name"]: each["series"][0]["data"] for each in found["run_metrics"]} == {
        "accuracy": [0.5], "loss": [3.0, 2.0, 1.0], "note": ["fine"],
    }  # fmt: skip
    assert [(each["run_id"], each["metric"]) for each in found["child_runs"]] == [(child.id, 7.0)]
    assert found["children_metrics"]["metricName"] == "loss"
    assert found["run_properties"]["run_number"] == run.number
    json.dumps(found)

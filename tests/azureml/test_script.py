"""Whole scripts as they were written for the original run unchanged, and record what they say they do."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest

from runwatch import ComputeTarget, Environment, Model, Run, Workspace
from runwatch.importers.azureml.checker import check
from runwatch.importers.azureml.judge import Verdict
from runwatch.sdk import home
from tests.azureml.place import SCRIPTS, Place

pytestmark = pytest.mark.timeout(300)


def names() -> set[str]:
    return {path.stem for path in SCRIPTS.iterdir() if not path.name.startswith("_")}


def test_each_script_has_its_test() -> None:
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert names() <= tested
    assert len(names()) >= 12


def test_the_checker_finds_nothing_in_them_that_is_not_supported() -> None:
    report = check([SCRIPTS])
    assert {use.name.rpartition(".")[2] for use in report.of(Verdict.ABSENT)} == {"HyperDriveConfig", "AutoMLConfig"}
    assert report.unread == ()


def test_logging_kinds(place: Place) -> None:
    lines = place.run("logging_kinds").splitlines()
    assert lines[0].startswith("SDK version: 1.62.0+runwatch")
    assert lines[1:5] == ["ws", "rg", "local", "00000000-0000-0000-0000-000000000000"]
    (run,) = place.runs("logging-api-test")
    metrics = run.get_metrics()
    assert metrics["accuracy"] == 0.95
    assert metrics["Fibonacci"] == [0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89]
    assert metrics["Sigmoid"] == [1 / (1 + math.exp(-i)) for i in range(-10, 10)]
    angles = [i / 2.0 for i in range(-10, 10)]
    assert metrics["Cosine Wave"] == {"angle": angles, "cos": pytest.approx([math.cos(angle) for angle in angles])}
    assert metrics["Sine Wave"] == {"angle": angles, "sine": pytest.approx([math.sin(angle) for angle in angles])}
    charts = run.get_metrics(populate=True)
    assert charts["confusion_matrix"]["data"]["matrix"] == [[3, 1], [0, 4]]
    for name in ("accuracy_table", "residuals", "predictions"):
        assert charts[name]["schema_type"] == name
    assert (run.get_status(), run.get_snapshot_id()) == ("Completed", None)


def test_keep_runs(place: Place, tmp_path: Path) -> None:
    """What it keeps comes into another workspace by the command that the documentation names."""
    run_id = place.run("keep_runs").strip()
    new = tmp_path / "new"
    kept = place.folder / "work" / "keep_runs" / "kept"
    words = [sys.executable, "-m", "runwatch.cli", "-w", str(new), "import", "azureml", str(kept)]
    first, second = (subprocess.run(words, env=place.variables, capture_output=True, text=True) for _ in range(2))
    assert (first.returncode, first.stdout.count("  imported  kept, Completed")) == (0, 3), first.stdout + first.stderr
    assert (second.returncode, second.stdout.count("  already there  ")) == (0, 3)
    there, here = Run.get(Workspace.open(str(new)), run_id), Run.get(place.workspace, run_id)
    try:
        assert there.get_metrics(recursive=True) == here.get_metrics(recursive=True)
        assert (there.tags, there.get_details()["startTimeUtc"]) == (here.tags, here.get_details()["startTimeUtc"])
        assert len(list(there.get_children())) == 2
        assert set(here.get_file_names()) < set(there.get_file_names())
    finally:
        home.close(str(new))


def test_with_block(place: Place) -> None:
    assert place.run("with_block").splitlines() == [
        "hello from the block", "caught: the data is broken", "Completed Failed",
    ]  # fmt: skip
    failing, good = place.runs("with-block")
    assert (good.get_metrics(), good.get_file_names()) == ({"loss": 0.25}, ["logs/user_log.txt", "outputs/notes.txt"])
    assert good.get_details_with_logs()["logFiles"]["logs/user_log.txt"] == "hello from the block\n"
    assert math.isnan(failing.get_metrics()["loss"])
    assert "ValueError" in failing.get_details()["error"]["error"]["message"]


def test_local_script_run(place: Place) -> None:
    printed = place.run("local_script_run")
    assert "Streaming azureml-logs/70_driver_log.txt\n=====" in printed
    assert "alpha is 0.40, and mse is 3295.71\n" in printed
    assert "Execution Summary\n=================\n" in printed
    assert "When alpha is 0.40, we have min MSE 3295.71.\n" in printed
    (run,) = place.runs("train-on-local")
    assert (run.type, run.get_details()["runDefinition"]["arguments"]) == ("azureml.scriptrun", ["--test-size", "0.2"])
    assert len(run.get_metrics()["mse"]) == 20
    assert "outputs/ridge_best.pkl" in run.get_file_names()


def test_cluster(place: Place) -> None:
    printed = place.run("cluster")
    assert 'Provisioning operation finished, operation "Succeeded"' in printed
    assert printed.endswith("STANDARD_D2_V2\n[42, 42]\n[] True\n")
    runs = place.runs("on-cluster")
    assert [run.get_tags() for run in runs] == [{"number": str(i), "place": "cluster"} for i in (1, 0)]
    assert {run.get_details()["target"] for run in runs} == {"cpu-cluster"}
    assert ComputeTarget(place.workspace, "cpu-cluster").get_status().serialize()["scaleSettings"]["maxNodeCount"] == 4


def test_children(place: Place) -> None:
    assert place.run("children").splitlines() == ["True", "6 7", "['b', 'a']", "{'depth': 2}"]
    (parent,) = place.runs("children")
    logged = parent.get_metrics(recursive=True)
    assert sorted(value["Hello from child run"] for value in logged.values() if "depth" not in value) == [0, 1, 2]
    assert {child.get_status() for child in parent.get_children(recursive=True)} == {"Completed"}


def test_tags_properties(place: Place) -> None:
    assert place.run("tags_properties").splitlines() == [
        "ConflictError True", "{'quality': 'changed', 'worth another look': None}", "2", "1", "2", "True",
        "['tags-and-properties']",
    ]  # fmt: skip
    assert len(place.runs("tags-and-properties")) == 3


def test_cancel_fail(place: Place) -> None:
    lines = place.run("cancel_fail").splitlines()
    assert (lines[0], lines[-4]) == ("Canceled", "True")
    assert lines[-3:] == ["Failed azureml-logs/70_driver_log.txt", "Failed My run failed", "Canceled"]
    gone, local, bad, slow = place.runs("cancel-and-fail")
    assert [run.get_status() for run in (gone, local, bad, slow)] == ["Canceled", "Failed", "Failed", "Canceled"]
    assert slow.get_metrics() == {"started": 1}
    assert "RuntimeError: no data today" in bad.get_details()["error"]["error"]["message"]


def test_snapshot(place: Place) -> None:
    lines = place.run("snapshot").splitlines()
    assert lines == ["once only: True", "['.amlignore', 'train.py']", 'print("kept")']


def test_images(place: Place) -> None:
    place.run("images")
    (run,) = place.runs("images")
    pictures = [name for name in run.get_file_names() if name.endswith(".png")]
    assert len(pictures) == 3
    assert {"outputs/copy.png", "saved.png"} < set(pictures)
    assert run.get_metrics(populate=True)["saved plot"].size > (100, 100)


def test_models(place: Place) -> None:
    assert place.run("models").splitlines() == ["ridge\t1\tridge:1", "no such path", "[('ridge', 1)]", "0.4 2 2"]
    found = Model(place.workspace, "ridge", version=1)
    (run,) = place.runs("models")
    assert (found.run_id, found.tags) == (run.id, {"area": "diabetes"})


def test_environments(place: Place) -> None:
    lines = place.run("environments").splitlines()
    assert lines[0] == "myenv 1 True"
    assert lines[-1] == "{'greeting': 'hello'} AzureML-Tutorial False"
    packages = Environment.get(place.workspace, "myenv").python.conda_dependencies
    assert packages is not None
    assert packages.conda_packages == ["scikit-learn"]


def test_dataset_csv(place: Place) -> None:
    lines = place.run("dataset_csv").splitlines()
    assert lines[0] == "workspaceblobstore workspaceblobstore"
    assert lines[-1] == "{'files': 1, 'mean': 2.0, 'rows': 3}"
    assert place.workspace.datasets["flowers"].version == 1


def test_pipeline(place: Place) -> None:
    lines = place.run("pipeline").splitlines()
    assert lines[-2:] == ["[('prepare', 'Completed'), ('train', 'Completed')] {'rows': 5}", "[True, True]"]
    assert [run.type for run in place.runs("two-steps")] == ["azureml.PipelineRun"] * 2


def test_offline_run(place: Place) -> None:
    assert place.run("offline_run").splitlines() == [
        "True True", "{'loss': [0.5, 0.25]} Running default True", "RunEnvironmentException",
    ]  # fmt: skip
    (run,) = place.runs("default")
    assert (run.get_status(), run.get_tags()) == ("Completed", {"kind": "offline"})
    assert run.get_metric_rows("loss").steps.tolist() == [3, 4]  # type: ignore[union-attr]
    assert [child.id for child in run.get_children()] == [f"{run.id}.fold"]


def test_submit_child(place: Place) -> None:
    lines = place.run("submit_child").splitlines()
    assert lines[-2:] == ["{'best': 20} [10, 20]", "[True]"]
    (run,) = place.runs("submit-child")
    assert set(run.get_tags()) == {"heard of"}
    assert {child.type for child in run.get_children()} == {"azureml.scriptrun"}


def test_estimator(place: Place) -> None:
    lines = place.run("estimator").splitlines()
    assert lines[-3:] == [
        "{'arguments': 5}", "NotSupportedError This version of Runwatch runs no HyperDrive sweeps.",
        "NotSupportedError This version of Runwatch runs no AutoML searches.",
    ]  # fmt: skip
    assert len(place.runs("estimators")) == 1

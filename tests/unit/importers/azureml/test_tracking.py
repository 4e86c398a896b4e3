"""Runs of a real tracking store come in through MLflow's client."""

from __future__ import annotations

import json
import math
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runwatch import Run, Workspace
from runwatch.importers.azureml.tracking import import_tracked
from runwatch.importers.outcome import Imported
from runwatch.schema.error import NotFoundError, NotSupportedError, ServiceException
from tests.unit.importers.azureml.conftest import states

RunOf = Callable[[str], Run]


def test_without_mlflow_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    monkeypatch.setitem(sys.modules, "mlflow.tracking", None)
    with pytest.raises(NotSupportedError) as caught:
        import_tracked(None, "http://127.0.0.1:1", dry_run=True)
    assert "runwatch[mlflow]" in str(caught.value.hint)


@pytest.fixture
def uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    return f"sqlite:///{tmp_path / 'tracking.db'}"


@pytest.fixture
def client(uri: str) -> Iterator[Any]:
    """A client of a new tracking store; what MLflow warns of is its own affair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mlflow.tracking import MlflowClient

        yield MlflowClient(tracking_uri=uri)


@pytest.fixture
def bring(client: Any, uri: str, workspace: Workspace) -> Callable[..., Imported]:
    return lambda **options: import_tracked(workspace.store, uri, **options)


@pytest.fixture
def top(client: Any, tmp_path: Path) -> str:
    """A run with all kinds of content, and a child, in an experiment whose name is none here."""
    experiment_id = client.create_experiment("My exp/1", artifact_location=str(tmp_path / "artifacts"))
    run_id: str = client.create_run(
        experiment_id, run_name="first", start_time=1_600_000_000_000, tags={"mlflow.note.content": "# about"}
    ).info.run_id
    client.log_param(run_id, "lr", "0.1")
    for step, value in enumerate([1.0, math.nan, math.inf, 0.25]):
        client.log_metric(run_id, "loss", value, timestamp=1_600_000_000_000 + step, step=step * 10)
    client.log_metric(run_id, "twice", 1.0, timestamp=1_600_000_000_000)
    client.log_metric(run_id, "twice", 2.0, timestamp=1_600_000_000_001)
    client.log_text(run_id, "hello", "a/b/c.txt")
    client.set_terminated(run_id, end_time=1_600_000_060_000)
    child = client.create_run(experiment_id, tags={"mlflow.parentRunId": run_id}).info.run_id
    client.set_terminated(child, "KILLED")
    return run_id


def test_a_run_with_everything(top: str, bring: Callable[..., Imported], run_of: RunOf) -> None:
    done = bring()
    assert (done.runs[0].run_id, set(states(done).values())) == (top, {"imported"})
    run = run_of(top)
    assert (run.experiment.name, run.display_name, run.description) == ("My-exp-1", "first", "# about")
    assert run.properties == {"mlflow.experiment_name": "My exp/1"}
    assert (run.params, run.tags["mlflow.runName"]) == ({"lr": "0.1"}, "first")
    told = run.get_details()
    assert (told["startTimeUtc"], told["endTimeUtc"], told["status"]) == (
        "2020-09-13T12:26:40.000000Z", "2020-09-13T12:27:40.000000Z", "Completed",
    )  # fmt: skip
    rows = run.get_metric_rows("loss")
    assert rows.steps is not None
    assert rows.steps.tolist() == [0, 10, 20, 30]
    assert math.isnan(rows.columns["value"][1])
    assert rows.columns["value"][2] > 1e308
    assert rows.times[3] == pytest.approx(1_600_000_000.003)
    assert run.get_metric_rows("twice").steps is None
    assert run.get_file_names() == ["a/b/c.txt", "azureml-import/mlflow-run.json"]
    (child,) = run.get_children()
    assert child.get_status() == "Canceled"


def test_files_and_the_original(top: str, bring: Callable[..., Imported], run_of: RunOf, tmp_path: Path) -> None:
    bring()
    run_of(top).download_files(output_directory=str(tmp_path / "back"))
    assert (tmp_path / "back/a/b/c.txt").read_text() == "hello"
    told = json.loads((tmp_path / "back/azureml-import/mlflow-run.json").read_text())
    assert told["data"]["params"] == {"lr": "0.1"}


def test_again_and_dry(top: str, bring: Callable[..., Imported], workspace: Workspace) -> None:
    assert set(states(bring(dry_run=True)).values()) == {"new"}
    assert workspace.store.info().runs == 0
    bring()
    assert set(states(bring()).values()) == {"present"}


def test_one_experiment(top: str, client: Any, bring: Callable[..., Imported]) -> None:
    other = client.create_run("0").info.run_id
    assert list(states(bring(experiment="Default"))) == [other]
    with pytest.raises(NotFoundError):
        bring(experiment="absent")


def test_more_runs_than_a_page(client: Any, bring: Callable[..., Imported], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runwatch.importers.azureml.tracking._PAGE", 2)
    made = {client.create_run("0").info.run_id for _ in range(5)}
    assert set(states(bring())) == made


def test_a_file_that_cannot_be_fetched_fails_its_run_alone(
    top: str, client: Any, bring: Callable[..., Imported], tmp_path: Path, workspace: Workspace
) -> None:
    client.log_text(top, "first", "first.txt")
    place = tmp_path / "artifacts" / top / "artifacts" / "a" / "b" / "c.txt"
    done = bring(advance=lambda _: place.unlink(missing_ok=True))  # it is gone once the first file is there
    assert [each.state for each in done.runs] == ["failed", "imported"]
    half = Run.get(workspace, top)
    assert "runwatch.importing" in half.tags
    assert (half.get_status(), half.get_file_names()) == ("Preparing", ["first.txt"])
    client.log_text(top, "hello", "a/b/c.txt")
    assert [each.state for each in bring().runs] == ["completed", "present"]
    whole = Run.get(workspace, top)
    assert (whole.get_status(), "a/b/c.txt" in whole.get_file_names()) == ("Completed", True)
    assert len(whole.get_metric_rows("loss")) == 4


def test_a_server_that_is_not_there(client: Any) -> None:
    with pytest.raises(ServiceException, match="cannot be asked"):
        import_tracked(None, "http://127.0.0.1:1", dry_run=True)

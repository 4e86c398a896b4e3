"""Experiments: made once, listed, tagged, archived, deleted; and the runs they start."""

from __future__ import annotations

from pathlib import Path

import pytest

from runwatch.schema.error import (
    ConflictError,
    ExperimentExecutionException,
    InvalidValueError,
    NotFoundError,
    UserErrorException,
)
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.run import Run
from runwatch.sdk.workspace import Workspace


def test_the_same_name_is_the_same_experiment(workspace: Workspace) -> None:
    assert Experiment(workspace, "a").id == Experiment(workspace, "a").id
    assert Experiment(workspace, "a").id != Experiment(workspace, "b").id


@pytest.mark.parametrize("name", ["", "a b", "-a", "a" * 256, "ä"])
def test_names_that_no_experiment_has(workspace: Workspace, name: str) -> None:
    with pytest.raises(InvalidValueError):
        Experiment(workspace, name)


def test_start_logging(experiment: Experiment) -> None:
    run = experiment.start_logging(
        name="n", run_id="my-run", display_name="shown", description="d", tags={"t": "1"}, properties={"p": "2"}
    )
    assert (run.id, run.name, run.display_name, run.description, run.status) == (
        "my-run",
        "n",
        "shown",
        "d",
        "Running",
    )
    assert run.tags == {"t": "1"}
    assert run.properties["p"] == "2"
    assert run.number == 1
    assert run.get_details()["target"] == "sdk"
    assert Path("outputs").is_dir()
    assert experiment.start_logging(outputs=None).number == 2
    with pytest.raises(ConflictError):
        experiment.start_logging(run_id="my-run", outputs=None)
    run.log("x", 1)
    assert run.get_metrics() == {"x": 1}  # the second attempt has not touched its journal


def test_outputs_may_be_elsewhere_or_nowhere(experiment: Experiment) -> None:
    experiment.start_logging(outputs="results")
    experiment.start_logging(outputs=False)
    assert Path("results").is_dir()
    assert not Path("outputs").exists()


def test_a_snapshot_at_the_start(experiment: Experiment, capsys: pytest.CaptureFixture[str]) -> None:
    Path("train.py").write_text("code")
    run = experiment.start_logging(outputs=None, snapshot_directory=".")
    assert run.get_snapshot_id()
    assert run.get_file_names() == ["snapshot.json", "snapshot/train.py"]
    assert capsys.readouterr().err == ""


def test_a_snapshot_that_fails_is_one_line(experiment: Experiment, capsys: pytest.CaptureFixture[str]) -> None:
    run = experiment.start_logging(outputs=None, snapshot_directory="nowhere")
    assert run.get_snapshot_id() is None
    (line,) = capsys.readouterr().err.splitlines()
    assert "no snapshot" in line
    assert "nowhere" in line
    experiment.start_logging(outputs=None, snapshot_directory=None)
    assert capsys.readouterr().err == ""


def test_runs_are_listed_newest_first_and_lazily(experiment: Experiment) -> None:
    made = [experiment.start_logging(outputs=None) for _ in range(3)]
    made[0].child_run()
    listed = experiment.get_runs()
    assert iter(listed) is iter(listed)
    assert list(listed) == made[::-1]
    assert len(list(experiment.get_runs(include_children=True))) == 4


def test_runs_are_chosen_by_tags_properties_and_status(experiment: Experiment) -> None:
    plain, tagged = experiment.start_logging(outputs=None), experiment.start_logging(outputs=None)
    tagged.tag("quality", "good")
    tagged.tag("best")
    tagged.add_properties({"author": "me"})
    plain.complete()
    assert list(experiment.get_runs(tags="best")) == [tagged]
    assert list(experiment.get_runs(tags={"quality": "good"})) == [tagged]
    assert list(experiment.get_runs(tags=["best", "quality"])) == [tagged]
    assert list(experiment.get_runs(tags={"quality": "bad"})) == []
    assert list(experiment.get_runs(properties={"author": "me"}, tags="best")) == [tagged]
    assert list(Run.list(experiment, status="Completed")) == [plain]
    assert list(experiment.get_runs(type="azureml.scriptrun")) == []
    with pytest.raises(InvalidValueError, match="Done"):
        list(Run.list(experiment, status="Done"))


def test_many_runs_come_page_by_page(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    from runwatch.sdk import listing

    monkeypatch.setattr(listing, "PAGE_RUNS", 2)
    made = [experiment.start_logging(outputs=None) for _ in range(5)]
    assert list(experiment.get_runs()) == made[::-1]


def test_archive_and_reactivate(workspace: Workspace) -> None:
    old = Experiment(workspace, "e")
    old.archive()
    assert str(old.archived_time).endswith("Z")
    assert Experiment.list(workspace) == []
    assert [each.id for each in Experiment.list(workspace, view_type="ArchivedOnly")] == [old.id]
    old.reactivate()
    assert Experiment.list(workspace)[0].archived_time is None
    old.archive()
    assert Experiment(workspace, "e").id != old.id
    assert len(Experiment.list(workspace, "e", view_type="All")) == 2
    with pytest.raises(ConflictError):
        old.reactivate()
    with pytest.raises(UserErrorException, match="renamed"):
        old.reactivate("f")
    with pytest.raises(InvalidValueError, match="ActiveOnly"):
        Experiment.list(workspace, view_type="Some")


def test_tags(workspace: Workspace) -> None:
    experiment = Experiment(workspace, "e")
    experiment.tag("a", 1)
    experiment.set_tags({"b": None, "c": "x"})
    experiment.remove_tags(["c"])
    other = Experiment(workspace, "e")
    assert other.tags == experiment.tags == {"a": "1", "b": None}
    experiment.remove_tags(["a"])
    other.refresh()
    assert other.tags == {"b": None}
    assert [each.name for each in Experiment.list(workspace, tags="b")] == ["e"]


def test_only_empty_experiments_are_deleted(experiment: Experiment, workspace: Workspace) -> None:
    empty = Experiment(workspace, "empty")
    Experiment.delete(workspace, empty.id)
    assert list(workspace.experiments) == ["tests"]
    with pytest.raises(NotFoundError):
        empty.refresh()
    experiment.start_logging(outputs=None)
    with pytest.raises(ConflictError, match="contains runs"):
        Experiment.delete(workspace, experiment.id)


def test_it_describes_itself(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNWATCH_PORTAL_URL", 'http://x/"><script>')
    assert repr(experiment) == "Experiment(Name: tests,\nWorkspace: workspace)"
    html = experiment._repr_html_()
    assert "<th>Report Page</th>" in html
    assert "<script>" not in html
    assert experiment.portal_url.endswith("/experiments/tests")
    assert Path(experiment.get_docs_url().removeprefix("file://")).is_file()
    assert experiment.identity == "workspace.tests"


def test_only_a_configuration_can_be_submitted(experiment: Experiment) -> None:
    with pytest.raises(ExperimentExecutionException, match="type object cannot be submitted"):
        experiment.submit(object())
    assert list(experiment.get_runs()) == []

"""Folders of old runs: what they hold comes in, once, whatever lies beside it."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runwatch import Run, Workspace
from runwatch.importers.azureml.history import import_folders
from runwatch.importers.azureml.tree import Listing, Tree
from runwatch.schema import limit
from runwatch.schema.change import ListChanges
from runwatch.schema.error import InvalidValueError, UserErrorException
from runwatch.schema.metric import MetricKind
from runwatch.schema.run import Delete, GetRun, RunStatus
from runwatch.store.zip.page import list_metrics
from tests.unit.importers.azureml.conftest import Bring, states, whys
from tests.unit.importers.azureml.scene import MATRIX, PICTURE, RUN_ID, details, metrics, put, run_folder

RunOf = Callable[[str], Run]
PARENT = "HD_11111111-2222-4333-8444-555555555555"


def test_a_folder_with_everything(tmp_path: Path, bring: Bring, run_of: RunOf) -> None:
    done = bring(run_folder(tmp_path / "kept", tags={"team": "vision", "flag": None}))
    assert states(done) == {RUN_ID: "imported"}
    assert (done.unread, done.is_whole) == ((), True)
    run = run_of(RUN_ID)
    assert run.experiment.name == "digits"
    found, told = run.get_details(), details()
    for key in ("runId", "target", "status", "properties", "inputDatasets", "submittedBy"):
        assert found[key] == told[key]
    assert found["startTimeUtc"] == "2021-02-03T09:47:58.123456Z"
    assert found["endTimeUtc"] == "2021-02-03T10:00:00.000000Z"
    assert found["runDefinition"]["arguments"] == ["--lr", "0.1"]
    assert run.get_snapshot_id() == "5d3c9a1e"
    assert run.get_tags() == {"team": "vision", "flag": None}
    assert sorted(run.get_file_names()) == [
        "azureml-import/details.json", "azureml-import/metrics.json", "azureml-logs/70_driver_log.txt", "matrix",
        "outputs/model.pkl", "plot.png",
    ]  # fmt: skip
    assert run.get_details_with_logs()["logFiles"] == {"azureml-logs/70_driver_log.txt": "hello\n"}


def test_metrics_keep_shapes_kinds_and_values(
    tmp_path: Path, bring: Bring, run_of: RunOf, workspace: Workspace
) -> None:
    bring(run_folder(tmp_path / "kept"))
    found = run_of(RUN_ID).get_metrics()
    assert math.isnan(found["loss"].pop(1))
    assert found == metrics() | {"loss": [1.0, 0.25]}
    assert {each.name: each.kind for each in list_metrics(workspace.store, RUN_ID)} == {
        "accuracy": MetricKind.SCALAR, "loss": MetricKind.SCALAR, "Sine Wave": MetricKind.TABLE,
        "row": MetricKind.TABLE, "plot": MetricKind.IMAGE, "matrix": MetricKind.CONFUSION_MATRIX,
    }  # fmt: skip
    whole = run_of(RUN_ID).get_metrics("matrix", populate=True)
    assert whole["matrix"] == MATRIX


@pytest.mark.parametrize(
    ("files", "run_id"),
    [
        ({"outputs/model.pkl": b"x"}, "alone"),
        ({"notes.txt": "x"}, "alone"),
        ({"anything.json": details("from-details")}, "from-details"),
        ({"my_metrics.json": {"loss": 1}}, "alone"),
        ({"kept.json": [{"name": "loss", "value": [{"data": {"loss": 1}}]}]}, "alone"),
    ],
)
def test_any_one_of_the_three_is_enough(
    tmp_path: Path, bring: Bring, files: dict[str, Any], run_id: str
) -> None:  # fmt: skip
    assert states(bring(put(tmp_path / "alone", files))) == {run_id: "imported"}


def test_again_nothing_happens(tmp_path: Path, bring: Bring, workspace: Workspace) -> None:
    folder = run_folder(tmp_path / "kept")
    bring(folder)
    before = workspace.store.changes.list(ListChanges(after=0))
    assert states(bring(folder)) == {RUN_ID: "present"}
    assert workspace.store.changes.list(ListChanges(after=0)) == before
    assert [each.rows for each in list_metrics(workspace.store, RUN_ID)] == [3, 1, 3, 1, 1, 1]


def test_another_content_under_the_same_id_is_refused(tmp_path: Path, bring: Bring, run_of: RunOf) -> None:
    folder = run_folder(tmp_path / "kept")
    bring(folder)
    put(folder, {"outputs/model.pkl": b"another"})
    done = bring(folder, put(tmp_path / "other", {"outputs/x": b"x"}))
    assert states(done) == {RUN_ID: "failed", "other": "imported"}
    assert "holds something else" in done.runs[0].why
    assert not done.is_whole
    assert "outputs/model.pkl" in run_of(RUN_ID).get_file_names()


def test_a_deleted_run_does_not_come_back(tmp_path: Path, bring: Bring, workspace: Workspace) -> None:
    folder = run_folder(tmp_path / "kept")
    bring(folder)
    workspace.store.runs.delete(Delete(run_ids=(RUN_ID,)))
    assert "deleted here" in bring(folder).runs[0].why


def test_a_dry_run_changes_nothing(tmp_path: Path, bring: Bring, workspace: Workspace) -> None:
    folder = run_folder(tmp_path / "kept")
    done = bring(folder, dry_run=True)
    assert states(done) == {RUN_ID: "new"}
    assert (done.runs[0].metrics, done.runs[0].files, done.runs[0].status) == (6, 6, "Completed")
    assert workspace.store.info().runs == 0
    assert states(import_folders(None, [folder], dry_run=True)) == {RUN_ID: "new"}
    bring(folder)
    assert states(bring(folder, dry_run=True)) == {RUN_ID: "present"}


def test_a_tree_of_runs(tmp_path: Path, bring: Bring, run_of: RunOf) -> None:
    tree = tmp_path / "tree"
    run_folder(tree / "a")
    put(tree, {"b/outputs/x": "x", "b.json": details("b-id"), "year/c/logs/l.txt": "l", "readme.md": "about"})
    done = bring(tree)
    assert states(done) == {RUN_ID: "imported", "b-id": "imported", "c": "imported"}
    assert [(each.place, each.why) for each in done.unread] == [
        (str(tree), "The file 'readme.md' lies beside folders of runs and in none of them.")
    ]
    assert sorted(run_of("b-id").get_file_names()) == ["azureml-import/b.json", "outputs/x"]


def test_what_the_command_line_downloads(tmp_path: Path, bring: Bring, run_of: RunOf) -> None:
    """``az ml job download`` puts files into ``artifacts``; ``az ml job show`` says what the job was."""
    shown = {
        "name": "brave_sun_1", "experiment_name": "My Exp", "display_name": "brave", "status": "Failed",
        "creation_context": {"created_at": "2023-01-02T03:04:05.000000+00:00", "created_by": "Ada"},
        "command": "python x", "tags": {"a": "b"}, "type": "command",
    }  # fmt: skip
    folder = put(
        tmp_path / "download",
        {"artifacts/user_logs/std_log.txt": "hi", "named-outputs/model/m.bin": b"m", "job.json": shown},
    )
    assert states(bring(folder)) == {"brave_sun_1": "imported"}
    run = run_of("brave_sun_1")
    assert sorted(run.get_file_names()) == [
        "azureml-import/job.json", "named-outputs/model/m.bin", "user_logs/std_log.txt",
    ]  # fmt: skip
    assert (run.experiment.name, run.display_name, run.get_status()) == ("My-Exp", "brave", "Failed")


def test_children(tmp_path: Path, bring: Bring, run_of: RunOf) -> None:
    first, second = f"{PARENT}_0", f"{PARENT}_1"
    folder = put(
        tmp_path / "sweep",
        {
            "child/details.json": details(first, parentRunId=PARENT),
            "child/outputs/m": "m",
            "details.json": details(PARENT, experimentName="sweeps"),
            "outputs/best": "b",
            "metrics.json": {PARENT: {"best": 0.9}, first: {"loss": [1, 2]}, second: {"loss": {"a": 1}}},
        },
    )
    assert states(bring(folder)) == {PARENT: "imported", first: "imported", second: "imported"}
    top = run_of(PARENT)
    assert sorted(each.id for each in top.get_children()) == [first, second]
    assert top.get_metrics(recursive=True) == {
        PARENT: {"best": 0.9}, first: {"loss": [1, 2]}, second: {"loss": {"a": 1}},
    }  # fmt: skip
    assert "outputs/m" not in top.get_file_names()
    assert {run_of(each).experiment.name for each in (PARENT, first, second)} == {"sweeps"}


def test_children_without_ids_of_the_original(tmp_path: Path, bring: Bring, run_of: RunOf) -> None:
    folder = put(tmp_path / "x", {"d.json": details("top"), "metrics.json": {"top": {"a": 1}, "low": {"a": 2}}})
    assert states(bring(folder)) == {"top": "imported", "low": "imported"}
    assert [each.id for each in run_of("top").get_children()] == ["low"]


def test_runs_that_are_each_others_parents(tmp_path: Path, bring: Bring, run_of: RunOf) -> None:
    put(tmp_path / "tree", {"a/d.json": details("a", parentRunId="b"), "b/d.json": details("b", parentRunId="a")})
    assert set(states(bring(tmp_path / "tree")).values()) == {"imported"}
    assert sum(run_of(each).parent is not None for each in "ab") == 1


def test_json_given_by_name(tmp_path: Path, bring: Bring, run_of: RunOf) -> None:
    put(tmp_path, {"one.txt": details("one"), "numbers.json": {"any": {"thing": 1}, "loss": 2}})
    assert states(bring(tmp_path / "one.txt", tmp_path / "numbers.json")) == {"one": "imported"}
    assert run_of("one").get_metrics() == {"any": {"thing": 1}, "loss": 2}


def test_a_list_of_runs(tmp_path: Path, bring: Bring) -> None:
    put(tmp_path, {"runs.json": {"value": [details("one"), details("two", status="Failed")]}})
    assert {each.run_id: each.status for each in bring(tmp_path / "runs.json").runs} == {
        "one": "Completed", "two": "Failed",
    }  # fmt: skip


def test_records_of_the_service(tmp_path: Path, bring: Bring, run_of: RunOf) -> None:
    rows = [
        {"metricId": str(step), "createdUtc": f"2021-01-01T00:00:0{step}Z", "step": step, "data": {"loss": value}}
        for step, value in ((3, 1), (1, 0.5))
    ]
    record = {"name": "loss", "columns": {"loss": "Double"}, "value": rows}
    bring(put(tmp_path / "x", {"details.json": details("x"), "kept.json": {"value": [record]}}))
    found = run_of("x").get_metric_rows("loss")
    assert found.steps is not None
    assert (found.steps.tolist(), found.columns["value"].tolist()) == ([3, 1], [1.0, 0.5])
    assert found.times.tolist() == [1609459203.0, 1609459201.0]


def test_odd_values(tmp_path: Path, bring: Bring, run_of: RunOf) -> None:
    odd = [float("inf"), float("-inf"), "NaN", None, True, 2**62, "text", -0.0]
    given = {
        "odd": odd,
        "none": None,
        "true": True,
        "text": "x",
        "empty": [],
        " space ": 1,
        "ragged": {"a": [1, 2], "b": [3]},
    }
    text = json.dumps(given | {"huge": 10**40, "deep": {"a": {"b": [1]}}, "lists": [[1, 2], 3], "": 5, "object": {}})
    done = bring(put(tmp_path / "x", {"metrics.json": text, "outputs/a": "a"}))
    found = run_of("x").get_metrics()
    assert found == given | {
        "huge": str(10**40), "deep": {"a": '{"b":[1]}'}, "lists": ["[1,2]", 3], "object": "{}",
        "ragged": {"a": [1, 2], "b": [3, None]},
    }  # fmt: skip
    assert [type(each) for each in found["odd"]] == [type(each) for each in odd]
    assert len(done.runs[0].notes) == 1
    assert "azureml-import alone" in done.runs[0].notes[0]
    assert done.runs[0].notes[0] in str(run_of("x").get_details()["warnings"])


def test_an_error(tmp_path: Path, bring: Bring, run_of: RunOf) -> None:
    inner = {"code": "UserError", "message": "User program failed", "debugInfo": {"stackTrace": "File x"}, "more": [1]}
    bring(put(tmp_path / "x", {"d.json": details("x", status="Failed", error={"error": inner})}))
    found = run_of("x").get_details()["error"]["error"]
    assert (found["code"], found["message"]) == ("UserError", "User program failed")
    assert found["debugInfo"] == {"stackTrace": "File x"}


def test_no_link_is_followed(tmp_path: Path, bring: Bring, run_of: RunOf) -> None:
    secret = put(tmp_path / "secret", {"outputs/key": "key", "details.json": details("stolen")})
    folder = put(tmp_path / "x", {"outputs/a": "a"})
    (folder / "outputs" / "key").symlink_to(secret / "outputs" / "key")
    (folder / "logs").symlink_to(secret / "outputs")
    (folder / "details.json").symlink_to(secret / "details.json")
    os.mkfifo(folder / "outputs" / "pipe")
    done = bring(folder)
    assert states(done) == {"x": "imported"}
    assert run_of("x").get_file_names() == ["outputs/a"]
    assert len(done.runs[0].notes) == 4
    assert all("was left out" in note for note in done.runs[0].notes)


def test_hostile_names(tmp_path: Path, bring: Bring, workspace: Workspace) -> None:
    outside = "aml://artifactId/ExperimentRun/dcid.x/../../../../etc/passwd"
    put(tmp_path / "x", {"d.json": details("x"), "metrics.json": {"p": outside}, "outputs/a\\..\\b": "b"})
    put(tmp_path / "y", {"d.json": details("../../y")})
    done = bring(tmp_path / "x", tmp_path / "y")
    assert states(done) == {"x": "imported", "../../y": "failed"}
    assert "cannot be a run id" in done.runs[1].why
    assert "cannot be the path of an artifact" in done.runs[0].notes[0]
    assert Run.get(workspace, "x").get_metrics() == {"p": outside}


def test_broken_deep_and_large_documents(tmp_path: Path, bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = put(tmp_path / "x", {
        "outputs/a": "a", "cut.json": '{"runId": ', "deep.json": "[" * 100_000 + "]" * 100_000,
        "deeper.json": "[" * 500 + "]" * 500, "binary.json": b"{\xff\xfe",
    })  # fmt: skip
    with (folder / "large.json").open("wb") as file:
        file.write(b"{")
        file.truncate(limit.IMPORT_DOCUMENT_BYTES + 1)
    done = bring(folder, dry_run=True)
    assert sorted(each.place.rpartition("/")[2] for each in done.unread) == [
        "binary.json", "cut.json", "deep.json", "deeper.json", "large.json",
    ]  # fmt: skip
    assert all("It is kept as a file." in why for why in whys(done))
    assert done.runs[0].files == 6
    monkeypatch.setattr(limit, "IMPORT_FILES", 3)
    assert "more than 3 files" in bring(folder, dry_run=True).runs[0].why


def test_sources_that_are_nothing(tmp_path: Path, bring: Bring) -> None:
    put(tmp_path, {"list.json": "[1, 2]", "good/outputs/a": "a"})
    (tmp_path / "empty").mkdir()
    done = bring(tmp_path / "absent", tmp_path / "list.json", tmp_path / "empty", tmp_path / "good")
    assert states(done) == {"good": "imported"}
    assert len(done.unread) == 3


def test_folders_of_the_same_name_are_not_mixed(tmp_path: Path, bring: Bring, run_of: RunOf) -> None:
    put(tmp_path / "tree", {"a/outputs/one": "1", "year/a/outputs/two": "2"})
    done = bring(tmp_path / "tree", tmp_path / "tree" / "a")
    assert states(done) == {"a": "imported"}
    assert run_of("a").get_file_names() == ["outputs/one"]
    assert [each.place for each in done.unread] == [str(tmp_path / "tree" / "year" / "a")]


def test_a_folder_that_cannot_be_read_keeps_no_other_away(
    tmp_path: Path, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "tree", {"a/outputs/one": "1", "b/outputs/two": "2", "c/logs/three": "3"})
    real = Tree.list

    def refuse(tree: Tree, folder: str) -> Listing:
        if folder == "b":  # rights do not keep the owner of a machine out
            raise UserErrorException("'b' cannot be read: Permission denied.")
        return real(tree, folder)

    monkeypatch.setattr(Tree, "list", refuse)
    done = bring(tmp_path / "tree")
    assert states(done) == {"a": "imported", "c": "imported"}
    assert whys(done) == ["'b' cannot be read: Permission denied."]


def test_an_experiment_of_ones_choice(tmp_path: Path, bring: Bring, run_of: RunOf) -> None:
    bring(run_folder(tmp_path / "kept"), experiment="old")
    assert run_of(RUN_ID).experiment.name == "old"
    with pytest.raises(InvalidValueError):
        bring(tmp_path / "kept", experiment="no name")


def test_a_run_that_had_not_ended(tmp_path: Path, bring: Bring, workspace: Workspace) -> None:
    told = details("x", status="Running")
    del told["endTimeUtc"]
    bring(put(tmp_path / "x", {"d.json": told}))
    found = workspace.store.runs.get(GetRun(run_id="x"))
    assert (found.status, found.ended_at, len(found.history)) == (RunStatus.RUNNING, None, 1)


def test_the_picture_is_one(tmp_path: Path, bring: Bring, run_of: RunOf) -> None:
    bring(run_folder(tmp_path / "kept"))
    run_of(RUN_ID).download_file("plot.png", str(tmp_path / "back.png"))
    assert (tmp_path / "back.png").read_bytes() == PICTURE

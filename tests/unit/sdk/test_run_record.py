"""What is known of a run: status, names, tags, properties, details, addresses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runwatch.schema.error import ConflictError, InvalidValueError, NotFoundError, UserErrorException
from runwatch.schema.run import RunWarning, UpdateRun
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.run import Run, get_run
from runwatch.sdk.workspace import Workspace


def test_an_unknown_run_is_an_error(experiment: Experiment, workspace: Workspace, run: Run) -> None:
    attempts: tuple[Callable[[], Run], ...] = (
        lambda: Run(experiment, "none"),
        lambda: Run.get(workspace, "none"),
        lambda: get_run(experiment, "none"),
        lambda: Run(Experiment(workspace, "other"), run.id),
    )
    for attempt in attempts:
        with pytest.raises(NotFoundError) as caught:
            attempt()
        assert caught.value.status == 404


def test_the_same_run_by_every_way(experiment: Experiment, workspace: Workspace, run: Run) -> None:
    found = [Run(experiment, run.id), Run.get(workspace, run.id), get_run(experiment, run.id), *experiment.get_runs()]
    assert all(each == run and hash(each) == hash(run) for each in found)


def test_tags_are_there_at_once_and_for_everybody(run: Run, workspace: Workspace) -> None:
    run.tag("a", "1")
    run.set_tags({"b": None})
    assert run.tags == {"a": "1", "b": None}
    assert Run.get(workspace, run.id).get_tags() == {"a": "1", "b": None}
    assert run.remove_tags(["a", "absent"]) == {"b": None}
    assert run.get_tags() == {"b": None}


def test_tags_of_a_run_of_another_process(run: Run, experiment: Experiment) -> None:
    run.complete()
    other = Run(experiment, run.id)
    other.tag("a", "1")
    assert other._recording is None  # no watcher is started for a tag
    assert run.get_tags() == {"a": "1"}


def test_other_values_become_texts_with_a_warning(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run.tag("epochs", 3)
    assert run.get_tags() == {"epochs": "3"}
    assert "'epochs'" in capsys.readouterr().err


@pytest.mark.parametrize("key", ["", None, 3])
def test_what_is_no_name_of_a_tag(run: Run, key: object) -> None:
    with pytest.raises(InvalidValueError):
        run.tag(key, "x")  # type: ignore[arg-type]


def test_properties_are_written_once(run: Run) -> None:
    run.add_properties({"a": "1"})
    run.add_properties({"a": "1", "b": "2"})
    with pytest.raises(ConflictError):
        run.add_properties({"a": "other", "c": "3"})
    found = run.get_properties()
    assert (found["a"], found["b"], "c" in found) == ("1", "2", False)
    assert run.properties == found


def test_names_can_change(run: Run, workspace: Workspace) -> None:
    assert run.display_name == run.id
    run.display_name = "shown"
    run.description = "# About"
    other = Run.get(workspace, run.id)
    assert (other.display_name, other.description) == ("shown", "# About")


def test_details(run: Run) -> None:
    details = run.get_details()
    assert set(details) == {
        "runId", "target", "status", "startTimeUtc", "services", "warnings", "properties", "inputDatasets",
        "outputDatasets", "runDefinition", "logFiles", "submittedBy",
    }  # fmt: skip
    assert details["startTimeUtc"][10] == "T"
    assert details["startTimeUtc"].endswith("Z")
    run._store.runs.update(
        UpdateRun(run_id=run.id, add_warnings=(RunWarning(source="journal", message="Lost", count=3),))
    )
    run.fail("out of luck", "Luck")
    details = run.get_details()
    assert "endTimeUtc" in details
    assert details["status"] == "Failed"
    assert details["warnings"] == [{"source": "journal", "message": "Lost (3 times)"}]
    assert details["error"]["error"]["code"] == "Luck"
    assert details["error"]["error"]["message"] == "out of luck"


def test_status(run: Run) -> None:
    assert run.get_status() == run.status == "Running"
    assert run.get_detailed_status() == {"status": "Running", "details": None}
    run.complete()
    assert run.get_status() == run.status == "Completed"


def test_addresses(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run.get_portal_url() == run.portal_url
    assert run.portal_url.startswith("file:///")
    assert run.portal_url.endswith(f"workspace#/experiments/tests/runs/{run.id}")
    monkeypatch.setenv("RUNWATCH_PORTAL_URL", "http://localhost:8765/")
    assert run.portal_url == f"http://localhost:8765/experiments/tests/runs/{run.id}"


def test_it_describes_itself(run: Run) -> None:
    assert repr(run) == f"Run(Experiment: tests,\nId: {run.id},\nType: None,\nStatus: Running)"
    assert "<th>Details Page</th>" in run._repr_html_()
    assert run.identity == f"workspace.tests.{run.id}"


def test_only_a_submitted_run_has_an_environment(run: Run) -> None:
    with pytest.raises(UserErrorException, match="was not submitted"):
        run.get_environment()


def test_a_class_of_ones_own_for_a_type(experiment: Experiment, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from runwatch.sdk import run as module

    class Mine(Run):
        pass

    monkeypatch.setattr(module, "_factories", {})
    Run.add_type_provider("mine", lambda experiment, record: Mine(experiment, record.run_id, _record=record))
    from runwatch.sdk import starting

    record, _ = starting.start(run._location, starting.create_request("tests", "typed", type="mine"), main=False)
    assert type(get_run(experiment, "typed")) is Mine
    assert type(get_run(experiment, "typed", rehydrate=False)) is Run
    assert [type(each) for each in Run.list(experiment, type="mine")] == [Mine]
    assert record.type == "mine"


def test_a_run_that_was_not_submitted_has_no_inputs(run: Run) -> None:
    assert run.input_datasets == run.output_datasets == {}

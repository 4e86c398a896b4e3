"""Data among the arguments of a script: what is shown, what the job is given, what its definition says."""

from __future__ import annotations

from pathlib import Path

import pytest

from runwatch import Dataset, Experiment, OutputFileDatasetConfig, RunConfiguration, ScriptRunConfig, Workspace
from runwatch.exceptions import ExperimentExecutionException, InvalidValueError, NotSupportedError
from runwatch.sdk import agent
from runwatch.sdk.config.data import check_reach
from runwatch.sdk.dataset.consumption import found_inputs


@pytest.fixture
def data(clean_place: Path) -> Path:
    made = clean_place / "data"
    made.mkdir()
    (made / "a.csv").write_text("x\n1\n")
    Path("train.py").write_text("pass")
    return made


def test_a_mounted_input_becomes_a_path_when_it_is_submitted(
    experiment: Experiment, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "wake", lambda location: None)
    files = Dataset.File.from_files(data).register(experiment.workspace, "files")
    output = OutputFileDatasetConfig("made")
    config = ScriptRunConfig(".", "train.py", ["--in", files.as_named_input("x").as_mount(), "--out", output])
    assert config.arguments == ["--in", "DatasetConsumptionConfig:x", "--out", "OutputFileDatasetConfig:made"]
    launch = config.to_launch()
    assert launch.arguments == ("--in", str(data), "--out", "outputs/made")
    assert launch.folders == ("outputs/made",)
    assert launch.variables == {"x": str(data), "AZUREML_DATAREFERENCE_x": str(data)}
    run = experiment.submit(config)
    details = run.get_details()
    assert details["runDefinition"]["arguments"] == ["--in", str(data), "--out", "outputs/made"]
    assert [each["dataset"]["id"] for each in details["inputDatasets"]] == ["files:1"]
    assert found_inputs(experiment.workspace, details["runDefinition"]["data"]) == {"x": str(data)}


def test_a_direct_input_is_a_dataset_for_the_script(workspace: Workspace, data: Path) -> None:
    table = Dataset.Tabular.from_delimited_files(data / "*.csv")
    config = ScriptRunConfig(".", "train.py", [table.as_named_input("x")])
    definition = config.to_definition()
    assert definition["arguments"] == ["x"]
    found = found_inputs(workspace, definition["data"])["x"]
    assert found.to_pandas_dataframe()["x"].tolist() == [1]


def test_inputs_may_stand_in_a_run_configuration_or_a_command(data: Path) -> None:
    files = Dataset.File.from_files(data)
    configuration = RunConfiguration()
    configuration.data = {"y": files.as_named_input("y").as_download()}
    configuration.arguments = [files.as_named_input("x").as_mount()]
    launch = ScriptRunConfig(".", "train.py", run_config=configuration).to_launch()
    assert launch.arguments == (str(data),)
    assert launch.variables["y"] == str(data)
    command = ["cat", files.as_named_input("x").as_mount()]
    assert ScriptRunConfig(".", command=command).to_launch().command == ("cat", str(data))


def test_a_folder_that_is_to_be_registered_stands_in_the_definition(data: Path) -> None:
    out = OutputFileDatasetConfig("made").as_upload().register_on_complete("rows", tags={"a": 1})
    assert ScriptRunConfig(".", "train.py", [out]).to_definition()["outputData"] == {
        "made": {
            "path": "outputs/made",
            "additionalOptions": {"registrationOptions": {"name": "rows", "description": "", "tags": {"a": "1"}}},
        }
    }
    assert ScriptRunConfig(".", "train.py", [OutputFileDatasetConfig("made")]).to_definition()["outputData"] == {}


def test_an_input_without_a_name_gets_one(data: Path) -> None:
    files = Dataset.File.from_files(data)
    config = ScriptRunConfig(".", "train.py", [files.as_mount(), files.as_download()])
    assert config.to_launch().arguments == (str(data), str(data))
    assert len(config.to_definition()["data"]) == 2
    for wrong in ("", "a b", "1x", "../x"):
        with pytest.raises(InvalidValueError):
            files.as_named_input(wrong)
    with pytest.raises(InvalidValueError):
        OutputFileDatasetConfig("../up")
    with pytest.raises(InvalidValueError):
        OutputFileDatasetConfig().register_on_complete("../name")
    with pytest.raises(NotSupportedError):
        files.as_named_input("x").as_hdfs()


def test_files_of_this_machine_do_not_reach_a_server_elsewhere(data: Path) -> None:
    named = Dataset.File.from_files(data).as_named_input("x")
    mounted = ScriptRunConfig(".", "train.py", [named.as_mount()]).data()
    with pytest.raises(ExperimentExecutionException, match="this machine"):
        check_reach("https://runs.example.org", mounted)
    check_reach("http://127.0.0.1:8000", mounted)
    check_reach("/a/folder", mounted)
    check_reach("https://runs.example.org", ScriptRunConfig(".", "train.py", [named.as_direct()]).data())


def test_tables_between_steps_are_refused_with_what_works() -> None:
    folder = OutputFileDatasetConfig("rows")
    for read in (folder.read_delimited_files, folder.read_parquet_files):
        with pytest.raises(NotSupportedError) as caught:
            read()
        assert "as_input()" in str(caught.value.hint)

"""What is registered, over a real server and in submitted scripts: scripts written for the original run unchanged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runwatch import Dataset, Environment, Experiment, Model, OutputFileDatasetConfig, Run, ScriptRunConfig, Workspace
from runwatch.exceptions import ModelNotFoundException
from runwatch.schema.run import Delete
from runwatch.sdk import home
from tests.e2e.site import console, ended
from tests.e2e.studio.server import served
from tests.e2e.surroundings import alone

pytestmark = pytest.mark.timeout(300)

TRAIN = """
import argparse, json, os
from runwatch import Dataset, Model, Run, Workspace

parser = argparse.ArgumentParser()
parser.add_argument("--data")
parser.add_argument("--out")
given = parser.parse_args()
run = Run.get_context()
told = {"files": sorted(name for name in os.listdir(given.data) if name[0] != ".")}
told["variable"] = os.environ["train"] == given.data
told["same"] = run.input_datasets["train"] == given.data
told["rows"] = run.input_datasets["table"].to_pandas_dataframe()["x"].tolist()
told["secret"] = run.get_secret("db")
with open(os.path.join(given.out, "made.txt"), "w") as file:
    file.write("made")
with open("outputs/model.pkl", "w") as file:
    file.write("weights")
run.upload_file("outputs/model.pkl", "outputs/model.pkl")
model = run.register_model("net", "outputs/model.pkl", tags={"stage": "test"})
told["model"] = [model.id, open(Model.get_model_path("net")).read()]
told["environment"] = run.get_environment().name
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A user of their own."""
    folder = tmp_path_factory.mktemp("registry")
    with alone(folder), pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUNWATCH_SYSTEM_INTERVAL_S", "0")
        patch.setenv("AZUREML_RUN_POLLING_INTERVAL_MIN", "0.05")
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        patch.setenv("XDG_CONFIG_HOME", str(folder / "xdg_config_home"))
        yield folder


@pytest.fixture(scope="module")
def far(surroundings: Path) -> Iterator[Workspace]:
    """A workspace behind a server, whose jobs run on its machine."""
    with served(surroundings / "workspace") as server:
        yield Workspace.open(server.url)
        home.close(server.url)


def test_models_over_a_server(far: Workspace, tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "weights").write_bytes(b"w" * 3_000_000)
    first = Model.register(far, tmp_path / "saved", "far", tags={"a": "1"}, description="d")
    assert Model.register(far, tmp_path / "saved", "far").version == 2
    assert (first.id, first.tags, Model(far, "far").version) == ("far:1", {"a": "1"}, 2)
    path = Path(Model(far, id="far:1").download(tmp_path / "back"))
    assert (path / "weights").read_bytes() == b"w" * 3_000_000
    first.delete()
    with pytest.raises(ModelNotFoundException):
        Model(far, "far", version=1)
    assert Model.register(far, tmp_path / "saved", "far").version == 3
    assert "far" in far.models
    assert ".models" not in far.experiments


def test_a_run_registers_its_files_over_a_server(far: Workspace, tmp_path: Path) -> None:
    (tmp_path / "model.pkl").write_text("weights")
    with Experiment(far, "direct").start_logging(outputs=None) as run:
        run.upload_file("outputs/model.pkl", tmp_path / "model.pkl")
        model = run.register_model("direct", "outputs/model.pkl")
    assert (model.run_id, model.run) == (run.id, Run.get(far, run.id))
    assert Path(model.download(tmp_path / "back")).read_text() == "weights"


def test_a_folder_is_registered_when_its_run_has_completed(far: Workspace, tmp_path: Path) -> None:
    script = "import sys; open(sys.argv[1] + '/rows.csv', 'w').write('x\\n' + sys.argv[2]); sys.exit(int(sys.argv[3]))"
    (tmp_path / "write.py").write_text(script)
    out = OutputFileDatasetConfig("made").register_on_complete("rows", tags={"from": "a test"})
    runs = [
        ended(Experiment(far, "registering").submit(ScriptRunConfig(tmp_path, "write.py", [out, text, code])))
        for text, code in ((1, 0), (2, 1), (3, 0))
    ]
    assert [run.get_status() for run in runs] == ["Completed", "Failed", "Completed"]
    latest = Dataset.get_by_name(far, "rows")
    assert (latest.version, latest.tags) == (2, {"from": "a test"})
    assert Path(latest.download(tmp_path / "second")[0]).read_text() == "x\n3"
    runs[0].experiment.workspace.store.runs.delete(Delete(run_ids=(runs[0].id,)))
    first = Dataset.get_by_name(far, "rows", version=1)
    assert Path(first.download(tmp_path / "first")[0]).read_text() == "x\n1"


def test_a_submitted_script_is_given_data_and_registers_a_model(far: Workspace, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "part.csv").write_text("x\n1\n2\n")
    store = far.get_default_datastore()
    store.upload(data, target_path="tables")
    source = tmp_path / "source"
    source.mkdir()
    (source / "train.py").write_text(TRAIN)
    files = Dataset.File.from_files((store, "tables")).register(far, "files")
    table = Dataset.Tabular.from_delimited_files((store, "tables/*.csv")).register(far, "table")
    environment = Environment("mine")
    environment.python.user_managed_dependencies = True
    environment.register(far)
    far.get_default_keyvault().set_secret("db", "of a test")
    config = ScriptRunConfig(
        source, "train.py", environment=Environment.get(far, "mine"),
        arguments=["--data", files.as_named_input("train").as_mount(), "--out", OutputFileDatasetConfig("made")],
    )  # fmt: skip
    config.run_config.data = {"table": table.as_named_input("table")}
    run = ended(Experiment(far, "submitted").submit(config))
    assert run.get_status() == "Completed", console(run)
    told: dict[str, Any] = json.loads(console(run).splitlines()[-1])
    assert told == {
        "files": ["part.csv"], "variable": True, "same": True, "rows": [1, 2], "secret": "of a test",
        "model": ["net:1", "weights"], "environment": "mine",
    }  # fmt: skip
    assert "outputs/made/made.txt" in run.get_file_names()
    model = Model(far, "net", tags=[["stage", "test"]])
    assert (model.run_id, model.experiment_name) == (run.id, "submitted")
    inputs = run.get_details()["inputDatasets"]
    assert {each["dataset"]["id"] for each in inputs} == {"files:1", "table:1"}
    assert not {".models", ".datasets"} & set(far.experiments)

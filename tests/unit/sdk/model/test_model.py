"""Models: registered from a disk or a run, found again, fetched, changed, deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from runwatch import Experiment, Model, Run, Workspace
from runwatch.exceptions import (
    ConflictError,
    InvalidValueError,
    ModelNotFoundException,
    ModelPathNotFoundException,
    NotSupportedError,
    UserErrorException,
)
from runwatch.schema.run import Delete
from runwatch.sdk import context


@pytest.fixture
def weights(clean_place: Path) -> Path:
    path = clean_place / "model.pkl"
    path.write_bytes(b"weights")
    return path


def test_a_file_becomes_versions_that_count_from_one(workspace: Workspace, weights: Path) -> None:
    first = Model.register(workspace, weights, "net", tags={"n": 1}, properties={"p": 2}, description="d")
    assert (first.name, first.version, first.id, first.url) == ("net", 1, "net:1", "aml://asset/net:1")
    assert (first.tags, first.properties, first.description) == ({"n": "1"}, {"p": "2"}, "d")
    assert first.run_id is None
    assert first.run is None
    assert first.created_time.endswith("Z")
    weights.write_bytes(b"better")
    assert Model.register(model_path=str(weights), model_name="net", workspace=workspace).version == 2
    assert Path(Model(workspace, "net").download("new")).read_bytes() == b"better"
    assert Path(Model(workspace, "net", version=1).download("old")).read_bytes() == b"weights"
    assert Model(workspace, id="net:1").id == "net:1"


def test_a_folder_keeps_its_shape(workspace: Workspace, clean_place: Path) -> None:
    folder = clean_place / "saved"
    (folder / "variables").mkdir(parents=True)
    (folder / "graph").write_text("g")
    (folder / "variables" / "0").write_text("v")
    (folder / "out").symlink_to("/etc/passwd")
    path = Path(Model.register(workspace, folder, "net").download(clean_place / "there"))
    assert path == clean_place / "there" / "saved"
    assert sorted(str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()) == ["graph", "variables/0"]
    part = Model.register(workspace, folder, "part", child_paths=["variables"]).download(clean_place / "part")
    assert [file.name for file in Path(part).rglob("*") if file.is_file()] == ["0"]
    with pytest.raises(ModelPathNotFoundException, match="absent"):
        Model.register(workspace, folder, "net", child_paths=["absent"])


def test_what_is_there_is_replaced_only_if_that_was_asked_for(workspace: Workspace, weights: Path) -> None:
    model = Model.register(workspace, weights, "net")
    model.download()
    Path("model.pkl").write_text("mine")
    with pytest.raises(ConflictError, match="exist_ok"):
        model.download()
    assert Path("model.pkl").read_text() == "mine"
    assert Path(model.download(exist_ok=True)).read_bytes() == b"weights"


def test_what_is_not_there_says_so(workspace: Workspace, weights: Path) -> None:
    with pytest.raises(ModelPathNotFoundException):
        Model.register(workspace, "absent.pkl", "net")
    with pytest.raises(InvalidValueError):
        Model.register(workspace, weights, "../net")
    with pytest.raises(InvalidValueError):
        Model.register(workspace, weights, "net", properties={"runwatch.version": "9"})
    assert Model.list(workspace) == []
    for given in ({"name": "net"}, {"id": "net:1"}, {"name": "net", "version": "x"}):
        with pytest.raises(ModelNotFoundException):
            Model(workspace, **given)  # type: ignore[arg-type]
    with pytest.raises(UserErrorException):
        Model(workspace)
    with pytest.raises(NotSupportedError, match="download"):
        Model.deploy(workspace, "service")


def test_lists_by_name_labels_run_and_framework(workspace: Workspace, weights: Path, run: Run) -> None:
    run.upload_file("outputs/model.pkl", weights)
    Model.register(workspace, weights, "a", tags={"stage": "test"}, model_framework=Model.Framework.PYTORCH)
    Model.register(workspace, weights, "a", tags={"stage": "live"})
    run.register_model("b", "outputs/model.pkl", properties={"p": "1"}, datasets=[("training", "d:1")])

    def ids(**asked: object) -> list[str]:
        return [model.id for model in Model.list(workspace, **asked)]  # type: ignore[arg-type]

    assert ids() == ["b:1", "a:2", "a:1"]
    assert ids(name="a") == ["a:2", "a:1"]
    assert sorted(ids(latest=True)) == ["a:2", "b:1"]
    assert ids(tags=[["stage", "test"]]) == ids(tags={"stage": "test"}) == ["a:1"]
    assert ids(tags="stage") == ids(tags=["stage"]) == ["a:2", "a:1"]
    assert ids(properties={"p": "1"}) == ids(run_id=run.id) == ids(dataset_id="d:1") == ["b:1"]
    assert ids(model_framework="PyTorch") == ["a:1"]
    assert Model(workspace, "a", tags=["stage", ["stage", "test"]]).version == 1
    assert set(workspace.models) == {"a", "b"}
    assert list(workspace.experiments) == ["tests"]
    assert list(Experiment(workspace, "tests").get_runs()) == [run]


def test_a_run_registers_its_files_without_a_copy(workspace: Workspace, weights: Path, run: Run) -> None:
    run.upload_file("outputs/net/model.pkl", weights)
    run.upload_file("outputs/net/sub/vocabulary.txt", weights)
    one = run.register_model(model_name="one", model_path="outputs/net/model.pkl")
    both = run.register_model("both", "outputs/net/", model_framework="x", model_framework_version="1")
    assert (both.run_id, both.experiment_name, both.model_framework, both.model_framework_version) == (
        run.id, "tests", "x", "1",
    )  # fmt: skip
    assert both.run == run
    run.complete()
    assert workspace.store.runs.delete(Delete(run_ids=(run.id,))).freed_bytes == 0
    assert Model(workspace, "both").run is None
    assert Path(one.download("one")).name == "model.pkl"
    assert sorted(path.name for path in Path(both.download("both")).rglob("*.*")) == ["model.pkl", "vocabulary.txt"]


def test_a_path_that_is_not_in_the_run_lists_what_is(run: Run, weights: Path) -> None:
    run.upload_file("outputs/model.pkl", weights)
    with pytest.raises(ModelPathNotFoundException, match=r"outputs/model\.pkl"):
        run.register_model("net", "outputs/other.pkl")
    with pytest.raises(ModelPathNotFoundException):
        run.register_model("absent")  # no path: the name is one
    assert run.experiment.workspace.models == {}


def test_a_path_on_this_disk(workspace: Workspace, weights: Path, run: Run) -> None:
    Model.register(workspace, weights, "net")
    Model.register(workspace, weights, "net")
    path = Path(Model.get_model_path("net", version=1, _workspace=workspace))
    assert path == Path.cwd() / "azureml-models" / "net" / "1" / "model.pkl"
    assert path.read_bytes() == b"weights"
    context.remember(run)
    assert Path(Model.get_model_path("net")).parent.name == "2"
    with pytest.raises(ModelNotFoundException):
        Model.get_model_path("absent", _workspace=workspace)


def test_labels_change_and_the_version_stays(workspace: Workspace, weights: Path) -> None:
    model = Model.register(workspace, weights, "net", tags={"a": "1", "b": "2"})
    model.add_tags({"c": 3})
    model.remove_tags("a")
    assert model.tags == {"b": "2", "c": "3"}
    model.update(tags={"d": None}, description="new", resource_configuration="2 CPUs")
    model.update_tags_properties(add_tags={"e": "5"}, add_properties={"p": "1"})
    model.add_dataset_references([("training", "d:1"), ("training", "d:2")])
    again = Model(workspace, "net")
    assert again.tags == {"d": None, "e": "5"}
    assert (again.description, again.version, again.properties) == ("new", 1, {"p": "1"})
    assert again.datasets == {"training": ["d:1", "d:2"]}
    with pytest.raises(ConflictError):
        again.add_properties({"p": "2"})
    assert again.serialize()["id"] == "net:1"


def test_a_deleted_number_does_not_come_back(workspace: Workspace, weights: Path) -> None:
    Model.register(workspace, weights, "net").delete()
    assert Model.list(workspace) == []
    assert Model.register(workspace, weights, "net").version == 2

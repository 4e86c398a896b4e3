"""Workspaces: how they are found, named, described and deleted."""

from __future__ import annotations

import json
import pickle
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from runwatch.schema.error import (
    ConflictError,
    InvalidValueError,
    NotSupportedError,
    UserErrorException,
    WorkspaceException,
    WorkspaceNotFoundError,
    WorkspaceReadOnlyError,
)
from runwatch.sdk import home
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.later import NotInThisVersionError
from runwatch.sdk.run import Run
from runwatch.sdk.workspace import Workspace
from runwatch.store.remote import credential
from runwatch.store.remote.address import parse

pytestmark = pytest.mark.usefixtures("clean_place")
SCOPE = "/subscriptions/S/resourceGroups/R/providers/Microsoft.MachineLearningServices/workspaces/W"


def test_a_folder_is_a_workspace(tmp_path: Path) -> None:
    workspace = Workspace.open("here")
    assert workspace.place == str(tmp_path / "project" / "here")
    assert (workspace.name, workspace.subscription_id, workspace.resource_group, workspace.location) == (
        "here",
        "local",
        "local",
        "local",
    )
    assert not Path("here").exists()  # made with the first run


def test_a_fresh_machine_has_a_default_workspace(tmp_path: Path) -> None:
    workspace = Workspace.from_config()
    assert workspace.place == str(tmp_path / "data" / "runwatch" / "workspaces" / "default")
    assert workspace.name == "default"


def test_the_environment_names_the_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNWATCH_WORKSPACE", str(tmp_path / "mine"))
    assert Workspace.from_config().place == str(tmp_path / "mine")
    assert Workspace("S", "R", "W").place == str(tmp_path / "mine")
    assert Workspace("S", "R", "W").name == "W"


def test_write_config_writes_the_originals_form_and_our_key() -> None:
    Workspace.open("here").write_config()
    content = json.loads(Path(".azureml/config.json").read_text())
    assert content["Id"] is None
    assert content["Scope"].endswith("/workspaces/here")
    assert content["runwatch"] == {"location": str(Path("here").absolute())}
    assert Workspace.from_config() == Workspace.open("here")
    assert Workspace.from_config().name == "here"


def test_write_config_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "other" / "aml_config").mkdir(parents=True)
    Workspace("S", "R", "W").write_config(tmp_path / "other", "mine.json")
    file = tmp_path / "other" / "aml_config" / "mine.json"
    assert json.loads(file.read_text())["Scope"] == SCOPE
    assert Workspace.from_config(file).subscription_id == "S"
    assert Workspace.from_config(tmp_path / "other", _file_name="mine.json").name == "W"


@pytest.mark.parametrize("folder", [".azureml", "aml_config", ".runwatch", ""])
@pytest.mark.parametrize("name", ["config.json", "project.json"])
def test_configuration_is_found_upward(folder: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = Path(folder, name)
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"subscription_id": "S", "resource_group": "R", "workspace_name": "W"}))
    Path("deep/down").mkdir(parents=True)
    monkeypatch.chdir("deep/down")
    found = Workspace.from_config()
    assert (found.name, found.subscription_id, found.resource_group) == ("W", "S", "R")
    assert found == Workspace("s", "r", "w")  # letter case does not matter


def test_a_location_relative_to_the_project() -> None:
    Path(".runwatch").mkdir()
    Path(".runwatch/config.json").write_text('{"location": "runs"}')
    assert Workspace.from_config().place == str(Path("runs").absolute())


def test_the_nearest_folder_goes_first() -> None:
    for folder, name in ((".azureml", "near"), ("aml_config", "far")):
        Path(folder).mkdir()
        content = {"subscription_id": "S", "resource_group": "R", "workspace_name": name}
        Path(folder, "config.json").write_text(json.dumps(content))
    assert Workspace.from_config().name == "near"


def test_an_explicit_path_without_configuration_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserErrorException, match=r"config\.json"):
        Workspace.from_config(tmp_path / "project")


@pytest.mark.parametrize("content", ["{}", "no json", "[]", '{"subscription_id": "S", "workspace_name": "W"}'])
def test_a_configuration_that_names_nothing_is_an_error(content: str) -> None:
    Path(".azureml").mkdir()
    Path(".azureml/config.json").write_text(content)
    with pytest.raises(UserErrorException, match=r"config\.json"):
        Workspace.from_config()


def test_another_programs_config_is_passed_by() -> None:
    Path("config.json").write_text('{"learning_rate": 0.1}')
    assert Workspace.from_config().name == "default"


def test_create_get_and_list(tmp_path: Path) -> None:
    made = Workspace.create("lab", subscription_id="S", resource_group="R", location="attic", tags={"a": "b"})
    assert made.place.startswith(str(tmp_path / "data"))
    assert (made.location, made.tags, made.sku) == ("attic", {"a": "b"}, "basic")
    assert Workspace.get("LAB") == made
    assert Workspace.get("lab", subscription_id="S", resource_group="R") == made
    assert Workspace.list("S") == {"lab": [made]}
    assert Workspace.list("other") == {}
    with pytest.raises(WorkspaceException, match="there already"):
        Workspace.create("lab", subscription_id="S", resource_group="R")
    assert Workspace.create("lab", subscription_id="S", resource_group="R", exist_ok=True) == made
    with pytest.raises(WorkspaceNotFoundError):
        Workspace.get("none")


def test_workspaces_of_one_name_are_told_apart() -> None:
    one = Workspace.create("lab", subscription_id="S", resource_group="1")
    two = Workspace.create("lab", subscription_id="S", resource_group="2")
    assert one != two
    assert len(Workspace.list("S")["lab"]) == 2
    with pytest.raises(UserErrorException, match="2 workspaces"):
        Workspace.get("lab")


@pytest.mark.parametrize("name", ["", "../x", "a b", "x" * 200, "-a"])
def test_a_name_never_leads_elsewhere(name: str) -> None:
    with pytest.raises(InvalidValueError):
        Workspace.create(name)


def test_names_of_a_configuration_never_become_a_path(tmp_path: Path) -> None:
    place = home.named_location("../../etc", "/", "../../../root")
    assert Path(place).parent == tmp_path / "data" / "runwatch" / "workspaces"


def test_details_and_update(workspace: Workspace) -> None:
    details = workspace.update(friendly_name="The lab", description="d", tags={"a": "b"})
    assert details == workspace.get_details()
    assert details["name"] == "workspace"
    assert (details["friendlyName"], details["description"], details["tags"]) == ("The lab", "d", {"a": "b"})
    assert details["workspaceid"]
    assert details["creationTime"].endswith("Z")
    assert Workspace.open(workspace.place).tags == {"a": "b"}
    assert repr(workspace) == ("Workspace.create(name='workspace', subscription_id='local', resource_group='local')")


def test_experiments_and_runs(workspace: Workspace) -> None:
    one, two = Experiment(workspace, "one"), Experiment(workspace, "two")
    run = two.start_logging(outputs=None)
    one.archive()
    assert list(workspace.experiments) == ["two"]
    found = workspace.get_run(run.id)
    assert isinstance(found, Run)
    assert found.experiment.name == "two"


def test_parts_that_come_later_say_so(workspace: Workspace) -> None:
    with pytest.raises(NotInThisVersionError, match="no MLflow"):
        workspace.get_mlflow_tracking_uri()


def test_what_only_a_cloud_has_names_what_works_instead(workspace: Workspace) -> None:
    uses: tuple[Callable[[], object], ...] = (
        Workspace.setup,
        workspace.list_keys,
        workspace.sync_keys,
        workspace.diagnose_workspace,
        workspace.update_dependencies,
        lambda: workspace.service_context,
        lambda: workspace.get_connection("name"),
        lambda: workspace.add_private_endpoint(None),
    )
    for use in uses:
        with pytest.raises(NotSupportedError, match="your own machines") as caught:
            use()
        assert caught.value.hint
    for empty in (workspace.images, workspace.webservices, workspace.linked_services, workspace.private_endpoints):
        assert empty == {}
    assert workspace.list_connections() == []


def test_what_is_registered_is_hidden_from_experiments(workspace: Workspace) -> None:
    assert workspace.models == workspace.datasets == workspace.environments == {}
    assert list(workspace.datastores) == ["workspaceblobstore"]
    assert workspace.experiments == {}
    with pytest.raises(InvalidValueError):
        Experiment(workspace, ".models")


def test_a_workspace_can_be_sent_to_another_process(workspace: Workspace) -> None:
    assert pickle.loads(pickle.dumps(workspace)) == workspace


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("RUNWATCH_WORKSPACE", str(tmp_path / "file"))
    with pytest.raises(WorkspaceReadOnlyError):
        Workspace("S", "R", "W")


def test_delete_takes_what_is_ours_and_nothing_else(clean_place: Path) -> None:
    workspace = Workspace.open("ws")
    run = Experiment(workspace, "e").start_logging(outputs=None)
    run.log("x", 1)
    Path("ws/thesis.txt").write_text("mine")
    with pytest.raises(ConflictError):
        workspace.delete()
    run.complete()
    workspace.delete()
    assert [entry.name for entry in Path("ws").iterdir()] == ["thesis.txt"]
    with pytest.raises(WorkspaceNotFoundError):
        workspace.delete()


def test_a_server_is_a_workspace_that_a_config_can_name(clean_place: Path) -> None:
    workspace = Workspace.open("http://127.0.0.1:8970/")
    assert (workspace.place, workspace.name) == ("http://127.0.0.1:8970", "127.0.0.1-8970")
    workspace.write_config()
    found = Workspace.from_config()
    assert found == workspace
    assert (found.name, found.subscription_id) == ("127.0.0.1-8970", "local")
    assert list((clean_place / "project").glob("http*")) == []


def test_the_token_of_a_link_is_kept_for_the_user_and_shown_nowhere(
    clean_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(clean_place / "state"))
    monkeypatch.delenv("RUNWATCH_TOKEN", raising=False)
    workspace = Workspace.open("http://127.0.0.1:8970/#token=secret")
    workspace.write_config()
    shown = [workspace.place, workspace.name, repr(workspace), Path(".azureml/config.json").read_text()]
    assert not any("secret" in text for text in shown)
    assert credential.find(parse(workspace.place)) == "secret"
    (kept,) = (clean_place / "state").rglob("tokens.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize("place", ["http://", "https://me:secret@host", "http://host:port"])
def test_an_address_that_is_none_is_refused_when_it_is_given(clean_place: Path, place: str) -> None:
    with pytest.raises(InvalidValueError):
        Workspace.open(place)

"""Datastores: files of a workspace by path, kept by content."""

from __future__ import annotations

from pathlib import Path

import pytest

from runwatch import Datastore, Workspace
from runwatch.exceptions import InvalidValueError, NotSupportedError, UserErrorException


@pytest.fixture
def folder(clean_place: Path) -> Path:
    made = clean_place / "files"
    (made / "sub").mkdir(parents=True)
    (made / "a.txt").write_text("a")
    (made / "sub" / "b.txt").write_text("b")
    (made / "out").symlink_to("/etc")
    return made


def test_the_default_is_always_there(workspace: Workspace) -> None:
    default = workspace.get_default_datastore()
    assert (default.name, default.is_default, default.datastore_type) == ("workspaceblobstore", True, "Runwatch")
    assert list(workspace.datastores) == ["workspaceblobstore"]
    assert Datastore(workspace).record_id == Datastore.get(workspace, "workspaceblobstore").record_id
    assert workspace.experiments == {}
    with pytest.raises(UserErrorException):
        default.unregister()


def test_another_one_can_be_the_default(workspace: Workspace) -> None:
    other = Datastore.create(workspace, "other")
    assert Datastore.create(workspace, "other").record_id == other.record_id
    workspace.set_default_datastore("other")
    assert workspace.get_default_datastore().name == "other"
    workspace.set_default_datastore("workspaceblobstore")
    assert not Datastore.get(workspace, "other").is_default
    other.unregister()
    assert list(workspace.datastores) == ["workspaceblobstore"]
    for name in ("absent", "other"):
        with pytest.raises(UserErrorException, match="Datastore"):
            workspace.set_default_datastore(name)


def test_files_come_back_as_they_were(workspace: Workspace, folder: Path, clean_place: Path) -> None:
    store = workspace.get_default_datastore()
    assert store.upload(folder, target_path="/data/").path_on_datastore == "data"
    store.upload_files([folder / "a.txt"], target_path="data2")
    assert store.download(clean_place / "back", prefix="data") == 2
    back = clean_place / "back" / "data"
    assert sorted(str(path.relative_to(back)) for path in back.rglob("*.txt")) == ["a.txt", "sub/b.txt"]
    assert store.download(clean_place / "back") == 1  # what is there is left as it is


def test_what_is_there_is_replaced_only_if_that_was_asked_for(
    workspace: Workspace, folder: Path, clean_place: Path
) -> None:
    store = workspace.get_default_datastore()
    store.upload(folder)
    (folder / "a.txt").write_text("new")
    for overwrite, text in ((False, "a"), (True, "new")):
        store.upload(folder, overwrite=overwrite)
        store.download(clean_place / "back", overwrite=True)
        assert (clean_place / "back" / "a.txt").read_text() == text


def test_wrong_paths_say_so(workspace: Workspace, folder: Path) -> None:
    store = workspace.get_default_datastore()
    with pytest.raises(InvalidValueError):
        store.upload(folder / "absent")
    with pytest.raises(InvalidValueError):
        store.upload_files([folder / "absent"])
    with pytest.raises(InvalidValueError, match="does not lie"):
        store.upload_files([folder / "a.txt"], relative_root=folder / "sub")
    with pytest.raises(InvalidValueError):
        store.upload_files([folder / "a.txt"], target_path="../up")
    with pytest.raises(NotSupportedError, match="get_default"):
        Datastore.register_azure_blob_container(workspace, "name", "container", account_name="x")

"""A workspace that cannot be used says so in one clear sentence, with what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from runwatch import Experiment, Workspace
from runwatch.schema.error import (
    CorruptDataError,
    RunwatchError,
    WorkspaceNotFoundError,
    WorkspaceReadOnlyError,
    WorkspaceVersionError,
)
from runwatch.sdk import home
from tests.faults.mount import read_only


def made(folder: Path) -> Path:
    """A workspace with one finished run."""
    workspace = Workspace.open(folder)
    with Experiment(workspace, "one").start_logging(outputs=None, snapshot_directory=None) as run:
        run.log("x", 1.0)
    home.close_all()  # so that the file is opened anew
    return folder


def says_what_to_do(error: RunwatchError) -> bool:
    return bool(error.message) and bool(error.hint) and "\n" not in error.message


def test_a_read_only_folder_can_be_read_but_not_recorded_into(tmp_path: Path) -> None:
    folder = made(tmp_path / "workspace")
    with read_only(folder):
        workspace = Workspace.open(folder)
        (run,) = Experiment(workspace, "one").get_runs()
        assert run.get_metrics() == {"x": 1.0}
        with pytest.raises(WorkspaceReadOnlyError) as caught:
            Experiment(workspace, "one").start_logging(outputs=None, snapshot_directory=None)
        assert says_what_to_do(caught.value)
        home.close_all()


def test_a_new_workspace_in_a_read_only_place_is_refused(tmp_path: Path) -> None:
    with read_only(tmp_path), pytest.raises(WorkspaceReadOnlyError) as caught:
        Experiment(Workspace.open(tmp_path / "workspace"), "one")
    assert says_what_to_do(caught.value)


def test_a_missing_folder_is_not_made_when_only_reading_was_asked_for(tmp_path: Path) -> None:
    from runwatch.store.location import open_store

    with pytest.raises(WorkspaceNotFoundError) as caught:
        open_store(str(tmp_path / "nowhere"), create=False)
    assert says_what_to_do(caught.value)
    assert not (tmp_path / "nowhere").exists()


def test_a_workspace_made_by_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    folder = made(tmp_path / "workspace")
    with sqlite3.connect(folder / "runwatch.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")
    connection.close()
    before = (folder / "runwatch.db").read_bytes()
    with pytest.raises(WorkspaceVersionError) as caught:
        Experiment(Workspace.open(folder), "one")
    assert says_what_to_do(caught.value)
    assert "9999_from_the_future" in str(caught.value)
    assert (folder / "runwatch.db").read_bytes() == before


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "runwatch.db").write_bytes(b"this is not a database" * 1_000)
    with pytest.raises(CorruptDataError) as caught:
        Experiment(Workspace.open(folder), "one")
    assert says_what_to_do(caught.value)
    assert "runwatch.db" in str(caught.value)

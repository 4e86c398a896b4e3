"""Locations and the stores behind them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from runwatch.schema.error import (
    InvalidValueError,
    StoreUnavailableError,
    WorkspaceException,
    WorkspaceNotFoundError,
)
from runwatch.store.location import open_store


def test_a_folder_is_a_database(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "deep" / "workspace"))
    assert store.info().backend == "sqlite"
    store.close()
    assert (tmp_path / "deep" / "workspace" / "runwatch.db").is_file()
    open_store(str(tmp_path / "deep" / "workspace"), create=False).close()


def test_names_with_odd_characters_are_folders_too(tmp_path: Path) -> None:
    for name in ("a b", "50%", "wörk", "what?", "hash#1", "file:x", "'q'"):
        open_store(str(tmp_path / name)).close()
        assert (tmp_path / name / "runwatch.db").is_file()


def test_memory_lasts_as_long_as_the_store() -> None:
    store = open_store("memory:")
    assert store.info().backend == "memory"
    store.close()


@pytest.mark.parametrize("location", ["http://127.0.0.1:9", "HTTP://127.0.0.1:9/team"])
def test_a_url_is_a_server_that_need_not_be_there_yet(location: str) -> None:
    store = open_store(location)
    with pytest.raises(StoreUnavailableError) as caught:
        store.info()
    assert "127.0.0.1:9" in caught.value.message
    assert caught.value.hint
    store.close()


def test_an_address_that_is_none_is_refused_at_once_without_its_secrets() -> None:
    for location in ("http://", "https://me:secret@host", "http://host:port", "http://host?token=secret"):
        with pytest.raises(InvalidValueError) as caught:
            open_store(location)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize("location", ["", "a\0b"])
def test_what_is_no_path_is_refused(location: str) -> None:
    with pytest.raises(InvalidValueError):
        open_store(location)


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(WorkspaceException):
            open_store(str(place))
    with pytest.raises(WorkspaceNotFoundError):
        open_store(str(tmp_path / "file"), create=False)


def test_importing_the_module_loads_no_database_library() -> None:
    code = "import sys, runwatch.store.location; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

"""Errors of SQLite become ours by their code alone."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from runwatch.schema.error import (
    CorruptDataError,
    LimitError,
    RunwatchError,
    StoreUnavailableError,
    WorkspaceNotFoundError,
    WorkspaceReadOnlyError,
)
from runwatch.store.sql import fault

IOERR_WRITE = sqlite3.SQLITE_IOERR | 3 << 8


def made(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("the text of an error says nothing")
    error.sqlite_errorcode, error.sqlite_errorname = code, f"SQLITE_{code}"
    return error


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_BUSY, StoreUnavailableError),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreUnavailableError),
        (sqlite3.SQLITE_LOCKED, StoreUnavailableError),
        (sqlite3.SQLITE_FULL, StoreUnavailableError),
        (IOERR_WRITE, StoreUnavailableError),
        (sqlite3.SQLITE_CORRUPT, CorruptDataError),
        (sqlite3.SQLITE_NOTADB, CorruptDataError),
        (sqlite3.SQLITE_READONLY, WorkspaceReadOnlyError),
        (sqlite3.SQLITE_CANTOPEN, WorkspaceNotFoundError),
        (sqlite3.SQLITE_TOOBIG, LimitError),
    ],
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_each_code_has_its_error(code: int, expected: type[RunwatchError], wrapped: bool, tmp_path: Path) -> None:
    error = made(code)
    found = fault.translate(OperationalError("…", {}, error) if wrapped else error, tmp_path / "runwatch.db")
    assert type(found) is expected
    assert found.hint


def test_a_file_that_is_there_but_cannot_be_opened_is_not_called_missing(tmp_path: Path) -> None:
    file = tmp_path / "runwatch.db"
    file.touch()
    assert type(fault.translate(made(sqlite3.SQLITE_CANTOPEN), file)) is StoreUnavailableError


def test_a_mistake_of_the_program_stays_what_it_is(tmp_path: Path) -> None:
    for code in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISUSE):
        assert fault.translate(made(code), tmp_path / "runwatch.db") is None
    assert fault.translate(sqlite3.ProgrammingError("database is locked"), tmp_path) is None


def test_damage_says_which_file(tmp_path: Path) -> None:
    found = fault.translate(made(sqlite3.SQLITE_CORRUPT), tmp_path / "runwatch.db")
    assert isinstance(found, CorruptDataError)
    assert found.file == str(tmp_path / "runwatch.db")


def test_errors_of_the_system_are_told_by_their_number(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceReadOnlyError), fault.disk_errors(tmp_path / "x"):
        raise OSError(errno.EROFS, "…")
    with pytest.raises(StoreUnavailableError), fault.disk_errors(tmp_path / "x"):
        raise OSError(errno.ENOSPC, "…")

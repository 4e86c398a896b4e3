"""The server's database: private, durable, versioned."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from runwatch.schema.error import CorruptDataError, WorkspaceException, WorkspaceVersionError
from runwatch.server.state import table, version
from runwatch.server.state.database import NAME, State

USER = {"user_id": "u", "name": "Ada", "name_key": "ada", "role": "owner", "created_at": 1.0}


def test_rows_last_and_no_file_can_be_read_by_others(tmp_path: Path) -> None:
    state = State(tmp_path)
    with state.write() as connection:
        connection.execute(insert(table.users).values(USER))
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob(f"{NAME}*")}
    assert modes == {NAME: 0o600, f"{NAME}-wal": 0o600, f"{NAME}-shm": 0o600}
    state.close()
    again = State(tmp_path)
    with again.read() as connection:
        assert connection.execute(select(table.users.c.name)).scalars().all() == ["Ada"]
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    again.close()


@pytest.mark.parametrize("kept", [True, False])
def test_a_block_that_raises_changes_nothing(tmp_path: Path, kept: bool) -> None:
    state = State(tmp_path if kept else None)

    def broken() -> None:
        with state.write() as connection:
            connection.execute(insert(table.users).values(USER))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    with state.read() as connection:
        assert connection.execute(select(table.users)).all() == []
    state.close()


def test_the_audit_log_can_neither_be_changed_nor_shortened() -> None:
    state = State()
    line = dict.fromkeys(("actor", "token_id", "operation", "object", "outcome", "address", "request_id", "hash"), "")
    with state.write() as connection:
        connection.execute(insert(table.audit).values(at=1.0, **line))
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="only appended"), state.write() as connection:
            connection.exec_driver_sql(statement)
    state.close()


def test_a_link_and_a_damaged_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WorkspaceException, match="symbolic link"):
        State(tmp_path)
    (tmp_path / NAME).unlink()
    (tmp_path / NAME).write_bytes(b"no database" * 100)
    (tmp_path / NAME).chmod(0o600)
    with pytest.raises(CorruptDataError):
        State(tmp_path)


def test_a_newer_file_is_refused_and_an_older_one_is_copied_and_upgraded(tmp_path: Path) -> None:
    State(tmp_path).close()
    raw = sqlite3.connect(tmp_path / NAME, isolation_level=None)
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    with engine.connect() as connection:
        good, bad = ["ALTER TABLE users ADD COLUMN mail TEXT"], ["ALTER TABLE users ADD COLUMN m TEXT", "NO SQL"]
        with pytest.raises(DBAPIError):
            version.prepare(connection, tmp_path / NAME, head=2, steps={1: bad})
        assert connection.exec_driver_sql("PRAGMA user_version").scalar() == 1
        version.prepare(connection, tmp_path / NAME, head=2, steps={1: good})
        columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(users)")]
        assert "mail" in columns
        assert "m" not in columns
    engine.dispose()
    raw.close()
    copy = tmp_path / f"{NAME}.bak-1"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with pytest.raises(WorkspaceVersionError, match="version 2"):
        State(tmp_path)
